// The nodes of a world with their services, certificates, disks, networks and pending updates.
#include <fmt/format.h>

#include "simulator/core/call.h"
#include "simulator/core/time_text.h"
#include "simulator/world/world.h"

namespace simulator {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::string_view kAuthority =
    "/CN=Proxmox Virtual Environment/OU=5e1f0000-0000-4000-8000-00000000ca00/O=PVE Cluster Manager CA";

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

/// A made-up fingerprint in the form of SHA-256, the same for the same `name`.
std::string fingerprint_of(std::string_view name) {
  const auto hex = digest_of(name) + digest_of(std::string(name) + "2").substr(0, 24);
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    if (!out.empty()) out += ':';
    for (const char c : hex.substr(i, 2)) out += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

Certificate authority(const State& state) {
  Certificate ca;
  ca.file = "pve-root-ca.pem";
  ca.subject = kAuthority;
  ca.issuer = kAuthority;
  ca.fingerprint = fingerprint_of("ca");
  ca.from = state.now() - 400 * kDay;
  ca.until = ca.from + 3650 * kDay;
  ca.key_bits = 4096;
  return ca;
}

Certificate of_node(const State& state, const Node& node) {
  const auto full = fmt::format("{}.{}", node.name, get(node.dns, "search", "example.lan"));
  Certificate certificate;
  certificate.file = "pve-ssl.pem";
  certificate.subject = "/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=" + full;
  certificate.issuer = kAuthority;
  certificate.fingerprint = node.fingerprint;
  certificate.from = state.now() - 400 * kDay;
  certificate.until = certificate.from + 730 * kDay;
  certificate.names = {
      "127.0.0.1", "0000:0000:0000:0000:0000:0000:0000:0001", "localhost", node.ip, node.name, full};
  return certificate;
}

/// Adds a certificate of a public authority, which the node's web server uses from then on.
void add_bought(const State& state, const Part& part, Node& node) {
  part.knows({"file", "subject", "issuer", "age", "ends", "key_type", "key_bits", "names"});
  node.certificates.back().fingerprint = fingerprint_of(node.name + " of the cluster");
  Certificate certificate;
  certificate.file = part.member("file").text_or("pveproxy-ssl.pem");
  certificate.subject = part.member("subject").text();
  certificate.issuer = part.member("issuer").text();
  certificate.fingerprint = node.fingerprint;
  certificate.from = state.now() - part.member("age").seconds();
  certificate.until = state.now() + part.member("ends").seconds();
  certificate.key_type = part.member("key_type").text_or("rsaEncryption");
  certificate.key_bits = static_cast<unsigned>(part.member("key_bits").number_or(2048));
  certificate.names = part.member("names").texts();
  node.certificates.push_back(std::move(certificate));
}

PhysicalDisk disk_from(const Part& part) {
  part.knows({"path", "type", "model", "serial", "vendor", "wwn", "size", "used", "health", "wearout", "osd",
              "rpm", "gpt", "partitions"});
  PhysicalDisk disk;
  disk.path = part.member("path").text();
  disk.type = part.member("type").one_of({"nvme", "ssd", "hdd"});
  disk.model = part.member("model").text();
  disk.serial = part.member("serial").text();
  disk.vendor = part.member("vendor").text_or(disk.vendor);
  disk.wwn = part.member("wwn").text_or(disk.wwn);
  disk.size = part.member("size").bytes();
  disk.used = part.member("used").text_or("");
  disk.health = part.member("health").text_or(disk.health);
  disk.wearout = static_cast<int>(part.member("wearout").number_or(-1));
  disk.osd = static_cast<int>(part.member("osd").number_or(-1));
  disk.rpm = static_cast<int>(part.member("rpm").number_or(0));
  disk.gpt = part.member("gpt").flag_or(false);
  for (const auto& item : part.member("partitions").items()) {
    item.knows({"path", "size", "used"});
    disk.partitions.push_back(
        {item.member("path").text(), item.member("size").bytes(), item.member("used").text_or("")});
  }
  return disk;
}

Update update_from(const Part& part) {
  part.knows({"package", "title", "present", "available", "origin", "section", "priority"});
  return {part.member("package").text(),
          part.member("title").text(),
          part.member("present").text(),
          part.member("available").text(),
          part.member("origin").text(),
          part.member("section").text(),
          part.member("priority").text_or("optional")};
}

Config subscription_from(const State& state, const Part& part) {
  if (!part.present()) return {};
  part.knows({"status", "key", "level", "productname", "registered", "due", "checked"});
  const auto day = [](std::int64_t time) { return log_time(time).substr(0, 10); };
  return {{"status", part.member("status").text()},
          {"key", part.member("key").text()},
          {"level", part.member("level").text()},
          {"productname", part.member("productname").text()},
          {"regdate", day(state.now() - part.member("registered").seconds()) + " 00:00:00"},
          {"nextduedate", day(state.now() + part.member("due").seconds())},
          {"checktime", std::to_string(state.now() - part.member("checked").seconds())}};
}

Node node_from(const State& state, const Part& part) {
  part.knows({"name", "id", "ip", "cores", "memory", "disk", "up", "dns", "timezone", "firewall", "network",
              "disks", "certificate", "updates", "subscription"});
  Node node;
  node.name = part.member("name").text();
  node.id = static_cast<unsigned>(part.member("id").number(1, 1000));
  node.ip = part.member("ip").text();
  node.cores = static_cast<unsigned>(part.member("cores").number(1, 4096));
  node.memory = part.member("memory").bytes();
  node.disk = part.member("disk").bytes();
  node.booted = state.now() - part.member("up").seconds();
  node.fingerprint = fingerprint_of(node.name);
  node.dns = part.member("dns").config();
  node.timezone = part.member("timezone").text_or(node.timezone);
  for (const auto& row : kServices) {
    if (!state.is_pve(row.since)) continue;
    node.services.emplace(row.name,
                          Service{std::string(row.description), std::string(row.unit_state), row.running});
  }
  node.certificates = {authority(state), of_node(state, node)};
  if (const auto bought = part.member("certificate"); bought.present()) add_bought(state, bought, node);
  for (const auto& item : part.member("disks").items()) node.disks.push_back(disk_from(item));
  for (const auto& item : part.member("updates").items()) node.updates.push_back(update_from(item));
  node.subscription = subscription_from(state, part.member("subscription"));
  return node;
}

}  // namespace

void add_nodes(State& state, const Part& world) {
  const auto parts = world.member("nodes").items();
  if (parts.empty()) world.member("nodes").refuse("write a list with at least one node.");
  for (const auto& part : parts) {
    auto node = node_from(state, part);
    if (state.nodes.contains(node.name)) part.member("name").refuse("write a name that no earlier node has.");
    for (const auto& line : world.member("syslog").items()) {
      line.knows({"age", "text"});
      const auto time = syslog_time(state.now() - line.member("age").seconds());
      node.syslog.push_back(fmt::format("{} {} {}", time, node.name, line.member("text").text()));
    }
    for (const auto& [iface, lines] : part.member("network").members()) {
      state.networks[node.name].active[iface] = lines.config();
    }
    if (const auto firewall = part.member("firewall"); firewall.present()) {
      state.node_firewalls[node.name] = firewall_from(firewall);
    }
    if (state.nodes.empty()) state.local_node = node.name;
    state.nodes.emplace(node.name, std::move(node));
  }
}

}  // namespace simulator
