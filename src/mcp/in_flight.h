// One call between its request and its answer.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>

#include "jsonrpc/message.h"
#include "mcp/exchange.h"
#include "mcp/sink.h"
#include "mcp/tools.h"

namespace mcp {

/// After answer() or silence() nothing more is sent for this call. Safe from many threads.
class InFlight final : public Progress {
 public:
  /// `notices` takes the progress, `answers` the answer: they differ inside a batch.
  InFlight(jsonrpc::Id id, const Envelope& envelope, std::shared_ptr<Sink> notices,
           std::shared_ptr<Sink> answers);

  const jsonrpc::Id& id() const { return id_; }
  std::stop_token token() const { return stop_.get_token(); }
  void cancel() { stop_.request_stop(); }

  void report(double progress, std::optional<double> total, std::string_view message) override;
  void answer(std::string_view message);
  void silence();

 private:
  const jsonrpc::Id id_;
  const Revision revision_;
  const std::optional<jsonrpc::Id> progress_token_;
  std::stop_source stop_;

  /// Held while sending, so that whoever silenced the call knows that nothing is under way.
  std::mutex mutex_;
  std::shared_ptr<Sink> notices_;
  std::shared_ptr<Sink> answers_;
  std::optional<double> last_progress_;
};

}  // namespace mcp
