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
    sink_->send(answers_);
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

class NoProgress final : public Progress {
 public:
  void report(double /*progress*/, std::optional<double> /*total*/, std::string_view /*message*/) override {}
};

}  // namespace

std::shared_ptr<Connection> Connection::open(const Server& server, Caller caller, std::shared_ptr<Sink> sink,
                                             Run run, std::chrono::milliseconds patience) {
  return std::make_shared<Connection>(Key{}, server, std::move(caller), std::move(sink), std::move(run),
                                      patience);
}

Connection::Connection(Key /*key*/, const Server& server, Caller caller, std::shared_ptr<Sink> sink, Run run,
                       std::chrono::milliseconds patience)
    : server_(server),
      caller_(std::move(caller)),
      sink_(std::move(sink)),
      run_(std::move(run)),
      outgoing_(sink_, patience) {}

void Connection::receive(std::string_view text) {
  auto input = jsonrpc::parse(text);
  if (auto* const batch = std::get_if<jsonrpc::Batch>(&input)) {
    receive_batch(std::move(*batch));
  } else {
    receive_item(std::get<jsonrpc::Item>(std::move(input)), sink_);
  }
}

void Connection::receive_batch(jsonrpc::Batch batch) {
  if (!session_ || session_->revision != Revision::R2025_03_26) {
    unreadable(error(jsonrpc::kInvalidRequest, "Invalid request: batches exist only in revision 2025-03-26"));
    return;
  }
  const auto sink = std::make_shared<BatchSink>(sink_);
  for (auto& item : batch) receive_item(std::move(item), sink);
}

void Connection::receive_item(jsonrpc::Item item, const std::shared_ptr<Sink>& sink) {
  if (!item) {
    refuse(item.error(), *sink);
  } else if (auto* const request = std::get_if<jsonrpc::Request>(&*item)) {
    on_request(std::move(*request), sink);
  } else if (const auto* const notification = std::get_if<jsonrpc::Notification>(&*item)) {
    on_notification(*notification);
  } else if (!outgoing_.deliver(std::get<jsonrpc::Response>(*std::move(item)))) {
    base::log(base::LogLevel::Debug, "ignored a response that nobody waits for");
  }
}

void Connection::refuse(const jsonrpc::Malformed& malformed, Sink& sink) {
  base::log(base::LogLevel::Warning, "unreadable message: " + malformed.error.message);
  if (!malformed.answerable) return;
  if (malformed.id || takes_errors_without_id()) {
    sink.send(jsonrpc::write_error(malformed.id, malformed.error));
  }
}

void Connection::unreadable(const jsonrpc::Error& why) { refuse({{}, why}, *sink_); }

/// The older revisions require an id on errors, so their clients would choke on one without.
bool Connection::takes_errors_without_id() const {
  return session_ ? session_->revision == Revision::R2025_11_25 : modern_seen_;
}

void Connection::on_request(jsonrpc::Request request, const std::shared_ptr<Sink>& sink) {
  if (base::log_debug()) base::log(base::LogLevel::Debug, summary(request));
  const auto fail = [&](const jsonrpc::Error& why) { sink->send(jsonrpc::write_error(request.id, why)); };
  {
    const std::scoped_lock lock(mutex_);
    if (in_flight_.contains(request.id)) {
      fail(error(jsonrpc::kInvalidRequest, "Invalid request: this id is in use by a request in flight"));
      return;
    }
  }
  if (request.method == "initialize" && !modern::claims(request.params)) {
    if (sink != sink_) {
      fail(error(jsonrpc::kInvalidRequest, "Invalid request: initialize may not be part of a batch"));
      return;
    }
    const auto reply = initialize(request.params);
    sink->send(reply ? jsonrpc::write_result(request.id, *reply)
                     : jsonrpc::write_error(request.id, reply.error()));
    return;
  }
  auto envelope = open_envelope(request);
  if (!envelope) {
    fail(envelope.error());
    return;
  }
  const auto* const method = Server::find(request.method, era(envelope->revision));
  if (method == nullptr) {
    fail(error(jsonrpc::kMethodNotFound, "Method not found: " + base::printable(request.method, 100)));
    return;
  }
  start(*method, std::move(request), *std::move(envelope), sink);
}

