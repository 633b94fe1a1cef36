#include "engine/outcome/own_access_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "base/json_read.h"
#include "base/text.h"
#include "change/access.h"
#include "change/permissions.h"
#include "change/settings.h"

namespace engine {
namespace {

using Verdict = std::expected<std::string, std::string>;

constexpr std::string_view kUnchecked =
    "This server may not read the whole ACL, so it could not check whether the change takes rights away from "
    "its own API token.";

constexpr std::string_view kIndirect =
    "This server did not check whether its own API token has its rights by this role, group or realm.";

struct Names {
  std::string user;
  std::string token;
  std::string token_name;
};

Names own_names(const Cluster& cluster) {
  const auto& id = cluster.client.token_id();
  const auto mark = id.find('!');
  if (mark == std::string::npos) return {id, {}, {}};
  return {id.substr(0, mark), id, id.substr(mark + 1)};
}

Verdict refusal(std::string_view what) {
  return std::unexpected(
      fmt::format("The call was not sent: it would {}, and the server would then lose access to PVE. If you "
                  "intend this, ask an administrator to do it in PVE.",
                  what));
}

/// True if the expiry is less than a day from now. The server would lose its access while it is in use.
bool expires(const base::JsonObject& arguments, const Cluster& cluster) {
  const auto expire = base::number(arguments, "expire", 0);
  const auto now = cluster.now();
  constexpr std::int64_t kDay = 86'400;
  return expire != 0 && expire < now + kDay;
}

bool disables(const base::JsonObject& arguments) {
  return arguments.contains("enable") && !base::flag(arguments, "enable", true);
}

std::optional<base::Json> read(const std::string& path, Cluster& cluster, const std::stop_token& stop) {
  auto answer = cluster.client.call({base::Method::Get, path, {}}, stop);
  if (!answer) return std::nullopt;
  return std::move(answer->data);
}

/// PVE leaves out of the ACL what the token may not see, so only these rights show all of it.
bool sees_the_acl(Cluster& cluster, const std::stop_token& stop) {
  using Reach = pve::Permissions::Reach;
  constexpr std::array<std::string_view, 1> kAudit = {"Sys.Audit"};
  constexpr std::array<std::string_view, 1> kModify = {"Permissions.Modify"};
  const auto audits = cluster.permissions.reach(kAudit, "/access", stop);
  if (audits && *audits != Reach::Nowhere) return true;
  const auto modifies = cluster.permissions.reach(kModify, "/", stop);
  return modifies && *modifies == Reach::Everywhere;
}

/// The user, token and groups of the server; nullopt if PVE does not say.
std::optional<change::Holding> own_holding(Cluster& cluster, const std::stop_token& stop) {
  const auto names = own_names(cluster);
  const auto user = fmt::format("/access/users/{}", base::percent_encode(names.user));
  change::Holding own{names.user, names.token, {}, true};
  if (names.user != "root@pam") {
    const auto account = read(user, cluster, stop);
    if (!account) return std::nullopt;
    for (const auto& group : base::list(*account, "groups")) own.groups.emplace_back(base::raw_text(group));
  }
  if (names.token.empty()) return own;
  const auto token =
      read(fmt::format("{}/token/{}", user, base::percent_encode(names.token_name)), cluster, stop);
  if (!token) return std::nullopt;
  own.separated = base::flag(*token, "privsep", true);
  return own;
}

bool names(const base::JsonObject& arguments, std::string_view list, std::string_view name) {
  const auto all = change::listed(arguments, list);
  return std::ranges::find(all, name) != all.end();
}

/// False if the change names neither the server's user or token nor a group, so that its groups need not be
/// read.
bool may_concern(const base::JsonObject& arguments, const Names& own) {
  return names(arguments, "users", own.user) || names(arguments, "tokens", own.token) ||
         (arguments.contains("groups") && own.user != "root@pam");
}

bool concerns(const base::JsonObject& arguments, const change::Holding& own) {
  return names(arguments, "users", own.user) || names(arguments, "tokens", own.token) ||
         std::ranges::any_of(own.groups,
                             [&](const std::string& group) { return names(arguments, "groups", group); });
}

Verdict after_acl(const base::JsonObject& arguments, Cluster& cluster, const std::stop_token& stop) {
  if (!may_concern(arguments, own_names(cluster))) return {};
  const auto own = own_holding(cluster, stop);
  if (!own) return std::string(kUnchecked);
  if (!concerns(arguments, *own)) return {};
  const auto acl = read("/access/acl", cluster, stop);
  const auto roles = read("/access/roles", cluster, stop);
  if (!acl || !roles || !sees_the_acl(cluster, stop) || change::has_nothing(*acl, *roles, *own))
    return std::string(kUnchecked);
  if (!change::has_nothing(change::expected_acl(arguments, *acl), *roles, *own)) return {};
  return std::unexpected(fmt::format(
      "The call was not sent: it would take all rights away from {0}, and this server needs them. "
      "Give {0} a role on another path first.",
      own->token.empty() ? own->user : own->token));
}

Verdict of_user(const Row& row, const base::JsonObject& arguments, Cluster& cluster) {
  const auto own = own_names(cluster);
  if (change::argument(arguments, "userid") != own.user) return {};
  if (row.tool().call.method == base::Method::Delete)
    return refusal("delete the user of this server's API token");
  if (disables(arguments)) return refusal("disable the user of this server's API token");
  if (expires(arguments, cluster))
    return refusal("let the user of this server's API token expire within a day");
  return {};
}

Verdict of_token(const Row& row, const base::JsonObject& arguments, Cluster& cluster) {
  const auto own = own_names(cluster);
  if (own.token.empty() || change::argument(arguments, "userid") != own.user ||
      change::argument(arguments, "tokenid") != own.token_name)
    return {};
  if (row.tool().call.method == base::Method::Delete) return refusal("delete this server's API token");
  if (expires(arguments, cluster)) return refusal("let this server's API token expire within a day");
  if (base::flag(arguments, "privsep"))
    return refusal("take the rights of its user away from this server's API token");
  if (base::flag(arguments, "regenerate")) return refusal("give this server's API token a new secret");
  return {};
}

}  // namespace

Verdict check_own_access(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                         const std::stop_token& stop) {
  const auto method = row.tool().call.method;
  if (method != base::Method::Put && method != base::Method::Delete) return {};
  switch (row.about().subject) {
    case tool::Subject::User:
      return of_user(row, arguments, cluster);
    case tool::Subject::Token:
      return of_token(row, arguments, cluster);
    case tool::Subject::Acl:
      return after_acl(arguments, cluster, stop);
    case tool::Subject::Role:
    case tool::Subject::Group:
    case tool::Subject::Realm:
      return std::string(kIndirect);
    default:
      return {};
  }
}

}  // namespace engine
