#include "engine/busy_lock.h"

#include <algorithm>
#include <chrono>

#include "pve/causes.h"

namespace engine {

bool waited_for_lock(Work& work, Ready& ready, std::string_view words) {
  constexpr std::chrono::milliseconds kMoment{3000};
  const auto& row = work.row;
  const bool may_repeat = row.tool().effect == tool::Effect::Additive || row.about().idempotent;
  if (!may_repeat || pve::cause_of(words) != pve::Cause::LockFileBusy) return false;
  auto& clock = work.cluster.clock;
  const auto now = clock.steady();
  if (!ready.lock_busy_since) ready.lock_busy_since = now;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(work.cluster.options.wait -
                                                                          (now - *ready.lock_busy_since));
  if (left.count() <= 0 || work.call.stop.stop_requested()) return false;
  clock.sleep(std::min(left, kMoment), work.call.stop);
  return !work.call.stop.stop_requested();
}

}  // namespace engine