Reply Connection::initialize(const base::JsonObject& params) {
  if (session_) {
    return std::unexpected(error(jsonrpc::kInvalidRequest, "Invalid request: already initialized"));
  }
  auto session = legacy::initialize(params);
  if (!session) return std::unexpected(std::move(session.error()));
  session_ = *std::move(session);
  return legacy::write_initialized(*session_, server_.info());
}

std::expected<Envelope, jsonrpc::Error> Connection::open_envelope(const jsonrpc::Request& request) {
  // Allowed before initialize, which may still come after a modern probe.
  if (!session_ && request.method == "ping" && !modern::claims(request.params)) return Envelope{};
  // A method that only the modern era has is answered in its words.
  const bool modern_only =
      !Server::find(request.method, Era::Legacy) && Server::find(request.method, Era::Modern);
  if (modern::claims(request.params) || (!session_ && (modern_seen_ || modern_only))) {
    auto envelope = modern::open(request.params);
    if (envelope) modern_seen_ = true;
    return envelope;
  }
  if (session_) return legacy::open(*session_, request.params);
  return std::unexpected(
      error(jsonrpc::kInvalidRequest,
            "Invalid request: not initialized; send initialize first, or a request of revision 2026-07-28 "
            "with its version and capabilities in params._meta"));
}

void Connection::start(const Method& method, jsonrpc::Request request, Envelope envelope,
                       const std::shared_ptr<Sink>& sink) {
  if (method.pace == Pace::Inline) {
    NoProgress progress;
    sink->send(run(method, request, envelope, progress, {}));
    return;
  }
  const auto call = std::make_shared<InFlight>(request.id, envelope, sink_, sink);
  const auto revision = envelope.revision;
  {
    const std::scoped_lock lock(mutex_);
    in_flight_.emplace(request.id, call);
  }
  auto job = [self = shared_from_this(), &method, call, request = std::move(request),
              envelope = std::move(envelope)] {
    self->finish(call, self->run(method, request, envelope, *call, call->token()));
  };
  if (run_(std::move(job))) return;
  const auto busy =
      error_result("The server is busy: too many calls are in flight. Try again when some have ended.");
  finish(call, jsonrpc::write_result(call->id(), write_call_result(busy, server_, revision)));
}

/// The one place where an exception ends: the client learns that it was our fault, stderr what it was.
std::string Connection::run(const Method& method, const jsonrpc::Request& request, const Envelope& envelope,
                            Progress& progress, std::stop_token stop) {
  std::string why;
  try {
    const Exchange exchange{envelope, request.params, caller_, progress, outgoing_, std::move(stop)};
    const auto reply = method.run(server_, exchange);
    return reply ? jsonrpc::write_result(request.id, *reply)
                 : jsonrpc::write_error(request.id, reply.error());
  } catch (const std::exception& exception) {
    why = exception.what();
  } catch (...) {
    why = "unknown exception";
  }
  const auto id = jsonrpc::id_text(request.id);
  base::log(base::LogLevel::Error, "internal error in " + request.method + ", request " + id + ": " + why);
  return jsonrpc::write_error(
      request.id,
      error(jsonrpc::kInternalError, "Internal error; the server's stderr names it with request " + id));
}

void Connection::finish(const std::shared_ptr<InFlight>& call, const std::string& message) {
  {
    // Before the answer: the client may use the id again as soon as it has it.
    const std::scoped_lock lock(mutex_);
    const auto found = in_flight_.find(call->id());
    if (found != in_flight_.end() && found->second == call) in_flight_.erase(found);
  }
  call->answer(message);
}

void Connection::on_notification(const jsonrpc::Notification& notification) {
  if (notification.method == "notifications/cancelled") cancelled(notification.params);
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
    for (const auto& [id, call] : in_flight_) calls.push_back(call);
  }
  for (const auto& call : calls) call->cancel();
}

}  // namespace mcp
