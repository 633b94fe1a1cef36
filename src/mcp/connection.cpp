#include "mcp/connection.h"

#include <exception>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "mcp/call_tool.h"
#include "mcp/modern.h"
#include "mcp/render.h"

namespace mcp {
namespace {

jsonrpc::Error error(int code, std::string message) { return {code, std::move(message), {}}; }

/// Collects the answers of a batch and sends them as one array when the last request let go of it.
class BatchSink final : public Sink {
 public:
  explicit BatchSink(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  BatchSink(const BatchSink&) = delete;
  BatchSink& operator=(const BatchSink&) = delete;
  ~BatchSink() override {
    if (answers_.empty()) return;
    answers_ += ']';
    sink_->answer(answers_, nullptr);
  }

  void send(std::string_view message) override {
    const std::scoped_lock lock(mutex_);
    answers_ += answers_.empty() ? '[' : ',';
    answers_ += message;
  }

 private:
  const std::shared_ptr<Sink> sink_;
  std::mutex mutex_;
  std::string answers_;
};

/// For the log: arguments may hold secrets and stay out.
std::string summary(const jsonrpc::Request& request) {
  std::string text = "request " + jsonrpc::id_text(request.id) + ": " + request.method;
  const auto* const name = request.params.if_contains("name");
  if (name != nullptr && name->is_string()) text += " " + std::string(name->get_string());
  return text;
}

/// The caller and the trace of a log line.
std::string log_label(const Caller& caller, const Envelope& envelope) {
  std::string label = base::printable(caller.identity, 100);
  if (!envelope.trace.empty()) label += (label.empty() ? "trace " : ", trace ") + envelope.trace;
  return label;
}

/// Logs each call of a caller with a name, and its outcome.
void tell_log(const jsonrpc::Request& request, const Reply& reply, std::string_view remark,
              base::Clock::Steady::duration took, const Caller& caller) {
  const auto level = caller.identity.empty() ? base::LogLevel::Debug : base::LogLevel::Info;
  if (level == base::LogLevel::Debug && !base::log_debug()) return;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  std::string outcome(remark);
  if (!reply) outcome = "error " + std::to_string(reply.error().code);
  base::log(level, summary(request) + (outcome.empty() ? "" : ": ") + outcome + ", " +
                       std::to_string(milliseconds) + " ms");
}

bool is_modern_only(const Server& server, std::string_view method) {
  return server.find(method, Revision::R2025_11_25) == nullptr &&
         server.find(method, Revision::R2026_07_28) != nullptr;
}

}  // namespace

jsonrpc::Error no_batches() {
  return error(jsonrpc::kInvalidRequest, "Invalid request: batches exist only in revision 2025-03-26");
}

std::shared_ptr<Connection> Connection::open(const Server& server, Caller caller, std::shared_ptr<Sink> sink,
                                             Run run, std::optional<Patience> patience) {
  return std::make_shared<Connection>(Key{}, server, std::move(caller), std::move(sink), std::move(run),
                                      patience.value_or(server.patience()));
}

Connection::Connection(Key /*key*/, const Server& server, Caller caller, std::shared_ptr<Sink> sink, Run run,
                       Patience patience)
    : server_(server),
      caller_(std::move(caller)),
      sink_(std::move(sink)),
      run_(std::move(run)),
      outgoing_(patience) {}

Connection::~Connection() { server_.subscriptions().remove(this); }

/// The way back to the client for one request.
class Connection::ClientLink final : public Peer {
 public:
  ClientLink(Connection& connection, std::shared_ptr<Sink> sink)
      : connection_(connection), sink_(std::move(sink)) {}

