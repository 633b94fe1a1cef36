#include "guard/plans.h"

#include <algorithm>
#include <utility>

#include "base/random.h"

namespace guard {
namespace {

constexpr std::size_t kIdBytes = 6;

}  // namespace

std::string new_plan_id() {
  return base::to_hex(base::sha256(base::random_bytes(32))).substr(0, 2 * kIdBytes);
}

std::expected<std::string, std::string> PlansInProcess::issue(const Planned& planned,
                                                              const PlanText& /*shown*/) {
  auto id = new_plan_id();
  const std::scoped_lock lock(mutex_);
  make_room(planned.caller);
  issued_.push_back({id, planned.caller, base::sha256(planned.call), planned.object, planned.state,
                     clock_.steady() + kGoodFor});
  return id;
}

std::expected<Plans::Spent, std::string> PlansInProcess::spend(std::string_view id, const Planned& now,
                                                               Needs needs) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find_if(issued_, [&](const Issued& issued) {
    return issued.id == id && issued.caller == now.caller && clock_.steady() < issued.until;
  });
  if (found == issued_.end()) return Spent{};
  if (found->call != base::sha256(now.call)) return Spent{Verdict::OtherCall};
  if (needs == Needs::Person) return Spent{Verdict::Undecided};
  const auto issued = std::move(*found);
  issued_.erase(found);
  if (issued.object != now.object) return Spent{Verdict::OtherObject, issued.object};
  return Spent{issued.state == now.state ? Verdict::Fits : Verdict::Changed};
}

std::string PlansInProcess::reach() const {
  return "No other server process accepts it, and it is lost when this one stops.";
}

void PlansInProcess::make_room(std::string_view caller) {
  std::erase_if(issued_, [&](const Issued& issued) { return clock_.steady() >= issued.until; });
  const auto of_caller = [&](const Issued& issued) { return issued.caller == caller; };
  if (std::ranges::count_if(issued_, of_caller) >= static_cast<std::ptrdiff_t>(kMostOfOne))
    issued_.erase(std::ranges::find_if(issued_, of_caller));
  if (issued_.size() >= kMostOfAll) issued_.pop_front();
}

}  // namespace guard
