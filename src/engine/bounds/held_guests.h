// Remembers for some seconds which guests a scope holds, for the reads of one view.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "engine/bounds/scope.h"

namespace engine {

/// Reads the guests of a scope once for a call (Scope::begin_call()), and again after three seconds; callers
/// that ask at the same time share one read. Safe from many threads. Owns nothing that it is given.
class HeldGuests {
 public:
  using HeldPtr = std::shared_ptr<const Scope::Held>;

  HeldGuests(Scope& scope, const base::Clock& clock) : scope_(scope), clock_(clock) {}
  HeldGuests(const HeldGuests&) = delete;
  HeldGuests& operator=(const HeldGuests&) = delete;

  /// The error is a clause.
  std::expected<HeldPtr, std::string> get(const std::stop_token& stop);
  /// The answer that is still valid; nullptr if there is none. Never waits.
  HeldPtr known();
  /// A guest may have come into the scope, or left it.
  void forget();

 private:
  bool young() const;

  Scope& scope_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  HeldPtr held_;
  base::Clock::Steady taken_{};
  std::uint64_t call_ = 0;  ///< Scope::calls() when the read of `held_` began
  bool asking_ = false;
  std::uint64_t forgotten_ = 0;
};

}  // namespace engine
