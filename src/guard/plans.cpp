#include "guard/plans.h"

#include <algorithm>
#include <utility>

#include "base/random.h"

namespace guard {
namespace {

constexpr std::size_t kIdBytes = 6;

std::string new_id() { return base::to_hex(base::sha256(base::random_bytes(32))).substr(0, 2 * kIdBytes); }

}  // namespace

std::string Plans::issue(const Planned& planned) {
  auto id = new_id();
  const std::scoped_lock lock(mutex_);
  make_room(planned.caller);
  issued_.push_back({id, planned.caller, base::sha256(planned.call), planned.object, planned.state,
                     clock_.steady() + kGoodFor});
  return id;
}

Plans::Spent Plans::spend(std::string_view id, const Planned& now) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find_if(issued_, [&](const Issued& issued) {
    return issued.id == id && issued.caller == now.caller && clock_.steady() < issued.until;
  });
  if (found == issued_.end()) return {};
  if (found->call != base::sha256(now.call)) return {Verdict::OtherCall};
  const auto issued = std::move(*found);
  issued_.erase(found);
  if (issued.object != now.object) return {Verdict::OtherObject, issued.object};
  return {issued.state == now.state ? Verdict::Fits : Verdict::Changed};
}

void Plans::make_room(std::string_view caller) {
  std::erase_if(issued_, [&](const Issued& issued) { return clock_.steady() >= issued.until; });
  const auto of_caller = [&](const Issued& issued) { return issued.caller == caller; };
  if (std::ranges::count_if(issued_, of_caller) >= static_cast<std::ptrdiff_t>(kMostOfOne))
    issued_.erase(std::ranges::find_if(issued_, of_caller));
  if (issued_.size() >= kMostOfAll) issued_.pop_front();
}

}  // namespace guard
