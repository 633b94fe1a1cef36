// Datacenter options, firewall, network, HA, backup jobs, replication, and what happened before.
#include <fmt/format.h>

#include "simulator/tasks.h"
#include "simulator/time_text.h"
#include "simulator/world.h"

namespace simulator {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;

void add_firewall(State& state) {
  auto& cluster = state.firewall;
  cluster.options = {{"enable", "1"}, {"policy_in", "DROP"}, {"policy_out", "ACCEPT"}};
  cluster.rules = {
      {{"type", "in"},
       {"action", "ACCEPT"},
       {"enable", "1"},
       {"proto", "tcp"},
       {"dport", "8006"},
       {"source", "+management"},
       {"comment", "Web interface"}},
      {{"type", "in"},
       {"action", "ACCEPT"},
       {"enable", "1"},
       {"macro", "SSH"},
       {"source", "+management"},
       {"log", "nolog"}},
      {{"type", "in"},
       {"action", "ACCEPT"},
       {"enable", "0"},
       {"macro", "Ping"},
       {"comment", "off on purpose"}},
  };
  cluster.aliases = {{"gateway", {{"cidr", "192.0.2.1"}, {"comment", "edge router"}}},
                     {"office", {{"cidr", "198.51.100.0/24"}}}};
  IpSet management{"Who may manage",
                   {{{"cidr", "192.0.2.0/24"}, {"comment", "admin LAN"}}, {{"cidr", "office"}}}};
  cluster.ipsets = {{"management", std::move(management)}};
  state.security_groups["webserver"] = {
      "HTTP and HTTPS",
      {{{"type", "in"}, {"action", "ACCEPT"}, {"enable", "1"}, {"macro", "HTTPS"}},
       {{"type", "in"}, {"action", "ACCEPT"}, {"enable", "1"}, {"macro", "HTTP"}}}};
  for (const auto& [name, node] : state.nodes) state.node_firewalls[name].options = {{"enable", "1"}};
  auto& guest = state.guest_firewalls[100];
  guest.options = {{"enable", "1"}, {"policy_in", "DROP"}};
  guest.rules = {{{"type", "group"}, {"action", "webserver"}, {"enable", "1"}}};
}

void add_networks(State& state) {
  for (const auto& [name, node] : state.nodes) {
    auto& network = state.networks[name].active;
    network["lo"] = {{"type", "loopback"}, {"method", "loopback"}, {"method6", "manual"}, {"autostart", "1"}};
    network["nic0"] = {
        {"type", "eth"}, {"method", "manual"}, {"method6", "manual"}, {"exists", "1"}, {"active", "1"}};
    network["nic1"] = {
        {"type", "eth"}, {"method", "manual"}, {"method6", "manual"}, {"exists", "1"}, {"active", "1"}};
    network["vmbr0"] = {{"type", "bridge"},
                        {"method", "static"},
                        {"method6", "manual"},
                        {"address", node.ip},
                        {"netmask", "24"},
                        {"cidr", node.ip + "/24"},
                        {"gateway", "192.0.2.1"},
                        {"bridge_ports", "nic0"},
                        {"bridge_stp", "off"},
                        {"bridge_fd", "0"},
                        {"autostart", "1"},
                        {"active", "1"},
                        {"comments", "Management and guests\n"}};
    network["vmbr1"] = {
        {"type", "bridge"},    {"method", "manual"}, {"method6", "manual"},      {"bridge_ports", "nic1"},
        {"bridge_stp", "off"}, {"bridge_fd", "0"},   {"bridge_vlan_aware", "1"}, {"bridge_vids", "2-4094"},
        {"autostart", "1"},    {"active", "1"}};
  }
}

struct Past {
  std::string_view node;
  std::string_view type;
  std::string_view id;
  std::string_view user;
  std::int64_t before;
  std::int64_t seconds;
  std::string_view status;
  std::vector<std::string> log;
};

void add_past(State& state, Past past) {
  Task task;
  task.node = past.node;
  task.type = past.type;
  task.id = past.id;
  task.user = past.user;
  task.pid = state.next_pid++;
  task.start = state.now() - past.before;
  task.start_ms = task.start * 1000;
  task.end_ms = (task.start + past.seconds) * 1000;
  task.pstart = static_cast<std::uint64_t>(task.start - state.node(task.node)->booted) * 100;
  task.running = false;
  task.status = past.status;
  task.log = std::move(past.log);
  task.upid = fmt::format("UPID:{}:{:08X}:{:08X}:{:08X}:{}:{}:{}:", task.node, task.pid, task.pstart,
                          task.start, task.type, task.id, task.user);
  state.tasks.push_front(std::move(task));
}

}  // namespace

