// One HTTP request after the other to the protocol, whatever its era.
#pragma once

#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "jsonrpc/message.h"
#include "mcp/connection.h"
#include "net/responder.h"
#include "transport/http.h"
#include "transport/http_answer.h"
#include "transport/http_guard.h"
#include "transport/http_session.h"
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
  };

  bool serve_document(const net::Request& request, net::Responder& responder) const;
  void run(Visit visit);
  void post(Visit& visit);
  void get(Visit& visit);
  void end_session(Visit& visit);

  void post_modern(Visit& visit, jsonrpc::Request request);
  void post_legacy(Visit& visit, Input input);
  void post_initialize(Visit& visit, jsonrpc::Request request);
  std::shared_ptr<HttpSession> session_of(Visit& visit);
  bool too_many_streams(Visit& visit);
  void watch_stream(const Visit& visit, const std::shared_ptr<mcp::Connection>& connection,
                    const std::shared_ptr<ModernAnswer>& answer);

  const mcp::Server& server_;
  const HttpOptions options_;
  const HttpGuard guard_;
  const std::shared_ptr<Workers> workers_;
  HttpSessions sessions_;

  struct Open {
    std::string owner;
    std::weak_ptr<mcp::Connection> connection;
    std::weak_ptr<ModernAnswer> answer;
  };
  std::mutex mutex_;
  /// Modern requests that are being answered.
  std::vector<Open> open_;
  base::Clock::Steady kept_alive_{};
};

}  // namespace transport
