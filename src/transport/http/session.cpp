#include "transport/http/session.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/base64.h"
#include "base/number.h"
#include "base/random.h"
#include "mcp/sink.h"

namespace transport {
namespace {

/// Streams of answers for which a client may still reconnect.
constexpr std::size_t kMostStreams = 8;

}  // namespace

/// Messages that belong to no request.
class HttpSession::General final : public mcp::Sink {
 public:
  explicit General(std::shared_ptr<EventStream> stream) : stream_(std::move(stream)) {}
  void send(std::string_view message) override { stream_->push(message); }

 private:
  const std::shared_ptr<EventStream> stream_;
};

HttpSession::HttpSession(const mcp::Server& server, std::string id, mcp::Caller caller, std::string owner)
    : id_(std::move(id)),
      owner_(std::move(owner)),
      identity_(caller.identity),
      general_(std::make_shared<EventStream>("0")) {
  // Each request has a thread of its own already.
  connection_ =
      mcp::Connection::open(server, std::move(caller), std::make_shared<General>(general_), mcp::run_here);
}

HttpSession::~HttpSession() = default;

std::shared_ptr<EventStream> HttpSession::new_stream() {
  const std::scoped_lock lock(mutex_);
  return std::make_shared<EventStream>(std::to_string(++streams_made_));
}

void HttpSession::keep(const std::shared_ptr<EventStream>& stream) {
  const std::scoped_lock lock(mutex_);
  while (streams_.size() >= kMostStreams) {
    // A call in flight still has something to say: its stream stays.
    const auto done =
        std::ranges::find_if(streams_, [](const auto& entry) { return entry.second->finished(); });
    if (done == streams_.end()) break;
    streams_.erase(done);
  }
  streams_.emplace_back(stream->name(), stream);
}

std::optional<std::pair<std::shared_ptr<EventStream>, std::uint64_t>> HttpSession::found(
    std::string_view event_id) const {
  const auto dash = event_id.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto name = event_id.substr(0, dash);
  const auto number = base::parse_number<std::uint64_t>(event_id.substr(dash + 1));
  if (!number) return std::nullopt;
  auto stream = name == general_->name() ? general_ : nullptr;
  {
    const std::scoped_lock lock(mutex_);
    const auto kept = std::ranges::find_if(streams_, [&](const auto& entry) { return entry.first == name; });
    if (kept != streams_.end()) stream = kept->second;
  }
  if (!stream || !stream->knows(*number)) return std::nullopt;
  return std::pair(std::move(stream), *number);
}

void HttpSession::keep_alive() {
  general_->keep_alive();
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, stream] : streams_) stream->keep_alive();
}

std::shared_ptr<const void> HttpSession::in_use() {
  ++running_;
  return {this, [self = shared_from_this()](const void*) { --self->running_; }};
}

bool HttpSession::attended() const { return running_ > 0 || general_->attached(); }

void HttpSession::end() {
  connection_->end_of_input();
  connection_->cancel_all();
  connection_->leave();
  general_->finish();
}

std::shared_ptr<HttpSession> HttpSessions::make(mcp::Caller caller, std::string owner) const {
  return std::make_shared<HttpSession>(server_, base::base64url(base::random_bytes(32)), std::move(caller),
                                       std::move(owner));
}

std::size_t HttpSessions::count_of(const std::string& identity) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      sessions_, [&](const auto& entry) { return entry.second.session->identity() == identity; }));
}

std::string HttpSessions::richest() const {
  std::map<std::string, std::size_t> counts;
  for (const auto& [id, entry] : sessions_) ++counts[entry.session->identity()];
  const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  return most == counts.end() ? std::string{} : most->first;
}

/// The session that had to go; null when all are in use.
std::shared_ptr<HttpSession> HttpSessions::make_room(const std::string& identity) {
  auto oldest = sessions_.end();
  for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
    if (at->second.session->identity() != identity || at->second.session->attended()) continue;
    if (oldest == sessions_.end() || at->second.used < oldest->second.used) oldest = at;
  }
  if (oldest == sessions_.end()) return nullptr;
  auto session = std::move(oldest->second.session);
  sessions_.erase(oldest);
  return session;
}

bool HttpSessions::keep(const std::shared_ptr<HttpSession>& session) {
  std::shared_ptr<HttpSession> gone;
  {
    const std::scoped_lock lock(mutex_);
    const auto& identity = session->identity();
    const auto own = count_of(identity);
    if (own >= limits_.of_caller || sessions_.size() >= limits_.all) {
      gone = make_room(identity);
      if (const auto other = richest(); !gone && own + 1 < count_of(other)) gone = make_room(other);
      if (!gone) return false;
    }
    sessions_.emplace(session->id(), Entry{session, server_.clock().steady()});
  }
  if (gone) gone->end();
  return true;
}

std::shared_ptr<HttpSession> HttpSessions::find(std::string_view id, const std::string& owner) {
  const std::scoped_lock lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.session->owner() != owner) return nullptr;
  found->second.used = server_.clock().steady();
  return found->second.session;
}

bool HttpSessions::end(std::string_view id, const std::string& owner) {
  std::shared_ptr<HttpSession> session;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end() || found->second.session->owner() != owner) return false;
    session = std::move(found->second.session);
    sessions_.erase(found);
  }
  session->end();
  return true;
}

std::vector<std::shared_ptr<HttpSession>> HttpSessions::all() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<HttpSession>> found;
  for (const auto& [id, entry] : sessions_) found.push_back(entry.session);
  return found;
}

void HttpSessions::sweep() {
  std::vector<std::shared_ptr<HttpSession>> gone;
  {
    const std::scoped_lock lock(mutex_);
    const auto now = server_.clock().steady();
    for (auto at = sessions_.begin(); at != sessions_.end();) {
      if (at->second.session->attended()) at->second.used = now;
      if (now - at->second.used < limits_.idle) {
        ++at;
        continue;
      }
      gone.push_back(std::move(at->second.session));
      at = sessions_.erase(at);
    }
  }
  for (const auto& session : gone) session->end();
}

void HttpSessions::keep_alive() {
  for (const auto& session : all()) session->keep_alive();
}

void HttpSessions::end_all() {
  for (const auto& session : all()) session->general()->finish();
}

void HttpSessions::cancel_calls() {
  for (const auto& session : all()) session->connection().cancel_all();
}

}  // namespace transport
