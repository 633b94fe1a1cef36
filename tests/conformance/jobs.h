// Tasks in memory: work that ends when its time is over and all of its questions are answered.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "base/json.h"
#include "conformance/watcher.h"
#include "seam/tasks.h"
#include "seam/tools.h"

namespace conformance {

using End = std::variant<mcp::Result, mcp::ProtocolError>;

struct Plan {
  std::chrono::milliseconds takes{0};
  /// Asked when the time is over.
  std::vector<mcp::InputRequest> asks{};
  /// How it ends, by the answers.
  std::function<End(const base::JsonObject& answers)> end;
};

class Jobs final : public mcp::Tasks {
 public:
  explicit Jobs(Watcher& watcher);

  /// Known from now on, and Working.
  mcp::Task begin(const mcp::Caller& caller, Plan plan);

  std::expected<mcp::TaskState, mcp::ProtocolError> get(const mcp::Caller& caller, mcp::Era era,
                                                        std::string_view handle,
                                                        std::stop_token stop) override;
  std::expected<mcp::TaskState, mcp::ProtocolError> await(const mcp::Caller& caller, mcp::Era era,
                                                          std::string_view handle,
                                                          std::stop_token stop) override;
  std::expected<void, mcp::ProtocolError> cancel(const mcp::Caller& caller, mcp::Era era,
                                                 std::string_view handle, std::stop_token stop) override;
  std::expected<void, mcp::ProtocolError> update(const mcp::Caller& caller, std::string_view handle,
                                                 const base::JsonObject& inputs) override;

 private:
  struct Job {
    std::string identity;
    Plan plan;
    std::chrono::steady_clock::time_point due;
    base::JsonObject answers{};
    mcp::TaskState state{};
  };

  /// Null when this caller has no such job. Under the lock, like what follows.
  Job* find(const mcp::Caller& caller, std::string_view handle);
  static void touch(Job& job, mcp::TaskState::Status status);
  static void finish(Job& job);
  void run(const std::stop_token& stop);

  Watcher& watcher_;
  std::mutex mutex_;
  std::condition_variable_any begun_;
  std::condition_variable_any changed_;
  std::map<std::string, Job, std::less<>> jobs_;
  std::uint64_t last_ = 0;
  std::jthread thread_;
};

}  // namespace conformance
