// Builds the cluster that the file of a world describes: storages, users, and the other parts in their order.
#include "simulator/world/world.h"

#include <fmt/format.h>

#include "base/embedded.h"
#include "simulator/core/call.h"

BASE_EMBED(mcp_pve_world, MCP_PVE_WORLD_FILE)

namespace simulator {

std::string_view embedded_world() {
  return {mcp_pve_world_begin, static_cast<std::size_t>(mcp_pve_world_end - mcp_pve_world_begin)};
}

std::vector<std::string> names_in(const Part& part) {
  std::vector<std::string> names;
  for (const auto& [name, member] : part.members()) names.push_back(name);
  return names;
}

void add_storages(State& state, const Part& world) {
  for (const auto& [id, part] : world.member("storages").members()) {
    part.knows({"size", "used", "config"});
    Storage storage{id, part.member("config").config(), part.member("size").bytes(),
                    part.member("used").present() ? part.member("used").bytes() : 0};
    if (!has(storage.config, "type"))
      part.member("config").member("type").refuse("write a storage type of PVE, such as dir or nfs.");
    state.storages.emplace(id, std::move(storage));
  }
}

namespace {

User user_from(const Part& part, const std::vector<std::string>& groups) {
  part.knows({"properties", "groups", "password", "totp", "tokens", "expire", "enabled"});
  User user;
  user.properties = part.member("properties").config();
  user.password = part.member("password").text_or("");
  user.totp = part.member("totp").text_or("");
  if (user.totp.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=") != std::string::npos ||
      (!user.totp.empty() && user.totp.size() < 2))
    part.member("totp").refuse("write the secret in base32: the letters A to Z and the digits 2 to 7.");
  user.expire = part.member("expire").number_or(0);
  user.enabled = part.member("enabled").flag_or(true);
  for (const auto& item : part.member("groups").items()) user.groups.insert(item.one_of(groups));
  for (const auto& [name, token] : part.member("tokens").members()) {
    token.knows({"secret", "comment", "expire", "privsep"});
    user.tokens[name] = {token.member("secret").text(), token.member("comment").text_or(""),
                         token.member("expire").number_or(0), token.member("privsep").flag_or(true)};
  }
  return user;
}

Acl acl_from(const State& state, const Part& part) {
  part.knows({"path", "user", "group", "token", "role", "propagate"});
  Acl acl;
  acl.path = part.member("path").text();
  for (const std::string_view type : {"user", "group", "token"}) {
    if (const auto who = part.member(type); who.present()) {
      acl.type = type;
      acl.ugid = who.text();
    }
  }
  if (acl.type.empty()) part.refuse("add a user, a group or a token.");
  acl.role = part.member("role").text();
  if (!state.roles.contains(acl.role))
    part.member("role").refuse("write a role that PVE has, such as PVEAuditor.");
  acl.propagate = part.member("propagate").flag_or(true);
  return acl;
}

/// Adds the API token of the options, which the cluster always accepts.
void add_own_token(State& state) {
  const std::string_view id = state.options.token_id;
  const auto bang = id.find('!');
  if (bang == std::string_view::npos) return;
  const std::string user(id.substr(0, bang));
  state.users[user].tokens[std::string(id.substr(bang + 1))] = {state.options.token_secret, "demo", 0, false};
  if (user != "root@pam") state.acls.push_back({"/", "user", user, "Administrator", true});
}

}  // namespace

void add_access(State& state, const Part& world) {
  for (const auto& [name, part] : world.member("realms").members()) state.realms[name] = part.config();
  for (const auto& [name, part] : world.member("groups").members()) state.groups[name] = {part.text()};
  const auto groups = names_in(world.member("groups"));
  for (const auto& [name, part] : world.member("users").members()) {
    if (name.find('@') == std::string::npos) part.refuse("write the name with its realm, such as anna@pve.");
    state.users[name] = user_from(part, groups);
  }
  for (const auto& part : world.member("acl").items()) state.acls.push_back(acl_from(state, part));
  add_own_token(state);
  const auto storages = names_in(world.member("storages"));
  for (const auto& [name, part] : world.member("pools").members()) {
    part.knows({"comment", "storages"});
    auto& pool = state.pools[name];
    pool.comment = part.member("comment").text_or("");
    for (const auto& item : part.member("storages").items()) pool.storages.insert(item.one_of(storages));
  }
}

std::expected<State, std::string> load_world(const Options& options, const base::Clock& clock) {
  const auto json = base::parse_json(options.world.empty() ? embedded_world() : options.world);
  if (!json) return std::unexpected("the file is not valid JSON: " + json.error());
  std::string wrong;
  const Part world(&*json, "", wrong);
  world.knows({"cluster",         "datacenter",   "nodes",     "syslog",    "storages",
               "files",           "realms",       "groups",    "users",     "acl",
               "pools",           "guests",       "snapshots", "backups",   "firewall",
               "security_groups", "ha_resources", "ha_rules",  "ha_groups", "backup_jobs",
               "replications",    "tasks",        "log"});
  State state;
  state.options = options;
  state.clock = &clock;
  state.now_ms = clock.wall().time_since_epoch().count();
  state.random.seed(options.seed);
  state.cluster_name = world.member("cluster").text();
  add_nodes(state, world);
  add_roles(state);
  add_storages(state, world);
  add_access(state, world);
  if (wrong.empty()) add_guests(state, world);
  add_cluster_configuration(state, world);
  if (wrong.empty()) add_task_history(state, world);
  if (!wrong.empty()) return std::unexpected(wrong);
  state.tell_names();
  return state;
}

}  // namespace simulator
