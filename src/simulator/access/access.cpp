// Users and their API tokens.
#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/access_control.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"

namespace simulator {
namespace {

constexpr std::string_view kProperties[] = {"comment", "email", "firstname", "lastname", "keys"};

std::string realm_of(std::string_view userid) { return std::string(userid.substr(userid.rfind('@') + 1)); }

base::JsonObject token_info(const Token& token) {
  base::JsonObject info{{"privsep", token.privsep ? 1 : 0}, {"expire", token.expire}};
  if (!token.comment.empty()) info["comment"] = token.comment;
  return info;
}

bool sees(const Call& call, const std::string& userid, const User& user) {
  if (call.parameters.has("enabled") && user.enabled != call.parameters.flag("enabled")) return false;
  if (userid == call.identity.full() || may_any(call, "/access/groups", {"User.Modify", "Sys.Audit"}))
    return true;
  return std::ranges::any_of(user.groups, [&](const std::string& group) {
    return may_any(call, "/access/groups/" + group, {"User.Modify", "Sys.Audit"});
  });
}

void add_details(const Call& call, const std::string& userid, const User& user, base::JsonObject& row) {
  const auto realm = call.state.realms.find(realm_of(userid));
  if (realm != call.state.realms.end()) row["realm-type"] = get(realm->second, "type");
  if (!call.parameters.flag("full")) return;
  row["groups"] = joined(user.groups);
  base::JsonArray tokens;
  for (const auto& [name, token] : user.tokens) {
    auto info = token_info(token);
    info["tokenid"] = name;
    tokens.push_back(std::move(info));
  }
  row["tokens"] = std::move(tokens);
}

base::JsonObject user_row(const Call&, const std::string&, const User& user) {
  auto data = to_json(user.properties);
  data["enable"] = user.enabled ? 1 : 0;
  data["expire"] = user.expire;
  return data;
}

Answer read(Call& call, const std::string& userid, User& user) {
  auto data = user_row(call, userid, user);
  base::JsonArray groups;
  for (const auto& group : user.groups) groups.emplace_back(group);
  data["groups"] = std::move(groups);
  if (user.tokens.empty()) {
    data["tokens"] = nullptr;
  } else {
    base::JsonObject tokens;
    for (const auto& [name, token] : user.tokens) tokens[name] = token_info(token);
    data["tokens"] = std::move(tokens);
  }
  return Answer::of(std::move(data));
}

std::optional<Answer> set_groups(const Call& call, User& user) {
  if (!call.parameters.has("groups")) return std::nullopt;
  const auto groups = call.parameters.list("groups");
  for (const auto& group : groups) {
    if (!call.state.groups.contains(group)) return Answer::fail(fmt::format("no such group '{}'", group));
  }
  if (!call.parameters.flag("append")) user.groups.clear();
  user.groups.insert(groups.begin(), groups.end());
  return std::nullopt;
}

std::optional<Answer> apply(Call& call, const std::string& userid, User& user, Step step) {
  const auto& parameters = call.parameters;
  if (step == Step::Create) {
    const auto realm = realm_of(userid);
    if (!call.state.realms.contains(realm)) {
      return Answer::fail(fmt::format("domain '{}' does not exist", realm));
    }
    user.properties["email"] = "";
    user.password = parameters.text("password");
  }
  if (auto no = set_groups(call, user)) return no;
  for (const auto key : kProperties) {
    if (parameters.has(key)) user.properties[std::string(key)] = parameters.text(key);
  }
  if (parameters.has("enable")) user.enabled = parameters.flag("enable");
  if (parameters.has("expire")) user.expire = parameters.number("expire");
  return std::nullopt;
}

void clear(Call& call, const std::string& userid, User&) {
  std::erase_if(call.state.acls, [&](const Acl& acl) {
    return acl.ugid == userid || (acl.type == "token" && acl.ugid.starts_with(userid + "!"));
  });
}

constexpr Store<User> kUsers{
    .key = "userid",
    .objects = all_of<&State::users>,
    .missing = {"no such user ('{userid}')"},
    .exists = {"create user failed: user '{userid}' already exists"},
    .create_failed = "create user failed: ",
    .update_failed = "update user failed: ",
    .sees = sees,
    .row = user_row,
    .listed = add_details,
    .read = read,
    .apply = apply,
    .clear = clear,
};

std::expected<Named<Token>*, Answer> tokens(Call& call) {
  const auto user = call.state.users.find(call.parameters.text("userid"));
  if (user == call.state.users.end()) return std::unexpected(refusal(call, kUsers.missing));
  return &user->second.tokens;
}

base::JsonObject token_row(const Call&, const std::string&, const Token& token) { return token_info(token); }

std::string new_secret(State& state) {
  const auto high = state.random();
  const auto low = state.random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU,
                     high & 0xfffU, low >> 52U, low & 0xffffffffffffU);
}

std::optional<Answer> apply_token(Call& call, const std::string&, Token& token, Step step) {
  const auto& parameters = call.parameters;
  if (parameters.has("comment")) token.comment = parameters.text("comment");
  if (parameters.has("expire")) token.expire = parameters.number("expire");
  if (parameters.has("privsep")) token.privsep = parameters.flag("privsep");
  if (step == Step::Create) token.secret = new_secret(call.state);
  return std::nullopt;
}

base::Json token_result(Call& call, const std::string& name, Token& token, Step step) {
  if (step == Step::Update) return token_info(token);
  return base::JsonObject{{"full-tokenid", call.parameters.text("userid") + "!" + name},
                          {"value", token.secret},
                          {"info", token_info(token)}};
}

void clear_token(Call& call, const std::string& name, Token&) {
  const auto full = call.parameters.text("userid") + "!" + name;
  std::erase_if(call.state.acls, [&](const Acl& acl) { return acl.type == "token" && acl.ugid == full; });
}

constexpr Store<Token> kTokens{
    .key = "tokenid",
    .key_in = Shown::InLists,
    .objects = tokens,
    .missing = {"no such token '{tokenid}' for user '{userid}'"},
    .exists = {"Token already exists.", "tokenid"},
    .row = token_row,
    .apply = apply_token,
    .clear = clear_token,
    .result = token_result,
};

using enum base::Method;
constexpr Route kAccessRoutes[] = {
    {Get, "/access/users", list_objects<kUsers>},
    {Post, "/access/users", create_object<kUsers>},
    {Get, "/access/users/{userid}", read_object<kUsers>},
    {Put, "/access/users/{userid}", update_object<kUsers>},
    {Delete, "/access/users/{userid}", delete_object<kUsers>},
    {Get, "/access/users/{userid}/token", list_objects<kTokens>},
    {Get, "/access/users/{userid}/token/{tokenid}", read_object<kTokens>},
    {Post, "/access/users/{userid}/token/{tokenid}", create_object<kTokens>},
    {Put, "/access/users/{userid}/token/{tokenid}", update_object<kTokens>},
    {Delete, "/access/users/{userid}/token/{tokenid}", delete_object<kTokens>},
    {Get, "/access/acl", list_acl},
    {Put, "/access/acl", update_acl},
    {Get, "/access/permissions", permissions},
    {Post, "/access/ticket", create_ticket},
};

}  // namespace

std::span<const Route> access_routes() { return kAccessRoutes; }

}  // namespace simulator
