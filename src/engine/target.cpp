#include "engine/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/number.h"
#include "base/text.h"
#include "engine/guest_kinds.h"
#include "engine/remedies.h"
#include "engine/value.h"
#include "pve/upid.h"

namespace engine {
namespace {

constexpr std::size_t kShownCandidates = 10;

const base::Json* value_of(const base::JsonObject& arguments, std::string_view name) {
  return arguments.if_contains(name);
}

std::string text_of(const base::Json& value) {
  return value.is_string() || value.is_int64() ? base::wire_text(value) : std::string{};
}

std::string kind(const pve::Guest& guest) { return guest.container ? "container" : "VM"; }

std::string shown(const pve::Guest& guest) {
  return fmt::format("{} ({} on {})", guest.vmid, kind(guest), guest.node);
}

/// Where a row's guest stands: {vmid} in its path.
bool is_about_guest(const Row& row) { return row.about().guest != tool::GuestKind::None; }

bool wants_container(const Row& row) { return row.about().guest == tool::GuestKind::Container; }

std::string kind_of(const Row& row) { return std::string(tool::noun(row.about().guest)); }

std::string wrong_kind(const Row& row, const pve::Guest& guest, const MayUse& may) {
  auto text = fmt::format("{} was not called: {}{} is a {} on {}", row.tool().name, guest.vmid,
                          guest.name.empty() ? "" : " (" + guest.name + ")", kind(guest), guest.node);
  const auto other = row.sibling() == nullptr ? std::string_view{} : may.tool(row.sibling()->call);
  if (!other.empty()) return fmt::format("{}; use {}.", text, other);
  return fmt::format("{}, and this tool is for {}s.", text, guest.container ? "VM" : "container");
}

/// The same whether it is the other kind's number or nobody's.
std::string not_of_kind(const Row& row, std::int64_t vmid) {
  return fmt::format("{} was not called: vmid: {} is not a {} that this token may see.", row.tool().name,
                     vmid, kind_of(row));
}

/// A guest that the call may be about though the caller may not list it: what a name stands for.
bool can_be_meant(const Row& row, const pve::Guest& guest) {
  return !is_about_guest(row) || guest.container == wants_container(row);
}

std::string none_named(const Row& row, std::string_view name, const std::vector<pve::Guest>& guests,
                       const GuestKinds& kinds) {
  std::vector<std::string_view> names;
  for (const auto& guest : guests) {
    if (kinds.has(guest)) names.push_back(guest.name);
  }
  const auto near = base::nearest(name, names);
  return fmt::format("{} was not called: vmid: no guest that this token may see is named {}{}",
                     row.tool().name, base::printable(name, 60),
                     !near.empty()   ? fmt::format("; did you mean {}?", near)
                     : names.empty() ? "."
                                     : fmt::format(" ({} guests are visible).", names.size()));
}

std::string many_named(const Row& row, std::string_view name, const std::vector<const pve::Guest*>& found,
                       const GuestKinds& kinds) {
  auto text = fmt::format("{} was not called: vmid: {} guests are named {}", row.tool().name, found.size(),
                          base::printable(name, 60));
  if (!std::ranges::all_of(found, [&](const auto* guest) { return kinds.has(*guest); }))
    return text + "; give the number.";
  for (std::size_t i = 0; i < std::min(found.size(), kShownCandidates); ++i)
    text += (i == 0 ? ": " : ", ") + shown(*found[i]);
  return text + (found.size() > kShownCandidates ? ", …" : "") + "; give the number.";
}

/// The one guest with this name; of several, those of the row's kind decide.
std::expected<const pve::Guest*, std::string> named(const Row& row, std::string_view name,
                                                    const std::vector<pve::Guest>& guests,
                                                    const GuestKinds& kinds) {
  std::vector<const pve::Guest*> found;
  for (const auto& guest : guests) {
    if (guest.name == name && (kinds.has(guest) || can_be_meant(row, guest))) found.push_back(&guest);
  }
  if (found.empty()) return std::unexpected(none_named(row, name, guests, kinds));
  if (found.size() == 1) return found.front();
  auto fitting = found;
  std::erase_if(fitting, [&](const auto* guest) { return guest->container != wants_container(row); });
  if (fitting.size() != 1) return std::unexpected(many_named(row, name, found, kinds));
  return fitting.front();
}

std::expected<Target, std::string> at_guest(const Row& row, Target target, const pve::Guest& guest,
                                            const GuestKinds& kinds, const MayUse& may) {
  if (guest.container != wants_container(row))
    return std::unexpected(kinds.has(guest) ? wrong_kind(row, guest, may) : not_of_kind(row, guest.vmid));
  const auto* node = value_of(target.arguments, "node");
  const auto said = node == nullptr ? std::string{} : text_of(*node);
  if (!said.empty() && said != guest.node) {
    target.note =
        fmt::format("{} {} is on {}, not {}; the call was sent to {}.", guest.container ? "Container" : "VM",
                    guest.vmid, guest.node, base::printable(said, 60), guest.node);
  }
  target.arguments["node"] = guest.node;
  target.arguments["vmid"] = guest.vmid;
  return target;
}

std::string unseen(const Row& row, std::int64_t vmid, std::size_t visible, const MayUse& may) {
  return fmt::format(
      "{} was not called: vmid: no guest {} among the {} visible to this API token; {}. If it exists, grant "
      "VM.Audit on /vms/{}, or pass its node as well.",
      row.tool().name, vmid, visible, advise(Advice::FindGuest, may), vmid);
}

/// With the list in hand. A number that the token cannot see goes where the model said.
std::expected<Target, std::string> look_up(const Row& row, Target target, std::string_view wanted,
                                           const GuestKinds& kinds, const MayUse& may) {
  const auto vmid = base::parse_number<std::int64_t>(wanted);
  if (!vmid) {
    const auto guest = named(row, wanted, *target.list, kinds);
    if (!guest) return std::unexpected(guest.error());
    return at_guest(row, std::move(target), **guest, kinds, may);
  }
  if (const auto* guest = pve::find(*target.list, *vmid))
    return at_guest(row, std::move(target), *guest, kinds, may);
  if (value_of(target.arguments, "node") != nullptr) return target;
  return std::unexpected(kinds.all() ? unseen(row, *vmid, target.list->size(), may)
                                     : not_of_kind(row, *vmid));
}

std::string unlisted(const Row& row, const pve::Error& error, const Cluster& cluster, const MayUse& may) {
  return fmt::format(
      "{} was not called, because its guest could not be looked up: {} To skip the look-up, pass node and "
      "the "
      "numeric vmid.",
      row.tool().name, explanation(error, "GET /cluster/resources", cluster.client.base_url(), may));
}

std::expected<Target, std::string> find_guest(const Row& row, Target target, Cluster& cluster,
                                              const GuestKinds& kinds, const MayUse& may,
                                              const std::stop_token& stop) {
  const auto* vmid = value_of(target.arguments, "vmid");
  const auto wanted = vmid == nullptr ? std::string{} : text_of(*vmid);
  const bool has_node = value_of(target.arguments, "node") != nullptr;
  const bool numeric = base::parse_number<std::int64_t>(wanted).has_value();
  target.list = cluster.guests.remembered();
  // A read that went to the wrong node says so and changes nothing: it is looked up then. Not all of PVE's
  // reads mind the kind, though: those of who may not see the other one do it here.
  const bool harmless = row.tool().effect == tool::Effect::None && kinds.all();
  if (!target.list && has_node && numeric && harmless) return target;
  const bool old = target.list != nullptr;
  if (!old) {
    auto list = cluster.guests.list(stop);
    if (!list && has_node && numeric) return target;
    if (!list) return std::unexpected(unlisted(row, list.error(), cluster, may));
    target.list = *std::move(list);
  }
  auto found = look_up(row, target, wanted, kinds, may);
  if (found || !old) return found;
  // It may be newer than what is remembered.
  if (auto list = cluster.guests.newer_than(target.list, stop)) {
    target.list = *std::move(list);
    return look_up(row, std::move(target), wanted, kinds, may);
  }
  return found;
}

std::expected<Target, std::string> find_task(const Row& row, Target target, const MayUse& may) {
  const auto* text = value_of(target.arguments, "upid");
  const auto written = text == nullptr ? std::string{} : text_of(*text);
  const auto upid = pve::parse_upid(base::trim(written));
  const auto* node = value_of(target.arguments, "node");
  if (!upid && node != nullptr) return target;
  if (!upid) {
    return std::unexpected(
        fmt::format("{} was not called: upid: \"{}\" is not the id of a task (UPID:node:…); {}.",
                    row.tool().name, base::printable(written, 100), advise(Advice::FindTask, may)));
  }
  const auto said = node == nullptr ? std::string{} : text_of(*node);
  if (!said.empty() && said != upid->node)
    target.note = fmt::format("The task belongs to {}, not {}; it was read from {}.", upid->node,
                              base::printable(said, 60), upid->node);
  target.arguments["node"] = upid->node;
  return target;
}

/// The guest of one part of a list: a number, or a name that only one has.
std::expected<const pve::Guest*, std::string> one_of_list(const Row& row, std::string_view part,
                                                          const std::vector<pve::Guest>& guests,
                                                          const GuestKinds& kinds, const MayUse& may) {
  const auto vmid = base::parse_number<std::int64_t>(part);
  if (!vmid) return named(row, part, guests, kinds);
  const auto* guest = pve::find(guests, *vmid);
  if (guest == nullptr) {
    const auto visible = std::ranges::count_if(guests, [&](const auto& each) { return kinds.has(each); });
    return std::unexpected(unseen(row, *vmid, static_cast<std::size_t>(visible), may));
  }
  return guest;
}

/// A backup names its guests in a list: all of one node, or PVE would skip the others in silence.
std::expected<Target, std::string> find_backup_node(const Row& row, Target target, Cluster& cluster,
                                                    const GuestKinds& kinds, const MayUse& may,
                                                    const std::stop_token& stop) {
  const auto* vmid = value_of(target.arguments, "vmid");
  if (vmid == nullptr) {
    if (value_of(target.arguments, "node") != nullptr) return target;
    return std::unexpected(fmt::format(
        "{} was not called: node: missing; give it, or guests of one node with vmid.", row.tool().name));
  }
  const auto wanted = text_of(*vmid);
  const auto parts = base::split(wanted, ',');
  const bool numeric = std::ranges::all_of(
      parts, [](auto part) { return base::parse_number<std::int64_t>(base::trim(part)).has_value(); });
  const bool has_node = value_of(target.arguments, "node") != nullptr;
  if (numeric && has_node) return target;
  auto list = cluster.guests.list(stop);
  if (!list) return std::unexpected(unlisted(row, list.error(), cluster, may));
  std::string node;
  std::string places;
  std::string numbers;
  bool several = false;
  for (const auto part : parts) {
    const auto guest = one_of_list(row, base::trim(part), **list, kinds, may);
    if (!guest) return std::unexpected(guest.error());
    several = several || (!node.empty() && node != (*guest)->node);
    node = (*guest)->node;
    places +=
        (places.empty() ? "" : ", ") + (kinds.has(**guest) ? shown(**guest) : std::string(base::trim(part)));
    numbers += fmt::format("{}{}", numbers.empty() ? "" : ",", (*guest)->vmid);
  }
  if (several) {
    return std::unexpected(fmt::format(
        "{} was not called: node: one backup is of one node's guests, but these are on several: {}; call it "
        "once for each node.",
        row.tool().name, base::printable(places, 500)));
  }
  target.arguments["vmid"] = numbers;
  if (!has_node) target.arguments["node"] = node;
  return target;
}

}  // namespace

std::expected<Target, std::string> find_target(const Row& row, base::JsonObject arguments, Cluster& cluster,
                                               const MayUse& may, const std::stop_token& stop) {
  Target target{std::move(arguments), {}, nullptr};
  switch (row.about().locator) {
    case tool::Locator::Guest:
      return find_guest(row, std::move(target), cluster, listed_kinds(may), may, stop);
    case tool::Locator::Guests:
      return find_backup_node(row, std::move(target), cluster, listed_kinds(may), may, stop);
    case tool::Locator::Task:
      return find_task(row, std::move(target), may);
    case tool::Locator::None:
      break;
  }
  return target;
}

bool says_elsewhere(std::string_view message) {
  if (message.find("unable to find configuration file for") != std::string_view::npos) return true;
  if (message.starts_with("hostname lookup '") || message.starts_with("no such cluster node")) return true;
  return message.find("Configuration file 'nodes/") != std::string_view::npos &&
         message.find("does not exist") != std::string_view::npos;
}

std::optional<Target> find_again(const Row& row, const Target& before, Cluster& cluster,
                                 const std::stop_token& stop) {
  const auto* vmid = value_of(before.arguments, "vmid");
  const auto id = vmid == nullptr ? std::nullopt : base::parse_number<std::int64_t>(text_of(*vmid));
  if (!is_about_guest(row) || !id) return std::nullopt;
  const auto list = cluster.guests.newer_than(before.list, stop);
  if (!list) return std::nullopt;
  const auto* guest = pve::find(**list, *id);
  if (guest == nullptr) return std::nullopt;
  auto target = at_guest(row, {before.arguments, {}, *list}, *guest, {}, {});
  if (!target || target->note.empty()) return std::nullopt;
  return *std::move(target);
}

}  // namespace engine
