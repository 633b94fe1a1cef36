// Classifies PVE's error messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "pve/client.h"

namespace pve {

enum class Cause : std::uint8_t {
  Unknown,
  NotForTokens,
  RootOnly,
  RootOnlyOption,
  NoPrivilege,
  NoQuorum,
  FilesReadOnly,
  ClusterNotReady,
  ClusterLockBusy,
  LockFileBusy,
  GuestSuspended,
  GuestLocked,
  GuestNotOnNode,
  NoSuchNode,
  ConfigurationChanged,
  NoGuestAgent,
  GuestAgentSilent,
  HaGroupsMigrated,
  NoStatistics,
  Protected,
  IsTemplate,
  UsedByLinkedClone,
  AlreadyRunning,
  ShutdownTimedOut,
  StillRunning,
  NotRunning,
  Paused,
  NotFinalized,
  UsedByHa,
  HaError,
  NotInHa,
  StorageNotOnNode,
  StorageOffline,
  StorageDisabled,
  OutOfSpace,
  MigratesOnlyOnline,
  ClonesOnlyFromSnapshot,
  ClonesOnlyInFull,
  NoSnapshots,
  VolumeUnreadable,
  ImportMissing,
  ImportIsNoImage,
  ImportWithSize,
  ClonesOnlyHere,
  TooManyCpus,
  NoSuchMapping,
  HotplugFailed,
  PoolNotEmpty,
  GuestExists,
  AlreadyExists,
  TimedOut,
  ClusterFilesDown,
  NotImplemented,
  // Of a call that one node passes on to another:
  DaemonDown,
  NodeUnreachable,
  NodeSilent,
  AnswerBrokeOff,
};

inline constexpr std::size_t kCauses = static_cast<std::size_t>(Cause::AnswerBrokeOff) + 1;

/// Of one of PVE's messages, or of the exit status of a task.
Cause cause_of(std::string_view message);

/// Of a refusal, by what it says as a whole, else of one of its parameters; Unknown for other errors.
Cause cause_of(const Error& error);

/// Of a task that failed, by its exit status, else by the lines of its log from the last one back: some tasks
/// only pass on the exit code of a command.
Cause cause_of_end(std::string_view exit_status, std::span<const std::string> log);

}  // namespace pve
