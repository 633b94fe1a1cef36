// Requests of the server to the client, matched with the responses.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>

#include "base/json.h"
#include "jsonrpc/message.h"
#include "mcp/exchange.h"
#include "mcp/server.h"
#include "mcp/sink.h"

namespace mcp {

/// Safe from many threads.
class Outgoing {
 public:
  explicit Outgoing(Patience patience) : patience_(patience) {}

  /// Peer::request, sent to `sink`.
  std::expected<base::Json, jsonrpc::Error> request(Sink& sink, std::string_view method,
                                                    std::string_view params, const std::stop_token& stop,
                                                    const Peer::Waits& waits);

  /// False if no request waits for it.
  bool deliver(jsonrpc::Response response);
  /// The client sends no more responses; later requests fail at once.
  void close();

 private:
  using Slot = std::optional<std::expected<base::Json, jsonrpc::Error>>;

  /// True when the answer was there in time, or the client is gone. With the mutex held.
  bool await(const jsonrpc::Id& id, std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
             const Peer::Waits& waits);

  const Patience patience_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<jsonrpc::Id, Slot> waiting_;
  std::int64_t last_ = 0;
  bool closed_ = false;
};

}  // namespace mcp
