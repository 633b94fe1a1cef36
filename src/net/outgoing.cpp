#include "net/outgoing.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace net {
namespace {

class Handle final : public Responder {
 public:
  explicit Handle(std::shared_ptr<Outgoing> outgoing) : outgoing_(std::move(outgoing)) {}
  ~Handle() override { outgoing_->abandon(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void answer(Response response) override { outgoing_->answer(response); }
  void begin(Response head) override { outgoing_->begin(head); }
  bool write(std::string_view bytes) override { return outgoing_->write(bytes); }
  void end() override { outgoing_->end(); }
  void on_gone(std::function<void()> gone) override { outgoing_->on_gone(std::move(gone)); }
  std::string peer() const override { return outgoing_->peer(); }

 private:
  const std::shared_ptr<Outgoing> outgoing_;
};

}  // namespace

bool Door::post(std::function<void()> job) {
  const std::scoped_lock lock(mutex_);
  if (io_ != nullptr) boost::asio::post(*io_, std::move(job));
  return io_ != nullptr;
}

void Door::shut() {
  const std::scoped_lock lock(mutex_);
  io_ = nullptr;
}

Outgoing::Outgoing(AnswerTerms terms, std::shared_ptr<Door> door, std::function<void()> wake)
    : terms_(std::move(terms)), door_(std::move(door)), wake_(std::move(wake)) {}

Framing Outgoing::framing_of(const Response& head, bool whole) const {
  if (head.status == 204 || head.status == 304 || (terms_.to_head && !whole)) return Framing::Without;
  if (whole) return Framing::Length;
  return terms_.http10 ? Framing::UntilEnd : Framing::Chunked;
}

bool Outgoing::closes_after(const Response& head, Framing framing) const {
  return terms_.last || framing == Framing::UntilEnd || (terms_.close_on_error && head.status >= 400) ||
         door_->draining;
}

void Outgoing::answer(const Response& response) {
  const auto framing = framing_of(response, true);
  const bool closes = closes_after(response, framing);
  std::string text = write_head(response, framing, closes);
  if (framing == Framing::Length && !terms_.to_head) text += response.body;
  std::function<void()> gone;  // destroyed after the lock is released: it may own anything
  {
    const std::scoped_lock lock(mutex_);
    if (stage_ != Stage::Waiting) return;
    stage_ = Stage::Complete;
    closes_ = closes;
    waiting_ = text.size();
    bytes_ = std::move(text);
    gone.swap(gone_);
  }
  wake();
}

void Outgoing::begin(const Response& head) {
  const auto framing = framing_of(head, false);
  const bool closes = closes_after(head, framing);
  std::string text = write_head(head, framing, closes);
  {
    const std::scoped_lock lock(mutex_);
    if (stage_ != Stage::Waiting) return;
    stage_ = Stage::Begun;
    framing_ = framing;
    closes_ = closes;
    waiting_ = text.size();
    bytes_ = std::move(text);
  }
  if (!head.body.empty()) write(head.body);
  wake();
}

bool Outgoing::write(std::string_view bytes) {
  {
    const std::scoped_lock lock(mutex_);
    if (stage_ != Stage::Begun) return false;
    if (framing_ == Framing::Without || bytes.empty()) return true;
    if (terms_.max_pending == 0 || waiting_ <= terms_.max_pending) {
      const auto before = bytes_.size();
      if (framing_ == Framing::Chunked) {
        bytes_ += chunk(bytes);
      } else {
        bytes_ += bytes;
      }
      waiting_ += bytes_.size() - before;
    } else {
      stage_ = Stage::Broken;
    }
  }
  wake();
  const std::scoped_lock lock(mutex_);
  return stage_ != Stage::Broken;
}

void Outgoing::end() {
  std::function<void()> gone;
  {
    const std::scoped_lock lock(mutex_);
    if (stage_ != Stage::Begun) return;
    stage_ = Stage::Complete;
    if (framing_ == Framing::Chunked) {
      bytes_ += kLastChunk;
      waiting_ += kLastChunk.size();
    }
    gone.swap(gone_);
  }
  wake();
}

void Outgoing::on_gone(std::function<void()> gone) {
  {
    const std::scoped_lock lock(mutex_);
    if (stage_ == Stage::Complete) return;
    if (stage_ != Stage::Broken) {
      gone_.swap(gone);
      return;
    }
  }
  if (gone && !door_->post(gone)) gone();
}

void Outgoing::abandon() {
  std::function<void()> gone;
  {
    const std::scoped_lock lock(mutex_);
    if (stage_ == Stage::Complete || stage_ == Stage::Broken) return;
    stage_ = Stage::Broken;
    gone.swap(gone_);
  }
  wake();
}

Outgoing::Stage Outgoing::look() {
  const std::scoped_lock lock(mutex_);
  woken_ = false;
  return stage_;
}

Outgoing::Stage Outgoing::take(std::string& bytes) {
  const std::scoped_lock lock(mutex_);
  std::string().swap(bytes);
  bytes.swap(bytes_);
  return stage_;
}

void Outgoing::sent(std::size_t count) {
  const std::scoped_lock lock(mutex_);
  waiting_ -= std::min(count, waiting_);
}

void Outgoing::peer_gone() {
  std::function<void()> gone;
  {
    const std::scoped_lock lock(mutex_);
    std::string().swap(bytes_);
    if (stage_ == Stage::Complete) return;
    stage_ = Stage::Broken;
    gone.swap(gone_);
  }
  if (gone) gone();
}

bool Outgoing::complete() const {
  const std::scoped_lock lock(mutex_);
  return stage_ == Stage::Complete;
}

bool Outgoing::closes() const {
  const std::scoped_lock lock(mutex_);
  return closes_;
}

void Outgoing::wake() {
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(woken_, true)) return;
  }
  door_->post(wake_);
}

std::shared_ptr<Responder> make_responder(std::shared_ptr<Outgoing> outgoing) {
  return std::make_shared<Handle>(std::move(outgoing));
}

}  // namespace net
