// How many calls of one caller run at once.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace transport {

/// Keeps one caller from taking every worker. Safe from many threads; outlives what it gave.
class CallSlots {
 public:
  /// `most` of each caller.
  explicit CallSlots(std::size_t most) : most_(most) {}

  /// A slot until it is destroyed; null if the caller already uses all of its slots. Callers without a name
  /// are not counted.
  std::shared_ptr<const void> enter(const std::string& identity);

 private:
  void leave(const std::string& identity);

  const std::size_t most_;
  std::mutex mutex_;
  std::map<std::string, std::size_t, std::less<>> taken_;
};

}  // namespace transport
