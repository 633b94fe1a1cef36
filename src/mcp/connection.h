// The state of one client: a stdio process, an HTTP session, or one HTTP request. Everything else is in
// mcp::Server.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <variant>

#include "jsonrpc/message.h"
#include "mcp/exchange.h"
#include "mcp/in_flight.h"
#include "mcp/legacy.h"
#include "mcp/opened.h"
#include "mcp/outgoing.h"
#include "mcp/server.h"
#include "mcp/sink.h"
#include "mcp/subscriptions.h"

namespace mcp {

/// Runs a job on another thread, or at once. False: too busy, the job was dropped.
using Run = std::function<bool(std::function<void()>)>;
/// For messages that come on a thread of their own already.
inline bool run_here(const std::function<void()>& job) {
  job();
  return true;
}

/// Requests and notifications in one batch (2025-03-26), so that a small message cannot ask for an answer of
/// any size; a longer batch is refused.
inline constexpr std::size_t kMostInBatch = 64;
/// The error for a batch of any other revision.
jsonrpc::Error no_batches();

/// Both eras at once, in any order: `initialize` makes a session for messages without a claim to the modern
/// era, and each message with one is served by itself.
class Connection final : public Listener, public std::enable_shared_from_this<Connection> {
 public:
  /// `server` outlives the connection and the jobs it gave to `run`. `sink` takes what belongs to no request:
  /// notifications of changes, and everything for receive(text). Without a `patience` the server's counts.
  static std::shared_ptr<Connection> open(const Server& server, Caller caller, std::shared_ptr<Sink> sink,
                                          Run run, std::optional<Patience> patience = {});

  ~Connection() override;

  /// One JSON text from the client. Cheap methods are answered before it returns. Safe from many threads, if
  /// the client does not mind the order.
  void receive(std::string_view text);
  /// The same for a text that was parsed; everything about its requests goes to `sink`, which is let go of
  /// when they are answered.
  void receive(std::variant<jsonrpc::Item, jsonrpc::Batch> input, const std::shared_ptr<Sink>& sink);
  /// The same for a request of which envelope and method were found before; answers and progress
  /// go to `sink`.
  void receive(jsonrpc::Request request, Opened opened, const std::shared_ptr<Sink>& sink);
  /// The client sent something that is not JSON text, such as a line beyond the limit.
  void unreadable(const jsonrpc::Error& error);

  /// The client has closed its side, so open requests to it will get no answer.
  void end_of_input();
  /// Fires the stop tokens of all calls, and of those to come; they are still answered.
  void cancel_all();
  /// Ends the notifications of changes.
  void leave();
  /// The revision of the session, once there is one.
  std::optional<Revision> revision() const;

  void tell(std::string_view method, std::string_view params) override;

 private:
  struct Key {};

 public:
  Connection(Key key, const Server& server, Caller caller, std::shared_ptr<Sink> sink, Run run,
             Patience patience);

 private:
  /// Progress and the like go to `notices`, answers to `answers`: they differ inside a batch.
  void receive_item(jsonrpc::Item item, const std::shared_ptr<Sink>& notices,
                    const std::shared_ptr<Sink>& answers);
  void receive_batch(jsonrpc::Batch batch, const std::shared_ptr<Sink>& sink);
  void refuse(const jsonrpc::Malformed& malformed, Sink& sink);
  void on_request(jsonrpc::Request request, const std::shared_ptr<Sink>& notices,
                  const std::shared_ptr<Sink>& answers);
  void on_notification(const jsonrpc::Notification& notification);
  void cancelled(const base::JsonObject& params);

  class ClientLink;

  Reply initialize(const base::JsonObject& params);
  std::optional<legacy::Session> session() const;
  bool modern_seen() const;
  /// The client of the session has sent `initialized`: until then it is asked nothing.
  bool ready() const;
  void set_log_level(LogLevel level);
  std::expected<Opened, jsonrpc::Error> open(const jsonrpc::Request& request);
  void start(Opened opened, jsonrpc::Request request, const std::shared_ptr<Sink>& notices,
             const std::shared_ptr<Sink>& answers);
  Reply run(const Method& method, const jsonrpc::Request& request, const Exchange& exchange);
  void finish(const std::shared_ptr<InFlight>& call, const Reply& reply);
  bool takes_errors_without_id() const;

  const Server& server_;
  const Caller caller_;
  const std::shared_ptr<Sink> sink_;
  const Run run_;
  Outgoing outgoing_;

  mutable std::mutex mutex_;
  std::optional<legacy::Session> session_;
  bool ready_ = false;
  bool modern_seen_ = false;
  bool all_cancelled_ = false;
  std::map<jsonrpc::Id, std::shared_ptr<InFlight>> in_flight_;
};

}  // namespace mcp
