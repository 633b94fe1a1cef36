#include "engine/bounds/guest_traits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/outcome/guest_state.h"

namespace engine {
namespace {

std::string cannot_read(std::string_view what, const pve::Error& error) {
  return fmt::format("{} cannot be read: {}", what, base::printable(base::trim(error.message), 200));
}

bool says_missing(const pve::Error& error) {
  return error.kind == pve::Error::Kind::Refused && error.status != 403 &&
         error.message.find("does not exist") != std::string::npos;
}

}  // namespace

std::expected<bool, std::string> GuestTraits::read_configuration(const pve::Guest& guest,
                                                                 guard::GuestTraits& traits) {
  const auto config = read_guest(cluster_.client, guest, "config", stop_);
  if (!config) {
    if (says_missing(config.error())) return false;
    return std::unexpected(cannot_read("its configuration", config.error()));
  }
  traits.name = base::raw_text(*config, guest.container ? "hostname" : "name");
  for (const auto tag : base::list_items(base::raw_text(*config, "tags"))) traits.tags.emplace_back(tag);
  return true;
}

std::expected<void, std::string> GuestTraits::read_pool(const std::string& id, PoolsOfGuests& pools) {
  const auto members = cluster_.client.call({base::Method::Get, "/pools", {{"poolid", id}}}, stop_);
  if (!members) return std::unexpected(cannot_read("pool " + base::printable(id, 60), members.error()));
  for (const auto& pool : base::objects(members->data)) {
    for (const auto& member : base::objects(pool, "members")) {
      if (const auto vmid = base::number(member, "vmid")) pools[*vmid].push_back(id);
    }
  }
  return {};
}

std::expected<void, std::string> GuestTraits::read_pools() {
  if (pools_) return {};
  const auto list = cluster_.client.call({base::Method::Get, "/pools", {}}, stop_);
  if (!list) return std::unexpected(cannot_read("the list of pools", list.error()));
  PoolsOfGuests pools;
  for (const auto& wanted : terms_.pools()) {
    bool seen = false;
    for (const auto& row : base::objects(list->data)) {
      const std::string id(base::raw_text(row, "poolid"));
      if (id != wanted && !id.starts_with(wanted + "/")) continue;
      seen = true;
      if (auto read = read_pool(id, pools); !read) return read;
    }
    // PVE leaves out of the list what the token may not see.
    if (!seen)
      return std::unexpected(fmt::format("pool {} does not exist, or this API token cannot see it",
                                         base::printable(wanted, 60)));
  }
  pools_ = std::move(pools);
  return {};
}

std::expected<std::optional<guard::GuestTraits>, std::string> GuestTraits::of(const pve::Guest& guest) {
  guard::GuestTraits traits{.vmid = guest.vmid, .node = guest.node};
  if (terms_.asks_configuration()) {
    const auto is_there = read_configuration(guest, traits);
    if (!is_there) return std::unexpected(is_there.error());
    if (!*is_there) return std::nullopt;
  }
  if (terms_.asks_pools()) {
    if (auto read = read_pools(); !read) return std::unexpected(std::move(read.error()));
    if (const auto found = pools_->find(guest.vmid); found != pools_->end()) traits.pools = found->second;
  }
  return traits;
}

std::expected<guard::GuestTraits, std::string> GuestTraits::of(std::int64_t vmid) {
  const auto list = cluster_.inventory.now(stop_);
  if (!list) return std::unexpected(cannot_read("the list of guests", list.error()));
  const auto* guest = (*list)->guest(vmid);
  if (guest == nullptr) return std::unexpected(std::string("it is not visible to this API token"));
  auto traits = of(*guest);
  if (!traits) return std::unexpected(std::move(traits.error()));
  if (!*traits)
    return std::unexpected(fmt::format("it is not on {} any more", base::printable(guest->node, 60)));
  return **std::move(traits);
}

}  // namespace engine
