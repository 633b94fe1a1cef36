#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/tasks.h"
#include "simulator/node/node_time.h"
#include "simulator/node/resources.h"
#include "simulator/node/services.h"
#include "simulator/node/usage.h"
#include "simulator/release.h"

namespace simulator {
namespace {

Answer version(Call& call) {
  const auto& release = release_of(call.state.options.pve);
  return Answer::of(base::JsonObject{
      {"release", facts::to_text(release.version)}, {"version", release.full}, {"repoid", release.repoid}});
}

Answer list_nodes(Call& call) {
  base::JsonArray rows;
  for (const auto& [name, node] : call.state.nodes) {
    auto row = node_row(call.state, node, may(call, "/nodes/" + name, "Sys.Audit"));
    row["ssl_fingerprint"] = node.fingerprint;
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

base::JsonObject cpu_info(const Node& node) {
  return {{"vendor", "AuthenticAMD"},
          {"model", "AMD EPYC 7313P 16-Core Processor"},
          {"mhz", "3000.000"},
          {"hvm", "1"},
          {"family", "25"},
          {"sockets", 1},
          {"cores", node.cores / 2},
          {"cpus", node.cores},
          {"user_hz", 100},
          {"flags",
           "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse "
           "sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm aes avx avx2 svm"}};
}

void add_release(const Release& release, base::JsonObject& data) {
  data["pveversion"] = fmt::format("pve-manager/{}/{}", release.full, release.repoid);
  data["kversion"] = fmt::format("Linux {} {}", release.kernel, release.kernel_build);
  data["current-kernel"] = base::JsonObject{{"sysname", "Linux"},
                                            {"machine", "x86_64"},
                                            {"release", release.kernel},
                                            {"version", release.kernel_build}};
}

Answer node_status(Call& call) {
  const auto& node = *call.state.node(call.node());
  const auto usage = node_usage(call.state, node, call.state.now());
  const auto load = [&](double factor) { return fmt::format("{:.2f}", usage.load * factor); };
  const auto free = node.memory - usage.mem;
  base::JsonObject data;
  data["uptime"] = usage.uptime;
  data["cpu"] = usage.cpu;
  data["wait"] = usage.iowait;
  data["idle"] = 0;
  data["loadavg"] = base::JsonArray{load(1), load(0.96), load(0.91)};
  base::JsonObject memory{{"total", node.memory}, {"used", usage.mem}, {"free", free}};
  if (call.state.is_pve({9, 0})) memory["available"] = free + free / 20;
  data["memory"] = std::move(memory);
  data["swap"] = base::JsonObject{{"total", std::uint64_t{8} << 30U},
                                  {"used", usage.swap},
                                  {"free", (std::uint64_t{8} << 30U) - usage.swap}};
  data["rootfs"] = base::JsonObject{{"total", node.disk},
                                    {"used", usage.disk},
                                    {"free", node.disk - usage.disk},
                                    {"avail", node.disk - usage.disk}};
  data["ksm"] = base::JsonObject{{"shared", 0}};
  data["cpuinfo"] = cpu_info(node);
  data["boot-info"] = base::JsonObject{{"mode", "efi"}, {"secureboot", 0}};
  add_release(release_of(call.state.options.pve), data);
  return Answer::of(std::move(data));
}

void boot_again(State& state, Node& node, bool stays_off) {
  for (auto& [vmid, guest] : state.guests) {
    if (guest.node != node.name) continue;
    const bool starts = !stays_off && get(guest.config, "onboot") == "1";
    guest.running = starts;
    guest.qmpstatus = starts ? "running" : "stopped";
    guest.started = state.now();
  }
  node.off = stays_off;
  node.booted = state.now();
}

Answer node_command(Call& call) {
  boot_again(call.state, *call.state.node(call.node()), call.parameters.text("command") == "shutdown");
  return Answer::of();
}

Answer get_dns(Call& call) { return Answer::of(to_json(call.state.node(call.node())->dns)); }

Answer set_dns(Call& call) {
  auto& dns = call.state.node(call.node())->dns;
  dns.clear();
  for (const std::string_view key : {"search", "dns1", "dns2", "dns3"}) {
    if (call.parameters.has(key)) dns.emplace(key, call.parameters.text(key));
  }
  return Answer::of();
}

Answer get_time(Call& call) {
  const auto& node = *call.state.node(call.node());
  const auto now = call.state.now();
  return Answer::of(base::JsonObject{
      {"timezone", node.timezone}, {"time", now}, {"localtime", now + utc_offset(node.timezone, now)}});
}

Answer set_time(Call& call) {
  const auto zone = call.parameters.text("timezone");
  if (!is_timezone(zone)) return Answer::fail("unable to set timezone, '" + zone + "' is not valid");
  call.state.node(call.node())->timezone = zone;
  return Answer::of();
}

Answer syslog(Call& call) {
  const auto& node = *call.state.node(call.node());
  const auto service = call.parameters.text("service");
  const auto start = static_cast<std::size_t>(call.parameters.number("start", 0));
  const auto limit = static_cast<std::size_t>(call.parameters.number("limit", 50));
  base::JsonArray lines;
  std::size_t number = 0;
  for (const auto& line : node.syslog) {
    if (!service.empty() && line.find(" " + service + "[") == std::string::npos &&
        line.find(" " + service + ".service") == std::string::npos) {
      continue;
    }
    ++number;
    if (number > start && lines.size() < limit) lines.push_back(base::JsonObject{{"n", number}, {"t", line}});
  }
  return Answer::of_total(std::move(lines), number);
}

constexpr Route kNodesRoutes[] = {
    {base::Method::Get, "/version", version},
    {base::Method::Get, "/nodes", list_nodes},
    {base::Method::Get, "/nodes/{node}/version", version},
    {base::Method::Get, "/nodes/{node}/status", node_status},
    {base::Method::Post, "/nodes/{node}/status", node_command},
    {base::Method::Get, "/nodes/{node}/dns", get_dns},
    {base::Method::Put, "/nodes/{node}/dns", set_dns},
    {base::Method::Get, "/nodes/{node}/time", get_time},
    {base::Method::Put, "/nodes/{node}/time", set_time},
    {base::Method::Get, "/nodes/{node}/syslog", syslog},
    {base::Method::Get, "/nodes/{node}/services", list_services},
    {base::Method::Get, "/nodes/{node}/services/{service}/state", service_state},
    {base::Method::Post, "/nodes/{node}/services/{service}/start", start_service},
    {base::Method::Post, "/nodes/{node}/services/{service}/stop", stop_service},
    {base::Method::Post, "/nodes/{node}/services/{service}/restart", restart_service},
    {base::Method::Post, "/nodes/{node}/services/{service}/reload", reload_service},
};

}  // namespace

std::span<const Route> nodes_routes() { return kNodesRoutes; }

}  // namespace simulator
