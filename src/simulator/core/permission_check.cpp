// The schema's permission expressions: perm, perm-modify, userid-param, userid-group, and, or.
#include <algorithm>

#include "base/text.h"
#include "simulator/core/permission.h"

namespace simulator {
namespace {

using Refusal = std::optional<Answer>;

Refusal evaluate(const Call& call, const base::JsonArray& check);

std::string_view text_of(const base::Json& value) {
  return value.is_string() ? std::string_view(value.get_string()) : std::string_view{};
}

std::string fill(const Call& call, std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto open = path.find('{');
    out += path.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = path.find('}', open);
    if (close == std::string_view::npos) break;
    out += call.parameters.text(path.substr(open + 1, close - open - 1));
    path.remove_prefix(close + 1);
  }
  return out;
}

bool option(const base::JsonArray& check, std::size_t from, std::string_view name, std::string_view& value) {
  for (std::size_t i = from; i + 1 < check.size(); i += 2) {
    if (text_of(check[i]) != name) continue;
    value = text_of(check[i + 1]);
    return true;
  }
  return false;
}

std::string joined(const base::JsonArray& privileges) {
  std::string out;
  for (const auto& privilege : privileges) {
    if (!out.empty()) out += '|';
    out += text_of(privilege);
  }
  return out;
}

Refusal any_of(const Call& call, const std::string& path, const base::JsonArray& privileges) {
  if (is_superuser(call)) return std::nullopt;
  const auto have = privileges_on(call.state, call.identity, path);
  for (const auto& privilege : privileges) {
    if (have.contains(text_of(privilege))) return std::nullopt;
  }
  return Answer::denied(path, joined(privileges));
}

Refusal perm(const Call& call, const base::JsonArray& check) {
  if (check.size() < 3 || !check[2].is_array()) return Answer::denied({}, {});
  const auto path = fill(call, text_of(check[1]));
  const auto& privileges = check[2].get_array();
  std::string_view value;
  if (option(check, 3, "require_param", value) && !call.parameters.has(value)) return Answer::denied({}, {});
  if (is_superuser(call)) return std::nullopt;
  if (option(check, 3, "any", value)) return any_of(call, path, privileges);
  const auto have = privileges_on(call.state, call.identity, path);
  for (const auto& privilege : privileges) {
    if (!have.contains(text_of(privilege))) return Answer::denied(path, text_of(privilege));
  }
  return std::nullopt;
}

Refusal perm_modify(const Call& call, const base::JsonArray& check) {
  const auto path = check.size() < 2 ? std::string() : normalized_acl_path(fill(call, text_of(check[1])));
  // The handler refuses a text that is not a path.
  if (path.empty()) return std::nullopt;
  base::JsonArray privileges;
  for (const auto privilege : modifying_privileges(path)) privileges.emplace_back(privilege);
  return any_of(call, path, privileges);
}

Refusal userid_param(const Call& call, const base::JsonArray& check) {
  const auto userid = call.parameters.text("userid");
  const auto test = check.size() < 2 ? std::string_view{} : text_of(check[1]);
  const auto at = userid.rfind('@');
  if (at == std::string::npos) {
    return Answer::fail("value '" + userid + "' does not look like a valid user name");
  }
  if (test == "self") {
    if (!call.state.users.contains(userid)) return Answer::fail("no such user ('" + userid + "')");
    // A token does not count as its user, even without privilege separation.
    if (userid == call.identity.full()) return std::nullopt;
    return Answer::denied({}, {});
  }
  return any_of(call, "/access/realm/" + userid.substr(at + 1), {"Realm.AllocateUser"});
}

/// Requires one of the privileges on each group that the call names.
Refusal named_groups(const Call& call, const base::JsonArray& privileges) {
  const auto named = call.parameters.list("groups");
  if (named.empty()) return Answer::denied("/access/groups", joined(privileges));
  for (const auto& group : named) {
    const auto path = "/access/groups/" + group;
    if (!call.state.groups.contains(group)) return Answer::denied(path, joined(privileges));
    if (auto no = any_of(call, path, privileges)) return no;
  }
  return std::nullopt;
}

Refusal userid_group(const Call& call, const base::JsonArray& check) {
  if (check.size() < 2 || !check[1].is_array()) return Answer::denied({}, {});
  const auto& privileges = check[1].get_array();
  std::string_view mode;
  const bool names_groups = option(check, 2, "groups_param", mode);
  const auto userid = call.parameters.text("userid");
  const auto user = call.state.users.find(userid);
  const bool creating = mode == "create";
  if (!creating && user == call.state.users.end()) return Answer::fail("no such user ('" + userid + "')");
  if (!any_of(call, "/access/groups", privileges)) return std::nullopt;
  if (names_groups) {
    if (auto no = named_groups(call, privileges)) return no;
  }
  if (creating) return std::nullopt;
  for (const auto& group : user->second.groups) {
    if (!any_of(call, "/access/groups/" + group, privileges)) return std::nullopt;
  }
  return Answer::denied({}, {});
}

Refusal all_of(const Call& call, const base::JsonArray& check) {
  for (std::size_t i = 1; i < check.size(); ++i) {
    if (!check[i].is_array()) continue;
    if (auto no = evaluate(call, check[i].get_array())) return no;
  }
  return std::nullopt;
}

Refusal one_of(const Call& call, const base::JsonArray& check) {
  for (std::size_t i = 1; i < check.size(); ++i) {
    if (!check[i].is_array()) continue;
    const auto& branch = check[i].get_array();
    auto no = evaluate(call, branch);
    if (!no) return std::nullopt;
    // In PVE the refusal of an "and" ends the search, so later branches do not count.
    if (!branch.empty() && text_of(branch[0]) == "and") return no;
  }
  return Answer::denied({}, {});
}

Refusal evaluate(const Call& call, const base::JsonArray& check) {
  const auto test = check.empty() ? std::string_view{} : text_of(check[0]);
  if (test == "perm") return perm(call, check);
  if (test == "perm-modify") return perm_modify(call, check);
  if (test == "userid-param") return userid_param(call, check);
  if (test == "userid-group") return userid_group(call, check);
  if (test == "and") return all_of(call, check);
  if (test == "or") return one_of(call, check);
  return Answer::denied({}, {});
}

}  // namespace

std::optional<Answer> check_permissions(const Call& call) {
  const auto parsed = base::parse_json(call.endpoint.permissions);
  const auto* const object = parsed ? parsed->if_object() : nullptr;
  const auto* const user = object == nullptr ? nullptr : object->if_contains("user");
  if (user != nullptr && text_of(*user) == "world") return std::nullopt;
  // An API token does not count as the login root@pam, whatever its rights are.
  if (is_root_login(call)) return std::nullopt;
  if (object == nullptr) return Answer::fail("Permission check failed (user != root@pam)", 403);
  if (user != nullptr && text_of(*user) == "all") return std::nullopt;
  const auto* const check = object->if_contains("check");
  if (check == nullptr || !check->is_array()) {
    return Answer::fail("Permission check failed (user != root@pam)", 403);
  }
  return evaluate(call, check->get_array());
}

}  // namespace simulator
