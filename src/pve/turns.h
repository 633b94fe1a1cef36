// Limits the heavy tasks per node: a node that starts twenty guests at once is too slow for every user.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pve/client.h"
#include "pve/upid.h"

namespace pve {

class NodeSlots;

/// The right to start one heavy task on a node. The destructor gives it back unless started() was called.
class NodeSlot {
 public:
  NodeSlot(NodeSlots& slots, std::string node) : slots_(&slots), node_(std::move(node)) {}
  NodeSlot(NodeSlot&& other) noexcept
      : slots_(std::exchange(other.slots_, nullptr)), node_(std::move(other.node_)) {}
  NodeSlot& operator=(NodeSlot&&) = delete;
  NodeSlot(const NodeSlot&) = delete;
  NodeSlot& operator=(const NodeSlot&) = delete;
  ~NodeSlot();

  /// The task runs; it counts until PVE says that it has ended.
  void started(const Upid& upid);
  /// Nothing was started.
  void give_back();

 private:
  NodeSlots* slots_;
  std::string node_;
};

/// At most `most` heavy tasks of this process run on a node at once; 0: no limit. Safe from many threads;
/// owns nothing it is given and must outlive its slots.
class NodeSlots {
 public:
  using OnWait = std::function<void(std::chrono::milliseconds waited)>;

  NodeSlots(Client& client, base::Clock& clock, unsigned most)
      : client_(client), clock_(clock), most_(most) {}
  NodeSlots(const NodeSlots&) = delete;
  NodeSlots& operator=(const NodeSlots&) = delete;

  /// Waits for a free slot; nothing if there is none within `limit`, or if `stop` is requested. Calls
  /// `on_wait` on this thread while it waits.
  std::optional<NodeSlot> take(const std::string& node, std::chrono::milliseconds limit,
                               const OnWait& on_wait, const std::stop_token& stop);
  /// The tasks that occupy the slots, for a sentence: "qmstart 101, vzdump 102".
  std::string holders(const std::string& node);

 private:
  friend class NodeSlot;
  struct Lane {
    unsigned reserved = 0;
    std::vector<Upid> running;
    bool asking = false;
  };

  bool reserve(const std::string& node);
  void forget_ended(const std::string& node, const std::stop_token& stop);
  bool has_ended(const Upid& upid, const std::stop_token& stop);
  void release(const std::string& node, const Upid* started);

  Client& client_;
  base::Clock& clock_;
  const unsigned most_;
  std::mutex mutex_;
  std::map<std::string, Lane, std::less<>> lanes_;
};

}  // namespace pve
