#include "engine/visibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/diagnosis.h"

namespace engine {

namespace {

using Reach = pve::Permissions::Reach;

/// A privilege that the token has only on a part of what is below the path, or nowhere there.
struct Lack {
  std::string_view privilege;
  std::string_view path;
  bool nowhere = false;
};

using Lacks = std::vector<Lack>;

/// What goes for these arguments; nullptr: PVE leaves nothing out.
const tool::Sight* sight_for(const tool::View& view, const base::JsonObject& arguments) {
  for (const auto& [argument, value, sight] : view.seen_for) {
    if (arguments.contains(argument) && base::raw_text(arguments, argument) == value) return sight;
  }
  return view.seen_with;
}

bool any_nowhere(const Lacks& lacks) { return std::ranges::any_of(lacks, &Lack::nowhere); }

/// What the token lacks of rights that are needed together; nothing when PVE does not say.
std::optional<Lacks> lacks_of(std::span<const tool::Right> rights, Cluster& cluster,
                              const std::stop_token& stop) {
  Lacks lacks;
  for (const auto& right : rights) {
    const auto reach = cluster.permissions.reach(right.any_of, right.path, stop);
    if (!reach) return std::nullopt;
    if (*reach != Reach::Everywhere)
      lacks.push_back({*right.any_of.begin(), right.path, *reach == Reach::Nowhere});
  }
  return lacks;
}

/// Of the two ways to see all the one of which the token has more, else the first.
std::optional<Lacks> least_lacks(const tool::Sight& sight, Cluster& cluster, const std::stop_token& stop) {
  auto lacks = lacks_of(sight.all, cluster, stop);
  if (!lacks || lacks->empty() || sight.instead.empty()) return lacks;
  auto others = lacks_of(sight.instead, cluster, stop);
  if (!others || others->empty() || (any_nowhere(*lacks) && !any_nowhere(*others))) return others;
  return lacks;
}

/// "VM.Audit nowhere below /vms and Sys.Audit on a part of /nodes"
std::string words_for(const Lacks& lacks) {
  std::string text;
  for (const auto& [privilege, path, nowhere] : lacks)
    text += fmt::format("{}{} {} {}", text.empty() ? "" : " and ", privilege,
                        nowhere ? "nowhere below" : "on a part of", path);
  return text;
}

/// Who only wants to see needs no administrator's role. A role on a deeper path replaces what is inherited
/// there, so that beside one of our own PVEAuditor stays.
std::string grant(const Lack& lack, std::string_view token) {
  const auto role = least_role(lack.privilege);
  if (!role.empty() && !role.ends_with("Admin"))
    return fmt::format("pveum acl modify {} --tokens '{}' --roles {}", lack.path, token, role);
  std::string own("Mcp");
  std::ranges::copy_if(lack.privilege, std::back_inserter(own), [](char c) { return c != '.'; });
  return fmt::format(
      "pveum role add {0} --privs {1} && pveum acl modify {2} --tokens '{3}' --roles PVEAuditor,{0}", own,
      lack.privilege, lack.path, token);
}

std::vector<std::string> grants(const Lacks& lacks, const Cluster& cluster) {
  std::vector<std::string> commands;
  for (const auto& lack : lacks) commands.push_back(grant(lack, cluster.client.token_id()));
  return commands;
}

/// PVE lets whoever sees a guest's backups remove them (PVE/API2/Storage/Content.pm, delete), and shows disk
/// images to whoever may change them.
std::string caution(const Lacks& lacks) {
  const auto has = [&](std::string_view privilege) {
    return std::ranges::find(lacks, privilege, &Lack::privilege) != lacks.end();
  };
  const bool backups = has("VM.Backup") || has("Datastore.AllocateSpace");
  const bool disks = has("VM.Config.Disk");
  if (!backups && !disks) return {};
  return fmt::format("That would also allow to {}{}{}: PVE has no right that only shows them.",
                     backups ? "make and delete backups of guests" : "", backups && disks ? " and to " : "",
                     disks ? "change disks of guests" : "");
}

}  // namespace

std::string unseen_note(const tool::View& view, const base::JsonObject& arguments, bool is_empty,
                        Cluster& cluster, const std::stop_token& stop) {
  const auto* sight = sight_for(view, arguments);
  if (sight == nullptr) return {};
  const auto lacks = least_lacks(*sight, cluster, stop);
  if (!lacks || lacks->empty()) return {};
  if (!any_nowhere(*lacks)) return fmt::format("Only what the token may see: it has {}.", words_for(*lacks));
  const auto beware = caution(*lacks);
  return fmt::format(
      "That does not mean that there are {}: the token has {}, and PVE leaves out what it may not see. "
      "{}{}{}",
      is_empty ? "none" : "no others", words_for(*lacks), tool::to_grant(grants(*lacks, cluster)),
      beware.empty() ? "" : " ", beware);
}

std::optional<tool::Unseen> thinned(const tool::Sight& sight, Cluster& cluster, const std::stop_token& stop) {
  const auto lacks = least_lacks(sight, cluster, stop);
  if (!lacks) return tool::Unseen{"PVE did not say what the token may see"};
  if (lacks->empty()) return std::nullopt;
  return tool::Unseen{"the token has " + words_for(*lacks), true, 0, grants(*lacks, cluster),
                      caution(*lacks)};
}

}  // namespace engine
