// Users and their tokens.
#include <fmt/format.h>

#include "simulator/access_control.h"
#include "simulator/permission.h"
#include "simulator/routes.h"

namespace simulator {
namespace {

constexpr std::string_view kProperties[] = {"comment", "email", "firstname", "lastname", "keys"};

std::string realm_of(std::string_view userid) { return std::string(userid.substr(userid.rfind('@') + 1)); }

base::JsonObject token_info(const Token& token) {
  base::JsonObject info{{"privsep", token.privsep ? 1 : 0}, {"expire", token.expire}};
  if (!token.comment.empty()) info["comment"] = token.comment;
  return info;
}

base::JsonObject user_facts(const User& user) {
  auto data = to_json(user.properties);
  data["enable"] = user.enabled ? 1 : 0;
  data["expire"] = user.expire;
  return data;
}

std::string joined(const std::set<std::string, std::less<>>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ",") + name;
  return out;
}

bool sees_user(const Call& call, const std::string& userid, const User& user) {
  if (userid == call.identity.full() || may_any(call, "/access/groups", {"User.Modify", "Sys.Audit"}))
    return true;
  for (const auto& group : user.groups) {
    if (may_any(call, "/access/groups/" + group, {"User.Modify", "Sys.Audit"})) return true;
  }
  return false;
}

Answer list_users(Call& call) {
  base::JsonArray rows;
  for (const auto& [userid, user] : call.state.users) {
    if (!sees_user(call, userid, user)) continue;
    if (call.parameters.has("enabled") && user.enabled != call.parameters.flag("enabled")) continue;
    auto row = user_facts(user);
    row["userid"] = userid;
    if (const auto realm = call.state.realms.find(realm_of(userid)); realm != call.state.realms.end()) {
      row["realm-type"] = get(realm->second, "type");
    }
    if (call.parameters.flag("full")) {
      row["groups"] = joined(user.groups);
      base::JsonArray tokens;
      for (const auto& [name, token] : user.tokens) {
        auto info = token_info(token);
        info["tokenid"] = name;
        tokens.push_back(std::move(info));
      }
      row["tokens"] = std::move(tokens);
    }
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

std::expected<User*, Answer> find(Call& call) {
  const auto userid = call.parameters.text("userid");
  const auto found = call.state.users.find(userid);
  if (found == call.state.users.end())
    return std::unexpected(Answer::fail("no such user ('" + userid + "')"));
  return &found->second;
}

Answer get_user(Call& call) {
  const auto user = find(call);
  if (!user) return user.error();
  auto data = user_facts(**user);
  base::JsonArray groups;
  for (const auto& group : (*user)->groups) groups.emplace_back(group);
  data["groups"] = std::move(groups);
  if ((*user)->tokens.empty()) {
    data["tokens"] = nullptr;
  } else {
    base::JsonObject tokens;
    for (const auto& [name, token] : (*user)->tokens) tokens[name] = token_info(token);
    data["tokens"] = std::move(tokens);
  }
  return Answer::of(std::move(data));
}

std::optional<Answer> set_groups(Call& call, User& user, std::string_view failed) {
  if (!call.parameters.has("groups")) return std::nullopt;
  const auto groups = call.parameters.list("groups");
  for (const auto& group : groups) {
    if (!call.state.groups.contains(group))
      return Answer::fail(fmt::format("{}: no such group '{}'", failed, group));
  }
  if (!call.parameters.flag("append")) user.groups.clear();
  user.groups.insert(groups.begin(), groups.end());
  return std::nullopt;
}

void set_properties(const Parameters& parameters, User& user) {
  for (const auto key : kProperties) {
    if (parameters.has(key)) user.properties[std::string(key)] = parameters.text(key);
  }
  if (parameters.has("enable")) user.enabled = parameters.flag("enable");
  if (parameters.has("expire")) user.expire = parameters.number("expire");
}

Answer create_user(Call& call) {
  constexpr std::string_view kFailed = "create user failed";
  const auto userid = call.parameters.text("userid");
  if (call.state.users.contains(userid)) {
    return Answer::fail(fmt::format("{}: user '{}' already exists", kFailed, userid));
  }
  const auto realm = realm_of(userid);
  if (!call.state.realms.contains(realm)) {
    return Answer::fail(fmt::format("{}: domain '{}' does not exist", kFailed, realm));
  }
  User user;
  user.properties["email"] = "";
  if (auto no = set_groups(call, user, kFailed)) return *no;
  set_properties(call.parameters, user);
  user.password = call.parameters.text("password");
  call.state.users.emplace(userid, std::move(user));
  return Answer::of();
}

Answer update_user(Call& call) {
  const auto user = find(call);
  if (!user) return user.error();
  if (auto no = set_groups(call, **user, "update user failed")) return *no;
  set_properties(call.parameters, **user);
  return Answer::of();
}

Answer delete_user(Call& call) {
  const auto userid = call.parameters.text("userid");
  if (auto user = find(call); !user) return user.error();
  call.state.users.erase(userid);
  std::erase_if(call.state.acls, [&](const Acl& acl) {
    return acl.ugid == userid || (acl.type == "token" && acl.ugid.starts_with(userid + "!"));
  });
  return Answer::of();
}

Answer no_token(const Call& call) {
  return Answer::fail(fmt::format("no such token '{}' for user '{}'", call.parameters.text("tokenid"),
                                  call.parameters.text("userid")));
}

Answer list_tokens(Call& call) {
  const auto user = find(call);
  if (!user) return user.error();
  base::JsonArray rows;
  for (const auto& [name, token] : (*user)->tokens) {
    auto row = token_info(token);
    row["tokenid"] = name;
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

Answer get_token(Call& call) {
  const auto user = find(call);
  if (!user) return user.error();
  const auto token = (*user)->tokens.find(call.parameters.text("tokenid"));
  return token == (*user)->tokens.end() ? no_token(call) : Answer::of(token_info(token->second));
}

std::string new_secret(State& state) {
  const auto high = state.random();
  const auto low = state.random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU,
                     high & 0xfffU, low >> 52U, low & 0xffffffffffffU);
}

void set_token(const Parameters& parameters, Token& token) {
  if (parameters.has("comment")) token.comment = parameters.text("comment");
  if (parameters.has("expire")) token.expire = parameters.number("expire");
  if (parameters.has("privsep")) token.privsep = parameters.flag("privsep");
}

Answer create_token(Call& call) {
  const auto user = find(call);
  if (!user) return user.error();
  const auto name = call.parameters.text("tokenid");
  if ((*user)->tokens.contains(name)) return Answer::bad("tokenid", "Token already exists.");
  Token token;
  set_token(call.parameters, token);
  token.secret = new_secret(call.state);
  base::JsonObject data{{"full-tokenid", call.parameters.text("userid") + "!" + name},
                        {"value", token.secret},
                        {"info", token_info(token)}};
  (*user)->tokens.emplace(name, std::move(token));
  return Answer::of(std::move(data));
}

Answer update_token(Call& call) {
  const auto user = find(call);
  if (!user) return user.error();
  const auto token = (*user)->tokens.find(call.parameters.text("tokenid"));
  if (token == (*user)->tokens.end()) return no_token(call);
  set_token(call.parameters, token->second);
  return Answer::of(token_info(token->second));
}

Answer delete_token(Call& call) {
  const auto user = find(call);
  if (!user) return user.error();
  const auto full = call.parameters.text("userid") + "!" + call.parameters.text("tokenid");
  if ((*user)->tokens.erase(call.parameters.text("tokenid")) == 0) return no_token(call);
  std::erase_if(call.state.acls, [&](const Acl& acl) { return acl.type == "token" && acl.ugid == full; });
  return Answer::of();
}

constexpr Route kRoutes[] = {
    {base::Method::Get, "/access/users", list_users},
    {base::Method::Post, "/access/users", create_user},
    {base::Method::Get, "/access/users/{userid}", get_user},
    {base::Method::Put, "/access/users/{userid}", update_user},
    {base::Method::Delete, "/access/users/{userid}", delete_user},
    {base::Method::Get, "/access/users/{userid}/token", list_tokens},
    {base::Method::Get, "/access/users/{userid}/token/{tokenid}", get_token},
    {base::Method::Post, "/access/users/{userid}/token/{tokenid}", create_token},
    {base::Method::Put, "/access/users/{userid}/token/{tokenid}", update_token},
    {base::Method::Delete, "/access/users/{userid}/token/{tokenid}", delete_token},
    {base::Method::Get, "/access/groups", list_groups},
    {base::Method::Post, "/access/groups", create_group},
    {base::Method::Get, "/access/groups/{groupid}", get_group},
    {base::Method::Put, "/access/groups/{groupid}", update_group},
    {base::Method::Delete, "/access/groups/{groupid}", delete_group},
    {base::Method::Get, "/access/roles", list_roles},
    {base::Method::Post, "/access/roles", create_role},
    {base::Method::Get, "/access/roles/{roleid}", get_role},
    {base::Method::Put, "/access/roles/{roleid}", update_role},
    {base::Method::Delete, "/access/roles/{roleid}", delete_role},
    {base::Method::Get, "/access/acl", list_acl},
    {base::Method::Put, "/access/acl", update_acl},
    {base::Method::Get, "/access/domains", list_domains},
    {base::Method::Get, "/access/domains/{realm}", get_domain},
    {base::Method::Get, "/access/permissions", permissions},
    {base::Method::Post, "/access/ticket", create_ticket},
};

}  // namespace

std::span<const Route> access_routes() { return kRoutes; }

}  // namespace simulator
