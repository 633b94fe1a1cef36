// The answers of the QEMU guest agent in a running VM.
#include <fmt/format.h>

#include "simulator/core/routes.h"
#include "simulator/guest/guest.h"
#include "simulator/guest/guest_agent.h"
#include "simulator/guest/guest_network.h"
#include "simulator/node/usage.h"

namespace simulator {

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

Answer agent_result(base::Json value) { return Answer::of(base::JsonObject{{"result", std::move(value)}}); }

bool is_windows(const Guest& guest) { return get(guest.config, "ostype").starts_with("w"); }

namespace {

using base::JsonArray;
using base::JsonObject;

Answer ping(Call& call) {
  if (auto guest = with_agent(call); !guest) return guest.error();
  return agent_result(JsonObject());
}

Answer host_name(Call& call) {
  const auto guest = with_agent(call);
  if (!guest) return guest.error();
  return agent_result(JsonObject{{"host-name", (*guest)->name()}});
}

Answer os_info(Call& call) {
  const auto guest = with_agent(call);
  if (!guest) return guest.error();
  if (is_windows(**guest)) {
    return agent_result(JsonObject{{"id", "mswindows"},
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
  return agent_result(JsonObject{{"id", "debian"},
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
  return agent_result(std::move(rows));
}

JsonArray numbered(unsigned count, std::string_view key, bool can_offline) {
  JsonArray rows;
  for (unsigned i = 0; i < count; ++i) {
    rows.push_back(JsonObject{{key, i}, {"online", true}, {"can-offline", can_offline}});
  }
  return rows;
}

constexpr std::uint64_t kMemoryBlock = 134'217'728;

JsonObject file_system(const Guest& guest) {
  const auto total = disk_size(guest);
  const bool windows = is_windows(guest);
  return {{"name", windows ? "\\\\?\\Volume{6f0e1b2a}\\" : "sda1"},
          {"mountpoint", windows ? "C:\\" : "/"},
          {"type", windows ? "NTFS" : "ext4"},
          {"total-bytes", total},
          {"used-bytes", total / 100 * 37},
          {"disk",
           JsonArray{base::Json(JsonObject{{"bus-type", "scsi"}, {"bus", 0}, {"target", 0}, {"unit", 0}})}}};
}

JsonObject agent_info() {
  JsonArray commands;
  for (const std::string_view name :
       {"guest-exec", "guest-exec-status", "guest-file-open", "guest-file-read", "guest-file-write",
        "guest-fsfreeze-freeze", "guest-fsfreeze-status", "guest-fsfreeze-thaw", "guest-fstrim",
        "guest-get-fsinfo", "guest-get-host-name", "guest-get-osinfo", "guest-get-time", "guest-info",
        "guest-network-get-interfaces", "guest-ping", "guest-set-user-password", "guest-shutdown"}) {
    commands.push_back(JsonObject{{"name", name}, {"enabled", true}, {"success-response", true}});
  }
  return {{"version", "10.0.13"}, {"supported_commands", std::move(commands)}};
}

/// The answers that need nothing but the VM.
Answer simple(Call& call, std::string_view command) {
  const auto found = with_agent(call);
  if (!found) return found.error();
  const auto& guest = **found;
  auto& agent = call.state.agents[guest.vmid];
  if (command == "info") return agent_result(agent_info());
  if (command == "get-fsinfo") return agent_result(JsonArray{base::Json(file_system(guest))});
  if (command == "get-users") return agent_result(JsonArray());
  if (command == "get-time") return agent_result(call.state.now_ms * 1'000'000);
  if (command == "get-timezone") return agent_result(JsonObject{{"zone", "UTC"}, {"offset", 0}});
  if (command == "get-vcpus") return agent_result(numbered(core_count(guest), "logical-id", false));
  if (command == "get-memory-block-info") return agent_result(JsonObject{{"size", kMemoryBlock}});
  if (command == "get-memory-blocks") {
    const auto blocks = static_cast<unsigned>(memory_size(guest) / kMemoryBlock);
    return agent_result(numbered(blocks, "phys-index", true));
  }
  if (command == "fsfreeze-status") return agent_result(agent.frozen ? "frozen" : "thawed");
  if (command == "fstrim") {
    JsonObject path{{"path", "/"}, {"minimum", 0}, {"trimmed", disk_size(guest) / 10}};
    return agent_result(JsonObject{{"paths", JsonArray{base::Json(std::move(path))}}});
  }
  // What is left freezes or thaws, and answers with the number of file systems whose state changed.
  const bool freezes = command == "fsfreeze-freeze";
  return agent_result(std::exchange(agent.frozen, freezes) == freezes ? 0 : 1);
}

std::string_view command_of(const Call& call) {
  return call.endpoint.path.substr(call.endpoint.path.rfind('/') + 1);
}

Answer simple_command(Call& call) { return simple(call, command_of(call)); }

Answer shutdown(Call& call) {
  const auto found = with_agent(call);
  if (!found) return found.error();
  stop_guest(*guest_on(call));
  return agent_result(nullptr);
}

Answer set_password(Call& call) {
  const auto found = with_agent(call);
  return found ? agent_result(JsonObject()) : found.error();
}

/// The old form, with the command as a parameter.
Answer any_command(Call& call) {
  const auto command = call.parameters.text("command");
  if (command == "ping") return ping(call);
  if (command == "get-host-name") return host_name(call);
  if (command == "get-osinfo") return os_info(call);
  if (command == "network-get-interfaces") return interfaces(call);
  if (command == "shutdown") return shutdown(call);
  return simple(call, command);
}

using enum base::Method;
constexpr Route kAgentRoutes[] = {
    {Post, "/nodes/{node}/qemu/{vmid}/agent/ping", ping},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-host-name", host_name},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-osinfo", os_info},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces", interfaces},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/info", simple_command},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-fsinfo", simple_command},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-users", simple_command},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-time", simple_command},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-timezone", simple_command},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-vcpus", simple_command},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-memory-blocks", simple_command},
    {Get, "/nodes/{node}/qemu/{vmid}/agent/get-memory-block-info", simple_command},
    {Post, "/nodes/{node}/qemu/{vmid}/agent/fsfreeze-freeze", simple_command},
    {Post, "/nodes/{node}/qemu/{vmid}/agent/fsfreeze-thaw", simple_command},
    {Post, "/nodes/{node}/qemu/{vmid}/agent/fsfreeze-status", simple_command},
    {Post, "/nodes/{node}/qemu/{vmid}/agent/fstrim", simple_command},
    {Post, "/nodes/{node}/qemu/{vmid}/agent/shutdown", shutdown},
    {Post, "/nodes/{node}/qemu/{vmid}/agent/set-user-password", set_password},
    {Post, "/nodes/{node}/qemu/{vmid}/agent", any_command},
};

}  // namespace

std::span<const Route> agent_routes() { return kAgentRoutes; }

}  // namespace simulator
