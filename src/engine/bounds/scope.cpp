#include "engine/bounds/scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/bounds/guest_traits.h"
#include "engine/cluster/parallel.h"

namespace engine {
namespace {

constexpr std::size_t kAtOnce = 8;
constexpr std::chrono::seconds kLongest{30};

/// What the lists of a node say of the guests of one kind.
struct Part {
  std::string node;
  bool container = false;
  /// By number; nullopt: the node did not answer.
  std::optional<std::map<std::int64_t, guard::GuestTraits>> traits{};

  bool operator<(const Part& other) const {
    return std::tie(node, container) < std::tie(other.node, other.container);
  }
  /// nullptr: the guest is not in the list, or there is no list.
  const guard::GuestTraits* find(std::int64_t vmid) const {
    if (!traits) return nullptr;
    const auto found = traits->find(vmid);
    return found == traits->end() ? nullptr : &found->second;
  }
};

void read(Part& part, pve::Client& client, const std::stop_token& stop) {
  const auto path =
      fmt::format("/nodes/{}/{}", base::percent_encode(part.node), part.container ? "lxc" : "qemu");
  const auto answer = client.call({base::Method::Get, path, {}}, stop);
  if (!answer || !answer->data.is_array()) return;
  part.traits.emplace();
  for (const auto& row : base::objects(answer->data)) {
    const auto vmid = base::number(row, "vmid");
    if (!vmid) continue;
    guard::GuestTraits traits{.vmid = *vmid, .node = part.node};
    traits.name = base::raw_text(row, "name");
    // PVE puts this in the place of a name that the configuration does not have.
    if (traits.name == pve::default_name(*vmid, part.container)) traits.name.clear();
    for (const auto tag : base::list_items(base::raw_text(row, "tags"))) traits.tags.emplace_back(tag);
    part.traits->emplace(*vmid, std::move(traits));
  }
}

/// Lists of all nodes with guests, by node and kind.
std::vector<Part> read_parts(const pve::Inventory& list, pve::Client& client, const std::stop_token& stop) {
  std::set<Part> wanted;
  for (const auto& guest : list.guests) wanted.insert({guest.node, guest.container});
  std::vector<Part> parts(wanted.begin(), wanted.end());
  in_parallel(parts.size(), kAtOnce, kLongest, stop, [&](std::size_t i, const std::stop_token& enough) {
    const auto* node = list.node(parts[i].node);
    if (node == nullptr || node->status != "offline") read(parts[i], client, enough);
  });
  return parts;
}

/// What is known of a guest without its configuration.
guard::GuestTraits bare(const pve::Guest& guest) { return {.vmid = guest.vmid, .node = guest.node}; }

}  // namespace

Scope::Scope(std::vector<ScopeTerms> scopes, pve::Client& unlimited, base::Clock& clock)
    : scopes_(std::move(scopes)), client_(unlimited), inventory_(unlimited, clock) {
  for (const auto& scope : scopes_) source_ += (source_.empty() ? "" : " and ") + scope.source;
}

bool Scope::means(const guard::GuestTraits& traits) const {
  return std::ranges::all_of(scopes_, [&](const auto& scope) { return scope.terms.mean(traits); });
}

guard::Wanted Scope::wanted() const {
  guard::Wanted wanted;
  for (const auto& scope : scopes_) wanted |= scope.terms.wanted();
  return wanted;
}

bool Scope::allows(guard::Kind kind) const {
  return std::ranges::all_of(scopes_, [&](const auto& scope) { return scope.terms.allow(kind); });
}

std::expected<bool, std::string> Scope::holds(const pve::Guest& guest, const std::stop_token& stop) {
  GuestTraits traits(wanted(), client_, inventory_, stop);
  const auto found = traits.of(guest);
  if (!found) return std::unexpected(found.error());
  return *found ? means(**found) : holds(guest.vmid, stop);
}

std::expected<bool, std::string> Scope::holds(std::int64_t vmid, const std::stop_token& stop) {
  GuestTraits traits(wanted(), client_, inventory_, stop);
  const auto found = traits.of_number(vmid);
  if (!found) return std::unexpected(found.error());
  return means(*found);
}

std::expected<std::set<std::int64_t>, std::string> Scope::existing(const std::stop_token& stop) {
  const auto list = inventory_.now(stop);
  if (!list) return std::unexpected("the list of guests cannot be read: " + list.error().message);
  std::set<std::int64_t> vmids;
  for (const auto& guest : (*list)->guests) vmids.insert(guest.vmid);
  return vmids;
}

std::expected<Scope::Held, std::string> Scope::held(const std::stop_token& stop) {
  const auto list = inventory_.now(stop);
  if (!list) return std::unexpected("the list of guests cannot be read: " + list.error().message);
  GuestTraits reader(wanted(), client_, inventory_, stop);
  const auto pools = reader.pools();
  if (!pools) return std::unexpected(pools.error());
  const bool by_configuration = wanted().configuration;
  const auto parts = by_configuration ? read_parts(**list, client_, stop) : std::vector<Part>{};
  Held held;
  std::set<std::string> unjudged;
  for (const auto& guest : (*list)->guests) {
    auto traits = bare(guest);
    bool is_known = true;
    if (by_configuration) {
      const auto part =
          std::ranges::lower_bound(parts, std::tie(guest.node, guest.container), {},
                                   [](const Part& each) { return std::tie(each.node, each.container); });
      const auto* const present = part->find(guest.vmid);
      if (!part->traits) unjudged.insert(guest.node);
      is_known = present != nullptr;
      if (is_known) traits = *present;
    }
    if (const auto found = (*pools)->find(guest.vmid); found != (*pools)->end()) traits.pools = found->second;
    (is_known && means(traits) ? held.vmids : held.others).insert(guest.vmid);
  }
  held.unjudged.assign(unjudged.begin(), unjudged.end());
  return held;
}

}  // namespace engine
