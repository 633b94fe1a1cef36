#include "transport/line_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>

namespace transport {
namespace {

/// How long a client that wants to leave, or is left, may take to read what is being written.
constexpr std::chrono::milliseconds kLastWords{300};

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
  const std::scoped_lock lock(mutex_);
  if (closed_ || failed_.load()) return;
  if (write_line(message)) return;
  failed_.store(true);
  notify(failed_fd_);
}

bool LineWriter::write_line(std::string_view message) {
  char end = '\n';
  const std::size_t total = message.size() + 1;
  for (std::size_t done = 0; done < total;) {
    if (!wait_writable()) return false;
    // A pipe that is ready takes PIPE_BUF bytes without blocking; its flags are shared with other processes,
    // so it cannot be made non-blocking.
    const std::size_t chunk = std::min<std::size_t>(total - done, PIPE_BUF);
    const std::size_t text = std::min(chunk, message.size() - std::min(done, message.size()));
    std::array<iovec, 2> parts{
        iovec{const_cast<char*>(message.data()) + std::min(done, message.size()), text},
        iovec{&end, chunk - text}};
    const auto written = ::writev(out_, parts.data(), static_cast<int>(parts.size()));
    if (written < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return false;
    }
    done += static_cast<std::size_t>(written);
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
  const std::scoped_lock lock(mutex_);
  closed_ = true;
}

}  // namespace transport
