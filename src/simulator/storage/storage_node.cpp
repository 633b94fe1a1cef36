#include "simulator/storage/storage_node.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/backup/backup_prune.h"
#include "simulator/core/permission.h"
#include "simulator/core/storage_check.h"
#include "simulator/core/tasks.h"
#include "simulator/node/resources.h"
#include "simulator/node/usage.h"
#include "simulator/storage/storage_types.h"
#include "simulator/storage/storage_volume.h"

namespace simulator {
namespace {

constexpr std::chrono::milliseconds kRemoval{400};

std::string_view content_of(const Storage& storage) {
  const auto* type = storage_type(storage.type());
  return get(storage.config, "content", type == nullptr ? std::string_view{} : type->default_content);
}

/// The row without the storage's id.
base::JsonObject usage_row(const State& state, const Storage& storage, std::string_view node) {
  const bool enabled = storage.enabled() && storage.on(node);
  base::JsonObject row{{"type", storage.type()},
                       {"content", content_of(storage)},
                       {"shared", storage.shared() ? 1 : 0},
                       {"enabled", enabled ? 1 : 0},
                       {"active", enabled ? 1 : 0},
                       {"total", 0},
                       {"used", 0},
                       {"avail", 0}};
  if (!enabled) return row;
  const auto usage = storage_usage(state, storage, node);
  row["total"] = usage.total;
  row["used"] = usage.used;
  row["avail"] = usage.avail;
  return row;
}

bool holds_any(const Storage& storage, const std::vector<std::string>& kinds) {
  return std::ranges::any_of(kinds, [&](const auto& kind) { return storage.holds(kind); });
}

std::optional<Answer> bad_content(const std::vector<std::string>& kinds) {
  for (const auto& kind : kinds) {
    const auto* dir = storage_type("dir");
    const auto known = base::split(dir->content, ' ');
    if (std::ranges::find(known, std::string_view(kind)) != known.end()) continue;
    return Answer::bad("content", fmt::format("invalid format - invalid content type '{}'\n", kind));
  }
  return std::nullopt;
}

/// The call's storage, or PVE's refusal if the call's node cannot use it.
std::expected<const Storage*, Answer> usable(const Call& call) {
  const auto id = call.parameters.text("storage");
  if (auto error = storage_error(call.state, id, call.node())) {
    return std::unexpected(Answer::fail(std::move(*error)));
  }
  return call.state.storage(id);
}

/// The call's volume id. PVE accepts "backup/x" and "local:backup/x".
std::expected<std::string, Answer> volume_id(const Call& call) {
  const auto storage = call.parameters.text("storage");
  auto volume = call.parameters.text("volume");
  const auto colon = volume.find(':');
  // The time in the name of a PBS backup also has colons, but only after a slash.
  if (colon == std::string::npos || volume.find('/') < colon) return storage + ":" + volume;
  if (volume.substr(0, colon) != storage) {
    return std::unexpected(Answer::bad("storage", "storage ID missmatch"));
  }
  return volume;
}

/// PVE's refusal if the caller may not access the volume (PVE::Storage::check_volume_access).
std::optional<Answer> no_access(const Call& call, const VolumeName& name) {
  const auto path = "/storage/" + name.storage;
  if (may(call, path, "Datastore.Allocate")) return std::nullopt;
  if (name.content == "iso" || name.content == "vztmpl" || name.content == "import") {
    if (may_any(call, path, {"Datastore.AllocateSpace", "Datastore.Audit"})) return std::nullopt;
    return Answer::denied(path, "Datastore.AllocateSpace|Datastore.Audit");
  }
  if (name.vmid == 0) {
    return Answer::fail(fmt::format("missing privileges to access {}:{}", name.storage, name.name));
  }
  const bool backup = name.content == "backup";
  if (auto refusal = refuse(call, path, {backup ? "Datastore.AllocateSpace" : "Datastore.Audit"})) {
    return refusal;
  }
  return refuse(call, fmt::format("/vms/{}", name.vmid), {backup ? "VM.Backup" : "VM.Config.Disk"});
}

/// The storage and the volume in a call. The volume need not exist.
struct NamedVolume {
  const Storage* storage = nullptr;
  std::string volid;
  VolumeName name;
};

std::expected<NamedVolume, Answer> named(const Call& call) {
  auto volid = volume_id(call);
  if (!volid) return std::unexpected(std::move(volid.error()));
  const auto storage = usable(call);
  if (!storage) return std::unexpected(storage.error());
  auto name = parse_volume_name(*volid);
  if (name.content.empty()) return std::unexpected(unparsable(**storage, name));
  return NamedVolume{*storage, std::move(*volid), std::move(name)};
}

/// The same, or PVE's refusal if the caller may not access the volume.
std::expected<NamedVolume, Answer> accessible(const Call& call) {
  auto found = named(call);
  if (!found) return found;
  if (auto refusal = no_access(call, found->name)) return std::unexpected(std::move(*refusal));
  return found;
}

base::JsonObject content_row(const Volume& volume, bool files) {
  base::JsonObject row{{"volid", volume.volid},
                       {"content", volume.content},
                       {"format", volume.format},
                       {"size", volume.size},
                       {"ctime", volume.ctime}};
  if (volume.vmid != 0) row["vmid"] = volume.vmid;
  if (volume.content == "backup") {
    row["subtype"] = backup_type(volume);
    const auto first_line = volume.notes.substr(0, volume.notes.find('\n'));
    if (!first_line.empty()) row["notes"] = first_line;
    if (volume.is_protected) row["protected"] = 1;
  } else if (volume.content == "images" || volume.content == "rootdir") {
    if (files) row["used"] = volume.used != 0 ? volume.used : volume.size;
    if (!volume.parent.empty()) {
      row["parent"] = volume.parent;
    } else if (files) {
      row["parent"] = nullptr;
    }
  }
  return row;
}

base::JsonArray prune_rows(const std::vector<PruneMark>& marks) {
  base::JsonArray rows;
  for (const auto& entry : marks) {
    base::JsonObject row{{"volid", entry.volume->volid},
                         {"ctime", entry.volume->ctime},
                         {"type", backup_type(*entry.volume)},
                         {"mark", entry.mark}};
    if (entry.volume->vmid != 0) row["vmid"] = entry.volume->vmid;
    rows.emplace_back(std::move(row));
  }
  return rows;
}

std::string retention_of(const Call& call, const Storage& storage) {
  return call.parameters.text("prune-backups", get(storage.config, "prune-backups", "keep-all=1"));
}

TaskEnd removed(State& state, const std::string& volid, const std::string& node) {
  const auto name = parse_volume_name(volid);
  const auto* volume = state.volume(volid, node);
  if (volume != nullptr && volume->is_protected) {
    return {fmt::format("cannot remove protected volume '{}' on '{}'", name.name, name.storage), {}};
  }
  for (const auto& [key, other] : state.volumes) {
    if (volume == nullptr || other.parent != volume->volid) continue;
    return {fmt::format("base volume '{}' is still in use by linked cloned volumes", name.name), {}};
  }
  std::vector<std::string> log;
  if (volume == nullptr) {
    const auto* storage = state.storage(name.storage);
    const auto path = storage == nullptr ? volid : volume_path(*storage, name);
    log.push_back(fmt::format("disk image '{}' does not exist", path));
  }
  state.drop_volume(volid, node);
  log.push_back(fmt::format("Removed volume '{}'", volid));
  return {"OK", std::move(log)};
}

}  // namespace

Answer storage_on_node(Call& call) {
  const auto node = call.node();
  const auto wanted = call.parameters.text("storage");
  const auto kinds = call.parameters.list("content");
  const auto target = call.parameters.text("target");
  if (auto refusal = bad_content(kinds)) return std::move(*refusal);
  if (!wanted.empty() && call.state.storage(wanted) == nullptr) {
    return Answer::bad("storage", "No such storage.");
  }
  base::JsonArray rows;
  for (const auto& [id, storage] : call.state.storages) {
    if (!sees_storage(call, storage)) continue;
    if (!wanted.empty() && id != wanted) continue;
    if (call.parameters.flag("enabled") && !storage.enabled()) continue;
    if (!kinds.empty() && (!holds_any(storage, kinds) || !storage.enabled() || !storage.on(node))) continue;
    if (!target.empty() && target != node &&
        (!storage.shared() || !storage.on(node) || !storage.on(target))) {
      continue;
    }
    auto row = usage_row(call.state, storage, node);
    row["storage"] = id;
    const auto usage = storage_usage(call.state, storage, node);
    if (row["active"] == 1 && usage.total != 0) {
      row["used_fraction"] = static_cast<double>(usage.used) / static_cast<double>(usage.total);
    }
    rows.emplace_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

Answer storage_status(Call& call) {
  const auto* storage = call.state.storage(call.parameters.text("storage"));
  if (storage == nullptr) return Answer::bad("storage", "No such storage.");
  return Answer::of(usage_row(call.state, *storage, call.node()));
}

Answer storage_content(Call& call) {
  const auto kind = call.parameters.text("content");
  if (!kind.empty()) {
    if (auto refusal = bad_content({kind})) return std::move(*refusal);
  }
  const auto storage = usable(call);
  if (!storage) return storage.error();
  const auto vmid = call.vmid();
  base::JsonArray rows;
  const auto first = call.state.volumes.lower_bound({(*storage)->id + ":", std::string()});
  for (auto it = first; it != call.state.volumes.end() && it->second.storage() == (*storage)->id; ++it) {
    const auto& volume = it->second;
    if (!(*storage)->shared() && volume.node != call.node()) continue;
    if (!kind.empty() && volume.content != kind) continue;
    if (!(*storage)->holds(volume.content) || (vmid != 0 && volume.vmid != vmid)) continue;
    if (no_access(call, parse_volume_name(volume.volid))) continue;
    rows.emplace_back(content_row(volume, keeps_files(**storage)));
  }
  return Answer::of(std::move(rows));
}

Answer volume_read(Call& call) {
  const auto found = accessible(call);
  if (!found) return found.error();
  const auto& [storage, volid, name] = *found;
  const auto* volume = call.state.volume(volid, call.node());
  if (volume == nullptr) {
    return Answer::fail(fmt::format("volume_size_info on '{}' failed - no format", volid));
  }
  const bool backup = volume->content == "backup";
  const bool raw = backup || volume->content == "iso" || volume->content == "vztmpl";
  base::JsonObject row{{"path", volume_path(*storage, name)},
                       {"size", volume->size},
                       {"used", volume->used != 0 ? volume->used : volume->size},
                       {"format", raw ? "raw" : volume->format}};
  if (backup) {
    row["notes"] = volume->notes;
    row["protected"] = volume->is_protected ? 1 : 0;
  }
  return Answer::of(std::move(row));
}

Answer volume_update(Call& call) {
  const auto found = accessible(call);
  if (!found) return found.error();
  const auto& [storage, volid, name] = *found;
  auto* volume = call.state.volume(volid, call.node());
  for (const std::string_view attribute : {"notes", "protected"}) {
    if (!call.parameters.has(attribute)) continue;
    if (volume == nullptr || volume->content != "backup") {
      return Answer::fail(
          fmt::format("attribute '{}' is not supported for storage type '{}'", attribute, storage->type()));
    }
  }
  if (call.parameters.has("notes")) volume->notes = call.parameters.text("notes");
  if (call.parameters.has("protected")) volume->is_protected = call.parameters.flag("protected");
  return Answer::of();
}

Answer volume_delete(Call& call) {
  const auto found = named(call);
  if (!found) return found.error();
  const auto& [storage, volid, name] = *found;
  const auto path = "/storage/" + name.storage;
  const bool owned_backup = name.content == "backup" && name.vmid != 0;
  auto refusal = refuse(call, path, {owned_backup ? "Datastore.AllocateSpace" : "Datastore.Allocate"});
  if (!refusal && owned_backup) refusal = refuse(call, fmt::format("/vms/{}", name.vmid), {"VM.Backup"});
  if (refusal) return std::move(*refusal);
  const auto id = name.vmid == 0 ? name.storage : fmt::format("{}@{}", name.vmid, name.storage);
  auto work = [gone = volid, node = call.node()](State& state) { return removed(state, gone, node); };
  const bool wait = call.parameters.has("delay");
  auto answer = run_task(call, "imgdel", id, wait ? std::chrono::milliseconds(0) : kRemoval, std::move(work));
  if (!wait) return answer;
  const auto* task = find_task(call.state, answer.data.as_string());
  if (task != nullptr && task->status != "OK") return Answer::fail(task->status);
  return Answer::of();
}

Answer prune_preview(Call& call) {
  const auto storage = usable(call);
  if (!storage) return storage.error();
  return Answer::of(prune_rows(prune_marks(call.state, **storage, call.node(), retention_of(call, **storage),
                                           call.vmid(), call.parameters.text("type"))));
}

Answer prune_run(Call& call) {
  const auto id = call.parameters.text("storage");
  const auto vmid = call.vmid();
  auto refusal =
      refuse(call, "/storage/" + id, {vmid != 0 ? "Datastore.AllocateSpace" : "Datastore.Allocate"});
  if (!refusal && vmid != 0) refusal = refuse(call, fmt::format("/vms/{}", vmid), {"VM.Backup"});
  if (refusal) return std::move(*refusal);
  auto work = [id, vmid, node = call.node(), given = call.parameters.text("prune-backups"),
               type = call.parameters.text("type")](State& state) -> TaskEnd {
    const auto* storage = state.storage(id);
    if (storage == nullptr) return {fmt::format("storage '{}' does not exist", id), {}};
    const auto retention = given.empty() ? std::string(get(storage->config, "prune-backups")) : given;
    TaskEnd end;
    std::vector<std::string> gone;
    for (const auto& entry : prune_marks(state, *storage, node, retention, vmid, type)) {
      if (entry.mark == "remove") gone.push_back(entry.volume->volid);
    }
    for (const auto& volid : gone) {
      end.log.push_back(fmt::format("removing backup '{}'", volid));
      state.drop_volume(volid, node);
    }
    return end;
  };
  return run_task(call, "prunebackups", vmid == 0 ? id : fmt::format("{}@{}", vmid, id), kRemoval,
                  std::move(work));
}

}  // namespace simulator
