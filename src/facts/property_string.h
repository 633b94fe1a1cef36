// Parameters whose value is a property string: "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=20".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/facts.h"

namespace facts {

struct Member {
  Parameter value;             ///< its name, type, range, …, `required` and lifetime
  bool unnamed = false;        ///< what stands without a name is this one
  std::string_view alias;      ///< another name for that member; empty: none
  std::string_view key_alias;  ///< the member that takes this alias's own name as its value
};

/// Of a property string; nullptr when the parameter is none, and when its members are not known. Lives as
/// long as the Facts that the parameter is from.
const std::vector<Member>* members_of(const Parameter& parameter);

/// Why PVE refuses `value` as the property string `name` ("net0"), in its words with "invalid format - "
/// before them; nothing when it takes it, and when the members are not known. PVE names all wrong members at
/// once.
std::optional<std::string> property_misfit(const Parameter& parameter, std::string_view name,
                                           std::string_view value, Version version);

}  // namespace facts
