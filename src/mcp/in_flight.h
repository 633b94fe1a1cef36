// One call between its request and its answer.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>

#include "base/clock.h"
#include "jsonrpc/message.h"
#include "mcp/exchange.h"
#include "mcp/server.h"
#include "mcp/sink.h"

namespace mcp {

/// After answer() or silence() nothing more is sent for this call. Safe from many threads.
class InFlight final : public Progress, public Log {
 public:
  /// `notices` takes progress and logs, `answers` the answer: they differ inside a batch.
  InFlight(jsonrpc::Id id, const Envelope& envelope, const base::Clock& clock, std::shared_ptr<Sink> notices,
           std::shared_ptr<Sink> answers);

  const jsonrpc::Id& id() const { return id_; }
  std::stop_token token() const { return stop_.get_token(); }
  void cancel() { stop_.request_stop(); }

  /// Four a second on average, eight at once; faster ones are dropped, and so is progress that does not grow.
  void report(double progress, std::optional<double> total, std::string_view message) override;
  void linger(std::string_view message) override;
  bool wanted() const override { return progress_token_.has_value(); }
  void pause() override;

  bool wants(LogLevel level) const override { return log_level_ && level >= *log_level_; }
  void write(LogLevel level, std::string_view text) override;

  /// Any notification on the stream of this call.
  void notify(std::string_view method, std::string_view params);
  void answer(const Reply& reply);
  void silence();

 private:
  bool may_report(double progress);

  const jsonrpc::Id id_;
  const Revision revision_;
  const std::optional<jsonrpc::Id> progress_token_;
  const std::optional<LogLevel> log_level_;
  const base::Clock& clock_;
  std::stop_source stop_;

  /// Held while sending, so that after silence() no message is being sent.
  std::mutex mutex_;
  std::shared_ptr<Sink> notices_;
  std::shared_ptr<Sink> answers_;
  std::optional<double> last_progress_;
  double allowance_;
  base::Clock::Steady allowed_at_;
};

}  // namespace mcp
