// ACLs, permissions and logins.
#pragma once

#include <set>
#include <string>

#include "simulator/core/call.h"

namespace simulator {

Answer list_acl(Call& call);
Answer update_acl(Call& call);
Answer permissions(Call& call);
Answer create_ticket(Call& call);

/// The names, separated by commas.
std::string joined(const std::set<std::string, std::less<>>& names);

}  // namespace simulator
