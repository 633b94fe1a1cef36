// Options whose value is a property string: "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=20".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace change {

/// Name and value as they stand in the text.
struct Property {
  std::string name;
  std::string value;
};

/// How PVE reads an option, of guests, backup jobs, storages and the datacenter alike.
struct Form {
  std::string_view family;  ///< without the index: "net"
  /// What a value without a name is; empty where PVE takes none.
  std::string_view default_name{};
};

/// "net" of "net12", "smbios" of "smbios1".
std::string_view family(std::string_view option);

/// nullptr where the option is no property string.
const Form* form(std::string_view option);

/// The parts in their order, the one without a name under the option's default name. PVE's short form of a
/// network device, MODEL=MAC, gives `model` and `macaddr`. An option that is no property string gives none.
std::vector<Property> properties(std::string_view option, std::string_view text);

/// Empty where it has none of that name.
std::string_view property(const std::vector<Property>& properties, std::string_view name);

/// What is another value after than before, part by part: "tag 20 removed, firewall 1 -> 0". Parts named in
/// `left_out` are not compared. Empty when nothing differs. Printable.
std::string differences(std::string_view option, std::string_view before, std::string_view after,
                        const std::vector<std::string_view>& left_out = {});

}  // namespace change
