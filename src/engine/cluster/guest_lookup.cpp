#include "engine/cluster/guest_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/cluster/parallel.h"
#include "engine/words/guest_name.h"

namespace engine {
namespace {

constexpr std::size_t kShown = 60;
constexpr std::size_t kShownCandidates = 10;
constexpr std::size_t kAtOnce = 8;

std::string shown(const pve::Guest& guest, std::string_view name) {
  return fmt::format("{} ({}{} on {})", guest.vmid, guest.container ? "container" : "VM",
                     guest.name == name ? "" : " " + base::printable(guest.name, kShown), guest.node);
}

std::unexpected<LookupError> refused(std::string sentence) {
  return std::unexpected(LookupError{std::move(sentence)});
}

std::unexpected<LookupError> not_found(std::string sentence) {
  return std::unexpected(LookupError{std::move(sentence), {}, true});
}

/// Whom the list shows: "that this API token may see".
std::string seen_in(const pve::Inventory& list) {
  return fmt::format("{}{}{}that this API token may see", list.limit.empty() ? "" : "in ", list.limit,
                     list.limit.empty() ? "" : " ");
}

std::string with_gaps(std::string sentence, const pve::Inventory& list) {
  return list.gaps.empty() ? sentence : fmt::format("{} {}", sentence, list.gaps);
}

std::string none_named(std::string_view name, std::span<const std::string_view> names,
                       const pve::Inventory& list) {
  const auto near = base::nearest(name, names);
  return with_gaps(
      fmt::format(
          "there is no guest named {}{} {}{}", base::printable(name, kShown),
          names.empty() ? std::string{} : fmt::format(" among the {}", names.size()), seen_in(list),
          near.empty() ? std::string(".") : fmt::format("; did you mean {}?", base::printable(near, kShown))),
      list);
}

std::string none_numbered(std::int64_t vmid, const pve::Inventory& list, const GuestKinds& listed) {
  const auto visible =
      std::ranges::count_if(list.guests, [&](const auto& guest) { return listed.has(guest); });
  return with_gaps(fmt::format("there is no guest {} among the {} {}.", vmid, visible, seen_in(list)), list);
}

std::string many_named(std::string_view name, const std::vector<const pve::Guest*>& found,
                       const GuestKinds& listed) {
  const bool exactly = found.front()->name == name;
  auto text = fmt::format("{} guests are named {}{}", found.size(), base::printable(name, kShown),
                          exactly ? "" : ", whatever the case");
  if (!std::ranges::all_of(found, [&](const auto* guest) { return listed.has(*guest); }))
    return text + "; give the number.";
  for (std::size_t i = 0; i < std::min(found.size(), kShownCandidates); ++i)
    text += (i == 0 ? ": " : ", ") + shown(*found[i], name);
  return text + (found.size() > kShownCandidates ? ", …" : "") + "; give the number.";
}

/// The guests of one kind on one node.
struct Part {
  std::string node;
  bool container = false;
  std::optional<std::vector<pve::Guest>> guests{};

