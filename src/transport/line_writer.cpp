#include "transport/line_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <utility>

namespace transport {
namespace {

/// How long a client may take to read the rest of a line when the connection ends.
constexpr std::chrono::milliseconds kLastWords{300};

/// A thread with more output waits until the client has read some of it.
constexpr std::size_t kMostPending = 1 << 20;

void notify(int fd) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd, &one, sizeof one);
}

int remaining(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

}  // namespace

LineWriter::LineWriter(int in, int out, int stop)
    : in_(in),
      out_(out),
      stop_(stop),
      failed_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      closed_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

LineWriter::~LineWriter() {
  ::close(failed_fd_);
  ::close(closed_fd_);
}

void LineWriter::send(std::string_view message) {
  std::unique_lock lock(mutex_);
  if (closed_ || failed_.load()) return;
  pending_.append(message).push_back('\n');
  if (writing_) {
    progress_.wait(lock, [this] { return !writing_ || pending_.size() < kMostPending; });
    return;
  }
  writing_ = true;
  while (!pending_.empty() && !failed_.load()) {
    const auto bytes = std::exchange(pending_, {});
    lock.unlock();
    const bool written = write(bytes);
    lock.lock();
    if (!written) failed_.store(true);
    progress_.notify_all();
  }
  writing_ = false;
  progress_.notify_all();
  if (failed_.load()) notify(failed_fd_);
}

bool LineWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_writable()) return false;
    // A pipe that is ready takes PIPE_BUF bytes without blocking; its flags are shared with other processes,
    // so it cannot be made non-blocking.
    const auto written = ::write(out_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (written < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool LineWriter::wait_writable() {
  for (;;) {
    const bool leaving = deadline_.has_value();
    std::array<pollfd, 4> fds{pollfd{out_, POLLOUT, 0}, pollfd{closed_fd_, POLLIN, 0},
                              pollfd{leaving ? -1 : stop_, POLLIN, 0}, pollfd{leaving ? -1 : in_, 0, 0}};
    const int ready = ::poll(fds.data(), fds.size(), leaving ? remaining(*deadline_) : -1);
    if (ready < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (fds[0].revents != 0) return (fds[0].revents & POLLOUT) != 0;
    if (fds[1].revents != 0 || ready == 0) return false;
    deadline_ = std::chrono::steady_clock::now() + kLastWords;
  }
}

void LineWriter::close() {
  notify(closed_fd_);
  std::unique_lock lock(mutex_);
  closed_ = true;
  progress_.wait(lock, [this] { return !writing_; });
}

}  // namespace transport
