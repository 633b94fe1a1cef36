// The one writer of the protocol's output.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "mcp/sink.h"

namespace transport {

/// Writes whole lines. While one thread writes, others hand their lines to it. A client that does not read
/// delays its calls, but only until the process is to end.
class LineWriter final : public mcp::Sink {
 public:
  /// `in` is watched for the client's going, `stop` for the wish to end; both then bound the wait for a
  /// client that does not read. All descriptors stay the caller's.
  LineWriter(int in, int out, int stop);
  ~LineWriter() override;
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void send(std::string_view message) override;

  /// Readable when the output has failed.
  int failure_fd() const { return failed_fd_; }
  bool failed() const { return failed_.load(); }
  /// After this returns nothing is written, and no thread is writing.
  void close();

 private:
  bool write(std::string_view bytes);
  bool wait_writable();

  const int in_;
  const int out_;
  const int stop_;
  int failed_fd_;
  int closed_fd_;
  std::atomic<bool> failed_{false};

  std::mutex mutex_;
  std::condition_variable progress_;
  std::string pending_;
  bool writing_ = false;
  bool closed_ = false;
  // Touched only by the thread that writes.
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace transport
