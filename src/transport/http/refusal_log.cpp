#include "transport/http/refusal_log.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "base/log.h"

namespace transport {
namespace {

constexpr double kAtOnce = 10;

}  // namespace

bool RefusalLog::allowed() {
  const auto now = clock_.steady();
  const std::chrono::duration<double> passed = now - std::exchange(allowed_at_, now);
  allowance_ = std::min(kAtOnce, allowance_ + passed.count());
  if (allowance_ < 1) return false;
  allowance_ -= 1;
  return true;
}

void RefusalLog::refused(std::string_view peer, std::string_view sentence) {
  const std::scoped_lock lock(mutex_);
  if (!allowed()) {
    ++untold_;
    return;
  }
  base::log(base::LogLevel::Info,
            "refused a request from " + std::string(peer) + ": " + std::string(sentence));
}

void RefusalLog::beat() {
  const std::scoped_lock lock(mutex_);
  if (untold_ == 0 || !allowed()) return;
  base::log(base::LogLevel::Info, "refused " + std::to_string(std::exchange(untold_, 0)) +
                                      " more requests, from one or several clients");
}

}  // namespace transport
