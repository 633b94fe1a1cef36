#include "change/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "change/settings.h"
#include "change/value.h"

namespace change {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kKinds = {
    {{"users", "user"}, {"groups", "group"}, {"tokens", "token"}}};

/// A user, group or API token that the call names.
struct Holder {
  std::string_view type;
  std::string id;
};

std::vector<Holder> holders(const base::JsonObject& arguments) {
  std::vector<Holder> all;
  for (const auto& [list, type] : kKinds) {
    for (auto& id : listed(arguments, list)) all.push_back({type, std::move(id)});
  }
  return all;
}

bool is_of(const base::JsonObject& entry, const Holder& holder) {
  return base::raw_text(entry, "type") == holder.type && base::raw_text(entry, "ugid") == holder.id;
}

std::vector<std::string> roles_on(const base::Json& acl, const Holder& holder, std::string_view path) {
  std::vector<std::string> roles;
  for (const auto& entry : base::objects(acl)) {
    if (!is_of(entry, holder) || base::raw_text(entry, "path") != path) continue;
    auto role = base::text(entry, "roleid");
    if (!base::flag(entry, "propagate", true)) role += " (not on the paths below)";
    roles.push_back(std::move(role));
  }
  std::ranges::sort(roles);
  return roles;
}

/// Returns the nearest parent path on which the holder has roles that are inherited here.
std::string above(const base::Json& acl, const Holder& holder, std::string_view path) {
  std::string nearest;
  for (const auto& entry : base::objects(acl)) {
    const auto place = base::raw_text(entry, "path");
    if (!is_of(entry, holder) || !base::flag(entry, "propagate", true) || place == path) continue;
    const bool higher =
        place == "/" || (path.starts_with(place) && path.substr(place.size()).starts_with('/'));
    if (higher && place.size() > nearest.size()) nearest = place;
  }
  return nearest;
}

std::string shown_holder(const Holder& holder) {
  return (holder.type == "group" ? "group " : "") + shown(std::string_view(holder.id));
}

void granted(const Change& change, const Holder& holder, const std::string& path, Description& description) {
  const auto was = roles_on(change.before, holder, path);
  const auto is = roles_on(change.after, holder, path);
  // The API token may not see the entry, since PVE shows only those that it may see.
  if (is.empty()) return;
  auto words = fmt::format("{} {} {} on {}", shown_holder(holder), was == is ? "already has" : "has",
                           enumerated(is), shown(std::string_view(path)));
  if (was == is) {
    description.unchanged.push_back(std::move(words));
    return;
  }
  if (!was.empty()) words += fmt::format(" (before: {})", enumerated(was));
  description.changes.push_back(std::move(words));
  const auto inherited = was.empty() ? above(change.before, holder, path) : std::string();
  if (inherited.empty()) return;
  description.cautions.push_back(fmt::format(
      "On {} this replaces what {} has from {}: {}.", shown(std::string_view(path)), shown_holder(holder),
      shown(std::string_view(inherited)), enumerated(roles_on(change.before, holder, inherited))));
}

void revoked(const Change& change, const Holder& holder, const std::string& path, Description& description) {
  const auto was = roles_on(change.before, holder, path);
  const auto is = roles_on(change.after, holder, path);
  const auto place = shown(std::string_view(path));
  if (was == is) {
    if (base::list(change.before).empty()) return;
    description.unchanged.push_back(fmt::format("PVE shows no entry of {} with {} on {} to revoke",
                                                shown_holder(holder),
                                                enumerated(listed(change.arguments, "roles")), place));
    return;
  }
  std::vector<std::string> gone;
  for (const auto& role : was) {
    if (std::ranges::find(is, role) == is.end()) gone.push_back(role);
  }
  auto words = fmt::format("{} lost {} on {}", shown_holder(holder), enumerated(gone), place);
  if (!is.empty()) words += " and keeps " + enumerated(is) + " there";
  const auto inherited = is.empty() ? above(change.after, holder, path) : std::string();
  if (!inherited.empty()) {
    words +=
        fmt::format(", where it now has {} from {}", enumerated(roles_on(change.after, holder, inherited)),
                    shown(std::string_view(inherited)));
  }
  description.changes.push_back(std::move(words));
}

std::vector<std::string> token_names(const base::JsonObject& user) {
  std::vector<std::string> names;
  if (const auto* tokens = base::object(user, "tokens")) {
    for (const auto& token : *tokens) names.push_back(base::printable(token.key(), 60));
  }
  for (const auto& token : base::objects(user, "tokens")) names.push_back(base::text(token, "tokenid", 60));
  std::ranges::sort(names);
  return names;
}

}  // namespace

std::string acl_path(std::string_view path) {
  std::string clean;
  for (const auto part : base::split(path, '/')) {
    if (!part.empty()) clean.append("/").append(part);
  }
  return clean.empty() ? "/" : clean;
}

Description describe_acl(const Change& change) {
  Description description;
  if (!change.before.is_array() || !change.after.is_array()) return description;
  const auto path = acl_path(argument(change.arguments, "path"));
  const bool revokes = is_true(change.arguments, "delete");
  for (const auto& holder : holders(change.arguments)) {
    if (revokes) {
      revoked(change, holder, path, description);
    } else {
      granted(change, holder, path, description);
    }
  }
  return description;
}

Description describe_user(const Change& change) {
  auto description = describe_settings(change);
  const auto* before = change.before.if_object();
  if (change.endpoint.method != base::Method::Delete || before == nullptr) return description;
  const auto tokens = token_names(*before);
  if (!tokens.empty())
    description.changes.push_back(fmt::format("its API tokens deleted: {}", enumerated(tokens)));
  std::vector<std::string> groups;
  for (const auto& group : base::list(*before, "groups"))
    groups.push_back("\"" + base::text(group, 60) + "\"");
  if (!groups.empty()) description.changes.push_back("it was in the groups " + enumerated(groups));
  return description;
}

base::Json expected_acl(const base::JsonObject& arguments, const base::Json& before) {
  if (!before.is_array()) return {};
  const auto path = acl_path(argument(arguments, "path"));
  const auto roles = listed(arguments, "roles");
  base::JsonArray after;
  const auto named = holders(arguments);
  const auto is_named = [&](const base::JsonObject& entry) {
    return base::raw_text(entry, "path") == path &&
           std::ranges::find(roles, base::raw_text(entry, "roleid")) != roles.end() &&
           std::ranges::any_of(named, [&](const Holder& holder) { return is_of(entry, holder); });
  };
  for (const auto& entry : base::objects(before)) {
    if (!is_named(entry)) after.emplace_back(entry);
  }
  if (is_true(arguments, "delete")) return base::Json(std::move(after));
  const bool propagate = !arguments.contains("propagate") || is_true(arguments, "propagate");
  for (const auto& holder : named) {
    for (const auto& role : roles) {
      after.emplace_back(base::JsonObject{{"path", path},
                                          {"type", holder.type},
                                          {"ugid", holder.id},
                                          {"roleid", role},
                                          {"propagate", propagate ? 1 : 0}});
    }
  }
  return base::Json(std::move(after));
}

}  // namespace change
