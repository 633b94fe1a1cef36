#include "engine/answer/visibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/answer/grants.h"

namespace engine {

namespace {

using Reach = pve::Permissions::Reach;

/// A privilege that the token has only on some paths below a path, or on none.
struct Shortfall {
  std::string_view privilege;
  std::string_view path;
  bool nowhere = false;
  bool alone = false;  ///< it is needed on the path itself, not below it
};

using Shortfalls = std::vector<Shortfall>;

/// The rights that show the whole list for these arguments; nullptr if PVE leaves nothing out.
const tool::ListRights* list_rights_for_arguments(const tool::View& view, const base::JsonObject& arguments) {
  for (const auto& [argument, value, rights] : view.list_rights_for) {
    if (arguments.contains(argument) && base::raw_text(arguments, argument) == value) return rights;
  }
  return view.list_rights;
}

bool any_nowhere(const Shortfalls& lacks) { return std::ranges::any_of(lacks, &Shortfall::nowhere); }

/// What the token lacks of rights that are needed together. Returns nullopt if PVE does not say what the
/// token has.
std::optional<Shortfalls> shortfalls(std::span<const tool::Right> rights, Cluster& cluster,
                                     const std::stop_token& stop) {
  Shortfalls lacks;
  for (const auto& right : rights) {
    const auto reach = cluster.permissions.reach(right.any_of, right.path, stop, right.alone);
    if (!reach) return std::nullopt;
    if (*reach != Reach::Everywhere)
      lacks.push_back({*right.any_of.begin(), right.path, *reach == Reach::Nowhere, right.alone});
  }
  return lacks;
}

/// A list can have two sets of rights that show all of it. Returns what the token lacks of the set of which
/// it has more, else of the first.
std::optional<Shortfalls> least_shortfalls(const tool::ListRights& rights, Cluster& cluster,
                                           const std::stop_token& stop) {
  auto lacks = shortfalls(rights.all, cluster, stop);
  if (!lacks || lacks->empty() || rights.instead.empty()) return lacks;
  auto others = shortfalls(rights.instead, cluster, stop);
  if (!others || others->empty() || (any_nowhere(*lacks) && !any_nowhere(*others))) return others;
  return lacks;
}

/// "no VM.Audit below /vms and Sys.Audit on only a part of /nodes"
std::string words_for(const Shortfalls& lacks) {
  std::string text;
  for (const auto& [privilege, path, nowhere, alone] : lacks) {
    const auto part = alone     ? fmt::format("no {} on {}", privilege, path)
                      : nowhere ? fmt::format("no {} below {}", privilege, path)
                                : fmt::format("{} on only a part of {}", privilege, path);
    text += (text.empty() ? "" : " and ") + part;
  }
  return text;
}

Grants grants(const Shortfalls& lacks, Cluster& cluster, const std::stop_token& stop) {
  std::vector<MissingRight> wanted;
  for (const auto& lack : lacks)
    wanted.push_back({std::string(lack.path), std::string(lack.privilege), !lack.alone});
  return grants_for(wanted, cluster, false, stop);
}

/// Every right that shows a guest's backups also allows to delete them (PVE/API2/Storage/Content.pm, delete),
/// and every right that shows disk images also allows to change them.
std::string caution(const Shortfalls& lacks) {
  const auto has = [&](std::string_view privilege) {
    return std::ranges::find(lacks, privilege, &Shortfall::privilege) != lacks.end();
  };
  const bool backups = has("VM.Backup") || has("Datastore.AllocateSpace");
  const bool disks = has("VM.Config.Disk");
  if (!backups && !disks) return {};
  return fmt::format("These commands also allow {}{}{}, because PVE has no privilege that only shows them.",
                     backups ? "making and deleting backups of guests" : "", backups && disks ? " and " : "",
                     disks ? "changing disks of guests" : "");
}

std::string both(const std::string& first, std::string_view between, const std::string& second) {
  return first + std::string(first.empty() || second.empty() ? "" : between) + second;
}

}  // namespace

Shape shape_of(const base::Json& data) {
  if (data.is_object()) return Shape::Object;
  const auto* list = data.if_array();
  if (list == nullptr) return Shape::NoList;
  return list->empty() ? Shape::EmptyList : Shape::List;
}

namespace {

std::string note_by_rights(const tool::View& view, const base::JsonObject& arguments, Shape shape,
                           Cluster& cluster, const std::stop_token& stop) {
  const auto* rights = list_rights_for_arguments(view, arguments);
  if (rights == nullptr || shape == Shape::NoList) return {};
  // An object in the place of a list has no rows that could be missing.
  if (view.kind == tool::View::Kind::Table && shape == Shape::Object) return {};
  const auto lacks = least_shortfalls(*rights, cluster, stop);
  if (!lacks || lacks->empty()) return {};
  if (!any_nowhere(*lacks))
    return fmt::format("This is only what the API token may see: it has {}.", words_for(*lacks));
  const auto given = grants(*lacks, cluster, stop);
  const auto beware = both(given.caution, " ", caution(*lacks));
  return fmt::format(
      "The {} may be incomplete: the API token has {}, and PVE leaves out what the token may not see. {}{}{}",
      shape == Shape::Object ? "answer" : "list", words_for(*lacks), tool::to_grant(given.commands),
      beware.empty() ? "" : " ", beware);
}

}  // namespace

std::string omission_note(const tool::View& view, const base::JsonObject& arguments, Shape shape,
                          Cluster& cluster, const std::stop_token& stop) {
  const bool is_list = shape == Shape::List || shape == Shape::EmptyList;
  return both(note_by_rights(view, arguments, shape, cluster, stop), " ",
              is_list ? cluster.client.gaps() : std::string{});
}

std::optional<tool::ReadFailure> why_incomplete(const tool::ListRights& rights, Cluster& cluster,
                                                const std::stop_token& stop) {
  if (auto gaps = cluster.client.gaps(); !gaps.empty()) return tool::ReadFailure{std::move(gaps)};
  const auto lacks = least_shortfalls(rights, cluster, stop);
  if (!lacks) return tool::ReadFailure{"PVE did not say what the API token may see"};
  if (lacks->empty()) return std::nullopt;
  auto given = grants(*lacks, cluster, stop);
  return tool::ReadFailure{"the API token has " + words_for(*lacks), true, 0, std::move(given.commands),
                           both(given.caution, "\n", caution(*lacks))};
}

}  // namespace engine
