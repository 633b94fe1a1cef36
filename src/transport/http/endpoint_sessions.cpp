// The endpoint's sessions: initialize begins one, and POST, GET and DELETE are of it.
#include <algorithm>
#include <utility>

#include "mcp/revision.h"
#include "transport/http/endpoint.h"
#include "transport/http/header.h"
#include "transport/http/refusal.h"

namespace transport {
namespace {

constexpr std::string_view kSessionHeader = "Mcp-Session-Id";
constexpr std::string_view kVersionHeader = "MCP-Protocol-Version";

/// A sink for messages that get no answer.
class Nowhere final : public mcp::Sink {
 public:
  void send(std::string_view /*message*/) override {}
};

bool is_request(const jsonrpc::Item& item) { return item && std::holds_alternative<jsonrpc::Request>(*item); }

/// Why the batch holds no request.
std::optional<jsonrpc::Error> fault_of(const jsonrpc::Batch& batch, std::optional<mcp::Revision> revision) {
  if (revision != mcp::Revision::R2025_03_26) return mcp::no_batches();
  const auto malformed = std::ranges::find_if(batch, [](const auto& item) { return !item; });
  if (malformed == batch.end() || std::ranges::any_of(batch, is_request)) return std::nullopt;
  return malformed->error().error;
}

/// The revision has events without data, for their ids.
bool primes(HttpSession& session) { return session.connection().revision() == mcp::Revision::R2025_11_25; }

/// The answer to initialize, with the name of the session if it made one.
class Handshake final : public mcp::Sink {
 public:
  Handshake(std::shared_ptr<net::Responder> responder, AnswerStyle style, std::string session)
      : responder_(std::move(responder)), style_(std::move(style)), session_(std::move(session)) {}

  void send(std::string_view /*message*/) override {}
  void answer(std::string_view message, const jsonrpc::Error* error) override {
    auto style = style_;
    if (error == nullptr) style.headers.emplace_back(kSessionHeader, session_);
    answer_whole(*responder_, message, error, style);
  }

 private:
  const std::shared_ptr<net::Responder> responder_;
  const AnswerStyle style_;
  const std::string session_;
};

}  // namespace

void HttpEndpoint::post_initialize(Visit& visit, jsonrpc::Request request) {
  // A client that sends initialize with an ended session gets a new one; it loses nothing.
  const auto named = single_header(visit.request.headers, kSessionHeader);
  const bool twice = !named.has_value();
  if (twice || (*named && sessions_.find(**named, visit.pass.rights))) {
    visit.responder->answer(error_response(400, request.id,
                                           {jsonrpc::kInvalidRequest,
                                            "Invalid request: this session is already initialized; leave "
                                            "Mcp-Session-Id out to begin another",
                                            {}},
                                           visit.style.headers));
    return;
  }
  auto session = sessions_.make(visit.caller, visit.pass.rights);
  if (!sessions_.keep(session)) {
    auto headers = visit.style.headers;
    headers.emplace_back("Retry-After", "10");
    return refuse(visit, 429, "Too many sessions are in use; end some.", headers);
  }
  const auto answer = std::make_shared<Handshake>(visit.responder, visit.style, session->id());
  session->connection().receive(jsonrpc::Item(std::move(request)), answer);
  if (!session->connection().revision()) sessions_.end(session->id(), session->owner());
}

std::shared_ptr<HttpSession> HttpEndpoint::session_of(Visit& visit) {
  const auto id = single_header(visit.request.headers, kSessionHeader);
  if (!id || !*id) {
    refuse(visit, 400,
           "Mcp-Session-Id is missing: send initialize first, or a request of revision 2026-07-28.");
    return nullptr;
  }
  auto session = sessions_.find(**id, visit.pass.rights);
  if (!session) {
    visit.responder->answer(error_response(
        404, visit.id, {kNoSuchSession, "There is no such session; send initialize again.", {}},
        visit.style.headers));
    return nullptr;
  }
  const auto version = single_header(visit.request.headers, kVersionHeader);
  if (!version || (*version && !mcp::revision_named(**version))) {
    refuse(visit, 400, "This server does not support the revision in MCP-Protocol-Version.");
    return nullptr;
  }
  return session;
}

void HttpEndpoint::post_legacy(Visit& visit, Input input) {
  const auto session = session_of(visit);
  if (!session) return;
  const auto* const batch = std::get_if<jsonrpc::Batch>(&input);
  // Answered here, because clients of the older revisions accept an error without an id only as a whole body.
  if (auto fault = batch != nullptr ? fault_of(*batch, session->connection().revision()) : std::nullopt) {
    visit.responder->answer(error_response(400, {}, *fault, visit.style.headers));
    return;
  }
  const bool answered =
      batch != nullptr ? std::ranges::any_of(*batch, is_request) : is_request(std::get<jsonrpc::Item>(input));
  if (!answered) {
    session->connection().receive(std::move(input), std::make_shared<Nowhere>());
    visit.responder->answer(json_response(202, {}, visit.style.headers));
    return;
  }
  auto slot = slot_of(visit);
  if (!slot) return;
  const auto answer = std::make_shared<LegacyAnswer>(
      visit.responder, visit.style, session->new_stream(),
      [session](const std::shared_ptr<EventStream>& stream) { session->keep(stream); }, primes(*session));
  answer->hold(std::move(slot));
  answer->hold(session->in_use());
  session->connection().receive(std::move(input), answer);
}

void HttpEndpoint::get(Visit& visit) {
  if (!accepts(visit.request.headers, "text/event-stream"))
    return refuse(visit, 406, "Accept must name text/event-stream.");
  const auto session = session_of(visit);
  if (!session) return;
  auto stream = session->general();
  std::optional<std::uint64_t> after;
  const auto not_kept = [&] {
    refuse(visit, 400, "This server no longer has the events after this Last-Event-ID.");
  };
  if (const auto last = single_header(visit.request.headers, "Last-Event-ID"); last && *last) {
    const auto found = session->found(**last);
    // Otherwise a client would reconnect again and again.
    if (!found || found->first->over(found->second)) return not_kept();
    stream = found->first;
    after = found->second;
  }
  open_.add(visit.pass, stream, visit.responder);
  if (!stream->attach(visit.responder, event_head(visit.style.headers), after)) return not_kept();
  // Otherwise a reader that has no event yet would lose the events after a broken connection.
  if (!after && primes(*session)) stream->prime();
}

void HttpEndpoint::end_session(Visit& visit) {
  const auto session = session_of(visit);
  if (!session) return;
  sessions_.end(session->id(), visit.pass.rights);
  visit.responder->answer(json_response(200, {}, visit.style.headers));
}

}  // namespace transport
