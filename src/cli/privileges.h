// Compares PVE's /access/permissions with the privileges that the tools need.
#pragma once

#include <functional>
#include <set>
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
/// that `permissions` (path -> privilege -> propagate) grants on no path; by name. If any of several
/// privileges suffices, the first one is named.
std::vector<LackingPrivilege> lacking_privileges(const base::Json& permissions,
                                                 std::span<const tool::Category> categories,
                                                 const guard::Policy& policy, const facts::Facts& facts);

/// What an API token needs for the tools of a policy, and no more.
struct NeededPrivileges {
  std::set<std::string, std::less<>> names;
  /// Privileges to change something that reading tools alone need, most of them to see a list whole: not in
  /// `names`, so that an API token that shall look cannot change anything.
  std::vector<LackingPrivilege> left_out;
};

/// By PVE's facts and the rows. Where one of several privileges suffices, one that only lets its holder look
/// is taken: PVE calls these *.Audit and Sys.Syslog.
NeededPrivileges needed_privileges(std::span<const tool::Category> categories, const guard::Policy& policy,
                                   const facts::Facts& facts);

bool has_no_privileges(const base::Json& permissions);

/// 9 of "9.2.11"; 0 if the text does not begin with a digit.
unsigned leading_number(std::string_view version);

}  // namespace cli
