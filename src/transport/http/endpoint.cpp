#include "transport/http/endpoint.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "mcp/modern.h"
#include "transport/http/documents.h"
#include "transport/http/header.h"
#include "transport/http/modern.h"
#include "transport/http/refusal.h"

namespace transport {
namespace {

/// A redirect from one to the other would lose the headers of a session.
bool is_endpoint(std::string_view path) { return path == "/mcp" || path == "/mcp/"; }

/// How long a stream may outlive the authorization of its reader.
constexpr std::chrono::seconds kCheck{5};

std::vector<std::string> known_hosts(const HttpOptions& options) {
  auto hosts = options.hosts;
  hosts.push_back(options.address);
  return hosts;
}

/// A session belongs to a caller with exactly these rights; a caller whose rights have changed begins a new
/// one. Scopes count by the tier that they grant, because a renewed token may list them in another order.
std::string owner_key(const mcp::Caller& caller) {
  std::string key = caller.identity + "\n" + caller.tier.value_or("") + "\n";
  for (const auto& category : caller.categories.value_or(std::vector<std::string>{})) key += category + ",";
  key += caller.categories ? "\n" : "*\n";
  for (const auto& term : caller.terms.value_or(std::vector<std::string>{})) key += term + ",";
  key += caller.terms ? "\n" : "*\n";
  return key + (caller.scopes.empty() ? "" : "scopes");
}

bool claims_modern(const jsonrpc::Item& item) {
  if (!item) return false;
  if (const auto* const request = std::get_if<jsonrpc::Request>(&*item))
    return mcp::modern::claims(request->params);
  if (const auto* const notification = std::get_if<jsonrpc::Notification>(&*item))
    return mcp::modern::claims(notification->params);
  return false;
}

jsonrpc::Error invalid_request(std::string message) {
  return {jsonrpc::kInvalidRequest, "Invalid request: " + std::move(message), {}};
}

/// The trace that came as a header goes where the protocol has it.
void adopt_trace(jsonrpc::Request& request, const net::Headers& headers) {
  const auto trace = net::find_header(headers, "traceparent");
  if (!trace) return;
  auto& meta = request.params["_meta"];
  if (meta.is_null()) meta = base::JsonObject{};
  if (meta.is_object() && !meta.get_object().contains("traceparent"))
    meta.get_object()["traceparent"] = *trace;
}

net::Headers with(net::Headers headers, std::string_view name, std::string_view value) {
  headers.emplace_back(name, value);
  return headers;
}

}  // namespace

HttpEndpoint::HttpEndpoint(const mcp::Server& server, HttpOptions options)
    : server_(server),
      options_(std::move(options)),
      guard_(known_hosts(options_), options_.origins),
      workers_(std::make_shared<Workers>(options_.workers, options_.queue)),
      sessions_(server, {options_.max_sessions, options_.max_sessions_of_caller, options_.session_idle}),
      slots_(options_.max_calls_of_caller),
      refusals_(server.clock()) {}

void HttpEndpoint::serve(net::Request request, const std::shared_ptr<net::Responder>& responder) {
  const auto path = path_of(request.target);
  const bool reads = request.verb == "GET" || request.verb == "HEAD";
  if (path == "/health" && reads) {
    responder->answer(json_response(200, R"({"status":"ok"})", {{"Cache-Control", "no-store"}}));
    return;
  }
  auto fine = guard_.check_host(request.headers);
  if (fine && serve_document(options_.documents, request, *responder)) return;
  if (fine) fine = guard_.check_origin(request.headers);
  const auto refuse = [&](unsigned status, std::string_view sentence, const net::Headers& headers) {
    responder->answer(refusal_response(status, id_in(request.body), sentence, headers));
  };
  if (!fine) return refuse(403, fine.error(), {});
  auto cors = guard_.cors(request.headers);
  if (!is_endpoint(path)) return refuse(404, "There is no such path; the endpoint is /mcp.", cors);
  if (request.verb == "OPTIONS" && !cors.empty()) {
    cors.emplace_back("Access-Control-Allow-Methods", "POST, GET, DELETE");
    cors.emplace_back("Access-Control-Allow-Headers",
                      "Authorization, Content-Type, Accept, Last-Event-ID, Mcp-Session-Id, "
                      "MCP-Protocol-Version, Mcp-Method, Mcp-Name, traceparent");
    responder->answer({204, "No Content", cors, {}});
    return;
  }
  if (request.verb != "POST" && request.verb != "GET" && request.verb != "DELETE")
    return refuse(405, "The endpoint accepts POST, GET and DELETE.",
                  with(cors, "Allow", "POST, GET, DELETE"));
  auto visit = std::make_shared<Visit>(Visit{std::move(request), responder, {cors, true, true, {}}, {}});
  visit->style.scope_challenge = options_.scope_challenge;
  if (!workers_->run([self = shared_from_this(), visit] { self->run(*visit); })) {
    HttpEndpoint::refuse(*visit, 503, "Too many requests are being served; try again soon.",
                         with(cors, "Retry-After", "1"));
  }
}

void HttpEndpoint::refuse(const Visit& visit, unsigned status, std::string_view sentence) {
  refuse(visit, status, sentence, visit.style.headers);
}

void HttpEndpoint::refuse(const Visit& visit, unsigned status, std::string_view sentence,
                          const net::Headers& headers) {
  const auto id = visit.id ? visit.id : id_in(visit.request.body);
  visit.responder->answer(refusal_response(status, id, sentence, headers));
}

bool HttpEndpoint::let_in(Visit& visit) {
  visit.pass.rights = owner_key(visit.caller);
  if (!options_.authenticate) return true;
  std::stop_source stop;
  visit.responder->on_gone([stop]() mutable { stop.request_stop(); });
  auto caller = options_.authenticate(visit.request.headers, stop.get_token());
  if (caller) {
    visit.caller = *std::move(caller);
    visit.pass = {visit.caller.identity, owner_key(visit.caller), {}};
    if (const auto given = net::find_header(visit.request.headers, "authorization"))
      visit.pass.credentials.emplace_back("Authorization", *given);
    return true;
  }
  auto headers = visit.style.headers;
  if (!caller.error().challenge.empty()) headers.emplace_back("WWW-Authenticate", caller.error().challenge);
  if (caller.error().status == 503) headers.emplace_back("Retry-After", "10");
  refusals_.refused(visit.responder->peer(), caller.error().sentence);
  refuse(visit, caller.error().status, caller.error().sentence, headers);
  return false;
}

void HttpEndpoint::run(Visit& visit) noexcept try { answer(visit); } catch (const std::exception& exception) {
  base::log(base::LogLevel::Error, std::string("a request could not be served: ") + exception.what());
  visit.responder->answer(refusal_response(500, visit.id, "The server could not serve this request.", {}));
}

void HttpEndpoint::answer(Visit& visit) {
  if (!let_in(visit)) return;
  if (visit.request.verb == "POST") {
    post(visit);
  } else if (names_modern(visit.request.headers)) {
    refuse(visit, 405, "Revision 2026-07-28 uses POST only.", with(visit.style.headers, "Allow", "POST"));
  } else if (visit.request.verb == "GET") {
    get(visit);
  } else {
    end_session(visit);
  }
}

void HttpEndpoint::post(Visit& visit) {
  const auto& headers = visit.request.headers;
  if (!is_json(headers)) return refuse(visit, 415, "The Content-Type must be application/json.");
  visit.style.may_stream = accepts(headers, "text/event-stream");
  visit.style.may_be_json = accepts(headers, "application/json");
  if (!visit.style.may_stream && !visit.style.may_be_json)
    return refuse(visit, 406, "Accept must name application/json and text/event-stream.");
  auto input = jsonrpc::parse(visit.request.body, mcp::kMostInBatch);
  visit.request.body = {};
  const auto fail = [&](const std::optional<jsonrpc::Id>& id, const jsonrpc::Error& error) {
    visit.responder->answer(error_response(400, id, error, visit.style.headers));
  };
  if (const auto* const batch = std::get_if<jsonrpc::Batch>(&input)) {
    if (std::ranges::any_of(*batch, claims_modern))
      return fail({}, invalid_request("revision 2026-07-28 has no batches"));
    return post_legacy(visit, std::move(input));
  }
  auto& item = std::get<jsonrpc::Item>(input);
  if (!item) return fail(item.error().id, item.error().error);
  auto* const request = std::get_if<jsonrpc::Request>(&*item);
  const bool modern = claims_modern(item) || names_modern(headers);
  if (modern && std::holds_alternative<jsonrpc::Response>(*item))
    return fail(
        {}, invalid_request("in revision 2026-07-28 servers send no requests, so clients send no responses"));
  if (request == nullptr && modern) {
    // Nothing is cancelled by a notification here, and nothing else is notified.
    visit.responder->answer(json_response(202, {}, visit.style.headers));
    return;
  }
  if (request == nullptr) return post_legacy(visit, std::move(input));
  visit.id = request->id;
  adopt_trace(*request, headers);
  const bool initialize = request->method == "initialize" && !mcp::modern::claims(request->params);
  if (initialize && names_modern(headers)) {
    return fail(request->id, {mcp::modern::kHeaderMismatch,
                              "initialize does not belong to the revision that MCP-Protocol-Version names",
                              {}});
  }
  if (initialize) return post_initialize(visit, std::move(*request));
  if (modern) return post_modern(visit, std::move(*request));
  post_legacy(visit, std::move(input));
}

void HttpEndpoint::post_modern(Visit& visit, jsonrpc::Request request) {
  auto opened = open_modern(request, visit.request.headers, server_);
  if (!opened) {
    const auto& [status, why] = opened.error();
    visit.responder->answer(error_response(status, request.id, why, visit.style.headers));
    return;
  }
  const bool stream = request.method == "subscriptions/listen";
  if (stream && !visit.style.may_stream) return refuse(visit, 406, "Accept must name text/event-stream.");
  auto slot = slot_of(visit);
  if (!slot) return;
  const auto answer = std::make_shared<ModernAnswer>(visit.responder, visit.style);
  const auto connection = mcp::Connection::open(server_, visit.caller, answer, mcp::run_here);
  if (!stream) {
    open_.add(visit.pass, connection, answer);
    // A subscription occupies no worker.
    answer->hold(std::move(slot));
  } else if (!open_.add_listening(visit.pass, request.id, options_.max_streams_of_caller, connection,
                                  answer)) {
    return refuse(visit, 429, "Too many streams of this caller are open; close some.",
                  with(visit.style.headers, "Retry-After", "10"));
  }
  // A client that disconnects cancels its request.
  visit.responder->on_gone([connection] { connection->cancel_all(); });
  connection->receive(std::move(request), *std::move(opened), answer);
}

std::shared_ptr<const void> HttpEndpoint::slot_of(Visit& visit) {
  auto slot = slots_.enter(visit.caller.identity);
  if (!slot) {
    refuse(visit, 429, "Too many calls of this caller are running; wait for some.",
           with(visit.style.headers, "Retry-After", "1"));
  }
  return slot;
}

void HttpEndpoint::beat() {
  sessions_.sweep();
  refusals_.beat();
  const auto now = server_.clock().steady();
  if (options_.authenticate && now - checked_ >= kCheck && !checking_.exchange(true)) {
    checked_ = now;
    const bool begun = workers_->run([self = shared_from_this()] { self->check_streams(); });
    if (!begun) checking_ = false;
  }
  if (now - kept_alive_ < options_.keep_alive) return;
  kept_alive_ = now;
  sessions_.keep_alive();
  open_.keep_alive();
}

void HttpEndpoint::check_streams() noexcept {
  try {
    open_.check([this](const Pass& pass) { return is_valid(pass); });
  } catch (const std::exception& exception) {
    base::log(base::LogLevel::Error,
              std::string("the rights of open streams could not be checked: ") + exception.what());
  }
  checking_ = false;
}

bool HttpEndpoint::is_valid(const Pass& pass) const {
  const auto caller = options_.authenticate(pass.credentials, stop_.get_token());
  if (caller) return owner_key(*caller) == pass.rights;
  // Not known now; the next check tries again.
  return caller.error().status == 503;
}

void HttpEndpoint::end_streams() {
  server_.subscriptions().close();
  sessions_.end_all();
}

void HttpEndpoint::cancel_calls() {
  stop_.request_stop();
  open_.cancel_all();
  sessions_.cancel_calls();
}

}  // namespace transport
