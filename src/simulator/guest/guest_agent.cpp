// The answers of the QEMU guest agent in a running VM.
#include <fmt/format.h>

#include "simulator/core/routes.h"
#include "simulator/guest/guest.h"
#include "simulator/guest/guest_network.h"
#include "simulator/node/usage.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

/// The VM, or PVE's refusal to ask its agent. PVE checks the configuration before the process.
std::expected<const Guest*, Answer> with_agent(Call& call) {
  const auto found = find_guest(call);
  if (!found) return std::unexpected(found.error());
  const auto& guest = **found;
  const auto agent = parse_properties(get(guest.config, "agent"), "enabled");
  if (get(agent, "enabled") != "1") {
    return std::unexpected(Answer::fail("No QEMU guest agent configured"));
  }
  if (!guest.running) {
    return std::unexpected(Answer::fail(fmt::format("VM {} is not running", guest.vmid)));
  }
  if (!guest.has_agent || guest.qmpstatus != "running") {
    return std::unexpected(Answer::fail("QEMU guest agent is not running"));
  }
  return *found;
}

Answer result(base::Json value) { return Answer::of(JsonObject{{"result", std::move(value)}}); }

bool is_windows(const Guest& guest) { return get(guest.config, "ostype").starts_with("w"); }

Answer ping(Call& call) {
  if (auto guest = with_agent(call); !guest) return guest.error();
  return result(JsonObject());
}

Answer host_name(Call& call) {
  const auto guest = with_agent(call);
  if (!guest) return guest.error();
  return result(JsonObject{{"host-name", (*guest)->name()}});
}

Answer os_info(Call& call) {
  const auto guest = with_agent(call);
  if (!guest) return guest.error();
  if (is_windows(**guest)) {
    return result(JsonObject{{"id", "mswindows"},
                             {"name", "Microsoft Windows"},
                             {"pretty-name", "Windows Server 2025 Datacenter"},
                             {"version", "Microsoft Windows Server 2025"},
                             {"version-id", "2025"},
                             {"variant", "server"},
                             {"variant-id", "server"},
                             {"kernel-release", "26100"},
                             {"kernel-version", "10.0"},
                             {"machine", "x86_64"}});
  }
  return result(JsonObject{{"id", "debian"},
                           {"name", "Debian GNU/Linux"},
                           {"pretty-name", "Debian GNU/Linux 13 (trixie)"},
                           {"version", "13 (trixie)"},
                           {"version-id", "13"},
                           {"kernel-release", "6.12.57+deb13-amd64"},
                           {"kernel-version", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.57-1 (2025-11-05)"},
                           {"machine", "x86_64"}});
}

JsonObject address(const std::string& cidr, std::string_view type) {
  const auto [ip, length] = split_prefix(cidr);
  return {{"ip-address", ip}, {"ip-address-type", type}, {"prefix", length}};
}

JsonObject statistics(std::uint64_t received, std::uint64_t sent) {
  constexpr std::uint64_t kPacket = 900;
  return {{"rx-bytes", received}, {"rx-packets", received / kPacket}, {"rx-errs", 0}, {"rx-dropped", 0},
          {"tx-bytes", sent},     {"tx-packets", sent / kPacket},     {"tx-errs", 0}, {"tx-dropped", 0}};
}

JsonObject loopback(bool windows) {
  return {{"name", windows ? "Loopback Pseudo-Interface 1" : "lo"},
          {"hardware-address", "00:00:00:00:00:00"},
          {"ip-addresses", JsonArray{address("127.0.0.1/8", "ipv4"), address("::1/128", "ipv6")}},
          {"statistics", statistics(0, 0)}};
}

JsonObject interface(const GuestNic& nic, const GuestUsage& usage) {
  JsonObject row{{"name", nic.name}, {"hardware-address", nic.mac}};
  JsonArray addresses;
  if (!nic.ipv4.empty()) addresses.push_back(address(nic.ipv4, "ipv4"));
  if (!nic.ipv6.empty()) addresses.push_back(address(nic.ipv6, "ipv6"));
  // As recorded, a card without a link has neither addresses nor statistics.
  if (addresses.empty()) return row;
  row["ip-addresses"] = std::move(addresses);
  const bool first = nic.index == 0;
  row["statistics"] = statistics(first ? usage.netin : 0, first ? usage.netout : 0);
  return row;
}

Answer interfaces(Call& call) {
  const auto guest = with_agent(call);
  if (!guest) return guest.error();
  const auto usage = guest_usage(call.state, **guest, call.state.now());
  JsonArray rows{loopback(is_windows(**guest))};
  for (const auto& nic : nics_of(**guest)) rows.push_back(interface(nic, usage));
  return result(std::move(rows));
}

using enum base::Method;
constexpr Route kRoutes[] = {
    {Post, "/nodes/{node}/qemu/{vmid}/agent/ping", ping},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-host-name", host_name},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-osinfo", os_info},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces", interfaces},
};

}  // namespace

std::span<const Route> agent_routes() { return kRoutes; }

}  // namespace simulator
