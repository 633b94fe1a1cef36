#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/core/access_control.h"
#include "simulator/core/permission.h"

namespace simulator {
namespace {

bool may_modify(const Call& call, std::string_view path) {
  return std::ranges::any_of(modifying_privileges(path),
                             [&](std::string_view privilege) { return may(call, path, privilege); });
}

/// Whether PVE accepts an ACL on the path, which must be normalized.
bool is_acl_path(std::string_view path) {
  const auto parts = base::split(path, '/');
  const auto depth = path == "/" ? 0 : parts.size() - 1;
  if (depth == 0) return true;
  const auto root = parts[1];
  if (root == "vms") {
    return depth == 1 || (depth == 2 && parts[2].size() >= 3 && parts[2][0] != '0' &&
                          parts[2].find_first_not_of("0123456789") == std::string_view::npos);
  }
  if (root == "nodes" || root == "storage") return depth <= 2;
  if (root == "pool") return depth <= 4;
  if (root == "access") return depth == 1 || ((parts[2] == "groups" || parts[2] == "realm") && depth <= 3);
  if (root == "sdn" || root == "mapping") return depth <= 5;
  return false;
}

struct Subject {
  std::string type;
  std::string id;
};

/// PVE's refusal if the token or its user does not exist.
std::optional<std::string> no_such_token(const State& state, std::string_view full) {
  const auto bang = full.find('!');
  const auto userid = full.substr(0, bang);
  const auto user = state.users.find(userid);
  if (user == state.users.end()) return fmt::format("no such user ('{}')", userid);
  const auto name = bang == std::string_view::npos ? std::string_view{} : full.substr(bang + 1);
  if (user->second.tokens.contains(name)) return std::nullopt;
  return fmt::format("no such token '{}' for user '{}'", name, userid);
}

std::expected<std::vector<Subject>, Answer> subjects(const Call& call) {
  std::vector<Subject> found;
  const auto missing = [](std::string_view what, const std::string& id) {
    return std::unexpected(Answer::fail(fmt::format("ACL update failed: {} '{}' does not exist", what, id)));
  };
  for (const auto& group : call.parameters.list("groups")) {
    if (!call.state.groups.contains(group)) return missing("group", group);
    found.push_back({"group", group});
  }
  for (const auto& user : call.parameters.list("users")) {
    if (!call.state.users.contains(user)) return missing("user", user);
    found.push_back({"user", user});
  }
  for (const auto& token : call.parameters.list("tokens")) {
    if (auto no = no_such_token(call.state, token)) {
      return std::unexpected(Answer::fail("ACL update failed: " + *no));
    }
    found.push_back({"token", token});
  }
  return found;
}

/// Without Permissions.Modify a caller may still change the ACL of some objects, but only to grant privileges
/// that it has there itself.
std::optional<Answer> refuse_role(const Call& call, std::string_view path, const std::string& role) {
  const auto own = privileges_on(call.state, call.identity, path);
  if (is_superuser(call) || own.contains("Permissions.Modify")) return std::nullopt;
  const bool removes = call.parameters.flag("delete");
  const auto refused = [&](std::string_view how, std::string_view needed) {
    return Answer::bad("role", fmt::format("Cannot {} role '{}'{} - requires 'Permissions.Modify'{}",
                                           removes ? "remove" : "add", role, how, needed));
  };
  for (const auto& privilege : call.state.roles.find(role)->second.privileges) {
    const auto found = own.find(privilege);
    if (found == own.end()) return refused("", " or superset of privileges.");
    if (!removes && call.parameters.flag("propagate", true) && !found->second) {
      return refused(" with propagation", " or propagated superset of privileges.");
    }
  }
  if (role == "NoAccess") return refused("", "");
  return std::nullopt;
}

}  // namespace

Answer list_acl(Call& call) {
  base::JsonArray rows;
  const bool all = may(call, "/access", "Sys.Audit");
  for (const auto& acl : call.state.acls) {
    if (!all && !may_modify(call, acl.path)) continue;
    rows.push_back(base::JsonObject{{"path", acl.path},
                                    {"type", acl.type},
                                    {"ugid", acl.ugid},
                                    {"roleid", acl.role},
                                    {"propagate", acl.propagate ? 1 : 0}});
  }
  return Answer::of(std::move(rows));
}

Answer update_acl(Call& call) {
  const auto& parameters = call.parameters;
  if (!parameters.has("users") && !parameters.has("groups") && !parameters.has("tokens")) {
    auto answer = Answer::fail("Parameter verification failed.", 400);
    for (const auto* key : {"users", "groups", "tokens"}) {
      answer.errors[key] = "either 'users', 'groups' or 'tokens' is required.";
    }
    return answer;
  }
  const auto path = normalized_acl_path(parameters.text("path"));
  // PVE deletes an entry even if it no longer accepts the path.
  if (path.empty() || (!parameters.flag("delete") && !is_acl_path(path)))
    return Answer::bad("path", "invalid ACL path '" + parameters.text("path") + "'");
  const auto roles = parameters.list("roles");
  for (const auto& role : roles) {
    if (!call.state.roles.contains(role)) {
      return Answer::fail("ACL update failed: role '" + role + "' does not exist");
    }
    if (auto no = refuse_role(call, path, role)) return *no;
  }
  const auto who = subjects(call);
  if (!who) return who.error();
  for (const auto& role : roles) {
    for (const auto& subject : *who) {
      auto& acls = call.state.acls;
      std::erase_if(acls, [&](const Acl& acl) {
        return acl.path == path && acl.role == role && acl.type == subject.type && acl.ugid == subject.id;
      });
      if (!parameters.flag("delete")) {
        acls.push_back({path, subject.type, subject.id, role, parameters.flag("propagate", true)});
      }
    }
  }
  return Answer::of();
}

namespace {

/// The identity whose permissions the call asks for. Only the caller itself and its tokens need no right.
std::expected<Identity, Answer> subject_of(const Call& call) {
  const auto userid = call.parameters.text("userid");
  if (userid.empty() || userid == call.identity.full()) return call.identity;
  const auto bang = userid.find('!');
  Identity identity{userid.substr(0, bang), {}, false};
  if (bang == std::string::npos || identity.user != call.identity.full()) {
    if (auto no = refuse(call, "/access", {"Sys.Audit"})) return std::unexpected(std::move(*no));
  }
  if (bang == std::string::npos) return identity;
  identity.token = userid.substr(bang + 1);
  // PVE answers for a token that does not exist as for one without an ACL: it has no rights.
  identity.privsep = true;
  const auto user = call.state.users.find(identity.user);
  if (user == call.state.users.end()) return identity;
  const auto token = user->second.tokens.find(identity.token);
  if (token != user->second.tokens.end()) identity.privsep = token->second.privsep;
  return identity;
}

/// The paths on which the rights of an identity can differ from those on the parent.
std::set<std::string> interesting_paths(const State& state) {
  std::set<std::string> paths{"/",     "/access", "/access/groups", "/nodes",
                              "/pool", "/sdn",    "/storage",       "/vms"};
  for (const auto& acl : state.acls) {
    for (auto end = acl.path.find('/', 1); end != std::string::npos; end = acl.path.find('/', end + 1)) {
      paths.insert(acl.path.substr(0, end));
    }
    paths.insert(acl.path);
  }
  for (const auto& [vmid, guest] : state.guests) {
    if (!guest.pool.empty()) paths.insert(fmt::format("/vms/{}", vmid));
  }
  for (const auto& [name, pool] : state.pools) {
    for (const auto& storage : pool.storages) paths.insert("/storage/" + storage);
  }
  return paths;
}

base::JsonObject as_json(const Privileges& privileges) {
  base::JsonObject row;
  for (const auto& [privilege, propagate] : privileges) row[privilege] = propagate ? 1 : 0;
  return row;
}

}  // namespace

Answer permissions(Call& call) {
  const auto identity = subject_of(call);
  if (!identity) return identity.error();
  base::JsonObject data;
  if (const auto path = call.parameters.text("path"); !path.empty()) {
    data[path] = as_json(privileges_on(call.state, *identity, path));
    return Answer::of(std::move(data));
  }
  for (const auto& path : interesting_paths(call.state)) {
    auto row = as_json(privileges_on(call.state, *identity, path));
    if (!row.empty()) data[path] = std::move(row);
  }
  return Answer::of(std::move(data));
}

}  // namespace simulator
