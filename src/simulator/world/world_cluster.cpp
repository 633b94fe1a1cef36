// The datacenter options, firewall, HA, backup jobs and replication of a world, and its past tasks and log
// lines.
#include <fmt/format.h>

#include "simulator/core/tasks.h"
#include "simulator/core/time_text.h"
#include "simulator/world/world.h"

namespace simulator {
namespace {

std::vector<Config> list_from(const Part& part) {
  std::vector<Config> list;
  for (const auto& item : part.items()) list.push_back(item.config());
  return list;
}

Named<Config> sections_from(const Part& part) {
  Named<Config> sections;
  for (const auto& [name, lines] : part.members()) sections[name] = lines.config();
  return sections;
}

/// "{end}" in a line of the log stands for the time when the task ended.
std::string with_end(std::string line, std::int64_t end) {
  constexpr std::string_view kEnd = "{end}";
  if (const auto at = line.find(kEnd); at != std::string::npos) line.replace(at, kEnd.size(), log_time(end));
  return line;
}

void add_past(State& state, const Part& part) {
  part.knows({"node", "type", "id", "user", "age", "seconds", "status", "log"});
  std::vector<std::string> nodes;
  for (const auto& [name, node] : state.nodes) nodes.push_back(name);
  Task task;
  task.node = part.member("node").one_of(nodes);
  if (state.node(task.node) == nullptr) return;
  task.type = part.member("type").text();
  task.id = part.member("id").text_or("");
  task.user = part.member("user").text();
  task.pid = state.next_pid++;
  task.start = state.now() - part.member("age").seconds();
  task.start_ms = task.start * 1000;
  const auto end = task.start + part.member("seconds").number_or(1);
  task.end_ms = end * 1000;
  task.pstart = static_cast<std::uint64_t>(task.start - state.node(task.node)->booted) * 100;
  task.running = false;
  task.status = part.member("status").text_or("OK");
  for (auto& line : part.member("log").texts()) task.log.push_back(with_end(std::move(line), end));
  task.upid = fmt::format("UPID:{}:{:08X}:{:08X}:{:08X}:{}:{}:{}:", task.node, task.pid, task.pstart,
                          task.start, task.type, task.id, task.user);
  state.tasks.push_front(std::move(task));
}

}  // namespace

Firewall firewall_from(const Part& part) {
  part.knows({"options", "rules", "aliases", "ipsets"});
  Firewall firewall;
  firewall.options = part.member("options").config();
  firewall.rules = list_from(part.member("rules"));
  firewall.aliases = sections_from(part.member("aliases"));
  for (const auto& [name, set] : part.member("ipsets").members()) {
    set.knows({"comment", "entries"});
    auto& made = firewall.ipsets[name];
    made.comment = set.member("comment").text_or("");
    for (auto& entry : list_from(set.member("entries"))) {
      auto cidr = entry.extract("cidr");
      made.entries[std::move(cidr.mapped())] = std::move(entry);
    }
  }
  return firewall;
}

void add_cluster_configuration(State& state, const Part& world) {
  state.datacenter = world.member("datacenter").config();
  state.firewall = firewall_from(world.member("firewall"));
  for (const auto& [name, group] : world.member("security_groups").members()) {
    group.knows({"comment", "rules"});
    state.security_groups[name] = {group.member("comment").text_or(""), list_from(group.member("rules"))};
  }
  state.ha_resources = sections_from(world.member("ha_resources"));
  auto rules = sections_from(world.member("ha_rules"));
  auto groups = sections_from(world.member("ha_groups"));
  if (state.is_pve({9, 0})) {
    state.ha_rules = std::move(rules);
    for (auto& [sid, resource] : state.ha_resources) resource.erase("group");
  } else {
    state.ha_groups = std::move(groups);
  }
  state.backup_jobs = sections_from(world.member("backup_jobs"));
  state.replications = sections_from(world.member("replications"));
}

void add_task_history(State& state, const Part& world) {
  for (const auto& part : world.member("tasks").items()) add_past(state, part);
  for (const auto& part : world.member("log").items()) {
    part.knows({"node", "user", "tag", "message"});
    log_line(state, part.member("node").text(), part.member("user").text(), part.member("tag").text(),
             part.member("message").text());
  }
}

}  // namespace simulator