  bool operator<(const Part& other) const {
    return std::tie(node, container) < std::tie(other.node, other.container);
  }
};

std::vector<Part> parts_of(const pve::Inventory& list, const GuestKinds& kinds) {
  std::set<Part> parts;
  for (const auto& guest : list.guests) {
    if (kinds.has(guest)) parts.insert({guest.node, guest.container});
  }
  return {parts.begin(), parts.end()};
}

std::string path_of(std::string_view node, std::string_view rest) {
  return fmt::format("/nodes/{}/{}", base::percent_encode(node), rest);
}

void ask(Part& part, Cluster& cluster, const std::stop_token& stop) {
  const auto answer =
      cluster.client.call({base::Method::Get, path_of(part.node, part.container ? "lxc" : "qemu"), {}}, stop);
  if (answer) part.guests = pve::guests_of_node(answer->data, part.node, part.container);
}

bool is_offline(const pve::Inventory& list, std::string_view node) {
  const auto* found = list.node(node);
  return found != nullptr && found->status == "offline";
}

}  // namespace

bool GuestsNow::read_once(Cluster& cluster, const std::stop_token& stop, pve::Error& why) {
  auto list = cluster.inventory.now(stop);
  if (!list) {
    why = std::move(list.error());
    return false;
  }
  list_ = *std::move(list);
  auto parts = parts_of(*list_, scope_.meant);
  in_parallel(parts.size(), kAtOnce, kLongest, stop, [&](std::size_t i, const std::stop_token& enough) {
    if (!is_offline(*list_, parts[i].node)) ask(parts[i], cluster, enough);
  });
  guests_.clear();
  std::set<std::int64_t> seen;
  for (const auto& part : parts) {
    if (!part.guests) continue;
    for (const auto& guest : *part.guests) {
      // A guest that migrates during the reads can be in the lists of both nodes.
      if (seen.insert(guest.vmid).second) guests_.push_back(guest);
    }
  }
  std::ranges::sort(guests_, {}, &pve::Guest::vmid);
  unanswered_.clear();
  bool gone = false;
  for (const auto& guest : list_->guests) {
    if (!scope_.meant.has(guest) || seen.contains(guest.vmid)) continue;
    unanswered_.push_back(&guest);
    gone = gone || std::ranges::any_of(parts, [&](const Part& part) {
             return part.guests && part.node == guest.node && part.container == guest.container;
           });
  }
  return !gone;
}

std::expected<GuestsNow, pve::Error> GuestsNow::read(Cluster& cluster, const GuestScope& scope,
                                                     const std::stop_token& stop) {
  GuestsNow guests(scope);
  for (int turn = 0; turn < 2; ++turn) {
    pve::Error why;
    if (guests.read_once(cluster, stop, why)) break;
    if (!guests.list_) return std::unexpected(std::move(why));
  }
  return guests;
}

std::vector<std::string_view> GuestsNow::names() const {
  std::vector<std::string_view> names;
  for (const auto& guest : guests_) {
    if (scope_.listed.has(guest)) names.push_back(guest.name);
  }
  // The reads did not ask for guests of the other kind.
  for (const auto& guest : list_->guests) {
    if (scope_.listed.has(guest) && !scope_.meant.has(guest)) names.push_back(guest.name);
  }
  return names;
}

/// Why a guest of a node that did not answer may have this name; empty if none can.
std::string GuestsNow::open(std::string_view name) const {
  std::set<std::string_view> nodes;
  std::string had;
  std::size_t unknown = 0;
  bool told = true;
  for (const auto* guest : unanswered_) {
    if (guest->name.empty() ? scope_.reads : !same_name(guest->name, name)) continue;
    nodes.insert(guest->node);
    told = told && scope_.listed.has(*guest);
    if (guest->name.empty()) ++unknown;
    if (!guest->name.empty()) had += fmt::format("{}guest {}", had.empty() ? "" : " and ", guest->vmid);
  }
  if (nodes.empty()) return {};
  if (!told) return "not every node answers, and a guest on such a node may have this name. Give the number.";
  const std::vector<std::string_view> list(nodes.begin(), nodes.end());
  const auto who = base::printable(base::join(list, ", "), 200);
  const std::string_view there = nodes.size() == 1 ? "there" : "on these nodes";
  std::string what;
  if (!had.empty())
    what = fmt::format("The last known name of {} {} is {}", had, there, base::printable(name, kShown));
  if (unknown > 0) {
    const std::string_view one = what.empty() ? "One guest" : "one guest";
    what += fmt::format("{}{} {}, whose {} unknown, may have this name", what.empty() ? "" : ", and ",
                        unknown == 1 ? std::string(one) : fmt::format("{} guests", unknown), there,
                        unknown == 1 ? "name is" : "names are");
  }
  return fmt::format("{} {} not answer. {}. Give the number.", who, nodes.size() == 1 ? "does" : "do", what);
}

LookupResult GuestsNow::chosen(std::string_view name, const pve::Guest& guest) const {
  if (auto why = open(name); !why.empty()) {
    if (!scope_.listed.has(guest)) return refused(std::move(why));
    return refused(fmt::format("{} is {}, but {}", base::printable(name, kShown), shown(guest, name), why));
  }
  FoundGuest found{guest, true, true, {}, list_};
  std::set<std::string_view> nodes;
  for (const auto* other : unanswered_) nodes.insert(other->node);
  const std::vector<std::string_view> list(nodes.begin(), nodes.end());
  if (!list.empty() && scope_.listed.has(guest))
    found.note = fmt::format("{} did not answer; no guest there was last named {}.",
                             base::printable(base::join(list, ", "), 200), base::printable(name, kShown));
  return found;
}

/// The guest of a node that did not answer, if exactly one of them had this name.
std::optional<FoundGuest> GuestsNow::last_known(std::string_view name) const {
  std::vector<pve::Guest> late;
  for (const auto* guest : unanswered_) late.push_back(*guest);
  const auto found = named(name, late);
  if (found.size() != 1) return std::nullopt;
  const auto& guest = *found.front();
  FoundGuest last{guest, true, true, {}, list_};
  if (scope_.listed.has(guest))
    last.note =
        fmt::format("{} does not answer; {} is the name that {} had last.",
                    base::printable(guest.node, kShown), base::printable(guest.name, kShown), guest.vmid);
  return last;
}

LookupResult GuestsNow::find_number(std::int64_t vmid, std::string_view name) const {
  const auto* listed = list_->guest(vmid);
  const auto now = std::ranges::find(guests_, vmid, &pve::Guest::vmid);
  if (now != guests_.end()) {
    if (auto wrong = misnamed({vmid, name}, *now)) return refused(*std::move(wrong));
    return FoundGuest{*now, !name.empty(), true, {}, list_};
  }
  if (listed == nullptr || !scope_.meant.has(*listed))
    return not_found(none_numbered(vmid, *list_, scope_.listed));
  const bool had_it = scope_.reads && same_name(listed->name, name);
  if (name.empty() || had_it) return FoundGuest{*listed, had_it, true, {}, list_};
  return refused(fmt::format(
      "the name of guest {} is unknown, because its node does not answer. Give the number alone.", vmid));
}

LookupResult GuestsNow::find(std::string_view text) const {
  if (const auto written = written_guest(text)) return find_number(written->vmid, written->name);
  const auto found = named(text, guests_);
  if (found.size() == 1) return chosen(text, *found.front());
  if (found.size() > 1) return refused(many_named(text, found, scope_.listed));
  if (auto last = scope_.reads ? last_known(text) : std::nullopt) return *std::move(last);
  if (auto why = open(text); !why.empty() && !text.empty())
    return refused(
        fmt::format("no guest of the other nodes is named {}, but {}", base::printable(text, kShown), why));
  return not_found(none_named(text, names(), *list_));
}

LookupResult guest_in(const pve::InventoryPtr& list, std::string_view text, const GuestScope& scope) {
  if (const auto written = written_guest(text)) {
    const auto* guest = list->guest(written->vmid);
    if (guest == nullptr || !scope.meant.has(*guest))
      return not_found(none_numbered(written->vmid, *list, scope.listed));
    if (auto wrong = misnamed(*written, *guest)) return refused(*std::move(wrong));
    return FoundGuest{*guest, !written->name.empty(), written->name.empty(), {}, list};
  }
  auto found = named(text, list->guests);
  std::erase_if(found, [&](const auto* guest) { return !scope.meant.has(*guest); });
  if (found.size() == 1) return FoundGuest{*found.front(), true, false, {}, list};
  if (found.size() > 1) return refused(many_named(text, found, scope.listed));
  std::vector<std::string_view> names;
  for (const auto& guest : list->guests) {
    if (scope.listed.has(guest)) names.push_back(guest.name);
  }
  return not_found(none_named(text, names, *list));
}

LookupResult guest_now(std::string_view text, const GuestScope& scope, Cluster& cluster,
                       const std::stop_token& stop) {
  const auto written = written_guest(text);
  if (!written) {
    const auto guests = GuestsNow::read(cluster, scope, stop);
    if (!guests) return std::unexpected(LookupError{"", guests.error()});
    return guests->find(text);
  }
  // The list can have an old name for a guest, but never an old number.
  const auto remembered = cluster.inventory.remembered();
  auto list = remembered;
  const auto* guest = list ? list->guest(written->vmid) : nullptr;
  if (guest == nullptr) {
    auto asked = cluster.inventory.newer_than(remembered, stop);
    if (!asked) return std::unexpected(LookupError{"", std::move(asked.error())});
    list = *std::move(asked);
    guest = list->guest(written->vmid);
  }
  if (guest == nullptr || !scope.meant.has(*guest))
    return not_found(none_numbered(written->vmid, *list, scope.listed));
  if (auto wrong = misnamed({written->vmid, {}, written->container}, *guest))
    return refused(*std::move(wrong));
  FoundGuest found{*guest, !written->name.empty(), true, {}, list};
  if (!found.by_name) return found;
  // Reading its configuration takes one request, asking the nodes one for each.
  found.guest.name = name_now(*guest, cluster, stop);
  if (!found.guest.name.empty() && same_name(found.guest.name, written->name)) return found;
  const auto guests = GuestsNow::read(cluster, scope, stop);
  if (!guests) return std::unexpected(LookupError{"", guests.error()});
  return guests->find(text);
}

LookupResult guest_listed(std::string_view text, const GuestScope& scope, Cluster& cluster,
                          const std::stop_token& stop) {
  auto list = cluster.inventory.remembered();
  const bool old = list != nullptr;
  if (!old) {
    auto asked = cluster.inventory.get(stop);
    if (!asked) return std::unexpected(LookupError{"", std::move(asked.error())});
    list = *std::move(asked);
  }
  auto found = guest_in(list, text, scope);
  if (found) return found;
  // A list that was read just now does not need a second read if it lacks the number.
  const auto number = guest_number(text);
  if (!old && number && list->guest(*number) == nullptr) return found;
  return guest_now(text, scope, cluster, stop);
}

bool names_guest(const tool::About& about, const base::JsonObject& arguments) {
  constexpr std::string_view kOfThen = "snapshot";
  const bool is_of_one = about.action == tool::Action::ReadConfig || about.action == tool::Action::ReadStatus;
  return is_of_one && !arguments.contains(kOfThen);
}

std::string name_in(const base::Json& data, const pve::Guest& guest) {
  if (!data.is_object()) return {};
  // PVE calls it "hostname" in a container's configuration, and "name" in its status.
  auto name = base::text(data, "name");
  if (name.empty()) name = base::text(data, "hostname");
  return name.empty() ? pve::default_name(guest.vmid, guest.container) : name;
}

std::string guest_path(const pve::Guest& guest, std::string_view what) {
  return path_of(guest.node, fmt::format("{}/{}/{}", guest.type(), guest.vmid, what));
}

std::string name_now(const pve::Guest& guest, Cluster& cluster, const std::stop_token& stop) {
  const auto answer = cluster.client.call({base::Method::Get, guest_path(guest, "config"), {}}, stop);
  return answer ? name_in(answer->data, guest) : std::string{};
}

}  // namespace engine
