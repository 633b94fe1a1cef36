#include "engine/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace engine {
namespace {

constexpr double kTotal = 100;
/// Only the answer of the call means that all is done.
constexpr double kMost = 99;
constexpr std::chrono::seconds kLongestSilence{10};

double seconds(std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); }

/// "35% (11.4 GiB of 32.0 GiB)", "431.1 MiB copied, 12 s", "12 s"
std::string state_of(std::chrono::milliseconds waited, const std::optional<pve::TaskProgress>& task) {
  if (!task || (!task->percent && task->amount.empty())) return fmt::format("{:.0f} s", seconds(waited));
  if (!task->percent) return fmt::format("{}, {:.0f} s", task->amount, seconds(waited));
  // Round down: 99.7% must not show as 100%.
  const auto share = fmt::format("{:.0f}%", std::floor(*task->percent));
  return task->amount.empty() ? share : fmt::format("{} ({})", share, task->amount);
}

}  // namespace

double Progress::next(std::chrono::milliseconds waited, const std::optional<double>& percent) const {
  const auto time = seconds(waited);
  const auto aim = percent ? std::min(*percent, kMost) : share_known_ ? 0 : time / (time + 60);
  if (aim > last_) return aim;
  constexpr double kDigits = 1e6;
  const auto step = std::round((last_ + (kTotal - last_) / 1000) * kDigits) / kDigits;
  return step > last_ ? step : std::nextafter(last_, kTotal);
}

void Progress::tell(std::string_view subject, std::chrono::milliseconds waited,
                    const std::optional<pve::TaskProgress>& task) {
  auto message = fmt::format("{}: {}", subject, state_of(waited, task));
  if (message == message_ && waited - told_ < kLongestSilence) return;
  const auto percent = task ? task->percent : std::nullopt;
  share_known_ = share_known_ || percent.has_value();
  last_ = next(waited, percent);
  told_ = waited;
  message_ = std::move(message);
  sink_.report(last_, share_known_ ? std::optional(kTotal) : std::nullopt, message_);
}

}  // namespace engine
