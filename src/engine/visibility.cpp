#include "engine/visibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <vector>

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

/// The part of View::seen_with that goes for these arguments: "VM.Audit /vms".
std::string_view rule_for(const tool::View& view, const base::JsonObject& arguments) {
  const auto parts = base::split(view.seen_with, ';');
  for (const auto part : std::span(parts).subspan(1)) {
    const auto condition = base::trim(part);
    const auto equals = condition.find('=');
    const auto blank = std::min(condition.find(' '), condition.size());
    const auto* given = arguments.if_contains(condition.substr(0, equals));
    if (given != nullptr && given->is_string() &&
        std::string_view(given->get_string()) == condition.substr(equals + 1, blank - equals - 1))
      return base::trim(condition.substr(blank));
  }
  return base::trim(parts.front());
}

/// The text between `word`s.
std::vector<std::string_view> parted(std::string_view text, std::string_view word) {
  std::vector<std::string_view> parts;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + word.size());
  }
  parts.push_back(text);
  return parts;
}

bool any_nowhere(const Lacks& lacks) { return std::ranges::any_of(lacks, &Lack::nowhere); }

/// What is lacking of "VM.Audit /vms and Sys.Audit /nodes"; nothing when PVE does not say.
std::optional<Lacks> lacks_of(std::string_view needs, Cluster& cluster, const std::stop_token& stop) {
  Lacks lacks;
  for (const auto need : parted(needs, " and ")) {
    const auto blank = need.find(' ');
    const auto privileges = need.substr(0, blank);
    const auto path = need.substr(blank + 1);
    const auto reach = cluster.permissions.reach(privileges, path, stop);
    if (!reach) return std::nullopt;
    if (*reach != Reach::Everywhere)
      lacks.push_back({privileges.substr(0, privileges.find('|')), path, *reach == Reach::Nowhere});
  }
  return lacks;
}

/// Of the alternatives the one of which the token has most, of several the first.
std::optional<Lacks> least_lacks(std::string_view rule, Cluster& cluster, const std::stop_token& stop) {
  std::optional<Lacks> least;
  for (const auto needs : parted(rule, " or ")) {
    auto lacks = lacks_of(needs, cluster, stop);
    if (!lacks || lacks->empty()) return lacks;
    if (!least || (any_nowhere(*least) && !any_nowhere(*lacks))) least = std::move(lacks);
  }
  return least;
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
  if (view.seen_with.empty()) return {};
  const auto rule = rule_for(view, arguments);
  if (rule.empty()) return {};
  const auto lacks = least_lacks(rule, cluster, stop);
  if (!lacks || lacks->empty()) return {};
  if (!any_nowhere(*lacks)) return fmt::format("Only what the token may see: it has {}.", words_for(*lacks));
  const auto beware = caution(*lacks);
  return fmt::format(
      "That does not mean that there are {}: the token has {}, and PVE leaves out what it may not see. "
      "{}{}{}",
      is_empty ? "none" : "no others", words_for(*lacks), tool::to_grant(grants(*lacks, cluster)),
      beware.empty() ? "" : " ", beware);
}

std::optional<tool::Unseen> thinned(std::string_view rule, Cluster& cluster, const std::stop_token& stop) {
  const auto lacks = least_lacks(rule, cluster, stop);
  if (!lacks) return tool::Unseen{"PVE did not say what the token may see"};
  if (lacks->empty()) return std::nullopt;
  return tool::Unseen{"the token has " + words_for(*lacks), true, 0, grants(*lacks, cluster),
                      caution(*lacks)};
}

}  // namespace engine
