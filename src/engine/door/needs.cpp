#include "engine/door/needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "facts/rights.h"

namespace engine {
namespace {

using Reach = pve::Permissions::Reach;

std::string right_text(const facts::Right& right) {
  return fmt::format("{}{} on {}", right.any && right.privileges.size() > 1 ? "one of " : "",
                     fmt::join(right.privileges, ", "), right.path);
}

/// Returns nullopt if PVE does not say.
std::optional<bool> is_held(const facts::Right& right, Cluster& cluster, const std::stop_token& stop) {
  const auto path = facts::known_part(right.path);
  const bool exact = path == right.path;
  std::size_t held = 0;
  for (const auto& privilege : right.privileges) {
    const std::string_view one[] = {privilege};
    const auto reach = cluster.permissions.reach(one, path, stop, exact);
    if (!reach) return std::nullopt;
    if (*reach != Reach::Nowhere) ++held;
  }
  return right.any ? held > 0 : held == right.privileges.size();
}

std::string way_text(const facts::Way& way) {
  std::vector<std::string> parts;
  for (const auto& right : way) parts.push_back(right_text(right));
  return fmt::format("{}", fmt::join(parts, " and "));
}

/// What the token lacks of one alternative.
std::optional<std::vector<std::string>> lacking(const facts::Way& way, Cluster& cluster,
                                                const std::stop_token& stop) {
  std::vector<std::string> missing;
  for (const auto& right : way) {
    const auto held = is_held(right, cluster, stop);
    if (!held) return std::nullopt;
    if (!*held) missing.push_back(right_text(right));
  }
  return missing;
}

}  // namespace

std::string needs_text(const facts::Endpoint& endpoint, Cluster& cluster, const guard::MayUse& may,
                       const std::stop_token& stop) {
  if (!endpoint.allow_token) return "PVE does not let API tokens call it.\n";
  const auto ways = facts::ways_to_call(endpoint, [](std::string_view) { return std::string(); });
  if (ways.empty()) return "Only root@pam may call it, so an API token cannot.\n";
  if (std::ranges::any_of(ways, [](const facts::Way& way) { return way.empty(); }))
    return "Open to every user; PVE checks the objects.\n";
  std::vector<std::string> texts;
  std::optional<std::string> lacks;
  bool told = may({base::Method::Get, "/access/acl"});
  bool suffices = false;
  for (const auto& way : ways) {
    texts.push_back(way_text(way));
    if (!told) continue;
    const auto missing = lacking(way, cluster, stop);
    told = told && missing.has_value();
    suffices = suffices || (missing && missing->empty());
    if (missing && !missing->empty() && !lacks) lacks = fmt::format("{}", fmt::join(*missing, " and "));
  }
  auto text = fmt::format("Needs {}.", fmt::join(texts, ", or "));
  if (told && !suffices && lacks) text += fmt::format(" The API token lacks {}.", *lacks);
  if (suffices) text += " The API token has it.";
  return text + "\n";
}

}  // namespace engine
