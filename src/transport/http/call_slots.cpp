#include "transport/http/call_slots.h"

namespace transport {

std::shared_ptr<const void> CallSlots::enter(const std::string& identity) {
  if (identity.empty()) return {this, [](const void*) {}};
  {
    const std::scoped_lock lock(mutex_);
    auto& taken = taken_[identity];
    if (taken >= most_) return nullptr;
    ++taken;
  }
  return {this, [this, identity](const void*) { leave(identity); }};
}

void CallSlots::leave(const std::string& identity) {
  const std::scoped_lock lock(mutex_);
  const auto found = taken_.find(identity);
  if (--found->second == 0) taken_.erase(found);
}

}  // namespace transport
