#include "simulator/backup/backup_vzdump.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "simulator/backup/backup_log.h"
#include "simulator/backup/backup_prune.h"
#include "simulator/core/permission.h"
#include "simulator/core/storage_check.h"
#include "simulator/core/tasks.h"
#include "simulator/core/time_text.h"
#include "simulator/guest/guest.h"
#include "simulator/node/usage.h"

namespace simulator {
namespace {

constexpr std::chrono::milliseconds kPerGuest{600};
constexpr std::chrono::milliseconds kLongest{1800};

/// One guest of the run, with the archive that the run adds and the backups that it removes.
struct Part {
  unsigned vmid = 0;
  Volume archive;                    ///< empty volid: the backup fails
  std::vector<std::string> removed;  ///< older backups that the retention removes
};

struct Run {
  std::string node;
  std::vector<Part> parts;
  std::vector<unsigned> locked;
  std::vector<std::string> log;
  std::int64_t start = 0;
  bool errors = false;
};

std::string extension(const Guest& guest, std::string_view compress) {
  std::string out = guest.type == GuestType::Qemu ? "vma" : "tar";
  if (compress == "zstd") out += ".zst";
  if (compress == "gzip") out += ".gz";
  if (compress == "lzo" || compress == "1") out += ".lzo";
  return out;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

std::string notes_of(const Call& call, const Guest& guest) {
  auto notes = call.parameters.text("notes-template");
  replace_all(notes, "{{guestname}}", guest.name());
  replace_all(notes, "{{node}}", guest.node);
  replace_all(notes, "{{vmid}}", std::to_string(guest.vmid));
  replace_all(notes, "{{cluster}}", call.state.cluster_name);
  replace_all(notes, "\\n", "\n");
  return notes;
}

/// The simulated guests use about a third of their disks, and compression halves that.
std::uint64_t archive_size(const Guest& guest, std::string_view compress) {
  const auto used = disk_size(guest) / 100 * (25 + guest.vmid % 20);
  const auto packed = compress.empty() || compress == "0" ? used : used / 2;
  return std::max<std::uint64_t>(packed, 1 << 20U) + guest.vmid;
}

Volume archive_of(const Call& call, const Guest& guest, const Storage& storage, std::int64_t start) {
  const auto compress = call.parameters.text("compress");
  const bool server = storage.type() == "pbs";
  const bool qemu = guest.type == GuestType::Qemu;
  Volume volume;
  volume.node = call.node();
  volume.content = "backup";
  volume.vmid = guest.vmid;
  volume.ctime = start;
  if (server) {
    volume.format = qemu ? "pbs-vm" : "pbs-ct";
    volume.volid =
        fmt::format("{}:backup/{}/{}/{}", storage.id, qemu ? "vm" : "ct", guest.vmid, iso_time(start));
  } else {
    volume.format = extension(guest, compress);
    volume.volid = fmt::format("{}:backup/vzdump-{}-{}-{}.{}", storage.id, guest.type_name(), guest.vmid,
                               archive_time(start), volume.format);
  }
  volume.size = archive_size(guest, server ? "zstd" : compress);
  volume.notes = notes_of(call, guest);
  volume.is_protected = call.parameters.flag("protected");
  volume.guest_config = guest.config;
  volume.guest_config.erase("lock");
  return volume;
}

/// The older backups that the retention removes after this one, and vzdump's log lines about them.
std::vector<std::string> prune(Call& call, const Storage& storage, const Volume& fresh,
                               std::vector<std::string>& log) {
  const auto retention =
      call.parameters.text("prune-backups", get(storage.config, "prune-backups", "keep-all=1"));
  const auto rules = parse_properties(retention);
  if (!call.parameters.flag("remove", true) || get(rules, "keep-all") == "1") return {};
  call.state.put_volume(fresh);
  std::vector<std::string> gone;
  for (const auto& entry :
       prune_marks(call.state, storage, fresh.node, retention, fresh.vmid, backup_type(fresh))) {
    if (entry.mark == "remove") gone.push_back(entry.volume->volid);
  }
  call.state.drop_volume(fresh.volid, fresh.node);
  log.push_back(fmt::format("INFO: prune older backups with retention: {}", retention));
  for (const auto& volid : gone) log.push_back(fmt::format("INFO: removing backup '{}'", volid));
  log.push_back(fmt::format("INFO: pruned {} backup(s) not covered by keep-retention policy", gone.size()));
  return gone;
}

std::optional<std::string> why_not(const State& state, unsigned vmid) {
  const auto found = state.guests.find(vmid);
  if (found == state.guests.end()) return fmt::format("unable to find VM '{}'", vmid);
  return lock_error(found->second);
}

void append(std::vector<std::string>& to, std::vector<std::string> lines) {
  std::ranges::move(lines, std::back_inserter(to));
}

void fail_part(Call& call, Run& run, unsigned vmid, std::int64_t at, const std::string& error, bool started) {
  append(run.log, failed_lines(call.state, vmid, at, error, started));
  run.errors = true;
  run.parts.push_back({vmid, {}, {}});
}

void plan_guest(Call& call, Run& run, const Storage& storage, unsigned vmid, std::int64_t start,
                std::int64_t end) {
  if (const auto error = why_not(call.state, vmid)) {
    fail_part(call, run, vmid, start, *error, call.state.guest(vmid) != nullptr);
    return;
  }
  const auto& guest = *call.state.guest(vmid);
  Part part{vmid, archive_of(call, guest, storage, start), {}};
  if (part.archive.size > storage_usage(call.state, storage, run.node).avail) {
    fail_part(call, run, vmid, start, "vma_queue_write: write error - No space left on device", true);
    return;
  }
  BackupOf backup;
  backup.vmid = vmid;
  backup.start = start;
  backup.end = end;
  backup.mode = call.parameters.text("mode", "snapshot");
  backup.size = part.archive.size;
  backup.to_server = storage.type() == "pbs";
  backup.bwlimit = static_cast<std::uint64_t>(call.parameters.number("bwlimit"));
  backup.notes = !part.archive.notes.empty();
  const auto name = part.archive.volid.substr(part.archive.volid.find("backup/") + 7);
  backup.archive = backup.to_server ? name : fmt::format("{}/dump/{}", get(storage.config, "path"), name);
  append(run.log, backup_lines(call.state, guest, backup));
  part.removed = prune(call, storage, part.archive, run.log);
  append(run.log, finished_lines(backup));
  run.locked.push_back(vmid);
  run.parts.push_back(std::move(part));
}

std::string joined(const std::vector<unsigned>& ids) { return fmt::format("{}", fmt::join(ids, ", ")); }

Run plan(Call& call, const Storage& storage, const Selection& selection, std::chrono::milliseconds duration) {
  Run run;
  run.node = call.node();
  run.start = call.state.now();
  run.log.push_back("INFO: starting new backup job: " + command_line(call.parameters));
  if (!selection.elsewhere.empty()) {
    run.log.push_back("INFO: skip external VMs: " + joined(selection.elsewhere));
  }
  const auto count = static_cast<std::int64_t>(selection.here.size());
  const auto seconds = [&](std::int64_t part) {
    return (call.state.now_ms + duration.count() * part / std::max<std::int64_t>(1, count)) / 1000;
  };
  for (std::int64_t i = 0; i < count; ++i) {
    const auto vmid = selection.here[static_cast<std::size_t>(i)];
    plan_guest(call, run, storage, vmid, seconds(i), seconds(i + 1));
  }
  run.log.push_back(run.errors ? "INFO: Backup job finished with errors"
                               : "INFO: Backup job finished successfully");
  return run;
}

void unlock(State& state, const Run& run) {
  for (const auto vmid : run.locked) {
    auto* guest = state.guest(vmid);
    if (guest != nullptr && guest->lock() == "backup") guest->config.erase("lock");
  }
}

TaskEnd finish(State& state, const Run& run) {
  unlock(state, run);
  for (const auto& part : run.parts) {
    if (part.archive.volid.empty()) continue;
    state.put_volume(part.archive);
    for (const auto& volid : part.removed) state.drop_volume(volid, run.node);
  }
  return {run.errors ? "job errors" : "OK", {}};
}

Answer start(Call& call, Run planned, std::string id, std::chrono::milliseconds duration) {
  auto run = std::make_shared<Run>(std::move(planned));
  auto upid = std::make_shared<std::string>();
  TaskSpec spec;
  spec.node = run->node;
  spec.type = "vzdump";
  spec.id = std::move(id);
  spec.user = call.identity.full();
  spec.duration = duration;
  spec.log = run->log;
  spec.stopped_status = "job errors";
  spec.work = [run](State& state) { return finish(state, *run); };
  spec.on_stop = [run, upid](State& state) {
    unlock(state, *run);
    auto* task = find_task(state, *upid);
    if (task == nullptr || run->locked.empty()) return;
    const auto vmid = run->locked.front();
    // The run stops here, so it never wrote the lines about the end.
    const auto late = std::ranges::find_if(task->log, [](std::string_view line) {
      return line.starts_with("INFO: 100%") || line.starts_with("INFO: Total bytes");
    });
    task->log.erase(late, task->log.end());
    task->log.push_back(fmt::format("ERROR: Backup of VM {} failed - interrupted by signal", vmid));
    task->log.push_back(fmt::format("INFO: Failed at {}", log_time(state.now())));
    task->log.push_back("INFO: Backup job finished with errors");
  };
  // TaskSpec locks only one guest, so this run locks the others itself.
  if (!run->locked.empty()) {
    spec.lock_guest = run->locked.front();
    spec.lock = "backup";
    for (const auto vmid : run->locked) {
      if (vmid != spec.lock_guest) call.state.guest(vmid)->config["lock"] = "backup";
    }
  }
  *upid = start_task(call.state, std::move(spec));
  return Answer::of(base::Json(*upid));
}

Config job_of(const Parameters& parameters) {
  Config job;
  for (const auto& [key, values] : parameters.all()) {
    if (key != "node") job[key] = parameters.text(key);
  }
  return job;
}

std::optional<Answer> refuse_parameters(const Call& call) {
  if (call.parameters.flag("stdout")) {
    return Answer::bad("stdout", "option is only allowed on the command line interface.");
  }
  for (const std::string_view key : {"notes-template", "protected"}) {
    if (!call.parameters.has(key) || call.parameters.has("storage")) continue;
    return Answer::bad("storage", fmt::format("missing property - '{}' requires this property", key));
  }
  for (const std::string_view key : {"bwlimit", "ionice", "performance"}) {
    if (!call.parameters.has(key)) continue;
    if (auto refusal = refuse(call, "/", {"Sys.Modify"})) return refusal;
  }
  if (const auto error = selection_error(job_of(call.parameters), true)) {
    return Answer::bad(error->first, error->second);
  }
  if (const auto pool = call.parameters.text("pool"); !pool.empty()) {
    if (!call.state.pools.contains(pool)) return Answer::fail(fmt::format("pool '{}' does not exist", pool));
    if (auto refusal = refuse(call, "/pool/" + pool, {"VM.Backup"})) return refusal;
  }
  return std::nullopt;
}

/// The error with which the worker ends before the first guest; nullopt if the storage is usable.
std::optional<std::string> unusable(const Call& call, const std::string& id) {
  const auto* const storage = call.state.storage(id);
  if (const auto error = storage_error(call.state, id, call.node())) {
    auto text = fmt::format("could not activate storage '{}': {}", id, *error);
    if (storage == nullptr) {
      text += fmt::format(" could not get storage information for '{}': {}", id, *error);
    }
    return text;
  }
  if (!storage->holds("backup")) {
    return fmt::format(
        "could not get storage information for '{0}': can't use storage '{0}' for backups - wrong content "
        "type",
        id);
  }
  return std::nullopt;
}

Answer stop_running(Call& call) {
  if (auto refusal = refuse(call, "/nodes/" + call.node(), {"Sys.Modify"})) return std::move(*refusal);
  for (auto& task : call.state.tasks) {
    if (task.running && task.type == "vzdump" && task.node == call.node()) stop_task(call.state, task);
  }
  return Answer::of("OK");
}

}  // namespace

std::optional<std::pair<std::string, std::string>> selection_error(const Config& job, bool complete) {
  const auto set = [&](std::string_view key) { return !get(job, key).empty() && get(job, key) != "0"; };
  for (const std::string_view key : {"all", "exclude", "pool"}) {
    if (set(key) && set("vmid")) {
      return std::pair(std::string(key), std::string("option conflicts with option 'vmid'"));
    }
  }
  const bool any = set("all") || set("stop") || set("pool") || set("vmid") || has(job, "exclude");
  if (complete && !any) return std::pair(std::string("vmid"), std::string("property is missing"));
  return std::nullopt;
}

Selection select_guests(const State& state, const Config& job, std::string_view node) {
  Selection selection;
  const auto add = [&](unsigned vmid) {
    const auto found = state.guests.find(vmid);
    const bool local = found == state.guests.end() || found->second.node == node;
    auto& list = local ? selection.here : selection.elsewhere;
    if (std::ranges::find(list, vmid) == list.end()) list.push_back(vmid);
  };
  const auto number = [](const std::string& text) {
    return static_cast<unsigned>(get_number(Config{{"n", text}}, "n"));
  };
  if (const auto pool = get(job, "pool"); !pool.empty()) {
    for (const auto& [vmid, guest] : state.guests) {
      if (guest.pool == pool) add(vmid);
    }
  } else if (const auto ids = split_list(get(job, "vmid")); !ids.empty()) {
    for (const auto& id : ids) add(number(id));
  } else if (get(job, "all") == "1" || has(job, "exclude")) {
    const auto excluded = split_list(get(job, "exclude"));
    for (const auto& [vmid, guest] : state.guests) {
      if (std::ranges::find(excluded, std::to_string(vmid)) == excluded.end()) add(vmid);
    }
  }
  std::ranges::sort(selection.here);
  std::ranges::sort(selection.elsewhere);
  return selection;
}

Answer run_vzdump(Call& call) {
  if (auto refusal = refuse_parameters(call)) return std::move(*refusal);
  const auto job = job_of(call.parameters);
  const auto selection = select_guests(call.state, job, call.node());
  if (call.parameters.flag("stop")) {
    auto stopped = stop_running(call);
    if (stopped.status != 200 || selection.here.empty()) return stopped;
  }
  const bool all = get(job, "all") == "1" || has(job, "exclude");
  // PVE answers "OK" without a task if all guests are on other nodes.
  if (selection.here.empty() && !all) return Answer::of("OK");
  const auto id = call.parameters.text("storage", "local");
  if (auto refusal = refuse(call, "/storage/" + id, {"Datastore.AllocateSpace"})) return std::move(*refusal);
  const auto task_id = selection.here.size() == 1 ? std::to_string(selection.here.front()) : std::string();
  if (const auto error = unusable(call, id)) {
    call.parameters.erase("vmid");
    return failing_task(call, "vzdump", task_id, *error);
  }
  Selection allowed{{}, selection.elsewhere};
  for (const auto vmid : selection.here) {
    const auto path = fmt::format("/vms/{}", vmid);
    if (call.state.guest(vmid) == nullptr || may(call, path, "VM.Backup")) {
      allowed.here.push_back(vmid);
    } else if (!all) {
      call.parameters.erase("vmid");
      return failing_task(call, "vzdump", task_id,
                          fmt::format("Permission check failed ({}, VM.Backup)", path));
    }
  }
  const auto guests = static_cast<int>(std::clamp<std::size_t>(allowed.here.size(), 1, 100));
  const auto duration = std::min(kLongest, kPerGuest * guests);
  const auto scaled = std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(duration.count()) * call.state.options.task_speed));
  auto run = plan(call, *call.state.storage(id), allowed, scaled);
  return start(call, std::move(run), task_id, duration);
}

}  // namespace simulator
