#include "engine/bounds/held_guests.h"

#include <chrono>
#include <utility>

namespace engine {
namespace {

constexpr std::chrono::seconds kYoung{3};

}  // namespace

bool HeldGuests::young() const {
  return held_ && call_ == scope_.calls() && clock_.steady() - taken_ < kYoung;
}

HeldGuests::HeldPtr HeldGuests::known() {
  const std::scoped_lock lock(mutex_);
  return young() ? held_ : nullptr;
}

void HeldGuests::forget() {
  const std::scoped_lock lock(mutex_);
  held_.reset();
  ++forgotten_;
}

std::expected<HeldGuests::HeldPtr, std::string> HeldGuests::get(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!young() && asking_) {
    if (!changed_.wait(lock, stop, [this] { return !asking_; }))
      return std::unexpected(std::string("the call was cancelled"));
  }
  if (young()) return held_;
  asking_ = true;
  const auto before = forgotten_;
  const auto call = scope_.calls();
  lock.unlock();
  auto held = scope_.held(stop);
  lock.lock();
  asking_ = false;
  changed_.notify_all();
  if (!held) return std::unexpected(std::move(held.error()));
  auto kept = std::make_shared<const Scope::Held>(*std::move(held));
  // A read that was interrupted lacks guests, and one from before a change may be wrong.
  if (!stop.stop_requested() && forgotten_ == before) {
    held_ = kept;
    call_ = call;
    taken_ = clock_.steady();
  }
  return kept;
}

}  // namespace engine
