// The rules about changes that an operator may exchange while the server runs.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "engine/row/confirm.h"
#include "guard/terms.h"

namespace engine {

struct Rules {
  /// Which changes ask first.
  Confirm confirm = Confirm::Never;
  /// Whose consent to what is irreversible counts.
  Approval approval = Approval::Caller;
  /// What no call may change.
  guard::Terms protect{};
};

/// Safe from many threads.
class CurrentRules {
 public:
  explicit CurrentRules(Rules rules) : rules_(std::make_shared<const Rules>(std::move(rules))) {}

  /// What counts at this moment; its holder keeps it unchanged.
  std::shared_ptr<const Rules> now() const {
    const std::scoped_lock lock(mutex_);
    return rules_;
  }
  void set(Rules rules) {
    auto next = std::make_shared<const Rules>(std::move(rules));
    const std::scoped_lock lock(mutex_);
    rules_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Rules> rules_;
};

}  // namespace engine
