#include "mcp/spent_states.h"

#include <algorithm>

namespace mcp {

SpentStates::Spent SpentStates::spend(std::string_view identity, std::string_view nonce, Seconds until,
                                      Seconds now) {
  const std::scoped_lock lock(mutex_);
  forget_expired(now);
  if (until < now || until <= forgotten_) return Spent::Before;
  std::tuple state(until, std::string(identity), std::string(nonce));
  if (spent_.contains(state)) return Spent::Before;
  const auto count = count_.find(identity);
  if (spent_.size() >= most_of_all_ || (count != count_.end() && count->second >= most_of_one_))
    return Spent::NoRoom;
  spent_.insert(std::move(state));
  ++count_[std::string(identity)];
  return Spent::Now;
}

void SpentStates::forget_expired(Seconds now) {
  while (!spent_.empty() && std::get<Seconds>(*spent_.begin()) < now) {
    const auto& [until, identity, nonce] = *spent_.begin();
    forgotten_ = std::max(forgotten_, until);
    const auto count = count_.find(identity);
    if (--count->second == 0) count_.erase(count);
    spent_.erase(spent_.begin());
  }
}

}  // namespace mcp
