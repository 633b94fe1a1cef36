// Which privileges a call needs: from the permission check of PVE's schema, and from a table where PVE's code
// checks what its schema does not say (rights.cpp).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/facts.h"

namespace facts {

/// Privileges on one ACL path.
struct Right {
  std::string path;  ///< "/vms/100"; a variable without a value stays in braces: "/vms/{vmid}"
  std::vector<std::string> privileges;
  bool any = false;  ///< one of them is enough
};

/// Rights that are needed together.
using Way = std::vector<Right>;

/// The value of a parameter of the call; empty where it has none.
using ValueOf = std::function<std::string(std::string_view name)>;

/// The alternatives of PVE's check, in its order: each suffices. An alternative without rights is open to all
/// users. None: only root@pam may call it, or no right satisfies the check.
std::vector<Way> ways_to_call(const Endpoint& endpoint, const ValueOf& value_of);

/// The path of a right up to its first variable: "/vms" of "/vms/{vmid}".
std::string known_part(std::string_view path);

/// What some parameters of the call need beside that.
std::vector<std::string_view> privileges_of_parameters(const Endpoint& endpoint);

/// The privilege that PVE wants for a setting of a guest's configuration ("VM.Config.Memory" of "memory");
/// empty for a name that is none.
std::string_view privilege_of_setting(std::string_view name);

}  // namespace facts
