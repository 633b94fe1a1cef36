// The types that describe what a call is about. about.h derives them from method and path.
#pragma once

#include <cstdint>
#include <string_view>

#include "tool/inplace_vector.h"

namespace tool {

/// The kind of object that a call reads or changes.
enum class Subject : std::uint8_t {
  Acl,
  Acme,
  Backup,
  BackupJob,
  Calls,  ///< a list of calls that PVE carries out as one
  Ceph,
  Certificate,
  Cluster,
  Console,
  Container,
  CpuModel,
  Disk,
  Firewall,
  FirewallRule,  ///< its state is the whole list, since a change shifts the other positions
  Group,
  Guests,  ///< several guests at once
  Ha,
  Job,
  Mapping,
  Metrics,
  Network,
  Node,
  Notification,
  Package,
  Pool,
  Realm,
  Replication,
  Role,
  Sdn,
  SecondFactor,
  Service,
  Session,
  Snapshot,
  Storage,
  Subscription,
  Task,
  Token,
  User,
  Vm,
  Volume,
  Unknown,  ///< an endpoint that the table does not have, or a report, which has no path
};

/// The kind of the guest that {vmid} in the path names.
enum class GuestKind : std::uint8_t { None, Vm, Container };

/// What a call does to a guest, for both kinds of guest. None if no rule or answer depends on it.
enum class Action : std::uint8_t {
  None,
  Clone,
  Configure,
  Create,  ///< new, or from a backup
  Delete,
  DeleteSnapshot,
  Migrate,
  ReadConfig,
  ReadStatus,
  Reboot,
  RemoteMigrate,
  Reset,
  Resize,
  Resume,
  RollBack,
  Shutdown,
  Start,
  Stop,
  Suspend,
  TakeSnapshot,
  Template,
};

/// The argument from which the server finds {node}, so that the caller need not give it.
enum class Locator : std::uint8_t {
  None,
  Guest,   ///< {vmid}
  Guests,  ///< the list of guests to back up
  Task,    ///< {upid}
};

struct About {
  Subject subject = Subject::Unknown;
  GuestKind guest = GuestKind::None;
  Action action = Action::None;
  Locator locator = Locator::None;
  /// The call changes a number, name, node or kind in the list of guests.
  bool changes_guest_list = false;
  /// If PVE's task fails because the guest is not on the node, it has changed nothing, so the server may
  /// repeat the call on the guest's node. False for calls that end or move a guest: their task may fail this
  /// way after the change.
  bool may_be_repeated = false;
  /// A second identical call changes nothing more. False for a GET.
  bool idempotent = false;
  /// For a PUT: it never removes anything. Example: a disk can grow but not shrink.
  bool only_adds = false;
  /// For a PUT that PVE completes before it answers: a POST to the same path does the same as a task.
  bool task_by_post = false;
  /// Template of the GET that returns the object's present state; the arguments of the call fill it. For a
  /// configuration it includes pending changes. For a GET it is the call's own path. Empty if PVE has no such
  /// GET.
  std::string_view state{};
  /// The names in the path's braces, in order, as PVE writes them.
  InplaceVector<std::string_view, 5> path_names{};

  constexpr bool in_path(std::string_view wire) const {
    for (const auto name : path_names) {
      if (name == wire) return true;
    }
    return false;
  }
};

/// The noun in a sentence: "VM", "container".
constexpr std::string_view noun(GuestKind kind) { return kind == GuestKind::Container ? "container" : "VM"; }

}  // namespace tool
