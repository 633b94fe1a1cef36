#include "pve/causes.h"

namespace pve {
namespace {

struct Said {
  std::string_view words;  ///< of PVE, as they begin or occur in its message
  Cause cause;
  bool begins = false;  ///< must be at the beginning: later in the message the words may be a value of the
                        ///< call that PVE repeats
};

// The first match counts.
constexpr Said kSaid[] = {
    {"not available with API token", Cause::NotForTokens},
    {"user != root@pam", Cause::RootOnly},
    {"Only root may use this option", Cause::RootOnlyOption},
    {"Only root may set this option", Cause::RootOnlyOption},
    {"Only root can pass arbitrary filesystem paths", Cause::RootOnlyOption},
    {"only root can set", Cause::RootOnlyOption},
    {"is only allowed for root@pam", Cause::RootOnlyOption},
    {"only root can", Cause::RootOnly},
    {"Permission check failed", Cause::NoPrivilege, true},
    {"no quorum", Cause::NoQuorum},
    {"unable to open file '/etc/pve/", Cause::FilesReadOnly},
    {"cluster not ready", Cause::ClusterNotReady},
    {"got lock request timeout", Cause::ClusterLockBusy},
    {"can't lock file", Cause::LockFileBusy},
    {"is locked (suspended)", Cause::GuestSuspended},
    {"is locked (", Cause::GuestLocked},
    {"Configuration file 'nodes/", Cause::GuestNotOnNode},
    {"unable to find configuration file for", Cause::GuestNotOnNode},
    {"no such cluster node", Cause::NoSuchNode},
    {"hostname lookup", Cause::NoSuchNode},
    {"detected modified configuration", Cause::ConfigurationChanged},
    {"checksum mismatch", Cause::ConfigurationChanged},
    {"No QEMU guest agent configured", Cause::NoGuestAgent},
    {"QEMU guest agent is not running", Cause::GuestAgentSilent},
    {"ha groups have been migrated to rules", Cause::HaGroupsMigrated},
    {"RRD error", Cause::NoStatistics},
    {"protection mode enabled", Cause::Protected},
    {"if it's a template", Cause::IsTemplate},
    {"is still in use by linked clone", Cause::UsedByLinkedClone},
    {"already running", Cause::AlreadyRunning},
    {"quit/powerdown failed", Cause::ShutdownTimedOut},
    {"is running - destroy failed", Cause::StillRunning},
    {"container is running", Cause::StillRunning},
    {"can't overwrite running container", Cause::StillRunning},
    {"not running", Cause::NotRunning},
    {"is paused", Cause::Paused},
    {"Migration is not finalized", Cause::NotFinalized},
    {"used in HA resources", Cause::UsedByHa},
    {"in error state, must be disabled and fixed first", Cause::HaError},
    {"not HA managed", Cause::NotInHa},
    {"is not available on node", Cause::StorageNotOnNode},
    {"is not online", Cause::StorageOffline},
    {"is disabled", Cause::StorageDisabled},
    {"not enough space", Cause::OutOfSpace},
    {"No space left on device", Cause::OutOfSpace},
    {"can't migrate running VM without --online", Cause::MigratesOnlyOnline},
    {"Full clone of a running container is only possible", Cause::ClonesOnlyFromSnapshot},
    {"Linked clone feature", Cause::ClonesOnlyInFull},
    {"snapshot feature is not available", Cause::NoSnapshots},
    {"unable to parse directory volume name", Cause::VolumeUnreadable},
    {"unable to parse lvm volume name", Cause::VolumeUnreadable},
    {"unable to parse rbd volume name", Cause::VolumeUnreadable},
    {"unable to parse zfs volume name", Cause::VolumeUnreadable},
    {"unable to parse volume ID", Cause::VolumeUnreadable},
    {"failed to stat '", Cause::ImportMissing},
    {"needs to be 'images' or 'import'", Cause::ImportIsNoImage},
    {"'import-from' requires special syntax", Cause::ImportWithSize},
    {" uses local storage)", Cause::ClonesOnlyHere},
    {"vcpus allowed per VM on this node", Cause::TooManyCpus},
    {"hotplug problem - ", Cause::HotplugFailed},
    {"device mapping not found for", Cause::NoSuchMapping},
    {"is not empty (contains", Cause::PoolNotEmpty},
    {"already exists on node", Cause::GuestExists},
    {"config file already exists", Cause::GuestExists},
    {"already exists", Cause::AlreadyExists},
    {"already defined", Cause::AlreadyExists},
    {"already used", Cause::AlreadyExists},
    {"got timeout", Cause::TimedOut},
    {"RPCEnvironment init request failed", Cause::ClusterFilesDown},
    {"' not implemented", Cause::NotImplemented},
};

}  // namespace

Cause cause_of(std::string_view message) {
  for (const auto& [words, cause, begins] : kSaid) {
    const auto at = message.find(words);
    if (at == 0 || (at != std::string_view::npos && !begins)) return cause;
  }
  return Cause::Unknown;
}

Cause cause_of(const Error& error) {
  if (error.kind != Error::Kind::Refused) return Cause::Unknown;
  // Made up by PVE's internal proxy; the texts are those of the system, so the number decides.
  switch (error.status) {
    case 595:
      return error.message.find("refused") == std::string::npos ? Cause::NodeUnreachable : Cause::DaemonDown;
    case 596:
      return Cause::NodeSilent;
    case 597:
    case 598:
    case 599:
      return Cause::AnswerBrokeOff;
    default:
      break;
  }
  auto cause = cause_of(error.message);
  for (const auto& [name, reason] : error.errors) {
    if (cause == Cause::Unknown) cause = cause_of(reason);
  }
  return cause;
}

Cause cause_of_end(std::string_view exit_status, std::span<const std::string> log) {
  auto cause = cause_of(exit_status);
  for (auto line = log.rbegin(); line != log.rend() && cause == Cause::Unknown; ++line)
    cause = cause_of(*line);
  return cause;
}

}  // namespace pve
