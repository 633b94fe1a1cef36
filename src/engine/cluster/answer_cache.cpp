#include "engine/cluster/answer_cache.h"

#include <utility>

namespace engine {
namespace {

constexpr std::chrono::seconds kYoung{5};
constexpr std::size_t kMost = 64;

}  // namespace

bool AnswerCache::young(const Slot& slot) const {
  return slot.filled && clock_.steady() - slot.taken < kYoung;
}

void AnswerCache::forget_old() {
  if (slots_.size() < kMost) return;
  std::erase_if(slots_, [this](const auto& item) { return !item.second.asking && !young(item.second); });
}

std::shared_ptr<const base::Json> AnswerCache::known(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  const auto slot = slots_.find(path);
  return slot != slots_.end() && young(slot->second) ? slot->second.data : nullptr;
}

std::shared_ptr<const base::Json> AnswerCache::newer_than(const std::shared_ptr<const base::Json>& seen,
                                                          const std::string& path,
                                                          const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    forget_old();
    if (auto& slot = slots_[path]; young(slot) && (!seen || slot.data != seen)) {
      return slot.data;
    } else if (!slot.asking) {
      slot.asking = true;
    } else {
      changed_.wait(lock, stop, [&] {
        const auto now = slots_.find(path);
        return now == slots_.end() || !now->second.asking;
      });
      continue;
    }
    lock.unlock();
    auto answer = client_.call({base::Method::Get, path, {}}, stop);
    lock.lock();
    auto& slot = slots_[path];
    slot.asking = false;
    changed_.notify_all();
    // A cancelled request says nothing about the path, so the next caller asks again.
    if (!answer && answer.error().kind == pve::Error::Kind::Cancelled) return nullptr;
    slot.filled = true;
    slot.taken = clock_.steady();
    slot.data = answer ? std::make_shared<const base::Json>(std::move(answer->data)) : nullptr;
    return slot.data;
  }
  return nullptr;
}

}  // namespace engine
