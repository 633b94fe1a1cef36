// The answer to one POST: one JSON text, or a stream of events once there is something to tell before it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jsonrpc/message.h"
#include "mcp/sink.h"
#include "net/http.h"
#include "net/responder.h"
#include "transport/http/event_stream.h"

namespace transport {

/// What answers have in common.
struct AnswerStyle {
  net::Headers headers;
  /// False: the client accepts no events, so progress and logs are dropped.
  bool may_stream = true;
  /// False: the client accepts only events, so even a single answer is sent as one. Not when may_stream is
  /// false too.
  bool may_be_json = true;
  /// The value of WWW-Authenticate for scopes that would have done.
  std::function<std::string(const std::vector<std::string>&)> scope_challenge;
};

/// `body` as JSON.
net::Response json_response(unsigned status, std::string body, const net::Headers& headers);

/// Answers with this message and nothing before it. Errors that clients tell apart by the status have theirs,
/// and are JSON for everybody.
void answer_whole(net::Responder& responder, std::string_view message, const jsonrpc::Error* error,
                  const AnswerStyle& style);

/// The slot that a call occupies: released just before the answer is sent, so that a client with the answer
/// can start its next call.
using Places = std::vector<std::shared_ptr<const void>>;

/// Of the modern era: nothing is kept. Once it has begun as a stream no error changes the status: a tool asks
/// what the client may be unable to answer before it reports, so that -32021 comes with its 400.
class ModernAnswer final : public mcp::Sink {
 public:
  ModernAnswer(std::shared_ptr<net::Responder> responder, AnswerStyle style)
      : responder_(std::move(responder)), style_(std::move(style)) {}

  /// Before the request is given to the protocol.
  void hold(std::shared_ptr<const void> place) { places_.push_back(std::move(place)); }
  void send(std::string_view message) override;
  bool sends() const override { return style_.may_stream; }
  void answer(std::string_view message, const jsonrpc::Error* error) override;
  /// Ends a stream that has begun with `last` instead of the answer.
  void cut(std::string_view last);
  /// On a stream that has begun.
  void keep_alive();
  /// There is nothing to come.
  bool done() const;

 private:
  const std::shared_ptr<net::Responder> responder_;
  const AnswerStyle style_;
  mutable std::mutex mutex_;
  bool begun_ = false;
  bool done_ = false;
  Places places_;
};

/// Of a legacy session: once it has begun as a stream its events are kept, and a reader who was cut off gets
/// the rest by a GET.
class LegacyAnswer final : public mcp::Sink {
 public:
  /// `opened` is told of the stream when it begins; `primes`: the revision has events without data.
  LegacyAnswer(std::shared_ptr<net::Responder> responder, AnswerStyle style,
               std::shared_ptr<EventStream> stream,
               std::function<void(const std::shared_ptr<EventStream>&)> opened, bool primes)
      : responder_(std::move(responder)),
        style_(std::move(style)),
        stream_(std::move(stream)),
        opened_(std::move(opened)),
        primes_(primes) {}
  /// A request that was cancelled has no answer: a stream just ends, one that has not begun without an event.
  /// A client that accepts no events gets a 204.
  ~LegacyAnswer() override;
  LegacyAnswer(const LegacyAnswer&) = delete;
  LegacyAnswer& operator=(const LegacyAnswer&) = delete;

  /// Before the request is given to the protocol.
  void hold(std::shared_ptr<const void> place) { places_.push_back(std::move(place)); }
  void send(std::string_view message) override;
  bool sends() const override { return style_.may_stream; }
  void answer(std::string_view message, const jsonrpc::Error* error) override;
  void pause() override;

 private:
  bool begin();

  const std::shared_ptr<net::Responder> responder_;
  const AnswerStyle style_;
  const std::shared_ptr<EventStream> stream_;
  const std::function<void(const std::shared_ptr<EventStream>&)> opened_;
  const bool primes_;
  std::mutex mutex_;
  bool begun_ = false;
  bool done_ = false;
  Places places_;
};

}  // namespace transport
