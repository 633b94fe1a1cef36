// One HTTP request after the other to the protocol, whatever its era.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "jsonrpc/message.h"
#include "mcp/connection.h"
#include "net/responder.h"
#include "transport/http/answer.h"
#include "transport/http/call_slots.h"
#include "transport/http/guard.h"
#include "transport/http/open_streams.h"
#include "transport/http/refusal_log.h"
#include "transport/http/server.h"
#include "transport/http/session.h"
#include "transport/workers.h"

namespace transport {

/// Owned by the HTTP server. Safe from many threads.
class HttpEndpoint final : public std::enable_shared_from_this<HttpEndpoint> {
 public:
  HttpEndpoint(const mcp::Server& server, HttpOptions options);

  /// Never waits: what may is done by a worker.
  void serve(net::Request request, const std::shared_ptr<net::Responder>& responder);

  /// To be called about once a second.
  void beat();
  /// Streams end with their final answer.
  void end_streams();
  /// Calls in flight are cancelled.
  void cancel_calls();
  /// False when calls are left.
  bool wait_idle(std::chrono::milliseconds limit) { return workers_->wait_idle(limit); }
  void close() { workers_->close(); }

 private:
  using Input = std::variant<jsonrpc::Item, jsonrpc::Batch>;
  /// One request on its way.
  struct Visit {
    net::Request request;
    std::shared_ptr<net::Responder> responder;
    AnswerStyle style;
    mcp::Caller caller;
    Pass pass{};
    /// The id of the request, once it was read.
    std::optional<jsonrpc::Id> id{};
  };

  /// Answers a visit that is not served, with its own headers or these.
  static void refuse(const Visit& visit, unsigned status, std::string_view sentence);
  static void refuse(const Visit& visit, unsigned status, std::string_view sentence,
                     const net::Headers& headers);

  /// On a worker.
  void run(Visit& visit) noexcept;
  void answer(Visit& visit);
  bool let_in(Visit& visit);
  void post(Visit& visit);
  void get(Visit& visit);
  void end_session(Visit& visit);

  void post_modern(Visit& visit, jsonrpc::Request request);
  void post_legacy(Visit& visit, Input input);
  void post_initialize(Visit& visit, jsonrpc::Request request);
  std::shared_ptr<HttpSession> session_of(Visit& visit);
  /// Null when the caller has too many calls running, and has been told so.
  std::shared_ptr<const void> slot_of(Visit& visit);
  void check_streams() noexcept;
  bool is_valid(const Pass& pass) const;

  const mcp::Server& server_;
  const HttpOptions options_;
  const HttpGuard guard_;
  const std::shared_ptr<Workers> workers_;
  HttpSessions sessions_;

  CallSlots slots_;
  OpenStreams open_;
  RefusalLog refusals_;
  /// Ends a check of open streams that waits.
  std::stop_source stop_;
  std::atomic<bool> checking_ = false;
  base::Clock::Steady kept_alive_{};
  base::Clock::Steady checked_{};
};

}  // namespace transport
