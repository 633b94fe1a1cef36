// Server-sent events of one stream, whose reader may disconnect and reconnect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"
#include "net/responder.h"

namespace transport {

/// The head of an answer that is a stream of events.
net::Response event_head(const net::Headers& extra);
/// One event without an id.
std::string event_text(std::string_view message);

/// Events with ids "STREAM-N", of which the last 256, at most 256 KiB, are kept for a reader that reconnects.
/// Safe from many threads; writing never waits.
class EventStream : public std::enable_shared_from_this<EventStream> {
 public:
  /// `name` is unique in the session and has no '-'.
  explicit EventStream(std::string name) : name_(std::move(name)) {}

  /// Events go to this reader from now on, after those behind number `after` that were kept, for the first
  /// reader all of them; the previous reader is disconnected. The reader ends at once if the stream has
  /// ended. Returns false and does nothing if some events after `after` are no longer kept.
  bool attach(const std::shared_ptr<net::Responder>& reader, net::Response head,
              std::optional<std::uint64_t> after);
  /// An event without data, so that the reader has an id to come back with (2025-11-25), and how soon it may.
  void prime();
  void push(std::string_view message);
  /// The answer is the last event: the reader's answer is complete with it.
  void finish();
  /// Disconnects the reader; it may reconnect.
  void pause();
  /// The same, if it is this one.
  void dismiss(const net::Responder& reader);
  /// A comment that keeps proxies from closing.
  void keep_alive();

  const std::string& name() const { return name_; }
  /// Whether there was an event of this number.
  bool knows(std::uint64_t number) const;
  bool attached() const;
  /// The event of this number is the last one of the stream.
  bool over(std::uint64_t after) const;
  bool finished() const;

 private:
  struct Event {
    std::uint64_t number;
    std::string text;
  };

  void keep(std::string text);
  void let_go(const net::Responder* reader);

  const std::string name_;
  mutable std::mutex mutex_;
  std::shared_ptr<net::Responder> reader_;
  std::deque<Event> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  /// The number of the newest event that is no longer kept.
  std::uint64_t dropped_ = 0;
  bool finished_ = false;
  bool was_read_ = false;
};

}  // namespace transport
