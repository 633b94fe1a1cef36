// The demo cluster: its nodes, storages, users and the rest that is not a guest.
#include "simulator/world.h"

#include <fmt/format.h>

#include "simulator/call.h"
#include "simulator/time_text.h"

namespace simulator {
namespace {

constexpr std::uint64_t kGiB = 1024ULL * 1024 * 1024;
constexpr std::int64_t kDay = 86'400;

struct ServiceRow {
  std::string_view name;
  std::string_view description;
  bool running;
  std::string_view unit_state;
  facts::Version since{8, 0};
};

// The names are the enumeration of PVE's schema.
constexpr ServiceRow kServices[] = {
    {"chrony", "chrony, an NTP client/server", true, "enabled"},
    {"corosync", "Corosync Cluster Engine", true, "enabled"},
    {"cron", "Regular background program processing daemon", true, "enabled"},
    {"ksmtuned", "Kernel Samepage Merging (KSM) Tuning Daemon", true, "enabled"},
    {"lxcfs", "FUSE filesystem for LXC", true, "enabled", {9, 0}},
    {"postfix", "Postfix Mail Transport Agent", true, "enabled"},
    {"proxmox-firewall", "Proxmox nftables firewall", true, "enabled", {9, 0}},
    {"pve-cluster", "The Proxmox VE cluster filesystem", true, "enabled"},
    {"pve-firewall", "Proxmox VE firewall", true, "enabled"},
    {"pve-ha-crm", "PVE Cluster HA Resource Manager Daemon", true, "enabled"},
    {"pve-ha-lrm", "PVE Local HA Resource Manager Daemon", true, "enabled"},
    {"pve-lxc-syscalld", "Proxmox VE LXC Syscall Daemon", true, "enabled", {9, 0}},
    {"pvedaemon", "PVE API Daemon", true, "enabled"},
    {"pvefw-logger", "Proxmox VE firewall logger", true, "static"},
    {"pveproxy", "PVE API Proxy Server", true, "enabled"},
    {"pvescheduler", "Proxmox VE scheduler", true, "enabled"},
    {"pvestatd", "PVE Status Daemon", true, "enabled"},
    {"qmeventd", "PVE Qemu Event Daemon", true, "enabled", {9, 0}},
    {"spiceproxy", "PVE SPICE Proxy Server", true, "enabled"},
    {"sshd", "OpenBSD Secure Shell server", true, "enabled"},
    {"syslog", "syslog.service", false, "not-found"},
    {"systemd-journald", "Journal Service", true, "static"},
    {"systemd-timesyncd", "systemd-timesyncd.service", false, "not-found"},
};

void add_syslog(Node& node, std::int64_t now) {
  const auto line = [&](std::int64_t before, std::string_view text) {
    node.syslog.push_back(fmt::format("{} {} {}", syslog_time(now - before), node.name, text));
  };
  line(7200, "systemd[1]: Started pvestatd.service - PVE Status Daemon.");
  line(7190, "pveproxy[1204]: starting 3 worker(s)");
  line(5400, "systemd[1]: Starting apt-daily.service - Daily apt download activities...");
  line(5399, "systemd[1]: apt-daily.service: Deactivated successfully.");
  line(3600, "CRON[20714]: (root) CMD (cd / && run-parts --report /etc/cron.hourly)");
  line(2400, "pvedaemon[1187]: <root@pam> successful auth for user 'root@pam'");
  line(1800, "smartd[902]: Device: /dev/nvme0n1, Critical Warning (0x00): OK");
  line(900, "corosync[1090]:   [KNET  ] link: host: 2 link: 0 is up");
  line(600, "pvestatd[1163]: status update time (5.211 seconds)");
  line(120, "chronyd[871]: Selected source 203.0.113.7");
  line(60, "pmxcfs[1021]: [status] notice: received log");
}

}  // namespace

std::string fingerprint_of(std::string_view name) {
  const auto hex = digest_of(name) + digest_of(std::string(name) + "2").substr(0, 24);
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    if (!out.empty()) out += ':';
    for (const char c : hex.substr(i, 2)) out += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

void add_nodes(State& state) {
  constexpr std::uint64_t kMemory[] = {128 * kGiB, 128 * kGiB, 64 * kGiB};
  constexpr unsigned kCores[] = {32, 32, 16};
  for (unsigned i = 0; i < 3; ++i) {
    Node node;
    node.name = fmt::format("pve{}", i + 1);
    node.id = i + 1;
    node.ip = fmt::format("192.0.2.{}", 11 + i);
    node.cores = kCores[i];
    node.memory = kMemory[i];
    node.disk = 94 * kGiB;
    node.booted = state.now() - (41 - 6 * i) * kDay - 3600 * i;
    node.fingerprint = fingerprint_of(node.name);
    node.dns = {{"search", "example.lan"}, {"dns1", "192.0.2.1"}, {"dns2", "9.9.9.9"}};
    for (const auto& row : kServices) {
      if (!state.is_pve(row.since)) continue;
      node.services.emplace(row.name,
                            Service{std::string(row.description), std::string(row.unit_state), row.running});
    }
    add_syslog(node, state.now());
    state.nodes.emplace(node.name, std::move(node));
  }
}

void add_storages(State& state) {
  const auto add = [&](std::string id, Config config, std::uint64_t total, std::uint64_t base) {
    Storage storage{id, std::move(config), total, base};
    state.storages.emplace(std::move(id), std::move(storage));
  };
  add("local", {{"type", "dir"}, {"path", "/var/lib/vz"}, {"content", "iso,vztmpl,backup,snippets,import"}},
      94 * kGiB, 9 * kGiB);
  add("local-lvm",
      {{"type", "lvmthin"}, {"vgname", "pve"}, {"thinpool", "data"}, {"content", "images,rootdir"}},
      1700 * kGiB, 2 * kGiB);
  add("nas",
      {{"type", "nfs"},
       {"server", "192.0.2.50"},
       {"export", "/volume1/pve"},
       {"path", "/mnt/pve/nas"},
       {"content", "images,iso,vztmpl,backup,snippets"},
       {"options", "vers=4.2"},
       {"prune-backups", "keep-daily=7,keep-weekly=4"}},
      8000 * kGiB, 1900 * kGiB - kForgotten);
  add("pbs",
      {{"type", "pbs"},
       {"server", "192.0.2.60"},
       {"datastore", "main"},
       {"username", "backup@pbs!pve"},
       {"fingerprint", fingerprint_of("pbs")},
       {"content", "backup"},
       {"prune-backups", "keep-all=1"}},
      12'000 * kGiB, 5100 * kGiB);
  add("ceph-vm",
      {{"type", "rbd"}, {"pool", "vm"}, {"krbd", "0"}, {"content", "images,rootdir"}, {"username", "admin"}},
      6000 * kGiB, 40 * kGiB);
  const auto file = [&](const std::string& volid, const std::string& content, const std::string& format,
                        std::uint64_t size) {
    for (const auto& [name, node] : state.nodes) {
      Volume volume;
      volume.volid = volid;
      volume.node = name;
      volume.content = content;
      volume.format = format;
      volume.size = size;
      volume.ctime = state.now() - 60 * kDay;
      state.put_volume(std::move(volume));
    }
  };
  file("local:iso/debian-13.1.0-amd64-netinst.iso", "iso", "iso", 821'100'544);
  file("local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst", "vztmpl", "tzst", 130'023'424);
  file("local:vztmpl/alpine-3.22-default_20250617_amd64.tar.xz", "vztmpl", "txz", 3'362'336);
  file("nas:iso/virtio-win-0.1.271.iso", "iso", "iso", 724'602'880);
  file("nas:iso/Win2025_EnglishInternational.iso", "iso", "iso", 6'014'152'704);
  file("nas:snippets/user-data.yaml", "snippets", "snippet", 1'204);
}

void add_access(State& state) {
  state.realms["pam"] = {{"type", "pam"}, {"comment", "Linux PAM standard authentication"}};
  state.realms["pve"] = {{"type", "pve"}, {"comment", "Proxmox VE authentication server"}};
  state.groups["admins"] = {"Administrators"};
  state.groups["auditors"] = {"Auditors"};
  auto& root = state.users["root@pam"];
  root.password = "demo";
  root.properties = {{"email", "root@example.com"}};
  auto& admin = state.users["admin@pve"];
  admin.properties = {{"comment", "Day to day administration"}, {"email", "admin@example.com"}};
  admin.groups = {"admins"};
  admin.password = "demo-admin";
  auto& auditor = state.users["auditor@pve"];
  auditor.properties = {{"comment", "Reads everything"}, {"email", ""}};
  auditor.groups = {"auditors"};
  auditor.tokens["ro"] = {"00000000-0000-4000-8000-000000000001", "monitoring", 0, false};
  auditor.password = "demo-auditor";
  auto& caretaker = state.users["operator@pve"];
  caretaker.properties = {{"comment", "VM operator"}, {"email", "operator@example.com"}};
  caretaker.tokens["ops"] = {"00000000-0000-4000-8000-000000000002", "", 0, false};
  auto& limited = state.users["limited@pve"];
  limited.properties = {{"comment", "A token without rights of its own"}, {"email", ""}};
  limited.tokens["none"] = {"00000000-0000-4000-8000-000000000003", "privilege separated, no ACL", 0, true};
  limited.tokens["expired"] = {"00000000-0000-4000-8000-000000000004", "", 1'600'000'000, false};
  state.acls = {{"/", "group", "admins", "Administrator", true},
                {"/", "group", "auditors", "PVEAuditor", true},
                {"/vms", "user", "operator@pve", "PVEVMUser", true},
                {"/vms/100", "user", "limited@pve", "PVEVMAdmin", true}};

  const std::string_view id = state.options.token_id;
  const auto bang = id.find('!');
  if (bang == std::string_view::npos) return;
  const std::string user(id.substr(0, bang));
  state.users[user].tokens[std::string(id.substr(bang + 1))] = {state.options.token_secret, "demo", 0, false};
  if (user != "root@pam") state.acls.push_back({"/", "user", user, "Administrator", true});
}

void add_pools(State& state) {
  state.pools["production"] = {"Customer-facing machines", {"ceph-vm"}};
  state.pools["lab"] = {"Anything may break here", {}};
  for (auto& [vmid, guest] : state.guests) {
    const auto tags = get(guest.config, "tags");
    if (tags.find("prod") != std::string_view::npos) guest.pool = "production";
    if (tags.find("lab") != std::string_view::npos) guest.pool = "lab";
  }
}

State make_world(const Options& options, const base::Clock& clock) {
  State state;
  state.options = options;
  state.clock = &clock;
  state.now_ms = clock.wall().time_since_epoch().count();
  state.random.seed(options.seed);
  add_nodes(state);
  add_node_upkeep(state);
  add_roles(state);
  add_storages(state);
  add_access(state);
  add_guests(state);
  add_forgotten(state);
  add_pools(state);
  add_cluster_configuration(state);
  add_task_history(state);
  state.tell_names();
  return state;
}

}  // namespace simulator
