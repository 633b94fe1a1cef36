// The seam for what changes while clients listen.
#pragma once

#include <set>
#include <stop_token>
#include <string>
#include <string_view>

namespace mcp {

/// What clients listen to: each once, however many they are.
struct Watched {
  std::set<std::string> resources;
  std::set<std::string> tasks;
  bool operator==(const Watched&) const = default;
};

/// Receives changes and notifies the clients that listen to them; changes without listeners are dropped. Safe
/// from many threads; may wait for a client that reads slowly on stdio, never for one on HTTP.
class Changes {
 public:
  Changes() = default;
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;
  virtual ~Changes() = default;

  /// The resources and tasks that clients listen to now.
  virtual Watched watched() const = 0;

  virtual void tools_changed() = 0;
  virtual void prompts_changed() = 0;
  virtual void resources_changed() = 0;
  /// `uri` as it was in Watched. Told to those by whom it can still be watched.
  virtual void resource_updated(std::string_view uri) = 0;
  /// `handle` as it was in Watched; its clients get the task's state as Tasks::get has it now. False if the
  /// state could not be read, or not before `stop`: call it again later. A task that does not exist, or not
  /// for the caller (-32602), causes no notification.
  virtual bool task_updated(std::string_view handle, std::stop_token stop) = 0;
};

/// Looks for changes in what clients listen to.
class Watch {
 public:
  Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  virtual ~Watch() = default;

  /// `changes.watched()` has changed; while it is empty, nothing is polled. Returns at once, on the I/O
  /// thread of the transport too, and may be called by `changes` itself, which lives until stop() has
  /// returned.
  virtual void watch(Changes& changes) = 0;
};

}  // namespace mcp
