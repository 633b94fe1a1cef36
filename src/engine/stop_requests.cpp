#include "engine/stop_requests.h"

namespace engine {

void StopRequests::add(const std::string& upid, base::Clock::Wall now) {
  const std::scoped_lock lock(mutex_);
  if (!times_.emplace(upid, now).second) return;
  order_.push_back(upid);
  if (order_.size() <= most_) return;
  times_.erase(order_.front());
  order_.pop_front();
}

std::optional<base::Clock::Wall> StopRequests::find(const std::string& upid) const {
  const std::scoped_lock lock(mutex_);
  const auto found = times_.find(upid);
  return found == times_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace engine
