#include "pve/turns.h"

#include <algorithm>

#include "base/text.h"
#include "pve/task_status.h"

namespace pve {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPause{1000};

}  // namespace

NodeSlot::~NodeSlot() { give_back(); }

void NodeSlot::give_back() {
  if (auto* slots = std::exchange(slots_, nullptr)) slots->release(node_, nullptr);
}

void NodeSlot::started(const Upid& upid) {
  if (auto* slots = std::exchange(slots_, nullptr)) slots->release(node_, &upid);
}

void NodeSlots::release(const std::string& node, const Upid* started) {
  const std::scoped_lock lock(mutex_);
  auto& lane = lanes_[node];
  --lane.reserved;
  if (started != nullptr) lane.running.push_back(*started);
}

bool NodeSlots::reserve(const std::string& node) {
  const std::scoped_lock lock(mutex_);
  auto& lane = lanes_[node];
  if (most_ != 0 && lane.reserved + lane.running.size() >= most_) return false;
  ++lane.reserved;
  return true;
}

bool NodeSlots::has_ended(const Upid& upid, const std::stop_token& stop) {
  const auto status = task_status(client_, upid, stop);
  if (status) return status->has_value();
  // A task that PVE no longer knows has ended; one that may not be seen cannot be waited for.
  return status.error().kind == Error::Kind::Hidden ||
         (status.error().kind == Error::Kind::Refused && status.error().status == 400);
}

/// One of the waiting threads asks PVE for all of them.
void NodeSlots::forget_ended(const std::string& node, const std::stop_token& stop) {
  std::vector<Upid> ended;
  {
    const std::scoped_lock lock(mutex_);
    auto& lane = lanes_[node];
    if (lane.asking) return;
    lane.asking = true;
    ended = lane.running;
  }
  std::erase_if(ended, [&](const Upid& upid) { return !has_ended(upid, stop); });
  const std::scoped_lock lock(mutex_);
  auto& lane = lanes_[node];
  lane.asking = false;
  std::erase_if(lane.running, [&](const Upid& upid) {
    return std::ranges::find(ended, upid.text, &Upid::text) != ended.end();
  });
}

std::optional<NodeSlot> NodeSlots::take(const std::string& node, milliseconds limit, const OnWait& on_wait,
                                        const std::stop_token& stop) {
  const auto begin = clock_.steady();
  for (;;) {
    if (reserve(node)) return NodeSlot(*this, node);
    forget_ended(node, stop);
    if (reserve(node)) return NodeSlot(*this, node);
    const auto waited = std::chrono::duration_cast<milliseconds>(clock_.steady() - begin);
    if (waited >= limit || stop.stop_requested()) return std::nullopt;
    clock_.sleep(std::min(kPause, limit - waited), stop);
    if (on_wait) on_wait(std::chrono::duration_cast<milliseconds>(clock_.steady() - begin));
  }
}

std::string NodeSlots::holders(const std::string& node) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> texts;
  for (const auto& upid : lanes_[node].running)
    texts.push_back(base::printable(upid.type + " " + upid.id, 60));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  return base::join(views, ", ");
}

}  // namespace pve
