// Replication jobs: their configuration, and how they fare on the node that runs them.
#include "base/number.h"
#include "simulator/permission.h"
#include "simulator/routes.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

unsigned guest_of(std::string_view id) {
  return static_cast<unsigned>(get_number({{"guest", std::string(id.substr(0, id.find('-')))}}, "guest"));
}

bool sees(const Call& call, std::string_view id) {
  return may(call, "/vms/" + std::to_string(guest_of(id)), "VM.Audit");
}

JsonObject job_row(const std::string& id, const Config& job) {
  auto row = to_json(job, {"disable", "rate"});
  const auto dash = id.find('-');
  row["id"] = id;
  row["guest"] = guest_of(id);
  row["jobnum"] = dash == std::string::npos
                      ? 0
                      : base::parse_number<std::int64_t>(std::string_view(id).substr(dash + 1)).value_or(0);
  return row;
}

Answer unknown(const std::string& id) { return Answer::fail("no such replication job '" + id + "'"); }

Answer list(Call& call) {
  JsonArray rows;
  for (const auto& [id, job] : call.state.replications) {
    if (sees(call, id)) rows.push_back(job_row(id, job));
  }
  return Answer::of(std::move(rows));
}

Answer read(Call& call) {
  const auto id = call.parameters.text("id");
  const auto found = call.state.replications.find(id);
  return found == call.state.replications.end() ? unknown(id) : Answer::of(job_row(id, found->second));
}

/// Every quarter of an hour, as the demo's schedules say, and always with success.
JsonObject status_row(const State& state, const std::string& id, const Config& job) {
  constexpr std::int64_t kEvery = 900;
  auto row = job_row(id, job);
  const auto last = state.now() / kEvery * kEvery;
  row["vmtype"] = state.guests.find(guest_of(id))->second.type_name();
  row["last_sync"] = last;
  row["last_try"] = last;
  row["next_sync"] = last + kEvery;
  row["duration"] = 4.2;
  row["fail_count"] = 0;
  return row;
}

/// A job runs on the node where its guest is.
bool runs_here(Call& call, std::string_view id) {
  const auto* const guest = call.state.guest(guest_of(id));
  return guest != nullptr && guest->node == call.node();
}

Answer node_list(Call& call) {
  JsonArray rows;
  for (const auto& [id, job] : call.state.replications) {
    if (!runs_here(call, id) || !sees(call, id)) continue;
    if (call.parameters.has("guest") && call.parameters.number("guest") != guest_of(id)) continue;
    rows.push_back(status_row(call.state, id, job));
  }
  return Answer::of(std::move(rows));
}

Answer node_index(Call&) {
  return Answer::of(JsonArray{JsonObject{{"name", "schedule_now"}}, JsonObject{{"name", "log"}},
                              JsonObject{{"name", "status"}}});
}

Answer node_status(Call& call) {
  const auto id = call.parameters.text("id");
  const auto found = call.state.replications.find(id);
  if (found == call.state.replications.end() || !runs_here(call, id)) return unknown(id);
  if (auto no = refuse(call, "/vms/" + std::to_string(guest_of(id)), {"VM.Audit"})) return *no;
  return Answer::of(status_row(call.state, id, found->second));
}

using enum base::Method;
constexpr Route kRoutes[] = {
    {Get, "/cluster/replication", list},
    {Get, "/cluster/replication/{id}", read},
    {Get, "/nodes/{node}/replication", node_list},
    {Get, "/nodes/{node}/replication/{id}", node_index},
    {Get, "/nodes/{node}/replication/{id}/status", node_status},
};

}  // namespace

std::span<const Route> replication_routes() { return kRoutes; }

}  // namespace simulator
