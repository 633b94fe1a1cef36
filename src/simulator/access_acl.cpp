#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/access_control.h"
#include "simulator/permission.h"

namespace simulator {
namespace {

bool is_below(std::string_view path, std::string_view root) {
  return path == root || (path.starts_with(root) && path[root.size()] == '/');
}

bool may_modify(const Call& call, std::string_view path) {
  if (may(call, path, "Permissions.Modify")) return true;
  if (is_below(path, "/storage")) return may(call, path, "Datastore.Allocate");
  if (is_below(path, "/vms")) return may(call, path, "VM.Allocate");
  return is_below(path, "/pool") && may(call, path, "Pool.Allocate");
}

std::string normalized(std::string_view path) {
  std::string out;
  for (const auto part : base::split(path, '/')) {
    if (!part.empty()) out += "/" + std::string(part);
  }
  return out.empty() ? "/" : out;
}

bool is_acl_path(std::string_view path) {
  const auto parts = base::split(path, '/');
  const auto depth = path == "/" ? 0 : parts.size() - 1;
  if (depth == 0) return true;
  const auto root = parts[1];
  const bool plain =
      path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/") ==
      std::string_view::npos;
  if (!plain) return false;
  if (root == "vms") {
    return depth == 1 || (depth == 2 && parts[2].size() >= 3 &&
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
    const auto bang = token.find('!');
    const auto user = call.state.users.find(token.substr(0, bang));
    if (user == call.state.users.end() || bang == std::string::npos ||
        !user->second.tokens.contains(token.substr(bang + 1))) {
      return missing("API token", token);
    }
    found.push_back({"token", token});
  }
  return found;
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
  const auto path = normalized(parameters.text("path"));
  if (!is_acl_path(path)) return Answer::bad("path", "invalid ACL path '" + parameters.text("path") + "'");
  const auto roles = parameters.list("roles");
  for (const auto& role : roles) {
    if (!call.state.roles.contains(role)) {
      return Answer::fail("ACL update failed: role '" + role + "' does not exist");
    }
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

Answer permissions(Call& call) {
  auto identity = call.identity;
  if (const auto userid = call.parameters.text("userid"); !userid.empty() && userid != identity.full()) {
    if (auto no = refuse(call, "/access", {"Sys.Audit"})) return *no;
    const auto bang = userid.find('!');
    const auto user = call.state.users.find(userid.substr(0, bang));
    if (user == call.state.users.end()) return Answer::fail("no such user ('" + userid + "')");
    identity = {userid.substr(0, bang), {}, false};
    if (bang != std::string::npos) {
      const auto token = user->second.tokens.find(userid.substr(bang + 1));
      if (token == user->second.tokens.end()) {
        return Answer::fail(
            fmt::format("no such token '{}' for user '{}'", userid.substr(bang + 1), userid.substr(0, bang)));
      }
      identity.token = token->first;
      identity.privsep = token->second.privsep;
    }
  }
  std::set<std::string> paths{"/",     "/access", "/access/groups", "/nodes",
                              "/pool", "/sdn",    "/storage",       "/vms"};
  if (const auto path = call.parameters.text("path"); !path.empty()) {
    paths = {normalized(path)};
  } else {
    for (const auto& acl : call.state.acls) paths.insert(acl.path);
  }
  base::JsonObject data;
  for (const auto& path : paths) {
    base::JsonObject row;
    for (const auto& [privilege, propagate] : privileges_on(call.state, identity, path)) {
      row[privilege] = propagate ? 1 : 0;
    }
    if (!row.empty()) data[path] = std::move(row);
  }
  return Answer::of(std::move(data));
}

}  // namespace simulator
