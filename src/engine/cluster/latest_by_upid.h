// What this process remembers of PVE's tasks.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace engine {

/// Keeps the latest values, by UPID. Safe from many threads.
template <class Value>
class LatestByUpid {
 public:
  /// `most`: the maximum number of values, at least 1.
  explicit LatestByUpid(std::size_t most) : most_(most) {}

  /// Keeps the first value of a task. Forgets the oldest value if there are too many.
  void add(const std::string& upid, Value value) {
    const std::scoped_lock lock(mutex_);
    if (!values_.emplace(upid, std::move(value)).second) return;
    order_.push_back(upid);
    if (order_.size() <= most_) return;
    values_.erase(order_.front());
    order_.pop_front();
  }

  /// nullopt if there is no value, or if it is forgotten.
  std::optional<Value> find(const std::string& upid) const {
    const std::scoped_lock lock(mutex_);
    const auto found = values_.find(upid);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }

  /// As find(), and forgets the value, so that one caller alone gets it.
  std::optional<Value> take(const std::string& upid) {
    const std::scoped_lock lock(mutex_);
    auto taken = values_.extract(upid);
    if (taken.empty()) return std::nullopt;
    std::erase(order_, upid);
    return std::move(taken.mapped());
  }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::map<std::string, Value> values_;
  std::deque<std::string> order_;
};

}  // namespace engine
