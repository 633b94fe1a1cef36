// What a call is about. about.h derives it from method and path.
#pragma once

#include <cstdint>
#include <string_view>

#include "tool/few.h"

namespace tool {

/// The kind of object that a call reads or changes.
enum class Subject : std::uint8_t {
  Acl,
  Acme,
  Backup,
  BackupJob,
  Ceph,
  Certificate,
  Cluster,
  Console,
  Container,
  CpuModel,
  Disk,
  Firewall,
  FirewallRule,  ///< its state is the list that it is in: the positions of the others depend on it
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

/// What a call does to a guest, of both kinds. Of calls whose answers and rules are alike it is None.
enum class Action : std::uint8_t {
  None,
  Clone,
  Configure,
  Create,  ///< anew or from a backup
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

/// The argument that tells on which {node} the object is, so that the caller need not name it.
enum class Locator : std::uint8_t {
  None,
  Guest,   ///< {vmid}
  Guests,  ///< the list of guests that a backup is of
  Task,    ///< {upid}
};

struct About {
  Subject subject = Subject::Unknown;
  GuestKind guest = GuestKind::None;
  Action action = Action::None;
  Locator locator = Locator::None;
  /// Afterwards the list of guests shows another number, name, node or kind than before.
  bool changes_guest_list = false;
  /// PVE's task that fails because the guest is not on the node has changed nothing, so that the call may be
  /// sent once more to where the guest is. Not for what ends or moves a guest: it may fail so after the deed.
  bool may_be_repeated = false;
  /// A second identical call changes nothing more. Of a GET false.
  bool idempotent = false;
  /// Of a PUT that it takes nothing away: a disk grows, and cannot shrink.
  bool only_adds = false;
  /// A PUT that PVE carries out while the call waits. By POST to the same path it does the same as a task.
  bool task_by_post = false;
  /// Template of the GET that shows the object's present state; the arguments of the call fill it. Of a
  /// configuration it shows what is pending too. Of a GET its own path. Empty where PVE shows none.
  std::string_view state{};
  /// The names in the path's braces, in their order. They are PVE's (wire) names.
  Few<std::string_view, 5> path_names{};

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
