#include "transport/stdio.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "mcp/connection.h"
#include "transport/line_splitter.h"
#include "transport/line_writer.h"
#include "transport/workers.h"

namespace transport {
namespace {

using std::chrono::milliseconds;

/// How often a wait looks whether it should be cut short.
constexpr milliseconds kGlance{20};

enum class End { Input, Output, Stop };

class Session {
 public:
  Session(const mcp::Server& server, int in, int out, StopControl& stop, const StdioLimits& limits)
      : server_(server),
        in_(in),
        stop_(stop),
        limits_(limits),
        writer_(std::make_shared<LineWriter>(in, out, stop.fd())),
        workers_(std::make_shared<Workers>(limits.workers, limits.queue)),
        connection_(mcp::Connection::open(
            server, {}, writer_,
            [workers = workers_](std::function<void()> job) { return workers->run(std::move(job)); })),
        splitter_(limits.line),
        buffer_(std::size_t{64} << 10U) {}

  int serve() {
    auto end = read_all();
    if (end == End::Stop && stop_.requested() != 0) end = drain();
    connection_->end_of_input();
    if (end == End::Input) settle(limits_.grace);
    // Only then is the wait for a client that does not read bounded.
    if (end == End::Stop) server_.subscriptions().close();
    connection_->cancel_all();
    if (!workers_->wait_idle(limits_.unwind)) {
      base::log(base::LogLevel::Warning, "stopped while cancelled calls were still running");
    }
    writer_->close();
    workers_->close();
    return stop_.requested().value_or(0);
  }

 private:
  End read_all() {
    for (;;) {
      std::array<pollfd, 3> fds{pollfd{in_, POLLIN, 0}, pollfd{stop_.fd(), POLLIN, 0},
                                pollfd{writer_->failure_fd(), POLLIN, 0}};
      if (::poll(fds.data(), fds.size(), -1) < 0) {
        if (errno == EINTR) continue;
        return End::Input;
      }
      if (fds[1].revents != 0) return End::Stop;
      if (fds[2].revents != 0) return End::Output;
      if (fds[0].revents != 0 && !read_some()) return End::Input;
    }
  }

  /// Answers what is in flight and what still arrives, until there is neither.
  End drain() {
    const auto deadline = std::chrono::steady_clock::now() + limits_.drain;
    while (std::chrono::steady_clock::now() < deadline && !stop_.at_once()) {
      pollfd input{in_, POLLIN, 0};
      const int ready = ::poll(&input, 1, static_cast<int>(kGlance.count()));
      if (writer_->failed()) return End::Output;
      if (ready > 0 && !read_some()) return End::Input;
      if (ready == 0 && workers_->wait_idle(milliseconds(0))) break;
    }
    return End::Stop;
  }

  /// Waits for the calls in flight to end.
  void settle(milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < deadline && !stop_.at_once() && !writer_->failed()) {
      if (workers_->wait_idle(std::min(kGlance, limit))) return;
    }
  }

  /// False at the end of input.
  bool read_some() {
    const auto count = ::read(in_, buffer_.data(), buffer_.size());
    const auto line = [this](std::string_view text) { connection_->receive(text); };
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (count <= 0) {
      splitter_.finish(line);
      return false;
    }
    const auto too_long = [this] {
      connection_->unreadable(
          {jsonrpc::kInvalidRequest,
           "Invalid request: a line of more than " + std::to_string(limits_.line) + " bytes",
           {}});
    };
    splitter_.feed({buffer_.data(), static_cast<std::size_t>(count)}, line, too_long);
    return true;
  }

  const mcp::Server& server_;
  const int in_;
  StopControl& stop_;
  const StdioLimits limits_;
  const std::shared_ptr<LineWriter> writer_;
  const std::shared_ptr<Workers> workers_;
  const std::shared_ptr<mcp::Connection> connection_;
  LineSplitter splitter_;
  std::vector<char> buffer_;
};

}  // namespace

int serve_stdio(const mcp::Server& server, int in, int out, StopControl& stop, const StdioLimits& limits) {
  std::signal(SIGPIPE, SIG_IGN);
  return Session(server, in, out, stop, limits).serve();
}

}  // namespace transport
