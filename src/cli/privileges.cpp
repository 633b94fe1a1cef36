#include "cli/privileges.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/json_read.h"
#include "base/number.h"
#include "engine/row/row.h"
#include "facts/rights.h"

namespace cli {
namespace {

using Names = std::set<std::string, std::less<>>;

Names granted_by(const base::Json& permissions) {
  Names all;
  const auto* paths = permissions.if_object();
  if (paths == nullptr) return all;
  for (const auto& path : *paths) {
    const auto* rights = path.value().if_object();
    if (rights == nullptr) continue;
    for (const auto& right : *rights) all.emplace(std::string_view(right.key()));
  }
  return all;
}

/// PVE accepts a call with any of these privileges; each of them then allows other settings.
bool are_settings(const facts::Right& right) {
  return std::ranges::all_of(right.privileges,
                             [](const auto& privilege) { return privilege.starts_with("VM.Config."); });
}

void add_right(const facts::Right& right, const Names& granted, Names& lacking) {
  const auto has = [&](const auto& privilege) { return granted.contains(privilege); };
  if (right.any && !are_settings(right)) {
    if (!std::ranges::any_of(right.privileges, has)) lacking.insert(right.privileges.front());
    return;
  }
  for (const auto& privilege : right.privileges) {
    if (!has(privilege)) lacking.insert(privilege);
  }
}

Names lacking_of_call(const facts::Endpoint& endpoint, const Names& granted) {
  std::optional<Names> least;
  for (const auto& way : facts::ways_to_call(endpoint, [](std::string_view) { return std::string{}; })) {
    Names lacking;
    for (const auto& right : way) add_right(right, granted, lacking);
    if (!least || lacking.size() < least->size()) least = std::move(lacking);
  }
  auto lacking = least.value_or(Names{});
  for (const auto privilege : facts::privileges_of_parameters(endpoint)) {
    if (!granted.contains(privilege)) lacking.emplace(privilege);
  }
  return lacking;
}

bool has_all(std::span<const tool::Right> rights, const Names& granted) {
  return std::ranges::all_of(rights, [&](const tool::Right& right) {
    return std::ranges::any_of(right.any_of, [&](auto privilege) { return granted.contains(privilege); });
  });
}

void add_list_rights(const tool::ListRights* rights, const Names& granted, Names& lacking) {
  if (rights == nullptr || (!rights->instead.empty() && has_all(rights->instead, granted))) return;
  for (const auto& right : rights->all) {
    if (!has_all({&right, 1}, granted)) lacking.emplace(*right.any_of.begin());
  }
}

Names lacking_of(const tool::Tool& tool, std::string_view category, const facts::Facts& facts,
                 const Names& granted) {
  const engine::Row row(tool, category, facts);
  auto lacking = row.endpoint() == nullptr ? Names{} : lacking_of_call(*row.endpoint(), granted);
  add_list_rights(tool.view.list_rights, granted, lacking);
  for (const auto& each : tool.view.list_rights_for) add_list_rights(each.rights, granted, lacking);
  return lacking;
}

bool only_looks(std::string_view privilege) {
  return privilege.ends_with(".Audit") || privilege == "Sys.Syslog";
}

void add_lookers(const tool::ListRights* rights, Names& names) {
  if (rights == nullptr) return;
  for (const auto& right : rights->all) {
    for (const auto privilege : right.any_of) {
      if (only_looks(privilege)) names.emplace(privilege);
    }
  }
}

/// All privileges to look that the tool could use.
void add_lookers(const tool::Tool& tool, std::string_view category, const facts::Facts& facts, Names& names) {
  const engine::Row row(tool, category, facts);
  add_lookers(tool.view.list_rights, names);
  for (const auto& each : tool.view.list_rights_for) add_lookers(each.rights, names);
  if (row.endpoint() == nullptr) return;
  for (const auto& way :
       facts::ways_to_call(*row.endpoint(), [](std::string_view) { return std::string{}; })) {
    for (const auto& right : way) {
      for (const auto& privilege : right.privileges) {
        if (only_looks(privilege)) names.insert(privilege);
      }
    }
  }
}

base::Json permissions_with(const Names& names) {
  base::JsonObject rights;
  for (const auto& name : names) rights[name] = 1;
  return base::JsonObject{{"/", std::move(rights)}};
}

/// Whether a tool of these can change something.
bool is_for_a_change(const LackingPrivilege& lacking, std::span<const tool::Category> categories) {
  for (const auto& category : categories) {
    for (const auto& tool : category.tools) {
      if (tool.call.method != base::Method::Get &&
          std::ranges::find(lacking.tools, tool.name) != lacking.tools.end())
        return true;
    }
  }
  return false;
}

}  // namespace

std::vector<LackingPrivilege> lacking_privileges(const base::Json& permissions,
                                                 std::span<const tool::Category> categories,
                                                 const guard::Policy& policy, const facts::Facts& facts) {
  const auto granted = granted_by(permissions);
  std::map<std::string, std::vector<std::string_view>> by_privilege;
  for (const auto& category : categories) {
    for (const auto& tool : category.tools) {
      if (policy.refusal(tool, category.name)) continue;
      for (const auto& privilege : lacking_of(tool, category.name, facts, granted))
        by_privilege[privilege].push_back(tool.name);
    }
  }
  std::vector<LackingPrivilege> all;
  for (auto& [privilege, tools] : by_privilege) all.push_back({privilege, std::move(tools)});
  return all;
}

NeededPrivileges needed_privileges(std::span<const tool::Category> categories, const guard::Policy& policy,
                                   const facts::Facts& facts) {
  NeededPrivileges needed;
  for (const auto& category : categories) {
    for (const auto& tool : category.tools) {
      if (!policy.refusal(tool, category.name)) add_lookers(tool, category.name, facts, needed.names);
    }
  }
  const auto lacking_with = [&](const Names& names) {
    return lacking_privileges(permissions_with(names), categories, policy, facts);
  };
  auto lacking = lacking_with(needed.names);
  for (const auto& name : Names(needed.names)) {
    auto fewer = needed.names;
    fewer.erase(name);
    const auto without = lacking_with(fewer);
    const auto same = [](const LackingPrivilege& a, const LackingPrivilege& b) {
      return a.privilege == b.privilege && a.tools == b.tools;
    };
    if (std::ranges::equal(without, lacking, same)) needed.names = std::move(fewer);
  }
  for (auto& each : lacking) {
    if (is_for_a_change(each, categories)) {
      needed.names.insert(each.privilege);
    } else {
      needed.left_out.push_back(std::move(each));
    }
  }
  return needed;
}

bool has_no_privileges(const base::Json& permissions) { return granted_by(permissions).empty(); }

unsigned leading_number(std::string_view version) { return base::take_number<unsigned>(version).value_or(0); }

}  // namespace cli
