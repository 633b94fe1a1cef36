// Parses options whose value is a property string: "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=20".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace change {

/// Name and value as in the text.
struct Property {
  std::string name;
  std::string value;
};

/// The format of an option of guests, backup jobs, storages or the datacenter.
struct Form {
  std::string_view family;  ///< without the index: "net"
  /// The name of a value without a name; empty if PVE accepts none.
  std::string_view default_name{};
};

/// Returns "net" for "net12" and "smbios" for "smbios1".
std::string_view family(std::string_view option);

/// Returns nullptr if the option is not a property string.
const Form* form(std::string_view option);

/// Returns the parts in order; a part without a name gets the option's default name. PVE's short form of a
/// network device, MODEL=MAC, gives `model` and `macaddr`. Returns an empty list if the option is not a
/// property string.
std::vector<Property> properties(std::string_view option, std::string_view text);

/// Returns the value of the part `name`; empty if there is none.
std::string_view property(const std::vector<Property>& properties, std::string_view name);

/// Describes the parts that differ: "tag 20 removed, firewall 1 -> 0". Parts in `left_out` are not compared.
/// Empty if nothing differs. Printable.
std::string differences(std::string_view option, std::string_view before, std::string_view after,
                        const std::vector<std::string_view>& left_out = {});

}  // namespace change
