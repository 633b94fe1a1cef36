// What PVE's /access/permissions says about what the tools need.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "facts/facts.h"
#include "guard/policy.h"
#include "tool/tool.h"

namespace cli {

struct LackingPrivilege {
  std::string privilege;
  std::vector<std::string_view> tools;  ///< that are refused without it, or show less; they name a row each
};

/// The privileges that tools of the policy use, by PVE's facts and the rows' rights to see lists whole, and
/// that `permissions` (path -> privilege -> propagate) grants on no path; by name. Where one of several would
/// do, the first stands for them.
std::vector<LackingPrivilege> lacking_privileges(const base::Json& permissions,
                                                 std::span<const tool::Category> categories,
                                                 const guard::Policy& policy, const facts::Facts& facts);

bool has_no_privileges(const base::Json& permissions);

/// 9 of "9.2.11"; 0 when it begins with no digit.
unsigned leading_number(std::string_view version);

}  // namespace cli