void add_cluster_configuration(State& state) {
  state.datacenter = {{"keyboard", "en-us"},
                      {"mac_prefix", "BC:24:11"},
                      {"migration", "secure,network=192.0.2.0/24"},
                      {"description", "Demo datacenter"},
                      {"registered-tags", "prod"}};
  add_firewall(state);
  add_networks(state);
  state.ha_resources["vm:100"] = {
      {"type", "vm"}, {"state", "started"}, {"max_restart", "2"}, {"comment", "web"}};
  state.ha_resources["ct:200"] = {{"type", "ct"}, {"state", "started"}};
  if (state.is_pve({9, 0})) {
    state.ha_rules["web-on-pve1"] = {
        {"type", "node-affinity"}, {"resources", "vm:100"}, {"nodes", "pve1:2,pve2:1"}};
  } else {
    state.ha_groups["web-on-pve1"] = {{"type", "group"}, {"nodes", "pve1:2,pve2:1"}};
    state.ha_resources["vm:100"]["group"] = "web-on-pve1";
  }
  state.backup_jobs["backup-nightly"] = {{"type", "vzdump"},
                                         {"enabled", "1"},
                                         {"schedule", "02:00"},
                                         {"storage", "pbs"},
                                         {"mode", "snapshot"},
                                         {"pool", "production"},
                                         {"notes-template", "{{guestname}}"},
                                         {"comment", "Production, every night"}};
  state.backup_jobs["backup-weekly"] = {{"type", "vzdump"},        {"enabled", "1"},
                                        {"schedule", "sat 04:00"}, {"storage", "nas"},
                                        {"mode", "snapshot"},      {"vmid", "104,105,201,202"},
                                        {"compress", "zstd"},      {"prune-backups", "keep-last=3"}};
  state.replications["102-0"] = {
      {"type", "local"}, {"target", "pve2"}, {"schedule", "*/15"}, {"source", "pve1"}};
}

void add_task_history(State& state) {
  add_past(
      state,
      {"pve1",
       "vzdump",
       "",
       "root@pam",
       kDay + 7200,
       812,
       "OK",
       {"INFO: starting new backup job: vzdump --pool production --storage pbs --mode snapshot --quiet 1",
        "INFO: Starting Backup of VM 100 (qemu)", "INFO: Finished Backup of VM 100 (00:04:11)",
        "INFO: Backup job finished successfully"}});
  add_past(
      state,
      {"pve2",
       "vzdump",
       "104",
       "root@pam",
       2 * kDay,
       95,
       "job errors",
       {"INFO: starting new backup job: vzdump 104 --storage nas --mode snapshot",
        "INFO: Starting Backup of VM 104 (qemu)",
        "ERROR: Backup of VM 104 failed - mkdir /mnt/pve/nas/dump/vzdump-qemu-104.tmp: Stale file handle",
        "INFO: Failed at " + log_time(state.now() - 2 * kDay + 95),
        "INFO: Backup job finished with errors"}});
  add_past(state, {"pve3", "aptupdate", "", "root@pam", 20 * kHour, 9, "OK", {"starting apt-get update"}});
  add_past(state, {"pve1",
                   "qmsnapshot",
                   "100",
                   "root@pam",
                   5 * kHour,
                   3,
                   "OK",
                   {"snapshotting 'drive-scsi0' (local-lvm:vm-100-disk-0)"}});
  add_past(state, {"pve2", "qmstart", "101", "operator@pve", 3 * kHour, 2, "OK", {}});
  add_past(state, {"pve1",
                   "qmshutdown",
                   "105",
                   "operator@pve",
                   2 * kHour,
                   61,
                   "VM quit/powerdown failed - got timeout",
                   {}});
  add_past(state, {"pve1", "qmstop", "105", "operator@pve", 2 * kHour - 70, 1, "OK", {}});
  add_past(state, {"pve2",
                   "qmigrate",
                   "103",
                   "admin@pve",
                   3600,
                   33,
                   "OK",
                   {"starting migration of VM 103 to node 'pve2' (192.0.2.12)",
                    "migration finished successfully (duration 00:00:33)"}});
  add_past(state, {"pve1",
                   "startall",
                   "",
                   "root@pam",
                   1800,
                   4,
                   "WARNINGS: 1",
                   {"Starting CT 205", "WARN: CT 205 is already running"}});
  log_line(state, "pve1", "root@pam", "pvedaemon", "successful auth for user 'root@pam'");
  log_line(state, "pve2", "admin@pve", "pvedaemon", "update VM 103: -memory 16384");
}

}  // namespace simulator
