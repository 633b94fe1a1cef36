#include "simulator/node/services.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/tasks.h"
#include "simulator/core/time_text.h"

namespace simulator {
namespace {

base::JsonObject row_of(const std::string& name, const Service& service) {
  return {{"name", name},
          {"service", name},
          {"desc", service.description},
          {"state", service.running ? "running" : "dead"},
          {"active-state", service.running ? "active" : "inactive"},
          {"unit-state", service.unit_state}};
}

bool is_essential(std::string_view service) {
  return service == "pveproxy" || service == "pvedaemon" || service == "pve-cluster";
}

Service* find(State& state, const std::string& node, const std::string& service) {
  auto* const host = state.node(node);
  const auto found = host->services.find(service);
  return found == host->services.end() ? nullptr : &found->second;
}

TaskEnd run(State& state, const std::string& node, const std::string& name, const std::string& command) {
  auto* const service = find(state, node, name);
  if (service->unit_state == "not-found") {
    return {fmt::format("command 'systemctl {} {}' failed: exit code 5", command, name),
            {fmt::format("Failed to {0} {1}.service: Unit {1}.service not found.", command, name)}};
  }
  if (command == "reload" && !service->running) {
    return {fmt::format("command 'systemctl reload {}' failed: exit code 1", name),
            {fmt::format("{}.service is not active, cannot reload.", name)}};
  }
  service->running = command != "stop";
  state.node(node)->syslog.push_back(fmt::format("{} {} systemd[1]: {} {}.service - {}.",
                                                 syslog_time(state.now()), node,
                                                 command == "stop"     ? "Stopped"
                                                 : command == "reload" ? "Reloaded"
                                                                       : "Started",
                                                 name, service->description));
  return {};
}

Answer command(Call& call, std::string_view verb) {
  const auto name = call.parameters.text("service");
  const auto type = "srv" + std::string(verb);
  if (verb == "stop" && is_essential(name)) {
    return failing_task(call, type, name,
                        "invalid service cmd '" + name + " stop': refusing to stop essential service!");
  }
  auto work = [node = call.node(), name, verb = std::string(verb)](State& state) {
    return run(state, node, name, verb);
  };
  return run_task(call, type, name, std::chrono::milliseconds(800), std::move(work));
}

}  // namespace

Answer list_services(Call& call) {
  base::JsonArray rows;
  for (const auto& [name, service] : call.state.node(call.node())->services)
    rows.push_back(row_of(name, service));
  return Answer::of(std::move(rows));
}

Answer service_state(Call& call) {
  const auto name = call.parameters.text("service");
  return Answer::of(row_of(name, *find(call.state, call.node(), name)));
}

Answer start_service(Call& call) { return command(call, "start"); }
Answer stop_service(Call& call) { return command(call, "stop"); }
Answer restart_service(Call& call) { return command(call, "restart"); }
Answer reload_service(Call& call) { return command(call, "reload"); }

}  // namespace simulator