  std::expected<base::Json, jsonrpc::Error> request(std::string_view method, std::string_view params,
                                                    std::stop_token stop, const Waits& waits) override {
    // The client would not receive the question, so no answer would come.
    if (!sink_->sends())
      return std::unexpected(error(jsonrpc::kInternalError, "the client does not accept text/event-stream"));
    if (!connection_.ready())
      return std::unexpected(error(jsonrpc::kInternalError,
                                   "the client has not sent notifications/initialized; it must send that and "
                                   "then repeat the request"));
    return connection_.outgoing_.request(*sink_, method, params, stop, waits);
  }
  void set_log_level(LogLevel level) override { connection_.set_log_level(level); }
  bool subscribe(const std::string& uri) override {
    return connection_.server_.subscriptions().subscribe(connection_.shared_from_this(), connection_.caller_,
                                                         uri);
  }
  void unsubscribe(const std::string& uri) override {
    connection_.server_.subscriptions().unsubscribe(connection_.shared_from_this(), uri);
  }

 private:
  Connection& connection_;
  const std::shared_ptr<Sink> sink_;
};

void Connection::receive(std::string_view text) { receive(jsonrpc::parse(text), sink_); }

void Connection::receive(std::variant<jsonrpc::Item, jsonrpc::Batch> input,
                         const std::shared_ptr<Sink>& sink) {
  if (auto* const batch = std::get_if<jsonrpc::Batch>(&input)) {
    receive_batch(std::move(*batch), sink);
  } else {
    receive_item(std::get<jsonrpc::Item>(std::move(input)), sink, sink);
  }
}

void Connection::receive(jsonrpc::Request request, Opened opened, const std::shared_ptr<Sink>& sink) {
  if (base::log_debug()) base::log(base::LogLevel::Debug, summary(request));
  start(std::move(opened), std::move(request), sink, sink);
}

void Connection::receive_batch(jsonrpc::Batch batch, const std::shared_ptr<Sink>& sink) {
  if (revision() != Revision::R2025_03_26) return refuse({{}, no_batches()}, *sink);
  const auto answers = std::make_shared<BatchSink>(sink);
  if (batch.size() > kMostInBatch) {
    const auto why = jsonrpc::too_long(batch.size(), kMostInBatch);
    // An error of the whole has no id, which these clients would not take.
    for (const auto& item : batch) {
      const auto* const request = item ? std::get_if<jsonrpc::Request>(&*item) : nullptr;
      if (request != nullptr) answers->answer(jsonrpc::write_error(request->id, why), &why);
    }
    return;
  }
  for (auto& item : batch) {
    const auto* const request = item ? std::get_if<jsonrpc::Request>(&*item) : nullptr;
    if (request != nullptr && modern::claims(request->params)) {
      const auto why =
          error(jsonrpc::kInvalidRequest,
                "Invalid request: send a request of revision 2026-07-28 by itself, not in a batch");
      answers->answer(jsonrpc::write_error(request->id, why), &why);
    } else {
      receive_item(std::move(item), sink, answers);
    }
  }
}

void Connection::receive_item(jsonrpc::Item item, const std::shared_ptr<Sink>& notices,
                              const std::shared_ptr<Sink>& answers) {
  if (!item) {
    refuse(item.error(), *answers);
  } else if (auto* const request = std::get_if<jsonrpc::Request>(&*item)) {
    on_request(std::move(*request), notices, answers);
  } else if (const auto* const notification = std::get_if<jsonrpc::Notification>(&*item)) {
    on_notification(*notification);
  } else if (!outgoing_.deliver(std::get<jsonrpc::Response>(*std::move(item)))) {
    base::log(base::LogLevel::Debug, "ignored a response to no open request");
  }
}

void Connection::refuse(const jsonrpc::Malformed& malformed, Sink& sink) {
  base::log(base::LogLevel::Warning, "unreadable message: " + malformed.error.message);
  if (!malformed.answerable) return;
  if (malformed.id || takes_errors_without_id()) {
    sink.answer(jsonrpc::write_error(malformed.id, malformed.error), &malformed.error);
  }
}

void Connection::unreadable(const jsonrpc::Error& why) { refuse({{}, why}, *sink_); }

/// The older revisions require an id on errors, so their clients would choke on one without.
bool Connection::takes_errors_without_id() const {
  const auto agreed = revision();
  return agreed ? *agreed == Revision::R2025_11_25 : modern_seen();
}

void Connection::on_request(jsonrpc::Request request, const std::shared_ptr<Sink>& notices,
                            const std::shared_ptr<Sink>& answers) {
  if (base::log_debug()) base::log(base::LogLevel::Debug, summary(request));
  const auto fail = [&](const jsonrpc::Error& why) {
    answers->answer(jsonrpc::write_error(request.id, why), &why);
  };
  if (request.method == "initialize" && !modern::claims(request.params)) {
    if (notices != answers) {
      fail(error(jsonrpc::kInvalidRequest, "Invalid request: initialize may not be part of a batch"));
      return;
    }
    const auto reply = initialize(request.params);
    if (!reply) {
      fail(reply.error());
    } else {
      answers->answer(jsonrpc::write_result(request.id, *reply), nullptr);
    }
    return;
  }
  auto opened = open(request);
  if (!opened) {
    fail(opened.error());
    return;
  }
  start(*std::move(opened), std::move(request), notices, answers);
}

Reply Connection::initialize(const base::JsonObject& params) {
  auto session = legacy::initialize(params);
  const std::scoped_lock lock(mutex_);
  if (session_) {
    return std::unexpected(error(jsonrpc::kInvalidRequest, "Invalid request: already initialized"));
  }
  if (!session) return std::unexpected(std::move(session.error()));
  session_ = *std::move(session);
  return legacy::write_initialized(*session_, server_);
}

std::optional<legacy::Session> Connection::session() const {
  const std::scoped_lock lock(mutex_);
  return session_;
}

std::optional<Revision> Connection::revision() const {
  const std::scoped_lock lock(mutex_);
  return session_ ? std::optional(session_->revision) : std::nullopt;
}

bool Connection::modern_seen() const {
  const std::scoped_lock lock(mutex_);
  return modern_seen_;
}

bool Connection::ready() const {
  const std::scoped_lock lock(mutex_);
  return ready_;
}

void Connection::set_log_level(LogLevel level) {
  const std::scoped_lock lock(mutex_);
  if (session_) session_->log_level = level;
}

std::expected<Opened, jsonrpc::Error> Connection::open(const jsonrpc::Request& request) {
  const auto agreed = session();
  const bool claims = modern::claims(request.params);
  if (agreed && !claims) return open_method(server_, request, legacy::open(*agreed, request.params));
  // Allowed before initialize, which may still come after a modern probe.
  if (!claims && request.method == "ping") return open_method(server_, request, Envelope{});
  // A method that only the modern era has is answered in its words.
  if (claims || modern_seen() || is_modern_only(server_, request.method)) {
    auto envelope = modern::open(request.params);
    const std::scoped_lock lock(mutex_);
    if (envelope) modern_seen_ = true;
    return open_method(server_, request, std::move(envelope));
  }
  return std::unexpected(
      error(jsonrpc::kInvalidRequest,
            "Invalid request: not initialized; send initialize first, or a request of revision 2026-07-28 "
            "with its version and capabilities in params._meta"));
}

void Connection::start(Opened opened, jsonrpc::Request request, const std::shared_ptr<Sink>& notices,
                       const std::shared_ptr<Sink>& answers) {
  auto& envelope = opened.envelope;
  const auto& method = *opened.method;
  const auto call = std::make_shared<InFlight>(request.id, envelope, server_.clock(), notices, answers);
  {
    const std::scoped_lock lock(mutex_);
    if (!in_flight_.try_emplace(request.id, call).second) {
      call->answer(std::unexpected(
          error(jsonrpc::kInvalidRequest, "Invalid request: this id is in use by a request in flight")));
      return;
    }
    // No callback is registered yet, so none runs under the lock.
    if (all_cancelled_) call->cancel();
  }
  const auto revision = envelope.revision;
  const bool task_due = server_.offer().tasks != nullptr && revision == Revision::R2025_11_25 &&
                        request.params.contains("task");
  auto job = [self = shared_from_this(), &method, call, notices, request = std::move(request),
              envelope = std::move(envelope)] {
    ClientLink link(*self, notices);
    const Exchange exchange{envelope, request.params, self->caller_, *call, *call, link, call->token(), call};
    const auto reply = self->run(method, request, exchange);
    // A stream stays open; its owner ends it.
    if (method.pace != Pace::Stream || !reply) self->finish(call, reply);
  };
  if (method.pace != Pace::Worker) {
    job();
    return;
  }
  if (run_(std::move(job))) return;
  constexpr auto kBusy = "The server is busy: too many calls are in flight. Try again when some have ended.";
  // Only a result of tools/call can tell the model in words, and a result is not possible if a task is
  // expected.
  if (method.name == "tools/call" && !task_due) {
    finish(call, write_call_result(error_result(kBusy), server_, revision));
  } else {
    finish(call, std::unexpected(error(jsonrpc::kInternalError, kBusy)));
  }
}

/// The only place that catches exceptions: the client gets an internal error, and stderr gets the reason.
Reply Connection::run(const Method& method, const jsonrpc::Request& request, const Exchange& exchange) {
  const base::LogContext context(log_label(caller_, exchange.envelope));
  const auto begin = server_.clock().steady();
  std::string why;
  try {
    std::string remark;
    auto told = exchange;
    told.remark = &remark;
    auto reply = method.run(server_, told);
    if (method.pace == Pace::Worker)
      tell_log(request, reply, remark, server_.clock().steady() - begin, caller_);
    return reply;
  } catch (const std::exception& exception) {
    why = exception.what();
  } catch (...) {
    why = "unknown exception";
  }
  const auto id = jsonrpc::id_text(request.id);
  base::log(base::LogLevel::Error, "internal error in " + request.method + ", request " + id + ": " + why);
  return std::unexpected(
      error(jsonrpc::kInternalError,
            "Internal error; the server's log (stderr) has the details under request " + id));
}

void Connection::finish(const std::shared_ptr<InFlight>& call, const Reply& reply) {
  {
    // Before the answer: the client may use the id again as soon as it has it.
    const std::scoped_lock lock(mutex_);
    const auto found = in_flight_.find(call->id());
    if (found != in_flight_.end() && found->second == call) in_flight_.erase(found);
  }
  call->answer(reply);
}

void Connection::on_notification(const jsonrpc::Notification& notification) {
  if (notification.method == "notifications/cancelled") cancelled(notification.params);
  if (notification.method == "notifications/initialized" && revision()) {
    {
      const std::scoped_lock lock(mutex_);
      ready_ = true;
    }
    server_.subscriptions().add(shared_from_this());
  }
}

void Connection::leave() { server_.subscriptions().remove(this); }

void Connection::tell(std::string_view method, std::string_view params) {
  sink_->send(jsonrpc::write_notification(method, params));
}

void Connection::cancelled(const base::JsonObject& params) {
  const auto* const value = params.if_contains("requestId");
  const auto id = value != nullptr ? jsonrpc::read_id(*value) : std::nullopt;
  if (!id) return;
  std::shared_ptr<InFlight> call;
  {
    const std::scoped_lock lock(mutex_);
    if (auto entry = in_flight_.extract(*id)) call = std::move(entry.mapped());
  }
  if (!call) return;
  call->silence();
  call->cancel();
}

void Connection::end_of_input() { outgoing_.close(); }

void Connection::cancel_all() {
  std::vector<std::shared_ptr<InFlight>> calls;
  {
    const std::scoped_lock lock(mutex_);
    all_cancelled_ = true;
    for (const auto& [id, call] : in_flight_) calls.push_back(call);
  }
  for (const auto& call : calls) call->cancel();
}

}  // namespace mcp
