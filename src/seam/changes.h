// The interface for changes of resources, tasks and lists that clients subscribe to.
#pragma once

#include <set>
#include <stop_token>
#include <string>
#include <string_view>

namespace mcp {

/// The resources and tasks that clients have subscribed to, each once however many clients have.
struct Watched {
  std::set<std::string> resources;
  std::set<std::string> tasks;
  bool operator==(const Watched&) const = default;
};

/// Receives changes and notifies the clients that have subscribed to them; drops a change without
/// subscribers. Safe from many threads. May wait for a client that reads slowly on stdio, never for one on
/// HTTP.
class Changes {
 public:
  Changes() = default;
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;
  virtual ~Changes() = default;

  /// The present subscriptions.
  virtual Watched watched() const = 0;

  virtual void tools_changed() = 0;
  virtual void prompts_changed() = 0;
  virtual void resources_changed() = 0;
  /// `uri` is one of Watched::resources. Notifies only clients that may still read it.
  virtual void resource_updated(std::string_view uri) = 0;
  /// `handle` is one of Watched::tasks. Sends its clients the state that Tasks::get returns. Returns false if
  /// the state could not be read before `stop`: call it again later. A task that does not exist, or that the
  /// caller may not see (-32602), causes no notification.
  virtual bool task_updated(std::string_view handle, std::stop_token stop) = 0;
};

/// Polls for changes of what clients have subscribed to.
class Watch {
 public:
  Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  virtual ~Watch() = default;

  /// Call this when `changes.watched()` has changed; while that is empty, nothing is polled. Returns at once.
  /// May be called on the transport's I/O thread and by `changes` itself, which must live until stop() has
  /// returned.
  virtual void watch(Changes& changes) = 0;
};

}  // namespace mcp
