// High availability: resources, rules, and the manager's status.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/core/tasks.h"
#include "simulator/guest/guest.h"
#include "simulator/guest/ha_rounds.h"

namespace simulator {
namespace {

constexpr std::string_view kNoGroups = "ha groups have been migrated to rules";

struct Sid {
  std::string text;  ///< "vm:100"
  std::string type;  ///< "vm", "ct"
  std::string name;  ///< "100"
};

unsigned number(const std::string& text) {
  return static_cast<unsigned>(get_number(Config{{"n", text}}, "n"));
}

/// The call's `sid`: "vm:100", or a VMID to which PVE adds the type.
std::expected<Sid, Answer> parse_sid(const Call& call) {
  const auto text = call.parameters.text("sid");
  if (base::is_digits(text)) {
    const auto* guest = call.state.guest(number(text));
    if (guest == nullptr) {
      return std::unexpected(
          Answer::fail(fmt::format("unable to detect SID from VMID - VM/CT {} does not exist", text)));
    }
    return Sid{ha_id(guest->type, guest->vmid), guest->type == GuestType::Qemu ? "vm" : "ct", text};
  }
  const auto colon = text.find(':');
  const auto type = text.substr(0, colon);
  const bool lower = !type.empty() && std::ranges::all_of(type, base::is_lower);
  if (colon == std::string::npos || !lower || colon + 1 == text.size() ||
      text.find_first_of(" \t\n", colon) != std::string::npos) {
    return std::unexpected(
        Answer::bad("sid", "invalid format - value does not look like a valid ha resource id\n"));
  }
  return Sid{text, type, text.substr(colon + 1)};
}

std::optional<Answer> bad_group(const Call& call) {
  if (!call.parameters.has("group")) return std::nullopt;
  if (call.state.is_pve({9, 0})) return Answer::fail(fmt::format("invalid parameter 'group': {}", kNoGroups));
  const auto name = call.parameters.text("group");
  if (call.state.ha_groups.contains(name)) return std::nullopt;
  return Answer::fail(fmt::format("HA group '{}' does not exist", name));
}

std::optional<Answer> bad_resource(const Call& call, const Sid& sid) {
  const auto type = call.parameters.text("type");
  if (!type.empty() && type != sid.type) return Answer::fail("types does not match");
  if (auto refusal = bad_group(call)) return refusal;
  if (sid.type != "vm" && sid.type != "ct") {
    return Answer::fail(fmt::format("unknown section type '{}'", sid.type));
  }
  if (!base::is_digits(sid.name) || sid.name.front() == '0' || sid.name.size() < 2)
    return Answer::fail("invalid VMID");
  const auto* guest = call.state.guest(number(sid.name));
  if (guest == nullptr) return Answer::fail(fmt::format("resource '{}' does not exist in cluster", sid.text));
  if ((guest->type == GuestType::Qemu) != (sid.type == "vm")) {
    return Answer::fail(fmt::format("resource '{}' - guest with ID {} is not a {}", sid.text, sid.name,
                                    sid.type == "vm" ? "VM" : "CT"));
  }
  return std::nullopt;
}

std::expected<std::string, Answer> identify(Call& call) {
  auto sid = parse_sid(call);
  if (!sid) return std::unexpected(std::move(sid.error()));
  call.parameters.set("sid", {sid->text});
  return std::move(sid->text);
}

std::optional<Answer> prepare(Call& call, Step step) {
  const auto sid = parse_sid(call);
  if (!sid) return sid.error();
  if (step == Step::Create) return bad_resource(call, *sid);
  const bool managed = call.state.ha_resources.contains(sid->text);
  if (managed && call.parameters.text("state", "disabled") != "disabled") {
    if (auto error = ha_error(call.state, sid->text)) return Answer::fail(std::move(*error));
  }
  return bad_group(call);
}

/// Removes the resource from the rules, and the rules that have no other one.
void purge_rules(Call& call, const std::string& sid, Config&) {
  call.state.ha_services.erase(sid);
  if (!call.parameters.flag("purge", true)) return;
  auto& state = call.state;
  for (auto rule = state.ha_rules.begin(); rule != state.ha_rules.end();) {
    auto resources = split_list(get(rule->second, "resources"));
    const bool named = std::erase(resources, sid) > 0;
    if (named) rule->second["resources"] = fmt::format("{}", fmt::join(resources, ","));
    rule = named && resources.empty() ? state.ha_rules.erase(rule) : std::next(rule);
  }
}

std::string clock_text(std::int64_t seconds) {
  return fmt::format("{:%a %b %e %H:%M:%S %Y}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

/// The time when the managers last wrote their status, which they do every ten seconds.
std::int64_t last_beat(const State& state) { return state.now() - state.now() % 10; }

/// The first node that is online is the master.
std::string master(const State& state) {
  for (const auto& [name, node] : state.nodes) {
    if (state.online(name)) return name;
  }
  return state.local_node;
}

std::string guest_node(const State& state, std::string_view sid) {
  const auto found = state.guests.find(number(std::string(sid.substr(sid.find(':') + 1))));
  return found == state.guests.end() ? std::string() : found->second.node;
}

bool active_on(const State& state, std::string_view node) {
  return std::ranges::any_of(state.ha_resources, [&](const auto& entry) {
    return get(entry.second, "state") != "ignored" && guest_node(state, entry.first) == node;
  });
}

base::JsonObject manager_row(const State& state) {
  const auto node = master(state);
  const auto beat = last_beat(state);
  const std::string_view how = state.ha_resources.empty() ? "idle" : "active";
  return {{"id", "master"},
          {"type", "master"},
          {"node", node},
          {"status", fmt::format("{} ({}, {})", node, how, clock_text(beat))},
          {"timestamp", beat}};
}

base::JsonObject fencing_row(const State& state) {
  const bool armed = !state.ha_resources.empty();
  const std::string_view how = armed ? "armed" : "standby";
  return {{"id", "fencing"},
          {"type", "fencing"},
          {"node", master(state)},
          {"status", fmt::format("{} (CRM watchdog {})", how, armed ? "active" : "standby")},
          {"armed-state", how}};
}

base::JsonObject local_row(const State& state, const std::string& node) {
  constexpr std::int64_t kSilence = 300;
  const bool up = state.online(node);
  const bool active = up && active_on(state, node);
  const auto beat = last_beat(state) - (up ? 0 : kSilence);
  const std::string_view how = !up ? "old timestamp - dead?" : active ? "active" : "idle";
  return {{"id", "lrm:" + node},
          {"type", "lrm"},
          {"node", node},
          {"status", fmt::format("{} ({}, watchdog {}, {})", node, how, active ? "active" : "standby",
                                 clock_text(beat))},
          {"timestamp", beat}};
}

base::JsonObject service_row(State& state, const std::string& sid, const Config& section) {
  const auto node = guest_node(state, sid);
  const auto now = ha_state_text(state, sid);
  const auto crm = ha_crm_state(state, sid);
  base::JsonObject row{{"id", "service:" + sid},
                       {"type", "service"},
                       {"sid", sid},
                       {"state", now},
                       {"request_state", get(section, "state", "started")},
                       {"max_restart", get_number(section, "max_restart", 1)},
                       {"max_relocate", get_number(section, "max_relocate", 1)},
                       {"status", fmt::format("{} ({}, {})", sid, node.empty() ? "---" : node, now)}};
  if (!crm.empty()) row["crm_state"] = now == "fence" ? now : crm;
  if (state.is_pve({9, 0})) row["failback"] = get_number(section, "failback", 1);
  if (!node.empty()) row["node"] = node;
  if (has(section, "group")) row["group"] = get(section, "group");
  if (row["request_state"] == "enabled") row["request_state"] = "started";
  if (has(section, "comment")) row["comment"] = get(section, "comment");
  return row;
}

Answer status(Call& call) {
  auto& state = call.state;
  const bool quorate = state.quorate();
  base::JsonArray rows;
  rows.emplace_back(base::JsonObject{
      {"id", "quorum"},
      {"type", "quorum"},
      {"node", state.local_node},
      {"quorate", quorate ? 1 : 0},
      {"status", quorate ? "OK" : fmt::format("No quorum on node '{}'!", state.local_node)}});
  rows.emplace_back(manager_row(state));
  if (state.is_pve({9, 2})) rows.emplace_back(fencing_row(state));
  for (const auto& [name, node] : state.nodes) rows.emplace_back(local_row(state, name));
  for (const auto& [sid, section] : state.ha_resources) rows.emplace_back(service_row(state, sid, section));
  return Answer::of(std::move(rows));
}

Answer manager_status(Call& call) {
  auto& state = call.state;
  base::JsonObject nodes;
  base::JsonObject local;
  for (const auto& [name, node] : state.nodes) {
    nodes[name] = state.online(name) ? "online" : "unknown";
    local[name] = base::JsonObject{{"mode", "active"},
                                   {"state", active_on(state, name) ? "active" : "wait_for_agent_lock"},
                                   {"timestamp", last_beat(state)}};
  }
  base::JsonObject services;
  for (const auto& [sid, section] : state.ha_resources) {
    services[sid] = base::JsonObject{
        {"node", guest_node(state, sid)}, {"state", ha_crm_state(state, sid)}, {"running", 1}};
  }
  base::JsonObject manager{{"master_node", master(state)},
                           {"node_status", std::move(nodes)},
                           {"service_status", std::move(services)},
                           {"timestamp", last_beat(state)}};
  return Answer::of(base::JsonObject{
      {"manager_status", std::move(manager)},
      {"lrm_status", std::move(local)},
      {"quorum", base::JsonObject{{"node", state.local_node}, {"quorate", state.quorate() ? "1" : ""}}}});
}

std::expected<Named<Config>*, Answer> groups(Call& call) {
  if (!call.state.is_pve({9, 0})) return &call.state.ha_groups;
  const auto* const failed = call.parameters.has("group") ? "cannot read group" : "cannot index groups";
  return std::unexpected(Answer::fail(fmt::format("{}: {}", failed, kNoGroups)));
}

base::JsonObject group_row(const Call&, const std::string&, const Config& group) {
  return section_json(group, "nofailback restricted");
}

base::JsonObject rule_row(const Call& call, const std::string& id, const Config& rule) {
  auto row = section_json(rule, "strict disable");
  const auto& rules = call.state.ha_rules;
  row["order"] = std::distance(rules.begin(), rules.find(id)) + 1;
  return row;
}

base::JsonObject resource_row(const Call&, const std::string& sid, const Config& section) {
  auto row = section_json(section, "max_restart max_relocate failback");
  row["type"] = sid.substr(0, sid.find(':'));
  return row;
}

bool of_type(const Call& call, const std::string& sid, const Config&) {
  const auto type = call.parameters.text("type");
  return type.empty() || sid.starts_with(type + ":");
}

constexpr std::string_view kOptions = "state comment max_restart max_relocate failback group";

std::optional<Answer> apply(Call& call, const std::string& sid, Config& section, Step step) {
  if (step == Step::Create) section["type"] = sid.substr(0, sid.find(':'));
  auto refused = apply_options(call, "sid", kOptions, {}, section, step);
  // HA queues the resource until its first round.
  if (!refused && step == Step::Create) call.state.ha_services[sid] = {};
  return refused;
}

constexpr Store<Config> kResources{
    .key = "sid",
    .objects = all_of<&State::ha_resources>,
    .missing = {"no such resource '{sid}'"},
    .missing_for_update = {"update resource failed: no such resource '{sid}'"},
    .missing_for_delete = {"cannot delete service '{sid}', not HA managed!"},
    .exists = {"create resource failed: resource ID '{sid}' already defined"},
    .update_failed = "update resource failed: ",
    .digest = file_digest,
    .identify = identify,
    .sees = of_type,
    .row = resource_row,
    .prepare = prepare,
    .apply = apply,
    .settle = [](Call& call, const std::string& sid) { ha_follow(call.state, sid); },
    .clear = purge_rules,
};

constexpr Store<Config> kGroups{
    .key = "group",
    .objects = groups,
    .missing = {"no such ha group '{group}'"},
    .digest = file_digest,
    .row = group_row,
};

constexpr Store<Config> kRules{
    .key = "rule",
    .objects = all_of<&State::ha_rules>,
    .missing = {"no such ha rule '{rule}'"},
    .digest = file_digest,
    .row = rule_row,
};

using enum base::Method;
constexpr Route kHaRoutes[] = {
    {Get, "/cluster/ha/resources", list_objects<kResources>},
    {Post, "/cluster/ha/resources", create_object<kResources>},
    {Get, "/cluster/ha/resources/{sid}", read_object<kResources>},
    {Put, "/cluster/ha/resources/{sid}", update_object<kResources>},
    {Delete, "/cluster/ha/resources/{sid}", delete_object<kResources>},
    {Get, "/cluster/ha/status/current", status},
    {Get, "/cluster/ha/status/manager_status", manager_status},
    {Get, "/cluster/ha/groups", list_objects<kGroups>},
    {Get, "/cluster/ha/groups/{group}", read_object<kGroups>},
    {Get, "/cluster/ha/rules", list_objects<kRules>},
    {Get, "/cluster/ha/rules/{rule}", read_object<kRules>},
};

}  // namespace

std::span<const Route> ha_routes() { return kHaRoutes; }

}  // namespace simulator
