#include "pve/inventory_cache.h"

#include <memory>
#include <utility>

namespace pve {
namespace {

constexpr std::chrono::seconds kYoung{3};

std::expected<InventoryPtr, Error> read(Client& client, const std::stop_token& stop) {
  const auto answer = client.call({base::Method::Get, "/cluster/resources", {}}, stop);
  if (!answer) return std::unexpected(answer.error());
  auto inventory = inventory_of(answer->data);
  if (!inventory) {
    Error error;
    error.kind = Error::Kind::Malformed;
    error.message = "the answer to GET /cluster/resources is not a list";
    return std::unexpected(std::move(error));
  }
  inventory->limit = client.limit();
  inventory->gaps = client.gaps();
  return std::make_shared<const Inventory>(*std::move(inventory));
}

}  // namespace

bool InventoryCache::young() const { return list_ && clock_.steady() - taken_ < kYoung; }

InventoryPtr InventoryCache::remembered() {
  const std::scoped_lock lock(mutex_);
  return young() ? list_ : nullptr;
}

bool InventoryCache::knows_node(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  return nodes_.contains(name);
}

void InventoryCache::forget() {
  const std::scoped_lock lock(mutex_);
  list_.reset();
  ++forgotten_;
}

std::expected<InventoryPtr, Error> InventoryCache::ask(std::unique_lock<std::mutex>& lock,
                                                       const std::stop_token& stop) {
  const auto before = forgotten_;
  const auto question = ++asked_;
  lock.unlock();
  auto answer = read(client_, stop);
  lock.lock();
  if (answer) {
    for (const auto& node : (*answer)->nodes) nodes_.insert(node.name);
    for (const auto& guest : (*answer)->guests) nodes_.insert(guest.node);
  }
  // What was forgotten meanwhile may be older than the change that made it wrong, and a slow answer older
  // than the one to a later question.
  if (answer && forgotten_ == before && question > kept_) {
    list_ = *answer;
    kept_ = question;
    taken_ = clock_.steady();
  }
  return answer;
}

std::expected<InventoryPtr, Error> InventoryCache::newer_than(const InventoryPtr& seen,
                                                              const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!(young() && list_ != seen)) {
    if (asking_) {
      if (changed_.wait(lock, stop, [this] { return !asking_; })) continue;
      Error error;
      error.kind = Error::Kind::Cancelled;
      return std::unexpected(std::move(error));
    }
    asking_ = true;
    auto answer = ask(lock, stop);
    asking_ = false;
    changed_.notify_all();
    return answer;
  }
  return list_;
}

std::expected<InventoryPtr, Error> InventoryCache::now(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  return ask(lock, stop);
}

}  // namespace pve
