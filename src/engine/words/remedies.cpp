#include "engine/words/remedies.h"

#include <iterator>

namespace engine {
namespace {

using base::Method;
using pve::Cause;
using tool::Endpoint;

constexpr Endpoint kClusterStatus{Method::Get, "/cluster/status"};
constexpr Endpoint kResources{Method::Get, "/cluster/resources"};
constexpr Endpoint kNodes{Method::Get, "/nodes"};
constexpr Endpoint kNodeStorage{Method::Get, "/nodes/{node}/storage"};
constexpr Endpoint kStorage{Method::Get, "/storage"};
constexpr Endpoint kTasks{Method::Get, "/nodes/{node}/tasks"};
constexpr Endpoint kTaskStatus{Method::Get, "/nodes/{node}/tasks/{upid}/status"};

struct AdviceRow {
  Advice advice;
  Remedy remedy;
};

constexpr AdviceRow kAdviceRows[] = {
    {Advice::AwaitTask,
     {"Use {} with wait to wait for its end.", kTaskStatus, "PVE's task list shows when it has ended."}},
    {Advice::AwaitTaskAndRepeat,
     {"Use {} with this upid and wait to wait for its end, then try again.", kTaskStatus,
      "Wait for its end, then try again."}},
    {Advice::StopTask,
     {"Use {} to stop it.",
      {Method::Delete, "/nodes/{node}/tasks/{upid}"},
      "An administrator can stop it in PVE's task list."}},
    {Advice::ReadTaskEnd,
     {"Use {} to learn how it ended.", kTaskStatus, "PVE's task list shows how it ended."}},
    {Advice::FollowHa,
     {"Use {} to see what it does.",
      {Method::Get, "/cluster/ha/status/current"},
      "In PVE, Datacenter > HA shows what it does."}},
    {Advice::FindGuest, {"use {} to list the guests", kResources, "ask the user which guest is meant"}},
    {Advice::FindTask, {"use {} to list tasks", kTasks, "take it from the answer that started the task"}},
    {Advice::FindInterface,
     {"use {} to list them", {Method::Get, "/nodes/{node}/network"}, "ask the user for it"}},
    {Advice::FindNode, {"use {} to list them", kNodes, "ask the user for it"}},
    {Advice::FindPool, {"use {} to list them", {Method::Get, "/pools"}, "ask the user for it"}},
    {Advice::FindRealm, {"use {} to list them", {Method::Get, "/access/domains"}, "ask the user for it"}},
    {Advice::FindRole, {"use {} to list them", {Method::Get, "/access/roles"}, "ask the user for it"}},
    {Advice::FindStorage, {"use {} to list them", kStorage, "ask the user for it"}},
    {Advice::FindUser, {"use {} to list them", {Method::Get, "/access/users"}, "ask the user for it"}},
};

struct CauseRow {
  Cause cause;
  Remedy remedy;
};

constexpr CauseRow kCauseRows[] = {
    {Cause::NotForTokens, {"PVE never allows this call to an API token."}},
    {Cause::RootOnly, {"PVE allows this only to root@pam logged in with a password, not to an API token."}},
    {Cause::RootOnlyOption,
     {"PVE allows this setting only to root@pam logged in with a password; no right of an API token changes "
      "that. Leave it out, or have it done on a node as root (qm set, pct set)."}},
    {Cause::NoPrivilege,
     {"The API token or its user lacks this privilege on this path, or the object of that path does not "
      "exist. Ask an administrator to grant it with a role on that path, and to name the present roles there "
      "again, because an entry on a deeper path replaces inherited roles."}},
    {Cause::NoQuorum,
     {"The cluster has no quorum and refuses changes. Bring the missing nodes back; use {} to see which "
      "are missing.",
      kClusterStatus,
      "The cluster has no quorum and refuses changes. Bring the missing nodes back; \"pvecm status\" on a "
      "node shows which are left."}},
    {Cause::FilesReadOnly,
     {"The cluster's files are read-only, most likely because the cluster has no quorum. Use {} to check.",
      kClusterStatus,
      "The cluster's files are read-only, most likely because the cluster has no quorum. Check with "
      "\"pvecm status\" on a node."}},
    {Cause::ClusterNotReady,
     {"The cluster refuses changes for now. Use {} to look for missing nodes.", kClusterStatus,
      "The cluster refuses changes for now. Look for missing nodes with \"pvecm status\" on a node."}},
    {Cause::ClusterLockBusy, {"Another change holds the cluster's lock. Try again in a moment."}},
    {Cause::LockFileBusy,
     {"A running task holds the lock, or PVE's own clean-up does for up to 30 s after the guest has stopped. "
      "Use {} with source=active to look for a task, and try again.",
      kTasks,
      "A running task holds the lock, or PVE's own clean-up does for up to 30 s after the guest has stopped. "
      "Try again in a moment."}},
    {Cause::GuestSuspended,
     {"The VM is suspended to disk: its RAM is saved there. Use {} to resume it; until then PVE changes "
      "nothing about it. Deleting it loses the saved state.",
      {Method::Post, "/nodes/{node}/qemu/{vmid}/status/start"},
      "The VM is suspended to disk: its RAM is saved there. Start it to resume it; until then PVE changes "
      "nothing about it. Deleting it loses the saved state."}},
    {Cause::GuestLocked,
     {"A task holds this lock, or an interrupted task left it behind. Use {} with source=active to look for "
      "the task. If none runs, an administrator removes the lock with qm unlock or pct unlock.",
      kTasks,
      "A task holds this lock, or an interrupted task left it behind. Look for the task in PVE's task list. "
      "If none runs, an administrator removes the lock with qm unlock or pct unlock."}},
    {Cause::GuestNotOnNode,
     {"There is no such guest on this node. Use {} to see whether and where it exists.", kResources,
      "There is no such guest on this node. Check its number and its node."}},
    {Cause::NoSuchNode,
     {"No node has this name. Use {} to list the nodes of this cluster.", kNodes,
      "No node has this name. Check how it is written."}},
    {Cause::ConfigurationChanged,
     {"The configuration changed since you read it. Read it again and repeat with the new digest."}},
    {Cause::NoGuestAgent,
     {"Install qemu-guest-agent in the guest and set agent=1 in the VM's configuration."}},
    {Cause::GuestAgentSilent, {"Start qemu-guest-agent in the guest, or wait until the guest has booted."}},
    {Cause::HaGroupsMigrated, {"Since PVE 9, HA rules replace HA groups."}},
    {Cause::NoStatistics,
     {"PVE has no statistics of this object. It is new (statistics begin about a minute after its start) or "
      "does not exist. Use {} to list the existing ones.",
      kResources,
      "PVE has no statistics of this object. It is new (statistics begin about a minute after its start) or "
      "does not exist."}},
    {Cause::Protected, {"Set protection=0 in its configuration first."}},
    {Cause::IsTemplate,
     {"A template cannot run. Use {} to create a guest from it.",
      {Method::Post, "/nodes/{node}/qemu/{vmid}/clone"},
      "A template cannot run. Clone it to create a guest from it."}},
    {Cause::UsedByLinkedClone,
     {"Linked clones still read this template's disk. Delete them first, or move their disks to a storage, "
      "which makes full copies."}},
    {Cause::AlreadyRunning,
     {"It runs already; nothing was changed. A VM that is paused counts as running: resume it."}},
    {Cause::ShutdownTimedOut,
     {"The guest did not shut down in time. Without ACPI or the guest agent it cannot shut down cleanly. "
      "Look at its console, or stop it."}},
    {Cause::StillRunning, {"Stop it first."}},
    {Cause::NotRunning, {"Start it first. Use {} to see its state.", kResources, "Start it first."}},
    {Cause::Paused,
     {"Use {} to resume it first. You can also stop it, without a clean shutdown.",
      {Method::Post, "/nodes/{node}/qemu/{vmid}/status/resume"},
      "Resume it first. You can also stop it, without a clean shutdown."}},
    {Cause::NotFinalized,
     {"The VM was halted after its RAM was saved, for example by a snapshot with RAM of a paused VM "
      "(finish-migrate). Resuming does not help. Stop it and start it again; the content of its RAM is "
      "lost."}},
    {Cause::UsedByHa,
     {"Use {} to remove it from HA first, or delete it with purge=true, which also removes it from backup "
      "jobs, replication and HA.",
      {Method::Delete, "/cluster/ha/resources/{sid}"},
      "Remove it from HA first (in PVE: Datacenter > HA), or delete it with purge=true, which also removes "
      "it from backup jobs, replication and HA."}},
    {Cause::HaError,
     {"HA gave up on the guest and does nothing more until its HA state is disabled. Use {} with "
      "state=disabled, remove the cause (see HA's log and the task of the guest's last start), then set "
      "state=started.",
      {Method::Put, "/cluster/ha/resources/{sid}"},
      "HA gave up on the guest and does nothing more until its HA state is disabled. In PVE under Datacenter "
      "> HA, set it to disabled, remove the cause, then set it to started."}},
    {Cause::NotInHa,
     {"HA does not manage this guest. Use {} to list the guests that it manages.",
      {Method::Get, "/cluster/ha/resources"},
      "HA does not manage this guest, so there is nothing to change."}},
    {Cause::StorageNotOnNode,
     {"Use {} to list the storages of this node.", kNodeStorage,
      "Choose a storage of this node; PVE lists them below the node."}},
    {Cause::StorageOffline,
     {"The storage's server does not answer. Check the server and the network to it."}},
    {Cause::StorageDisabled,
     {"The storage is disabled in the storage configuration. Use {} to see it.", kStorage,
      "The storage is disabled in the storage configuration (in PVE: Datacenter > Storage)."}},
    {Cause::OutOfSpace,
     {"Use {} to see the free space of each storage.", kNodeStorage,
      "Look at the free space of the node's storages in PVE."}},
    {Cause::MigratesOnlyOnline, {"Repeat with online=true."}},
    {Cause::ClonesOnlyFromSnapshot,
     {"Use {} and clone that with snapname, or stop the container first.",
      {Method::Post, "/nodes/{node}/lxc/{vmid}/snapshot"},
      "Make a snapshot and clone that with snapname, or stop the container first."}},
    {Cause::ClonesOnlyInFull, {"Repeat with full=true: this storage has no linked clones of this disk."}},
    {Cause::NoSnapshots, {"A disk on this storage cannot be snapshotted. Back the guest up instead."}},
    {Cause::VolumeUnreadable,
     {"Write a new disk as STORAGE:GIB, a number without a unit (local:32 has 32 GiB), and an existing one "
      "as "
      "STORAGE:VOLUME. Use {} to list the volumes of a storage.",
      {Method::Get, "/nodes/{node}/storage/{storage}/content"},
      "Write a new disk as STORAGE:GIB, a number without a unit (local:32 has 32 GiB), and an existing one "
      "as "
      "STORAGE:VOLUME."}},
    {Cause::ImportMissing,
     {"No volume with this name can be imported. Use {} with content=import or content=images to list those "
      "that can.",
      {Method::Get, "/nodes/{node}/storage/{storage}/content"},
      "No volume with this name can be imported. PVE lists those that can below the storage, under Import "
      "and VM Disks."}},
    {Cause::ImportIsNoImage,
     {"Only disk images can be imported. An ISO image is attached as a CD: "
      "ide2=STORAGE:iso/NAME,media=cdrom."}},
    {Cause::ImportWithSize,
     {"An import takes the size of its source: write STORAGE:0,import-from=VOLUME and resize the disk "
      "afterwards."}},
    {Cause::ClonesOnlyHere,
     {"Clone it without target, on its own node, and move the clone afterwards with {}.",
      {Method::Post, "/nodes/{node}/qemu/{vmid}/migrate"},
      "Clone it without target, on its own node, and migrate the clone afterwards."}},
    {Cause::TooManyCpus, {"The node has no more CPUs than that: lower sockets × cores."}},
    {Cause::NoSuchMapping,
     {"The cluster has no such mapping for this node. An administrator can create one in PVE under "
      "Datacenter > Resource Mappings."}},
    {Cause::HotplugFailed,
     {"PVE could not change the running guest and keeps the value as pending. The next start uses it, and "
      "fails if the object that it names does not exist."}},
    {Cause::PoolNotEmpty,
     {"Remove its members first: use {} with delete=true.",
      {Method::Put, "/pools"},
      "Remove its members first."}},
    {Cause::GuestExists,
     {"Choose another number; use {} to get a free one.",
      {Method::Get, "/cluster/nextid"},
      "Choose another number."}},
    {Cause::AlreadyExists, {"Choose another name, or change the one that exists."}},
    {Cause::TimedOut, {"Another operation held the lock for too long. Try again in a moment."}},
    {Cause::ClusterFilesDown,
     {"The node's cluster file system is down. Look at \"systemctl status pve-cluster\" on that node."}},
    {Cause::NotImplemented, {"This version of PVE does not have this call."}},
    {Cause::DaemonDown,
     {"PVE could not forward the call: pvedaemon, or pveproxy of the other node, does not run there. Look at "
      "\"systemctl status pvedaemon pveproxy\"."}},
    {Cause::NodeUnreachable,
     {"PVE could not reach the node of this call: it is offline or cut off. Use {} to see its status.",
      kNodes,
      "PVE could not reach the node of this call: it is offline or cut off. Check that it runs and that the "
      "cluster's network reaches it."}},
    {Cause::NodeSilent,
     {"PVE forwarded the call and got no answer: the node hangs, or the call failed halfway."}},
    {Cause::AnswerBrokeOff, {"PVE forwarded the call, and the answer broke off."}},
};

constexpr std::string_view kPlace = "{}";

/// A remedy has one place for the tool's name in `with`, and none in `without`.
constexpr bool is_sound(const Remedy& remedy) {
  const auto place = remedy.with.find(kPlace);
  if (remedy.tool.path.empty()) return place == std::string_view::npos && !remedy.with.empty();
  return place != std::string_view::npos && remedy.with.find(kPlace, place + 1) == std::string_view::npos &&
         !remedy.without.empty() && remedy.without.find(kPlace) == std::string_view::npos;
}

/// Each enumerator has one row, in the order of the enumeration.
constexpr bool is_whole() {
  for (std::size_t i = 0; i < std::size(kAdviceRows); ++i) {
    if (kAdviceRows[i].advice != static_cast<Advice>(i) || !is_sound(kAdviceRows[i].remedy)) return false;
  }
  for (std::size_t i = 0; i < std::size(kCauseRows); ++i) {
    if (kCauseRows[i].cause != static_cast<Cause>(i + 1) || !is_sound(kCauseRows[i].remedy)) return false;
  }
  return std::size(kAdviceRows) == static_cast<std::size_t>(Advice::FindUser) + 1 &&
         std::size(kCauseRows) + 1 == pve::kCauses;
}
static_assert(is_whole());

}  // namespace

std::string advise(const Remedy& remedy, const guard::MayUse& may) {
  if (remedy.tool.path.empty()) return std::string(remedy.with);
  const auto name = may.tool(remedy.tool);
  if (name.empty()) return std::string(remedy.without);
  std::string text(remedy.with);
  return text.replace(text.find(kPlace), kPlace.size(), name);
}

std::string advise(Advice advice, const guard::MayUse& may) {
  return advise(kAdviceRows[static_cast<std::size_t>(advice)].remedy, may);
}

std::string remedy(pve::Cause cause, const guard::MayUse& may) {
  if (cause == Cause::Unknown) return {};
  return advise(kCauseRows[static_cast<std::size_t>(cause) - 1].remedy, may);
}

std::string explanation(const pve::Error& error, std::string_view what, std::string_view base_url,
                        const guard::MayUse& may, std::string_view better) {
  return pve::explain(error, what, base_url,
                      better.empty() ? remedy(pve::cause_of(error), may) : std::string(better));
}

std::vector<Remedy> remedies() {
  std::vector<Remedy> all;
  for (const auto& row : kAdviceRows) all.push_back(row.remedy);
  for (const auto& row : kCauseRows) all.push_back(row.remedy);
  return all;
}

}  // namespace engine
