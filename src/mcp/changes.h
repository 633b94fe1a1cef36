// The seam for what changes while clients listen.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace mcp {

/// Told what has changed; tells the clients that listen. Safe from many threads; may wait for a client that
/// reads slowly on stdio, never for one on HTTP.
class Changes {
 public:
  Changes() = default;
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;
  virtual ~Changes() = default;

  virtual void tools_changed() = 0;
  virtual void prompts_changed() = 0;
  virtual void resources_changed() = 0;
  /// `uri` as it was in Watched.
  virtual void resource_updated(std::string_view uri) = 0;
  /// `handle` as it was in Watched; its clients get the task's state as Tasks::get has it now.
  virtual void task_updated(std::string_view handle) = 0;
};

/// What clients listen to: each once, however many they are.
struct Watched {
  std::set<std::string> resources;
  std::set<std::string> tasks;
  bool operator==(const Watched&) const = default;
};

/// Looks for changes on behalf of those who listen.
class Watch {
 public:
  Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  virtual ~Watch() = default;

  /// From now on these, instead of those before; nothing at all ends the looking. Returns at once, and may be
  /// called by `changes` itself. `changes` lives until stop() has returned.
  virtual void watch(const Watched& watched, Changes& changes) = 0;
};

}  // namespace mcp
