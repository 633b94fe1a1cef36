#include "transport/http/answer.h"

#include <utility>

#include "base/json.h"
#include "base/json_read.h"
#include "mcp/modern.h"
#include "seam/request.h"

namespace transport {
namespace {

std::string_view reason(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

std::vector<std::string> scopes_of(const base::Json& data) {
  std::vector<std::string> scopes;
  for (const auto& scope : base::list(data, "scopes")) {
    if (scope.is_string()) scopes.emplace_back(scope.get_string());
  }
  return scopes;
}

/// The answer that is one JSON text.
net::Response whole(std::string_view message, const jsonrpc::Error* error, const AnswerStyle& style) {
  auto headers = style.headers;
  unsigned status = 200;
  if (error != nullptr && error->code == mcp::modern::kMissingCapability) status = 400;
  if (error != nullptr && error->code == mcp::kInsufficientScope) {
    status = 403;
    if (style.scope_challenge)
      headers.emplace_back("WWW-Authenticate", style.scope_challenge(scopes_of(error->data)));
  }
  return json_response(status, std::string(message), headers);
}

}  // namespace

net::Response json_response(unsigned status, std::string body, const net::Headers& headers) {
  net::Response response{status, std::string(reason(status)), headers, std::move(body)};
  if (!response.body.empty()) response.headers.emplace_back("Content-Type", "application/json");
  return response;
}

void answer_whole(net::Responder& responder, std::string_view message, const jsonrpc::Error* error,
                  const AnswerStyle& style) {
  auto response = whole(message, error, style);
  if (style.may_be_json || response.status != 200) {
    responder.answer(std::move(response));
    return;
  }
  responder.begin(event_head(style.headers));
  responder.write(event_text(message));
  responder.end();
}

void ModernAnswer::send(std::string_view message) {
  const std::scoped_lock lock(mutex_);
  if (done_ || !style_.may_stream) return;
  if (!std::exchange(begun_, true)) responder_->begin(event_head(style_.headers));
  responder_->write(event_text(message));
}

void ModernAnswer::answer(std::string_view message, const jsonrpc::Error* error) {
  const std::scoped_lock lock(mutex_);
  if (std::exchange(done_, true)) return;
  places_.clear();
  if (!begun_) {
    answer_whole(*responder_, message, error, style_);
    return;
  }
  responder_->write(event_text(message));
  responder_->end();
}

void ModernAnswer::cut(std::string_view last) {
  const std::scoped_lock lock(mutex_);
  if (!begun_ || std::exchange(done_, true)) return;
  responder_->write(event_text(last));
  responder_->end();
}

void ModernAnswer::keep_alive() {
  const std::scoped_lock lock(mutex_);
  if (begun_ && !done_) responder_->write(":\n\n");
}

bool ModernAnswer::done() const {
  const std::scoped_lock lock(mutex_);
  return done_;
}

LegacyAnswer::~LegacyAnswer() {
  if (done_) return;
  if (begun_) {
    stream_->finish();
  } else if (style_.may_stream) {
    // No event first: an event id would make clients reconnect for an answer.
    responder_->begin(event_head(style_.headers));
    responder_->end();
  } else {
    responder_->answer(json_response(204, {}, style_.headers));
  }
}

bool LegacyAnswer::begin() {
  if (!style_.may_stream) return false;
  if (!std::exchange(begun_, true)) {
    stream_->attach(responder_, event_head(style_.headers), std::nullopt);
    opened_(stream_);
    if (primes_) stream_->prime();
  }
  return true;
}

void LegacyAnswer::send(std::string_view message) {
  const std::scoped_lock lock(mutex_);
  if (begin()) stream_->push(message);
}

void LegacyAnswer::answer(std::string_view message, const jsonrpc::Error* error) {
  const std::scoped_lock lock(mutex_);
  done_ = true;
  places_.clear();
  if (!begun_) {
    answer_whole(*responder_, message, error, style_);
    return;
  }
  stream_->push(message);
  stream_->finish();
}

void LegacyAnswer::pause() {
  const std::scoped_lock lock(mutex_);
  // Without an event id the client could not reconnect for the rest.
  if (primes_ && begin()) stream_->pause();
}

}  // namespace transport
