// What kind of refusal PVE's words are.
#pragma once

#include <cstddef>
#include <cstdint>
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
  GuestLocked,
  GuestNotOnNode,
  NoSuchNode,
  ConfigurationChanged,
  NoGuestAgent,
  GuestAgentSilent,
  HaGroupsMigrated,
  NoStatistics,
  Protected,
  AlreadyRunning,
  ShutdownTimedOut,
  StillRunning,
  NotRunning,
  Paused,
  UsedByHa,
  StorageNotOnNode,
  StorageOffline,
  StorageDisabled,
  OutOfSpace,
  MigratesOnlyOnline,
  NoSnapshots,
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

/// Of a refusal; Unknown for other errors.
Cause cause_of(const Error& error);

}  // namespace pve
