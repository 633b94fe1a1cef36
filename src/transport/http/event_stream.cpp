#include "transport/http/event_stream.h"

#include <utility>

namespace transport {
namespace {

constexpr std::size_t kMostEvents = 256;
constexpr std::size_t kMostBytes = std::size_t{256} << 10U;
constexpr std::string_view kRetry = "retry: 500\n";

}  // namespace

net::Response event_head(const net::Headers& extra) {
  net::Response head{200, "OK", extra, {}};
  head.headers.emplace_back("Content-Type", "text/event-stream");
  head.headers.emplace_back("Cache-Control", "no-cache");
  // nginx would hold events back otherwise.
  head.headers.emplace_back("X-Accel-Buffering", "no");
  return head;
}

std::string event_text(std::string_view message) { return "data: " + std::string(message) + "\n\n"; }

bool EventStream::attach(const std::shared_ptr<net::Responder>& reader, net::Response head,
                         std::optional<std::uint64_t> after) {
  std::unique_lock lock(mutex_);
  if (was_read_ && after && *after < dropped_) return false;
  // A client whose network has changed reconnects long before its old connection breaks.
  if (const auto before = std::exchange(reader_, nullptr)) before->end();
  reader->begin(std::move(head));
  // The first reader gets all events.
  if (!std::exchange(was_read_, true)) after = 0;
  for (const auto& event : kept_) {
    if (after && event.number > *after) reader->write(event.text);
  }
  if (finished_) {
    reader->end();
    return true;
  }
  reader_ = reader;
  // A reader that is already gone reports it at once.
  lock.unlock();
  reader->on_gone([self = weak_from_this(), key = reader.get()] {
    if (const auto stream = self.lock()) stream->let_go(key);
  });
  return true;
}

void EventStream::dismiss(const net::Responder& reader) {
  const std::scoped_lock lock(mutex_);
  if (reader_.get() != &reader) return;
  std::exchange(reader_, nullptr)->end();
}

void EventStream::let_go(const net::Responder* reader) {
  std::shared_ptr<net::Responder> gone;
  const std::scoped_lock lock(mutex_);
  if (reader_.get() == reader) gone = std::exchange(reader_, nullptr);
}

void EventStream::keep(std::string text) {
  bytes_ += text.size();
  kept_.push_back({last_, std::move(text)});
  while (kept_.size() > kMostEvents || (bytes_ > kMostBytes && kept_.size() > 1)) {
    bytes_ -= kept_.front().text.size();
    dropped_ = kept_.front().number;
    kept_.pop_front();
  }
}

void EventStream::prime() {
  const std::scoped_lock lock(mutex_);
  ++last_;
  if (reader_)
    reader_->write("id: " + name_ + "-" + std::to_string(last_) + "\n" + std::string(kRetry) + "data: \n\n");
}

void EventStream::push(std::string_view message) {
  const std::scoped_lock lock(mutex_);
  ++last_;
  auto text = "id: " + name_ + "-" + std::to_string(last_) + "\n" + event_text(message);
  if (reader_ && !reader_->write(text)) reader_.reset();
  keep(std::move(text));
}

void EventStream::finish() {
  const std::scoped_lock lock(mutex_);
  finished_ = true;
  if (const auto reader = std::exchange(reader_, nullptr)) reader->end();
}

void EventStream::pause() {
  const std::scoped_lock lock(mutex_);
  if (const auto reader = std::exchange(reader_, nullptr)) reader->end();
}

void EventStream::keep_alive() {
  const std::scoped_lock lock(mutex_);
  if (reader_ && !reader_->write(":\n\n")) reader_.reset();
}

bool EventStream::knows(std::uint64_t number) const {
  const std::scoped_lock lock(mutex_);
  return number <= last_;
}

bool EventStream::over(std::uint64_t after) const {
  const std::scoped_lock lock(mutex_);
  return finished_ && (kept_.empty() || kept_.back().number <= after);
}

bool EventStream::attached() const {
  const std::scoped_lock lock(mutex_);
  return reader_ != nullptr;
}

bool EventStream::finished() const {
  const std::scoped_lock lock(mutex_);
  return finished_;
}

}  // namespace transport
