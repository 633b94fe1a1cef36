// Replication jobs: their configuration, and their status on the node that runs them.
#include <fmt/format.h>

#include <algorithm>

#include "base/number.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/core/tasks.h"
#include "simulator/core/time_text.h"
#include "simulator/guest/guest.h"
#include "simulator/guest/guest_disk.h"

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

std::string path_of(std::string_view id) { return "/vms/" + std::to_string(guest_of(id)); }

/// PVE 8 has no privilege for replication.
std::optional<Answer> refuse_change(const Call& call, std::string_view id) {
  if (call.state.is_pve({9, 0})) return refuse(call, path_of(id), {"VM.Replicate"});
  return refuse(call, "/storage", {"Datastore.Allocate"});
}

/// Only ZFS can send the changes of a volume.
std::optional<Answer> not_replicable(State& state, const Guest& guest) {
  for (const auto& [key, disk] : disks_of(guest.type, guest.config)) {
    const auto* const storage = disk.is_cdrom() ? nullptr : state.storage(disk.storage());
    if (storage == nullptr || storage->type() == "zfspool" || get(disk.options, "replicate") == "0") continue;
    return Answer::fail(fmt::format("missing replicate feature on volume '{}'", disk.volid));
  }
  return std::nullopt;
}

std::optional<Answer> prepare(Call& call, Step step) {
  const auto id = call.parameters.text("id");
  if (auto no = refuse_change(call, id)) return no;
  if (step == Step::Update) return std::nullopt;
  auto& state = call.state;
  const auto target = call.parameters.text("target");
  auto* const guest = state.guest(guest_of(id));
  if (guest == nullptr) return Answer::fail(fmt::format("Guest '{}' does not exist.", guest_of(id)));
  if (state.node(target) == nullptr) return Answer::fail(fmt::format("Target '{}' does not exist.", target));
  if (target == guest->node) return Answer::bad("target", "target is local node.");
  return not_replicable(state, *guest);
}

std::optional<Answer> apply(Call& call, const std::string& id, Config& job, Step step) {
  if (step == Step::Create) {
    job["type"] = call.parameters.text("type");
    if (!call.parameters.has("source")) job["source"] = call.state.guest(guest_of(id))->node;
    for (const auto& [other, config] : call.state.replications) {
      if (guest_of(other) == guest_of(id) && get(config, "target") == call.parameters.text("target")) {
        return Answer::fail(fmt::format("replication job for guest '{}' to target '{}' already exists",
                                        guest_of(id), get(config, "target")));
      }
    }
  }
  return apply_options(call, "id", "target! source schedule rate comment disable remove_job", "", job, step);
}

constexpr Store<Config> kJobs{
    .key = "id",
    .objects = all_of<&State::replications>,
    .missing = {"no such replication job '{id}'"},
    .missing_for_update = {"no such job '{id}'"},
    .exists = {"replication job '{id}' already exists"},
    .digest = file_digest,
    .digest_in = Shown::Nowhere,
    .sees = sees,
    .row = job_row,
    .prepare = prepare,
    .apply = apply,
};

/// PVE only marks the job. Its scheduler removes the job with the copies on the target within a minute.
Answer remove(Call& call) {
  const auto id = call.parameters.text("id");
  if (auto no = refuse_change(call, id)) return *no;
  auto& jobs = call.state.replications;
  const auto found = jobs.find(id);
  const bool force = call.parameters.flag("force");
  if (found == jobs.end()) return force ? Answer::of() : Answer::fail(fmt::format("no such job '{}'", id));
  if (force) {
    jobs.erase(found);
    return Answer::of();
  }
  found->second["remove_job"] = call.parameters.flag("keep") ? "local" : "full";
  later(call.state, std::chrono::minutes(1), [id](State& state) { state.replications.erase(id); });
  return Answer::of();
}

/// Each job runs every 15 minutes, as the demo's schedules say, and always succeeds.
constexpr std::int64_t kEvery = 900;

std::int64_t last_run(const State& state, const std::string& id) {
  const auto asked = state.replicated.find(id);
  const auto planned = state.now() / kEvery * kEvery;
  return asked == state.replicated.end() ? planned : std::max(planned, asked->second);
}

JsonObject status_row(const Call& call, const std::string& id, const Config& job) {
  const auto& state = call.state;
  auto row = job_row(call, id, job);
  row["id"] = id;
  const auto last = last_run(state, id);
  row["vmtype"] = state.guests.find(guest_of(id))->second.type_name();
  row["last_sync"] = last;
  row["last_try"] = last;
  row["next_sync"] = (state.now() / kEvery + 1) * kEvery;
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

/// The job of the call, or PVE's refusal if it does not run on the node.
std::expected<std::string, Answer> job_here(Call& call) {
  auto id = call.parameters.text("id");
  if (!call.state.replications.contains(id) || !runs_here(call, id)) {
    return std::unexpected(refusal(call, kJobs.missing));
  }
  return id;
}

Answer schedule_now(Call& call) {
  const auto id = call.parameters.text("id");
  if (auto no = refuse_change(call, id)) return *no;
  const auto here = job_here(call);
  if (!here) return here.error();
  call.state.replicated[id] = call.state.now();
  return Answer::of();
}

/// The log of the last run.
Answer log(Call& call) {
  const auto here = job_here(call);
  if (!here) return here.error();
  if (auto no = refuse(call, path_of(*here), {"VM.Audit"})) return *no;
  const auto& id = *here;
  const auto time = last_run(call.state, id);
  const auto& guest = *call.state.guest(guest_of(id));
  const std::vector<std::string> lines{fmt::format("{}: start replication job", id),
                                       fmt::format("{}: guest => {} {}, running => {}", id, noun(guest.type),
                                                   guest.vmid, guest.running ? guest.pid : 0),
                                       fmt::format("{}: create snapshot '__replicate_{}_{}__'", id, id, time),
                                       fmt::format("{}: using secure transmission, rate limit: none", id),
                                       fmt::format("{}: end replication job", id)};
  const auto start = static_cast<std::size_t>(call.parameters.number("start", 0));
  const auto limit = static_cast<std::size_t>(call.parameters.number("limit", 50));
  JsonArray rows;
  for (std::size_t i = start; i < lines.size() && rows.size() < limit; ++i) {
    rows.push_back(JsonObject{{"n", i + 1}, {"t", fmt::format("{} {}", log_time(time), lines[i])}});
  }
  return Answer::of_total(std::move(rows), lines.size());
}

using enum base::Method;
constexpr Route kReplicationRoutes[] = {
    {Get, "/cluster/replication", list_objects<kJobs>},
    {Get, "/cluster/replication/{id}", read_object<kJobs>},
    {Post, "/cluster/replication", create_object<kJobs>},
    {Put, "/cluster/replication/{id}", update_object<kJobs>},
    {Delete, "/cluster/replication/{id}", remove},
    {Get, "/nodes/{node}/replication", node_list},
    {Post, "/nodes/{node}/replication/{id}/schedule_now", schedule_now},
    {Get, "/nodes/{node}/replication/{id}/log", log},
    {Get, "/nodes/{node}/replication/{id}/status", node_status},
};

}  // namespace

std::span<const Route> replication_routes() { return kReplicationRoutes; }

}  // namespace simulator
