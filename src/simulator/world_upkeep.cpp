// What of the demo cluster needs care: certificates, updates, disks, and things that were left behind.
#include <fmt/format.h>

#include "simulator/time_text.h"
#include "simulator/world.h"

namespace simulator {
namespace {

constexpr std::uint64_t kGiB = 1024ULL * 1024 * 1024;
constexpr std::int64_t kDay = 86'400;
constexpr std::string_view kAuthority =
    "/CN=Proxmox Virtual Environment/OU=5e1f0000-0000-4000-8000-00000000ca00/O=PVE Cluster Manager CA";

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
  Certificate certificate;
  certificate.file = "pve-ssl.pem";
  certificate.subject =
      fmt::format("/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN={}.example.lan", node.name);
  certificate.issuer = kAuthority;
  certificate.fingerprint = node.fingerprint;
  certificate.from = state.now() - 400 * kDay;
  certificate.until = certificate.from + 730 * kDay;
  certificate.names = {"127.0.0.1", "0000:0000:0000:0000:0000:0000:0000:0001",
                       "localhost", node.ip,
                       node.name,   node.name + ".example.lan"};
  return certificate;
}

/// Of a public authority, bought by hand, and about to run out. The node shows this one to its visitors.
Certificate bought(const State& state, const Node& node) {
  Certificate certificate;
  certificate.file = "pveproxy-ssl.pem";
  certificate.subject = fmt::format("/CN={}.example.com", node.name);
  certificate.issuer = "/C=AT/O=ZeroSSL/CN=ZeroSSL ECC Domain Secure Site CA";
  certificate.fingerprint = node.fingerprint;
  certificate.until = state.now() + 17 * kDay;
  certificate.from = certificate.until - 90 * kDay;
  certificate.key_type = "id-ecPublicKey";
  certificate.key_bits = 256;
  certificate.names = {node.name + ".example.com"};
  return certificate;
}

void add_certificates(const State& state, Node& node) {
  node.certificates = {authority(state), of_node(state, node)};
  if (node.name != "pve2") return;
  node.certificates.back().fingerprint = fingerprint_of("pve2 of the cluster");
  node.certificates.push_back(bought(state, node));
}

void add_updates(Node& node) {
  const auto add = [&](std::string package, std::string title, std::string present, std::string available,
                       std::string origin, std::string section) {
    node.updates.push_back({std::move(package), std::move(title), std::move(present), std::move(available),
                            std::move(origin), std::move(section)});
  };
  add("libssl3t64", "Secure Sockets Layer toolkit - shared libraries", "3.5.1-1", "3.5.1-1+deb13u1", "Debian",
      "libs");
  add("openssl", "Secure Sockets Layer toolkit - cryptographic utility", "3.5.1-1", "3.5.1-1+deb13u1",
      "Debian", "utils");
  add("proxmox-kernel-6.17", "Latest Proxmox Kernel Image", "6.17.2-1", "6.17.4-2", "Proxmox", "kernel");
  add("pve-qemu-kvm", "Full virtualization on x86 hardware", "10.1.2-4", "10.1.2-5", "Proxmox", "admin");
}

PhysicalDisk system_disk(const Node& node) {
  const bool sata = node.name == "pve3";
  PhysicalDisk disk;
  disk.path = sata ? "/dev/sda" : "/dev/nvme0n1";
  disk.type = sata ? "ssd" : "nvme";
  disk.model = sata ? "SAMSUNG_MZ7LH1T9HMLT-00005" : "SAMSUNG MZQL21T9HCJR-00A07";
  disk.serial = fmt::format("S64GNE0R{:06}", 500'000 + node.id);
  disk.vendor = sata ? "ATA" : "unknown";
  disk.size = 1'920'383'410'176;
  disk.used = "BIOS boot";
  // Nearly worn out, and its health says nothing of it.
  disk.wearout = sata ? 6 : 96;
  disk.gpt = true;
  const std::string_view p = sata ? "" : "p";
  disk.partitions = {{fmt::format("{}{}1", disk.path, p), 1'031'168, "BIOS boot"},
                     {fmt::format("{}{}2", disk.path, p), kGiB, "EFI"},
                     {fmt::format("{}{}3", disk.path, p), disk.size - 2 * kGiB, "LVM"}};
  return disk;
}

PhysicalDisk ceph_disk(const Node& node) {
  PhysicalDisk disk;
  disk.path = node.name == "pve3" ? "/dev/sdb" : "/dev/nvme1n1";
  disk.type = node.name == "pve3" ? "ssd" : "nvme";
  disk.model = "INTEL SSDPE2KX020T8";
  disk.serial = fmt::format("PHLJ9131{:04}2P0BGN", 40 + node.id);
  disk.size = 2'000'398'934'016;
  disk.used = "LVM";
  disk.wearout = 91;
  disk.osd = static_cast<int>(node.id) - 1;
  return disk;
}

PhysicalDisk spare_disk() {
  PhysicalDisk disk;
  disk.path = "/dev/sdc";
  disk.type = "hdd";
  disk.model = "ST4000NM0035-1V4107";
  disk.serial = "ZC11XK4P";
  disk.vendor = "ATA";
  disk.size = 4'000'787'030'016;
  disk.rpm = 7200;
  return disk;
}

Config subscription(const State& state, const Node& node) {
  const auto day = [&](std::int64_t days) { return log_time(state.now() + days * kDay).substr(0, 10); };
  return {{"status", "active"},
          {"key", fmt::format("pve1c-00000000{:02}", node.id)},
          {"level", "c"},
          {"productname", "Proxmox VE Community Subscription 1 CPU/year"},
          {"regdate", day(-165) + " 00:00:00"},
          {"nextduedate", day(200)},
          {"checktime", std::to_string(state.now() - 6 * 3600)}};
}

Volume image(std::string volid, unsigned vmid, std::uint64_t size, std::int64_t ctime) {
  Volume volume;
  volume.volid = std::move(volid);
  volume.content = "images";
  volume.format = "raw";
  volume.size = size;
  volume.vmid = vmid;
  volume.ctime = ctime;
  return volume;
}

}  // namespace

void add_node_upkeep(State& state) {
  for (auto& [name, node] : state.nodes) {
    add_certificates(state, node);
    node.disks = {system_disk(node), ceph_disk(node)};
    if (name == "pve3") {
      node.disks.push_back(spare_disk());
      add_updates(node);
    } else {
      node.subscription = subscription(state, node);
    }
  }
}

void add_forgotten(State& state) {
  state.put_volume(image("nas:131/vm-131-disk-0.raw", 131, 32 * kGiB, state.now() - 230 * kDay));
  if (auto* const fileserver = state.guest(116)) {
    state.put_volume(image("nas:116/vm-116-disk-0.raw", 116, 16 * kGiB, state.now() - 120 * kDay));
    fileserver->config["unused0"] = "nas:116/vm-116-disk-0.raw";
  }
  if (auto* const firewall = state.guest(117)) firewall->has_agent = false;
  const auto* const unifi = state.guest(206);
  if (unifi == nullptr) return;
  const auto when = state.now() - 74 * kDay;
  auto backup =
      image(fmt::format("nas:backup/vzdump-lxc-206-{}.tar.zst", archive_time(when)), 206, 3 * kGiB, when);
  backup.content = "backup";
  backup.format = "tar.zst";
  backup.notes = unifi->name();
  backup.guest_config = unifi->config;
  state.put_volume(std::move(backup));
}

}  // namespace simulator
