// Legacy sessions over HTTP: 2025-03-26 to 2025-11-25.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "jsonrpc/message.h"
#include "mcp/connection.h"
#include "mcp/server.h"
#include "transport/http/event_stream.h"

namespace transport {

/// One client's session. What belongs to no request goes to the stream of its GET. Safe from many threads.
class HttpSession final : public std::enable_shared_from_this<HttpSession> {
 public:
  /// `owner` is what requests of it must have in common.
  HttpSession(const mcp::Server& server, std::string id, mcp::Caller caller, std::string owner);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  const std::string& id() const { return id_; }
  const std::string& owner() const { return owner_; }
  /// The caller's name.
  const std::string& identity() const { return identity_; }
  mcp::Connection& connection() { return *connection_; }
  /// The stream of GET.
  const std::shared_ptr<EventStream>& general() const { return general_; }

  /// A stream for the answer to one request; it can be found() once it is kept().
  std::shared_ptr<EventStream> new_stream();
  void keep(const std::shared_ptr<EventStream>& stream);
  /// The stream of an event id, and the event's number; nothing when it is not known (any more).
  std::optional<std::pair<std::shared_ptr<EventStream>, std::uint64_t>> found(
      std::string_view event_id) const;

  void keep_alive();
  /// attended() while it is held.
  std::shared_ptr<const void> in_use();
  /// Somebody reads its stream, or a call of it runs.
  bool attended() const;
  /// Cancels its calls and ends its streams.
  void end();

 private:
  class General;

  const std::string id_;
  const std::string owner_;
  const std::string identity_;
  const std::shared_ptr<EventStream> general_;
  std::shared_ptr<mcp::Connection> connection_;

  std::atomic<std::size_t> running_ = 0;

  mutable std::mutex mutex_;
  std::uint64_t streams_made_ = 0;
  std::deque<std::pair<std::string, std::shared_ptr<EventStream>>> streams_;
};

/// All sessions of a server: random names, a bounded number, gone when idle.
class HttpSessions {
 public:
  struct Limits {
    std::size_t all = 1000;
    std::size_t of_caller = 100;
    std::chrono::milliseconds idle{std::chrono::minutes(30)};
  };

  HttpSessions(const mcp::Server& server, const Limits& limits) : server_(server), limits_(limits) {}

  /// Not known by its name before keep().
  std::shared_ptr<HttpSession> make(mcp::Caller caller, std::string owner) const;
  /// If there are too many, ends the oldest unattended session: of this caller, or, if all callers together
  /// have too many, of a caller with more sessions. False if there is none.
  bool keep(const std::shared_ptr<HttpSession>& session);
  /// Null if there is no session of this name, or if it belongs to another caller. Counts as use.
  std::shared_ptr<HttpSession> find(std::string_view id, const std::string& owner);
  /// False when there was none.
  bool end(std::string_view id, const std::string& owner);

  /// To be called now and then: ends sessions that were idle for too long.
  void sweep();
  void keep_alive();
  /// Ends the streams of all; the sessions stay.
  void end_all();
  void cancel_calls();

 private:
  struct Entry {
    std::shared_ptr<HttpSession> session;
    base::Clock::Steady used;
  };

  /// With the mutex held.
  std::size_t count_of(const std::string& identity) const;
  /// The caller with the most sessions.
  std::string richest() const;
  std::shared_ptr<HttpSession> make_room(const std::string& identity);
  std::vector<std::shared_ptr<HttpSession>> all() const;

  const mcp::Server& server_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> sessions_;
};

}  // namespace transport
