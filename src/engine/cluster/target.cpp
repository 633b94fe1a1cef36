#include "engine/cluster/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "engine/cluster/backup_target.h"
#include "engine/cluster/guest_kinds.h"
#include "engine/cluster/request.h"
#include "engine/cluster/target_node.h"
#include "engine/cluster/target_words.h"
#include "engine/words/guest_name.h"
#include "engine/words/remedies.h"
#include "pve/upid.h"

namespace engine {
namespace {

std::expected<Target, std::string> at_guest(const Row& row, Target target, const pve::Guest& guest,
                                            const guard::MayUse& may) {
  if (guest.container != wants_container(row))
    return std::unexpected(listed_kinds(may).has(guest) ? wrong_kind(row, guest, may)
                                                        : not_of_kind(row, guest.vmid));
  const auto said = argument_text(target.arguments, "node");
  if (!said.empty() && !is_node(said, guest.node)) {
    target.note =
        fmt::format("{} {} is on {}, not {}; the call was sent to {}.", guest.container ? "Container" : "VM",
                    guest.vmid, guest.node, base::printable(said, 60), guest.node);
  }
  target.arguments["node"] = guest.node;
  target.arguments["vmid"] = guest.vmid;
  return target;
}

/// Finds a number in the list. A guest that the token cannot see is looked for on the node that the call
/// names.
std::expected<Target, std::string> look_up(const Row& row, Target target, std::int64_t vmid,
                                           const guard::MayUse& may) {
  if (const auto* guest = target.list->guest(vmid)) return at_guest(row, std::move(target), *guest, may);
  if (target.arguments.contains("node")) return target;
  return std::unexpected(listed_kinds(may).all()
                             ? guest_not_visible(row, vmid, target.list->guests.size(), *target.list, may)
                             : not_of_kind(row, vmid));
}

/// The guest of the other kind that the text more likely means: one with exactly this name, or, if no guest
/// of the row's kind matches, one with this number or with the name in another case. Only guests that the
/// caller may list.
std::optional<pve::Guest> of_other_kind(const Row& row, std::string_view text, bool has_none,
                                        const pve::Inventory& list, const GuestKinds& kinds) {
  if (!is_about_guest(row)) return std::nullopt;
  const auto other = [&](const pve::Guest& guest) {
    return guest.container != wants_container(row) && kinds.has(guest);
  };
  if (const auto written = written_guest(text)) {
    const auto* guest = list.guest(written->vmid);
    return guest != nullptr && other(*guest) ? std::optional(*guest) : std::nullopt;
  }
  for (const auto* guest : named(text, list.guests)) {
    if (other(*guest) && (has_none || guest->name == text)) return *guest;
  }
  return std::nullopt;
}

/// Finds the guest that has the name now. A read first uses the list, because its answer shows whether the
/// name is right. If the answer has no name, reads the configuration: this takes one request.
LookupResult find_text(const Row& row, const Target& target, Cluster& cluster, const guard::MayUse& may,
                       const std::stop_token& stop) {
  const GuestScope scope{meant_kinds(row), listed_kinds(may), row.tool().effect == tool::Effect::None};
  if (row.tool().effect != tool::Effect::None) return guest_now(target.given, scope, cluster, stop);
  auto found = guest_listed(target.given, scope, cluster, stop);
  if (!found || found->sure || names_guest(row.about(), target.arguments)) return found;
  if (name_now(found->guest, cluster, stop) != found->guest.name)
    return guest_now(target.given, scope, cluster, stop);
  found->sure = true;
  return found;
}

std::expected<Target, std::string> at_found(const Row& row, Target target, const LookupResult& found,
                                            Cluster& cluster, const guard::MayUse& may) {
  if (!found && found.error().list_error)
    return std::unexpected(lookup_failed(row, *found.error().list_error, cluster, may));
  const auto list = found ? found->list : cluster.inventory.remembered();
  const bool not_found = !found && found.error().not_found;
  const bool nearly = found && found->guest.name != target.given;
  if (list && (not_found || nearly)) {
    if (const auto other = of_other_kind(row, target.given, not_found, *list, listed_kinds(may)))
      return std::unexpected(wrong_kind(row, *other, may));
  }
  if (!found) return std::unexpected(not_called(row, found.error().sentence));
  target.list = list;
  target.guest = *found;
  auto at = at_guest(row, std::move(target), found->guest, may);
  if (at) at->note = joined_notes(found->note, at->note);
  return at;
}

/// Finds the target of a read again, by the names that the configurations have now.
std::expected<Target, std::string> by_name_now(const Row& row, const Target& before, Cluster& cluster,
                                               const guard::MayUse& may, const std::stop_token& stop) {
  Target target{.arguments = before.arguments, .given = before.given};
  // The node of the guest that was found before is not an argument of the caller.
  target.arguments.stable_erase("node");
  const auto found = guest_now(before.given, {meant_kinds(row), listed_kinds(may), true}, cluster, stop);
  return at_found(row, std::move(target), found, cluster, may);
}

std::expected<Target, std::string> find_guest(const Row& row, Target target, Cluster& cluster,
                                              const guard::MayUse& may, const std::stop_token& stop) {
  const auto wanted = argument_text(target.arguments, "vmid");
  const bool has_node = target.arguments.contains("node");
  const auto id = whole_number(wanted);
  if (!id) {
    target.given = wanted;
    const auto found = find_text(row, target, cluster, may, stop);
    return at_found(row, std::move(target), found, cluster, may);
  }
  target.list = cluster.inventory.remembered();
  // A read on the wrong node fails and changes nothing, so the guest is looked up only then. But some of
  // PVE's reads do not check the kind, so callers who may not list both kinds always need the look-up.
  const bool harmless = row.tool().effect == tool::Effect::None && listed_kinds(may).all();
  if (!target.list && has_node && harmless) return target;
  const bool old = target.list != nullptr;
  if (!old) {
    auto list = cluster.inventory.get(stop);
    if (!list && has_node) return target;
    if (!list) return std::unexpected(lookup_failed(row, list.error(), cluster, may));
    target.list = *std::move(list);
  }
  // The guest may be newer than the remembered list.
  const auto* known = target.list->guest(*id);
  const bool finds_it = known == nullptr ? has_node : known->container == wants_container(row);
  if (old && !finds_it) {
    if (auto list = cluster.inventory.newer_than(target.list, stop)) target.list = *std::move(list);
  }
  return look_up(row, std::move(target), *id, may);
}

std::expected<Target, std::string> find_task(const Row& row, Target target, const guard::MayUse& may) {
  const auto written = argument_text(target.arguments, "upid");
  const auto upid = pve::parse_upid(base::trim(written));
  if (!upid && target.arguments.contains("node")) return target;
  if (!upid) {
    return std::unexpected(
        fmt::format("{} was not called. upid: \"{}\" is not the id of a task (UPID:node:…); {}.",
                    row.tool().name, base::printable(written, 100), advise(Advice::FindTask, may)));
  }
  const auto said = argument_text(target.arguments, "node");
  if (!said.empty() && said != upid->node)
    target.note = fmt::format("The task belongs to {}, not {}; it was read from {}.", upid->node,
                              base::printable(said, 60), upid->node);
  target.arguments["node"] = upid->node;
  target.arguments["upid"] = upid->text;
  return target;
}

/// The target, with the nodes still as the caller wrote them.
std::expected<Target, std::string> located(const Row& row, base::JsonObject arguments, Cluster& cluster,
                                           const guard::MayUse& may, const std::stop_token& stop) {
  Target target{.arguments = std::move(arguments)};
  switch (row.about().locator) {
    case tool::Locator::Guest:
      return find_guest(row, std::move(target), cluster, may, stop);
    case tool::Locator::Guests:
      return find_backup_node(row, std::move(target), cluster, may, stop);
    case tool::Locator::Task:
      return find_task(row, std::move(target), may);
    case tool::Locator::None:
      break;
  }
  return target;
}

}  // namespace

std::expected<Target, std::string> find_target(const Row& row, base::JsonObject arguments, Cluster& cluster,
                                               const guard::MayUse& may, const std::stop_token& stop) {
  // A backup compares the node with the nodes of its guests, so the node needs its right name before.
  if (row.about().locator == tool::Locator::Guests && arguments.contains("node")) {
    if (auto why = normalize_nodes(row, arguments, cluster, may, stop))
      return std::unexpected(*std::move(why));
  }
  auto target = located(row, std::move(arguments), cluster, may, stop);
  if (!target) return target;
  if (auto why = normalize_nodes(row, target->arguments, cluster, may, stop))
    return std::unexpected(*std::move(why));
  return target;
}

bool says_not_on_node(std::string_view message) {
  if (message.find("unable to find configuration file for") != std::string_view::npos) return true;
  if (message.starts_with("hostname lookup '") || message.starts_with("no such cluster node")) return true;
  return message.find("Configuration file 'nodes/") != std::string_view::npos &&
         message.find("does not exist") != std::string_view::npos;
}

std::optional<Target> find_again(const Row& row, const Target& before, Cluster& cluster,
                                 const guard::MayUse& may, const std::stop_token& stop) {
  const auto id = whole_number(argument_text(before.arguments, "vmid"));
  if (!is_about_guest(row) || !id) return std::nullopt;
  if (before.guest && !before.guest->sure) {
    // The name may belong to another guest since the list was made.
    auto target = by_name_now(row, before, cluster, may, stop);
    const auto& was = before.guest->guest;
    if (!target || (target->guest->guest.vmid == was.vmid && target->guest->guest.node == was.node))
      return std::nullopt;
    return *std::move(target);
  }
  const auto list = cluster.inventory.newer_than(before.list, stop);
  if (!list) return std::nullopt;
  const auto* guest = (*list)->guest(*id);
  if (guest == nullptr) return std::nullopt;
  auto target = at_guest(row, {.arguments = before.arguments, .list = *list}, *guest, may);
  if (!target || target->note.empty()) return std::nullopt;
  target->guest = before.guest;
  target->given = before.given;
  return *std::move(target);
}

std::optional<std::expected<Target, std::string>> recheck_name(const Row& row, const Target& read,
                                                               const base::Json& data, Cluster& cluster,
                                                               const guard::MayUse& may,
                                                               const std::stop_token& stop) {
  if (!read.guest || read.guest->sure || name_in(data, read.guest->guest) == read.guest->guest.name)
    return std::nullopt;
  return by_name_now(row, read, cluster, may, stop);
}

std::string named_guest(const Target& target) {
  if (!target.guest) return {};
  return shown_guest(target.guest->guest.vmid, target.guest->guest.name);
}

std::string heading(const Row& row, const Target& target) {
  if (!target.guest || row.tool().effect != tool::Effect::None) return {};
  const bool told =
      row.tool().view.kind == tool::View::Kind::Statistics || row.about().action == tool::Action::ReadStatus;
  return told ? std::string{} : kind_and_name(target.guest->guest) + ":";
}

std::optional<std::string> renamed_while_waiting(const Row& row, const Target& target, Cluster& cluster,
                                                 const std::stop_token& stop) {
  if (!target.guest || !target.guest->by_name) return std::nullopt;
  const auto& guest = target.guest->guest;
  const auto name = name_now(guest, cluster, stop);
  if (name == guest.name) return std::nullopt;
  if (name.empty())
    return fmt::format("{} was not called, because PVE did not say whether {} is still named {}.",
                       row.tool().name, guest.vmid, base::printable(guest.name, 60));
  return fmt::format("{} was not called, because {} was renamed while the call waited: from {} to {}.",
                     row.tool().name, guest.vmid, base::printable(guest.name, 60), base::printable(name, 60));
}

}  // namespace engine
