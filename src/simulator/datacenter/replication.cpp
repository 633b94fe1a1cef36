// Replication jobs: their configuration, and their status on the node that runs them.
#include "base/number.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

unsigned guest_of(std::string_view id) {
  return static_cast<unsigned>(get_number({{"guest", std::string(id.substr(0, id.find('-')))}}, "guest"));
}

bool sees(const Call& call, const std::string& id, const Config&) {
  return may(call, "/vms/" + std::to_string(guest_of(id)), "VM.Audit");
}

JsonObject job_row(const Call&, const std::string& id, const Config& job) {
  auto row = section_json(job, "disable rate");
  const auto dash = id.find('-');
  row["guest"] = guest_of(id);
  row["jobnum"] = dash == std::string::npos
                      ? 0
                      : base::parse_number<std::int64_t>(std::string_view(id).substr(dash + 1)).value_or(0);
  return row;
}

constexpr Store<Config> kJobs{
    .key = "id",
    .objects = all_of<&State::replications>,
    .missing = {"no such replication job '{id}'"},
    .sees = sees,
    .row = job_row,
};

/// Each job runs every 15 minutes, as the demo's schedules say, and always succeeds.
JsonObject status_row(const Call& call, const std::string& id, const Config& job) {
  constexpr std::int64_t kEvery = 900;
  const auto& state = call.state;
  auto row = job_row(call, id, job);
  row["id"] = id;
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
    if (!runs_here(call, id) || !sees(call, id, job)) continue;
    if (call.parameters.has("guest") && call.parameters.number("guest") != guest_of(id)) continue;
    rows.push_back(status_row(call, id, job));
  }
  return Answer::of(std::move(rows));
}

Answer node_status(Call& call) {
  const auto id = call.parameters.text("id");
  const auto found = call.state.replications.find(id);
  if (found == call.state.replications.end() || !runs_here(call, id)) return refusal(call, kJobs.missing);
  if (auto no = refuse(call, "/vms/" + std::to_string(guest_of(id)), {"VM.Audit"})) return *no;
  return Answer::of(status_row(call, id, found->second));
}

using enum base::Method;
constexpr Route kRoutes[] = {
    {Get, "/cluster/replication", list_objects<kJobs>},
    {Get, "/cluster/replication/{id}", read_object<kJobs>},
    {Get, "/nodes/{node}/replication", node_list},
    {Get, "/nodes/{node}/replication/{id}/status", node_status},
};

}  // namespace

std::span<const Route> replication_routes() { return kRoutes; }

}  // namespace simulator
