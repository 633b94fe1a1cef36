#include "engine/bounds/guest_traits.h"

#include <fmt/format.h>

#include <set>
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
  const auto config = read_guest(client_, guest, "config", stop_);
  if (!config) {
    if (says_missing(config.error())) return false;
    return std::unexpected(cannot_read("its configuration", config.error()));
  }
  traits.name = base::raw_text(*config, guest.container ? "hostname" : "name");
  for (const auto tag : base::list_items(base::raw_text(*config, "tags"))) traits.tags.emplace_back(tag);
  return true;
}

std::expected<void, std::string> GuestTraits::read_pool(const std::string& id, PoolsOfGuests& pools) {
  const auto members = client_.call({base::Method::Get, "/pools", {{"poolid", id}}}, stop_);
  if (!members) return std::unexpected(cannot_read("pool " + base::printable(id, 60), members.error()));
  for (const auto& pool : base::objects(members->data)) {
    for (const auto& member : base::objects(pool, "members")) {
      if (const auto vmid = base::number(member, "vmid")) pools[*vmid].push_back(id);
    }
  }
  return {};
}

std::expected<const GuestTraits::PoolsOfGuests*, std::string> GuestTraits::pools() {
  if (pools_) return &*pools_;
  PoolsOfGuests pools;
  if (wanted_.any_pool()) {
    const auto list = client_.call({base::Method::Get, "/pools", {}}, stop_);
    if (!list) return std::unexpected(cannot_read("the list of pools", list.error()));
    std::set<std::string> ids;
    for (const auto& wanted : wanted_.pools) {
      const auto before = ids.size();
      for (const auto& row : base::objects(list->data)) {
        const std::string id(base::raw_text(row, "poolid"));
        if (id == wanted || id.starts_with(wanted + "/")) ids.insert(id);
      }
      // PVE leaves out of the list what the token may not see.
      if (ids.size() == before && !ids.contains(wanted))
        return std::unexpected(fmt::format("pool {} does not exist, or this API token cannot see it",
                                           base::printable(wanted, 60)));
    }
    for (const auto& id : ids) {
      if (auto read = read_pool(id, pools); !read) return std::unexpected(std::move(read.error()));
    }
  }
  pools_ = std::move(pools);
  return &*pools_;
}

std::expected<std::optional<guard::GuestTraits>, std::string> GuestTraits::of(const pve::Guest& guest) {
  guard::GuestTraits traits{.vmid = guest.vmid, .node = guest.node};
  if (wanted_.configuration) {
    const auto is_there = read_configuration(guest, traits);
    if (!is_there) return std::unexpected(is_there.error());
    if (!*is_there) return std::nullopt;
  } else if (wanted_.node) {
    // PVE answers some paths of a guest on every node: its firewall, its statistics.
    const auto list = inventory_.now(stop_);
    if (!list) return std::unexpected(cannot_read("the list of guests", list.error()));
    const auto* found = (*list)->guest(guest.vmid);
    if (found == nullptr) return std::nullopt;
    traits.node = found->node;
  }
  const auto all = pools();
  if (!all) return std::unexpected(all.error());
  if (const auto found = (*all)->find(guest.vmid); found != (*all)->end()) traits.pools = found->second;
  return traits;
}

std::expected<std::optional<guard::GuestTraits>, std::string> GuestTraits::in_list(std::int64_t vmid) {
  const auto list = inventory_.now(stop_);
  if (!list) return std::unexpected(cannot_read("the list of guests", list.error()));
  const auto* guest = (*list)->guest(vmid);
  if (guest == nullptr) return std::nullopt;
  auto traits = of(*guest);
  if (traits && !*traits)
    return std::unexpected(fmt::format("it is not on {} any more", base::printable(guest->node, 60)));
  return traits;
}

std::expected<guard::GuestTraits, std::string> GuestTraits::of(std::int64_t vmid) {
  auto traits = in_list(vmid);
  if (!traits) return std::unexpected(std::move(traits.error()));
  if (!*traits) return std::unexpected(std::string("it is not visible to this API token"));
  return **std::move(traits);
}

std::expected<guard::GuestTraits, std::string> GuestTraits::of_number(std::int64_t vmid) {
  auto traits = in_list(vmid);
  if (!traits) return std::unexpected(std::move(traits.error()));
  return traits->value_or(guard::GuestTraits{.vmid = vmid});
}

}  // namespace engine
