#include "engine/cluster/backup_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "engine/cluster/request.h"
#include "engine/cluster/target_words.h"
#include "engine/words/guest_name.h"

namespace engine {
namespace {

/// Splits "100 101", "100;web01" and "100 (web01), db01". PVE separates numbers by blanks, commas or
/// semicolons; names need commas.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (auto part : base::split(text, ',')) {
    part = base::trim(part);
    if (part.find_first_not_of("0123456789; \t") != std::string_view::npos) {
      parts.push_back(part);
      continue;
    }
    while (!part.empty()) {
      const auto end = std::min(part.find_first_of("; \t"), part.size());
      if (end > 0) parts.push_back(part.substr(0, end));
      part.remove_prefix(std::min(end + 1, part.size()));
    }
  }
  return parts;
}

/// The guests of one backup, and the nodes that they are on.
struct BackupGuests {
  std::string numbers;
  std::string names;   ///< the guests that were given by name, for the answer
  std::string places;  ///< for an error
  std::set<std::string, std::less<>> nodes;
};

void add(const FoundGuest& found, std::string_view part, const GuestKinds& kinds, BackupGuests& all) {
  const bool told = kinds.has(found.guest);
  all.numbers += fmt::format("{}{}", all.numbers.empty() ? "" : ",", found.guest.vmid);
  all.nodes.insert(found.guest.node);
  all.places += (all.places.empty() ? "" : ", ") + (told ? shown_place(found.guest) : std::string(part));
  if (found.by_name && told)
    all.names += (all.names.empty() ? "" : ", ") + shown_guest(found.guest.vmid, found.guest.name);
}

/// Refuses a backup of guests on several nodes, or on another one than the call names: vzdump skips the
/// guests of other nodes without a word, and reports "OK" if none is left.
std::optional<std::string> elsewhere(const Row& row, const BackupGuests& all, std::string_view node) {
  if (all.nodes.size() > 1) {
    return fmt::format(
        "{} was not called, because one call backs up guests of one node, but these are on several nodes: "
        "{}. Call it once for each node.",
        row.tool().name, base::printable(all.places, 500));
  }
  if (node.empty() || all.nodes.empty() || all.nodes.contains(node)) return std::nullopt;
  return fmt::format(
      "{} was not called, because PVE backs up only the guests of the named node, and these are not on {}: "
      "{}. "
      "Leave node out, or make one call for each.",
      row.tool().name, base::printable(node, 60), base::printable(all.places, 500));
}

/// Looks up numbers. If the call names a node, PVE decides on the numbers that the token does not see, and on
/// all of them if the list of guests cannot be read.
std::expected<Target, std::string> find_numbers(const Row& row, Target target,
                                                const std::vector<std::string_view>& parts, Cluster& cluster,
                                                const guard::MayUse& may, const std::stop_token& stop) {
  const auto kinds = listed_kinds(may);
  const auto node = argument_text(target.arguments, "node");
  const auto list = node.empty() ? cluster.inventory.get(stop) : cluster.inventory.now(stop);
  if (!list && !node.empty()) return target;
  if (!list) return std::unexpected(lookup_failed(row, list.error(), cluster, may));
  BackupGuests all;
  for (const auto part : parts) {
    const auto vmid = whole_number(part).value_or(0);
    const auto* guest = (*list)->guest(vmid);
    if (guest != nullptr) add({*guest}, part, kinds, all);
    if (guest != nullptr || !node.empty()) continue;
    const auto visible =
        std::ranges::count_if((*list)->guests, [&](const auto& each) { return kinds.has(each); });
    return std::unexpected(guest_not_visible(row, vmid, static_cast<std::size_t>(visible), **list, may));
  }
  if (auto wrong = elsewhere(row, all, node)) return std::unexpected(*std::move(wrong));
  if (node.empty() && !all.nodes.empty()) target.arguments["node"] = *all.nodes.begin();
  return target;
}

/// Looks up names and numbers, all from one read of the nodes, so that they are as they are now.
std::expected<Target, std::string> find_names(const Row& row, Target target,
                                              const std::vector<std::string_view>& parts, Cluster& cluster,
                                              const guard::MayUse& may, const std::stop_token& stop) {
  const auto kinds = listed_kinds(may);
  const auto guests = GuestsNow::read(cluster, {meant_kinds(row), kinds}, stop);
  if (!guests) return std::unexpected(lookup_failed(row, guests.error(), cluster, may));
  BackupGuests all;
  for (const auto part : parts) {
    const auto found = guests->find(part);
    if (!found) return std::unexpected(not_called(row, found.error().sentence));
    add(*found, part, kinds, all);
    if (target.note.find(found->note) == std::string::npos)
      target.note = joined_notes(target.note, found->note);
  }
  const auto node = argument_text(target.arguments, "node");
  if (auto wrong = elsewhere(row, all, node)) return std::unexpected(*std::move(wrong));
  if (!all.names.empty())
    target.note = joined_notes(fmt::format("Guests: {}.", base::printable(all.names, 500)), target.note);
  target.arguments["vmid"] = all.numbers;
  if (node.empty() && !all.nodes.empty()) target.arguments["node"] = *all.nodes.begin();
  return target;
}

}  // namespace

std::expected<Target, std::string> find_backup_node(const Row& row, Target target, Cluster& cluster,
                                                    const guard::MayUse& may, const std::stop_token& stop) {
  if (!target.arguments.contains("vmid")) return target;
  const auto wanted = argument_text(target.arguments, "vmid");
  const auto parts = parts_of(wanted);
  const bool numeric = std::ranges::all_of(parts, [](auto part) { return whole_number(part).has_value(); });
  return numeric ? find_numbers(row, std::move(target), parts, cluster, may, stop)
                 : find_names(row, std::move(target), parts, cluster, may, stop);
}

}  // namespace engine
