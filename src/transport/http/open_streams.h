// Answers that are under way, and the readers of sessions: kept alive, counted, cancelled, and ended when
// their reader has lost its rights.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "jsonrpc/message.h"
#include "mcp/connection.h"
#include "net/http.h"
#include "net/responder.h"
#include "transport/http/answer.h"
#include "transport/http/event_stream.h"

namespace transport {

/// The authorization of a caller, and the rights that it gave at that time.
struct Pass {
  std::string identity;
  /// Identity, tier, categories and scopes in one text.
  std::string rights;
  /// The Authorization header, if there was one.
  net::Headers credentials;
};

/// Safe from many threads. Holds nothing alive.
class OpenStreams {
 public:
  /// A request of the modern era that is being answered.
  void add(Pass pass, const std::shared_ptr<mcp::Connection>& connection,
           const std::shared_ptr<ModernAnswer>& answer);
  /// One that stays open, with its id. False when its caller has `most` of them already.
  bool add_listening(Pass pass, jsonrpc::Id id, std::size_t most,
                     const std::shared_ptr<mcp::Connection>& connection,
                     const std::shared_ptr<ModernAnswer>& answer);
  /// The reader of a session's stream.
  void add(Pass pass, const std::shared_ptr<EventStream>& stream,
           const std::shared_ptr<net::Responder>& reader);

  void keep_alive();
  /// Cancels the calls of the modern era.
  void cancel_all();
  /// Ends the open streams whose pass is no longer `valid`; that check may wait. The modern era is told so by
  /// a last message.
  void check(const std::function<bool(const Pass&)>& valid);

 private:
  struct Answering {
    Pass pass;
    /// The id of one that stays open.
    std::optional<jsonrpc::Id> listens;
    std::weak_ptr<mcp::Connection> connection;
    std::weak_ptr<ModernAnswer> answer;
  };
  struct Reading {
    Pass pass;
    std::weak_ptr<EventStream> stream;
    std::weak_ptr<net::Responder> reader;
  };

  /// With the mutex held.
  void forget_gone();
  std::size_t listening(const std::string& identity) const;

  std::mutex mutex_;
  std::vector<Answering> answering_;
  std::vector<Reading> reading_;
};

}  // namespace transport
