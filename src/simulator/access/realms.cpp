// Realms, their synchronization with a directory, and the jobs for it.
#include <fmt/format.h>

#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/core/tasks.h"

namespace simulator {
namespace {

using base::JsonObject;

bool is_built_in(std::string_view name) { return name == "pam" || name == "pve"; }

/// PVE's list shows only type and comment.
JsonObject realm_row(const Call&, const std::string&, const Config& realm) {
  JsonObject row{{"type", get(realm, "type")}};
  for (const std::string_view key : {"comment", "tfa"}) {
    if (has(realm, key)) row[key] = get(realm, key);
  }
  if (get(realm, "default") == "1") row["default"] = 1;
  return row;
}

constexpr std::string_view kNumbers =
    "port default secure verify autocreate case-sensitive groups-autocreate groups-overwrite query-userinfo";

Answer read_realm(Call& call, const std::string& name, Config& realm) {
  auto data = section_json(realm, kNumbers);
  if (name == "pam") data["plugin"] = "PVE::Auth::PAM";
  data["digest"] = file_digest(call.state.realms);
  return Answer::of(std::move(data));
}

std::string_view options_of(std::string_view type) {
  if (type == "ldap") {
    return "server1+ base_dn+ user_attr+ server2 bind_dn port secure mode verify capath cert certkey "
           "sslversion "
           "default comment tfa filter sync_attributes user_classes group_dn group_name_attr group_filter "
           "group_classes sync-defaults-options case-sensitive";
  }
  if (type == "ad") {
    return "server1+ domain+ server2 base_dn bind_dn user_attr port secure mode verify capath cert certkey "
           "sslversion default comment tfa filter sync_attributes user_classes group_dn group_name_attr "
           "group_filter group_classes sync-defaults-options case-sensitive";
  }
  if (type == "openid") {
    return "issuer-url+ client-id+ client-key autocreate username-claim* prompt scopes acr-values audiences "
           "groups-claim groups-autocreate groups-overwrite query-userinfo default comment";
  }
  return "default comment tfa";
}

/// Of the directory servers, only those on the node itself do not answer.
bool unreachable(const Config& realm) {
  const auto server = get(realm, "server1");
  return server.starts_with("127.") || server == "localhost";
}

std::optional<Answer> apply_realm(Call& call, const std::string& name, Config& realm, Step step) {
  if (step == Step::Create) {
    realm["type"] = call.parameters.text("type");
    if (get(realm, "type") == "pam" || get(realm, "type") == "pve") {
      return Answer::fail(fmt::format("unable to create builtin type '{}'", get(realm, "type")));
    }
  }
  const auto options = options_of(get(realm, "type"));
  if (auto no = apply_options(call, "realm", options, "password check-connection", realm, step)) return no;
  if (call.parameters.flag("check-connection") && unreachable(realm)) {
    return Answer::fail("Connection refused");
  }
  if (!call.parameters.flag("default")) return std::nullopt;
  for (auto& [other, config] : call.state.realms) {
    if (other != name) config.erase("default");
  }
  return std::nullopt;
}

/// PVE has its own two realms again as soon as it reads the file.
void clear_realm(Call& call, const std::string& name, Config& gone) {
  if (is_built_in(name)) call.state.realms[name] = gone;
}

constexpr Store<Config> kRealms{
    .key = "realm",
    .objects = all_of<&State::realms>,
    .missing = {"domain '{realm}' does not exist"},
    .missing_for_update = {"update auth server failed: domain '{realm}' does not exist"},
    .missing_for_delete = {"delete auth server failed: domain '{realm}' does not exist"},
    .exists = {"add auth server failed: domain '{realm}' already exists"},
    .create_failed = "add auth server failed: ",
    .update_failed = "update auth server failed: ",
    .digest = file_digest,
    .digest_in = Shown::Nowhere,
    .row = realm_row,
    .read = read_realm,
    .apply = apply_realm,
    .clear = clear_realm,
};

/// The directory of the simulated realm has no users.
Answer sync(Call& call) {
  const auto name = call.parameters.text("realm");
  const auto found = call.state.realms.find(name);
  if (found == call.state.realms.end()) return Answer::bad("realm", "Realm does not exist.");
  const auto& realm = found->second;
  const auto type = get(realm, "type");
  if (type != "ldap" && type != "ad") {
    return Answer::fail(fmt::format("Cannot sync realm type '{}'! Only LDAP/AD realms can be synced.", type));
  }
  const auto defaults = parse_properties(get(realm, "sync-defaults-options"));
  if (!call.parameters.has("scope") && !has(defaults, "scope")) {
    return Answer::bad("scope", "Not passed as parameter and not defined in realm default sync options.");
  }
  const bool dry = call.parameters.flag("dry-run");
  std::vector<std::string> log{
      fmt::format("{}starting sync for realm {}", dry ? "(dry test run) " : "", name)};
  const bool refused = unreachable(realm);
  if (!refused) {
    log.insert(log.end(), {"got data from server, updating users and groups", "syncing users"});
    log.emplace_back(dry ? "NOTE: Dry test run, changes were NOT written to the configuration."
                         : "successfully updated users and groups configuration");
  }
  return run_task(
      call, dry ? "auth-realm-sync-test" : "auth-realm-sync", name, std::chrono::seconds(2),
      [refused](State&) { return TaskEnd{refused ? "Connection refused" : "OK", {}}; }, std::move(log));
}

JsonObject job_row(const Call&, const std::string&, const Config& job) {
  auto row = section_json(job, "enabled enable-new");
  row["type"] = "realm-sync";
  return row;
}

/// The simulator runs none of these jobs, so the next run is only a time: the next midnight.
void add_runs(const Call& call, const std::string&, const Config&, JsonObject& row) {
  constexpr std::int64_t kDay = 86'400;
  row["last-run"] = nullptr;
  row["next-run"] = (call.state.now() / kDay + 1) * kDay;
}

std::optional<Answer> apply_job(Call& call, const std::string&, Config& job, Step step) {
  if (step == Step::Create) {
    const auto realm = call.state.realms.find(call.parameters.text("realm"));
    if (realm == call.state.realms.end()) return Answer::bad("realm", "No such realm");
  }
  constexpr std::string_view kOptions = "realm! schedule+ comment enabled enable-new remove-vanished scope";
  return apply_options(call, "id", kOptions, "", job, step);
}

constexpr Store<Config> kJobs{
    .key = "id",
    .key_in = Shown::InLists,
    .objects = all_of<&State::realm_syncs>,
    .missing = {"No such job '{id}'", "id"},
    .exists = {"Job '{id}' already exists", "id"},
    .row = job_row,
    .listed = add_runs,
    .apply = apply_job,
};

using enum base::Method;
constexpr Route kRealmRoutes[] = {
    {Get, "/access/domains", list_objects<kRealms>},
    {Post, "/access/domains", create_object<kRealms>},
    {Get, "/access/domains/{realm}", read_object<kRealms>},
    {Put, "/access/domains/{realm}", update_object<kRealms>},
    {Delete, "/access/domains/{realm}", delete_object<kRealms>},
    {Post, "/access/domains/{realm}/sync", sync},
    {Get, "/cluster/jobs/realm-sync", list_objects<kJobs>},
    {Get, "/cluster/jobs/realm-sync/{id}", read_object<kJobs>},
    {Post, "/cluster/jobs/realm-sync/{id}", create_object<kJobs>},
    {Put, "/cluster/jobs/realm-sync/{id}", update_object<kJobs>},
    {Delete, "/cluster/jobs/realm-sync/{id}", delete_object<kJobs>},
};

}  // namespace

std::span<const Route> realm_routes() { return kRealmRoutes; }

}  // namespace simulator
