// Backup jobs (jobs.cfg) and vzdump.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "simulator/backup/backup_schedule.h"
#include "simulator/backup/backup_vzdump.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/guest/guest.h"

namespace simulator {
namespace {

constexpr auto kOwn = std::to_array<std::string_view>({"id", "delete", "starttime", "dow"});
constexpr std::string_view kAllDays = "mon,tue,wed,thu,fri,sat,sun";
/// Options that vzdump does not have, but that a job can lose by `delete`.
constexpr auto kDeletable = std::to_array<std::string_view>({"comment", "repeat-missed"});
/// Options of a job that vzdump does not have.
constexpr auto kNotOfVzdump = std::to_array<std::string_view>(
    {"id", "schedule", "enabled", "comment", "repeat-missed", "starttime", "dow", "delete"});

constexpr std::string_view kNumbers =
    "all bwlimit enabled ionice lockwait pigz protected quiet remove repeat-missed stdexcludes stop stopwait "
    "zstd";

bool among(const auto& list, std::string_view item) { return std::ranges::find(list, item) != list.end(); }

base::JsonObject job_row(const Call&, const std::string&, const Config& job) {
  auto row = section_json(job, kNumbers);
  row["type"] = "vzdump";
  for (const std::string_view key : {"prune-backups", "fleecing", "performance"}) {
    if (!has(job, key)) continue;
    base::JsonObject parts;
    for (const auto& [name, value] : parse_properties(get(job, key), "enabled")) parts[name] = value;
    row[key] = std::move(parts);
  }
  if (has(job, "exclude-path")) {
    base::JsonArray paths;
    for (const auto& path : split_list(get(job, "exclude-path"))) paths.emplace_back(path);
    row["exclude-path"] = std::move(paths);
  }
  return row;
}

void add_next_run(const Call& call, const std::string&, const Config& job, base::JsonObject& row) {
  if (const auto next = next_event(get(job, "schedule"), call.state.now())) row["next-run"] = *next;
}

/// While PVE holds the file's lock, it turns a 400 into a 500 whose text begins with "400".
Answer raised_under_lock(std::string_view key, std::string_view text) {
  return Answer::fail(fmt::format("400 Parameter verification failed.\n{}: {}\n", key, text));
}

std::optional<Answer> bad_values(const Parameters& parameters) {
  const auto schedule = parameters.text("schedule");
  if (!schedule.empty() && !is_schedule(schedule)) {
    return Answer::bad(
        "schedule",
        fmt::format("invalid format - invalid calendar event '{}' - unable to parse calendar event\n",
                    schedule));
  }
  for (const auto& [key, other] : {std::pair("dow", "starttime"), std::pair("notes-template", "storage"),
                                   std::pair("protected", "storage")}) {
    if (parameters.has(key) && !parameters.has(other)) {
      return Answer::bad(other, fmt::format("missing property - '{}' requires this property", key));
    }
  }
  return std::nullopt;
}

std::optional<Answer> not_allowed(const Call& call) {
  for (const std::string_view key : {"bwlimit", "ionice", "performance"}) {
    if (!call.parameters.has(key)) continue;
    if (auto refusal = refuse(call, "/", {"Sys.Modify"})) return refusal;
  }
  const auto storage = call.parameters.text("storage");
  if (!storage.empty()) {
    if (auto refusal = refuse(call, "/storage/" + storage, {"Datastore.Allocate"})) return refusal;
  }
  const auto pool = call.parameters.text("pool");
  if (pool.empty()) return std::nullopt;
  if (!call.state.pools.contains(pool)) return Answer::denied("", "");
  return refuse(call, "/pool/" + pool, {"VM.Backup"});
}

/// The schedule of the call, also if it comes as the deprecated `starttime` and `dow`. Empty if the call has
/// neither.
std::expected<std::string, Answer> schedule_of(const Parameters& parameters, bool required) {
  auto schedule = parameters.text("schedule");
  const auto start = parameters.text("starttime");
  if (!schedule.empty() && !start.empty()) {
    return std::unexpected(Answer::bad("starttime", "'starttime' and 'schedule' cannot both be set"));
  }
  if (!schedule.empty()) return schedule;
  if (start.empty()) {
    if (!required) return std::string();
    return std::unexpected(Answer::bad("schedule", "neither 'starttime' nor 'schedule' were set"));
  }
  const auto days = fmt::format("{}", fmt::join(parameters.list("dow"), ","));
  return days.empty() || days == kAllDays ? start : days + " " + start;
}

Config given(const Parameters& parameters, const std::string& schedule) {
  Config job;
  for (const auto& [key, values] : parameters.all()) {
    if (among(kOwn, key)) continue;
    job[key] = key == "exclude-path" ? fmt::format("{}", fmt::join(values, ",")) : parameters.text(key);
  }
  if (!schedule.empty()) job["schedule"] = schedule;
  return job;
}

std::optional<Answer> prepare(Call& call, Step step) {
  auto& parameters = call.parameters;
  if (auto refusal = bad_values(parameters)) return refusal;
  if (auto refusal = not_allowed(call)) return refusal;
  const auto schedule = schedule_of(parameters, step == Step::Create);
  if (!schedule) return schedule.error();
  if (step == Step::Create) {
    if (parameters.text("id").empty()) parameters.set("id", {random_uuid(call.state)});
    return std::nullopt;
  }
  const auto changes = given(parameters, *schedule);
  if (changes.empty() && parameters.list("delete").empty()) return Answer::fail("no options specified");
  if (const auto error = selection_error(changes, false))
    return raised_under_lock(error->first, error->second);
  return std::nullopt;
}

/// A job selects its guests by `vmid`, `all` or `pool`; a new selection replaces the old one.
void settle_selection(Config& job, const Config& changes) {
  if (has(job, "exclude") && !has(job, "pool")) job["all"] = "1";
  const auto drop = [&](std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) job.erase(std::string(key));
  };
  if (has(changes, "vmid")) {
    drop({"all", "exclude", "pool"});
  } else if (get(changes, "all") == "1") {
    drop({"vmid", "pool"});
  } else if (has(job, "pool")) {
    drop({"vmid", "all", "exclude"});
  }
}

std::optional<Answer> delete_options(const Call& call, Config& job) {
  for (const auto& key : call.parameters.list("delete")) {
    const bool vzdump = call.endpoint.parameter(key) != nullptr && !among(kNotOfVzdump, key);
    if (!vzdump && !among(kDeletable, key)) {
      return raised_under_lock("delete", fmt::format("unknown option '{}'", key));
    }
    job.erase(key);
  }
  return std::nullopt;
}

std::optional<Answer> apply(Call& call, const std::string&, Config& job, Step step) {
  const auto changes = given(call.parameters, schedule_of(call.parameters, false).value_or(""));
  if (step == Step::Update) {
    if (auto refusal = delete_options(call, job)) return refusal;
  }
  for (const auto& [key, value] : changes) job[key] = value;
  if (step == Step::Update) settle_selection(job, changes);
  if (const auto error = selection_error(job, true)) return raised_under_lock(error->first, error->second);
  if (step == Step::Update) return std::nullopt;
  if (has(job, "exclude") && !has(job, "pool")) job["all"] = "1";
  job.try_emplace("enabled", "1");
  job["type"] = "vzdump";
  return std::nullopt;
}

constexpr Store<Config> kJobs{
    .key = "id",
    .objects = all_of<&State::backup_jobs>,
    .missing = {"No such job '{id}'", "id"},
    .missing_for_update = {"no such vzdump job"},
    // PVE raises this 400 while it holds the file's lock.
    .missing_for_delete = {"400 Parameter verification failed.\nid: No such job '{id}'\n"},
    .exists = {"Job '{id}' already exists"},
    .row = job_row,
    .listed = add_next_run,
    .prepare = prepare,
    .apply = apply,
};

/// The disks as get_backup_volumes in PVE/QemuConfig.pm and PVE/LXC/Config.pm lists them.
base::JsonArray included_disks(const Guest& guest) {
  base::JsonArray rows;
  for (const auto& [key, value] : guest.config) {
    const bool disk = key.starts_with("scsi") || key.starts_with("virtio") || key.starts_with("sata") ||
                      key.starts_with("ide") || key.starts_with("mp") || key == "rootfs";
    const bool bound = value.starts_with('/');
    if (!disk || (!bound && value.find(':') == std::string::npos)) continue;
    if (value.find("media=cdrom") != std::string::npos) continue;
    const bool mount = key.starts_with("mp");
    const bool in = !bound && value.find("backup=0") == std::string::npos &&
                    (!mount || value.find("backup=1") != std::string::npos);
    const std::string_view reason = key == "rootfs" ? "rootfs"
                                    : bound         ? "not a volume"
                                    : mount         ? (in ? "enabled" : "disabled")
                                    : in            ? "backup=yes"
                                                    : "backup=no";
    rows.emplace_back(base::JsonObject{{"id", fmt::format("{}:{}", guest.vmid, key)},
                                       {"name", value.substr(0, value.find(','))},
                                       {"included", in ? 1 : 0},
                                       {"reason", reason},
                                       {"leaf", 1}});
  }
  return rows;
}

Answer included(Call& call) {
  const auto id = call.parameters.text("id");
  const auto found = call.state.backup_jobs.find(id);
  if (found == call.state.backup_jobs.end()) return refusal(call, kJobs.missing);
  const auto selection = select_guests(call.state, found->second, get(found->second, "node"));
  auto ids = selection.here;
  if (!has(found->second, "node"))
    ids.insert(ids.end(), selection.elsewhere.begin(), selection.elsewhere.end());
  std::ranges::sort(ids);
  base::JsonArray children;
  for (const auto vmid : ids) {
    const auto* guest = call.state.guest(vmid);
    if (guest == nullptr) continue;
    children.emplace_back(base::JsonObject{{"id", vmid},
                                           {"type", guest->type_name()},
                                           {"name", guest->name()},
                                           {"leaf", 0},
                                           {"children", included_disks(*guest)}});
  }
  return Answer::of(base::JsonObject{{"children", std::move(children)}});
}

using enum base::Method;
constexpr Route kBackupRoutes[] = {
    {Get, "/cluster/backup", list_objects<kJobs>},
    {Post, "/cluster/backup", create_object<kJobs>},
    {Get, "/cluster/backup/{id}", read_object<kJobs>},
    {Put, "/cluster/backup/{id}", update_object<kJobs>},
    {Delete, "/cluster/backup/{id}", delete_object<kJobs>},
    {Get, "/cluster/backup/{id}/included_volumes", included},
    {Post, "/nodes/{node}/vzdump", run_vzdump},
};

}  // namespace

std::span<const Route> backup_routes() { return kBackupRoutes; }

}  // namespace simulator
