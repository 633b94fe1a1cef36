#include "transport/stop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace transport {

StopControl::StopControl() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StopControl::~StopControl() {
  if (fd_ >= 0) ::close(fd_);
}

void StopControl::stop(int exit_code) noexcept {
  // A signal handler must not change errno under the code it interrupts.
  const int saved = errno;
  int none = -1;
  code_.compare_exchange_strong(none, exit_code);
  if (exit_code == 0) at_once_.store(true);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
  errno = saved;
}

std::optional<int> StopControl::requested() const noexcept {
  const int code = code_.load();
  if (code < 0) return std::nullopt;
  return code;
}

}  // namespace transport
