#include "pve/guests.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/json_read.h"

namespace pve {
namespace {

constexpr std::chrono::seconds kYoung{3};

std::expected<GuestList, Error> read(Client& client, const std::stop_token& stop) {
  auto answer = client.call({base::Method::Get, "/cluster/resources", {{"type", "vm"}}}, stop);
  if (!answer) return std::unexpected(std::move(answer.error()));
  const auto* rows = answer->data.if_array();
  if (rows == nullptr) {
    Error error;
    error.kind = Error::Kind::Malformed;
    error.message = "the list of guests is not a list";
    return std::unexpected(std::move(error));
  }
  auto guests = std::make_shared<std::vector<Guest>>();
  guests->reserve(rows->size());
  for (const auto& row : base::objects(answer->data)) {
    const auto vmid = base::number(row, "vmid");
    const auto type = base::raw_text(row, "type");
    if (vmid && (type == "qemu" || type == "lxc"))
      guests->push_back({*vmid, base::text(row, "name"), base::text(row, "node"), type == "lxc"});
  }
  std::ranges::sort(*guests, {}, &Guest::vmid);
  return guests;
}

}  // namespace

const Guest* find(const std::vector<Guest>& guests, std::int64_t vmid) {
  const auto found = std::ranges::lower_bound(guests, vmid, {}, &Guest::vmid);
  return found == guests.end() || found->vmid != vmid ? nullptr : &*found;
}

bool Guests::young() const { return list_ && clock_.steady() - taken_ < kYoung; }

GuestList Guests::remembered() {
  const std::scoped_lock lock(mutex_);
  return young() ? list_ : nullptr;
}

void Guests::forget() {
  const std::scoped_lock lock(mutex_);
  list_.reset();
  ++forgotten_;
}

std::expected<GuestList, Error> Guests::newer_than(const GuestList& seen, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!(young() && list_ != seen)) {
    if (asking_) {
      if (changed_.wait(lock, stop, [this] { return !asking_; })) continue;
      Error error;
      error.kind = Error::Kind::Cancelled;
      return std::unexpected(std::move(error));
    }
    asking_ = true;
    const auto before = forgotten_;
    lock.unlock();
    auto read_now = read(client_, stop);
    lock.lock();
    asking_ = false;
    changed_.notify_all();
    if (!read_now) return std::unexpected(std::move(read_now.error()));
    // What was forgotten meanwhile may be older than the change that made it wrong.
    if (forgotten_ != before) return *std::move(read_now);
    list_ = *std::move(read_now);
    taken_ = clock_.steady();
    return list_;
  }
  return list_;
}

}  // namespace pve
