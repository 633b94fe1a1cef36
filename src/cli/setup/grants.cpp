#include "cli/setup/grants.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"

namespace cli {
namespace {

using base::Method;

constexpr std::string_view kUserComment = "MCP servers (mcp-pve)";

std::string user_path() { return "/access/users/" + std::string(kTokenUser); }
std::string token_path(std::string_view name) { return user_path() + "/token/" + std::string(name); }
std::string role_of(std::string_view token_name) { return "MCP-" + std::string(token_name); }

std::string joined(const PrivilegeNames& names) { return fmt::format("{}", fmt::join(names, ",")); }

AccessChange role_added(const std::string& role, const PrivilegeNames& privileges) {
  return {Method::Post,
          "/access/roles",
          {{"roleid", role}, {"privs", joined(privileges)}},
          {"role", "add", role, "--privs", joined(privileges)}};
}

AccessChange role_changed(const std::string& role, const PrivilegeNames& privileges) {
  return {Method::Put,
          "/access/roles/" + role,
          {{"privs", joined(privileges)}},
          {"role", "modify", role, "--privs", joined(privileges)}};
}

AccessChange role_removed(const std::string& role) {
  return {Method::Delete, "/access/roles/" + role, {}, {"role", "delete", role}};
}

AccessChange user_added() {
  const std::string comment(kUserComment);
  const std::string user(kTokenUser);
  return {Method::Post,
          "/access/users",
          {{"userid", user}, {"comment", comment}},
          {"user", "add", user, "--comment", comment}};
}

AccessChange user_removed() {
  return {Method::Delete, user_path(), {}, {"user", "delete", std::string(kTokenUser)}};
}

AccessChange token_added(std::string_view name) {
  return {Method::Post,
          token_path(name),
          {{"privsep", "1"}},
          {"user", "token", "add", std::string(kTokenUser), std::string(name), "--privsep", "1",
           "--output-format", "json"}};
}

AccessChange token_removed(std::string_view name) {
  return {Method::Delete,
          token_path(name),
          {},
          {"user", "token", "remove", std::string(kTokenUser), std::string(name)}};
}

/// `kind` is "users" or "tokens".
AccessChange permitted(const std::string& kind, const std::string& who, const std::string& role) {
  return {Method::Put,
          "/access/acl",
          {{"path", "/"}, {kind, who}, {"roles", role}},
          {"acl", "modify", "/", "--" + kind, who, "--roles", role}};
}

/// Takes the user's entry on / away again.
AccessChange forbidden(const std::string& role) {
  const std::string user(kTokenUser);
  auto change = permitted("users", user, role);
  change.parameters.emplace_back("delete", "1");
  change.pveum = {"acl", "delete", "/", "--users", user, "--roles", role};
  return change;
}

bool has_entry(const AccessState& state, std::string_view type, std::string_view who, std::string_view role) {
  return std::ranges::any_of(state.acl, [&](const AccessState::Entry& entry) {
    return entry.path == "/" && entry.type == type && entry.who == who && entry.role == role;
  });
}

/// What this version of PVE has; all if its roles are not known.
PrivilegeNames known_of(const PrivilegeNames& needed, const AccessState& state, Grant& grant) {
  const auto all = state.roles.find("Administrator");
  if (all == state.roles.end()) return needed;
  PrivilegeNames known;
  PrivilegeNames unknown;
  for (const auto& name : needed) (all->second.privileges.contains(name) ? known : unknown).insert(name);
  if (!unknown.empty())
    grant.notes.push_back("This version of PVE does not have " + joined(unknown) + ", so they are left out.");
  return known;
}

/// The role that the token gets, and the change that makes it.
std::string settle_role(std::string_view token_name, const PrivilegeNames& privileges,
                        const AccessState& state, Grant& grant) {
  for (const auto& [name, role] : state.roles) {
    if (role.built_in && role.privileges == privileges) return name;
  }
  const auto name = role_of(token_name);
  const auto present = state.roles.find(name);
  if (present == state.roles.end()) {
    grant.parts.push_back({role_added(name, privileges), role_removed(name)});
    grant.made.role = name;
  } else if (present->second.privileges != privileges) {
    grant.notes.push_back("The role " + name +
                          " exists with other privileges, so its privileges are replaced by those that the "
                          "new API token needs.");
    grant.parts.push_back({role_changed(name, privileges), role_changed(name, present->second.privileges)});
  }
  return name;
}

}  // namespace

std::expected<AccessState, std::string> read_access(AccessControl& access) {
  AccessState state;
  const auto roles = access.get("/access/roles");
  if (!roles) return std::unexpected(roles.error());
  for (const auto& role : base::objects(*roles)) {
    auto& known = state.roles[std::string(base::raw_text(role, "roleid"))];
    known.built_in = base::flag(role, "special");
    const auto privileges = base::raw_text(role, "privs");
    for (const auto name : base::list_items(privileges)) known.privileges.emplace(name);
  }
  const auto users = access.get("/access/users");
  if (!users) return std::unexpected(users.error());
  for (const auto& user : base::objects(*users)) {
    if (base::raw_text(user, "userid") != kTokenUser) continue;
    state.has_user = true;
    state.user_comment = base::raw_text(user, "comment");
  }
  if (state.has_user) {
    const auto tokens = access.get(user_path() + "/token");
    if (!tokens) return std::unexpected(tokens.error());
    for (const auto& token : base::objects(*tokens)) state.tokens.emplace(base::raw_text(token, "tokenid"));
  }
  const auto acl = access.get("/access/acl");
  if (!acl) return std::unexpected(acl.error());
  for (const auto& entry : base::objects(*acl))
    state.acl.push_back(
        {std::string(base::raw_text(entry, "path")), std::string(base::raw_text(entry, "type")),
         std::string(base::raw_text(entry, "ugid")), std::string(base::raw_text(entry, "roleid"))});
  return state;
}

std::expected<Grant, std::string> grant_for(std::string_view token_name, const PrivilegeNames& needed,
                                            const AccessState& state) {
  Grant grant;
  grant.token_id = fmt::format("{}!{}", kTokenUser, token_name);
  if (state.tokens.contains(token_name))
    return std::unexpected(fmt::format(
        "The API token {} exists already, and PVE shows its secret to nobody. Choose another name, or give "
        "its id and secret.",
        grant.token_id));
  const std::string user(kTokenUser);
  const auto privileges = known_of(needed, state, grant);
  const auto role = settle_role(token_name, privileges, state, grant);
  grant.role = role;
  grant.made.token_id = grant.token_id;
  if (!state.has_user) {
    grant.parts.push_back({user_added(), user_removed()});
  }
  grant.parts.push_back({token_added(token_name), token_removed(token_name)});
  grant.token_path = grant.parts.back().change.path;
  // With privilege separation the token has the rights that both have.
  if (!has_entry(state, "user", user, role)) {
    grant.parts.push_back({permitted("users", user, role), forbidden(role)});
    grant.made.permission = role;
  }
  grant.parts.push_back({permitted("tokens", grant.token_id, role), std::nullopt});
  return grant;
}

std::optional<std::string> role_line(std::string_view token_id, const PrivilegeNames& needed) {
  const auto prefix = std::string(kTokenUser) + "!";
  if (!token_id.starts_with(prefix)) return std::nullopt;
  return command_line(role_changed(role_of(token_id.substr(prefix.size())), needed));
}

std::vector<AccessChange> removal_of(const Made& made, const AccessState& state) {
  const auto prefix = std::string(kTokenUser) + "!";
  if (!made.token_id.starts_with(prefix)) return {};
  const auto name = made.token_id.substr(prefix.size());
  const auto is_ours = [&](const AccessState::Entry& entry) {
    return entry.who == made.token_id ||
           (entry.who == kTokenUser && entry.path == "/" && !entry.role.empty() &&
            (entry.role == made.role || entry.role == made.permission));
  };
  // Privilege separation: a token has nothing that its user does not have.
  const bool is_needed = std::ranges::any_of(state.acl, [&](const auto& entry) {
    return entry.role == made.permission && entry.who.starts_with(prefix) && !is_ours(entry);
  });
  const bool is_shared = std::ranges::any_of(
      state.acl, [&](const auto& entry) { return entry.role == made.role && !is_ours(entry); });
  const bool has_more = std::ranges::any_of(state.acl, [&](const auto& entry) {
    return (entry.who == kTokenUser || entry.who.starts_with(prefix)) && !is_ours(entry);
  });
  std::vector<AccessChange> changes;
  const std::size_t own = state.tokens.contains(name) ? 1 : 0;
  if (own == 1) changes.push_back(token_removed(name));
  if (state.has_user && state.user_comment == kUserComment && state.tokens.size() == own && !has_more) {
    changes.push_back(user_removed());
  } else if (has_entry(state, "user", kTokenUser, made.permission) && !is_needed) {
    changes.push_back(forbidden(made.permission));
  }
  if (state.roles.contains(made.role) && !is_shared) changes.push_back(role_removed(made.role));
  return changes;
}

std::vector<std::string> removal_lines(std::string_view token_id) {
  const auto prefix = std::string(kTokenUser) + "!";
  if (!token_id.starts_with(prefix)) return {};
  const auto name = token_id.substr(prefix.size());
  return {command_line(token_removed(name)), command_line(role_removed(role_of(name))),
          command_line(user_removed())};
}

}  // namespace cli
