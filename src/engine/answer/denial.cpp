#include "engine/answer/denial.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/answer/grants.h"
#include "facts/rights.h"

namespace engine {
namespace {

/// The privileges for all guest settings that the call names. PVE's error names only the first of its list.
std::vector<MissingRight> of_settings(const MissingRight& lack, const ErrorContext& context) {
  std::set<std::string_view> wanted;
  const auto want = [&](std::string_view setting) {
    if (const auto privilege = facts::privilege_of_setting(setting); !privilege.empty())
      wanted.insert(privilege);
  };
  for (const auto& argument : context.arguments) want(argument.key());
  for (const auto removed : base::split(base::raw_text(context.arguments, "delete"), ','))
    want(base::trim(removed));
  std::vector<MissingRight> lacks;
  for (const auto privilege : wanted) lacks.push_back({lack.path, std::string(privilege)});
  if (lacks.empty()) lacks.push_back(lack);
  return lacks;
}

/// All rights that the call lacks according to PVE's facts, so that the administrator grants them at once.
std::vector<MissingRight> lacks_by_facts(const pve::Call& call, const ErrorContext& context) {
  const auto route = context.cluster.facts.route(call.method, base::percent_decode(call.path));
  if (!route) return {};
  const auto value_of = [&](std::string_view name) {
    for (const auto& [key, value] : route->values) {
      if (key == name) return value;
    }
    for (const auto& [key, value] : call.parameters) {
      if (key == name) return value;
    }
    return std::string{};
  };
  return missing_rights(facts::ways_to_call(*route->endpoint, value_of), context.cluster, context.stop);
}

std::vector<MissingRight> lacks_of_call(const std::optional<Denial>& denial, const pve::Call& call,
                                        const ErrorContext& context) {
  std::vector<MissingRight> lacks;
  const auto add = [&](const MissingRight& lack) {
    if (!std::ranges::any_of(lacks, [&](const MissingRight& each) {
          return each.path == lack.path && each.privilege == lack.privilege;
        }))
      lacks.push_back(lack);
  };
  if (denial) {
    const MissingRight said{std::string(denial->path), std::string(denial->privilege)};
    const bool settings = denial->one_of_several && said.privilege.starts_with("VM.Config.");
    for (const auto& lack : settings ? of_settings(said, context) : std::vector<MissingRight>{said})
      add(lack);
    if (settings) return lacks;
  }
  for (const auto& lack : lacks_by_facts(call, context)) add(lack);
  return lacks;
}

std::string said_of(const std::vector<MissingRight>& lacks) {
  std::string text;
  for (const auto& lack : lacks)
    text += fmt::format("{}{} on {}", text.empty() ? "" : " and ", lack.privilege,
                        base::printable(lack.path, 200));
  return text;
}

std::string granting(const std::vector<MissingRight>& lacks, const ErrorContext& context) {
  if (!context.may({base::Method::Get, "/access/acl"})) return {};
  const auto grants = grants_for(lacks, context.cluster, true, context.stop);
  return tool::to_grant(grants.commands) + (grants.caution.empty() ? "" : " " + grants.caution);
}

}  // namespace

std::string explain_denial(const pve::Error& error, const pve::Call& call, const ErrorContext& context) {
  const std::string_view message = error.message;
  const auto denial = denial_in(message);
  if ((!denial && message != "Permission check failed") || !context.is_from_pve("Permission check failed"))
    return {};
  // Only a caller who may list the ACL may know the rights of the server itself.
  const bool told = context.may({base::Method::Get, "/access/acl"});
  std::vector<MissingRight> lacks;
  if (told) lacks = lacks_of_call(denial, call, context);
  if (!told && denial) lacks.push_back({std::string(denial->path), std::string(denial->privilege)});
  if (lacks.empty() && told && !denial)
    return "The API token has the privileges for this call. PVE probably refuses it because an object that "
           "the call names (a guest, storage or pool) does not exist or is hidden from the API token. Check "
           "each name.";
  if (lacks.empty()) return {};
  auto text = fmt::format("The API token {} lacks {}{}, or the object of that path does not exist.",
                          context.cluster.client.token_id(), said_of(lacks),
                          denial && denial->one_of_several && lacks.size() == 1
                              ? " (or another privilege that PVE accepts there)"
                              : "");
  if (!told)
    return text +
           " Ask an administrator to grant it with a role on this path. Roles on a deeper path replace those "
           "above it, so the command must also name the roles that hold there now.";
  const auto how = granting(lacks, context);
  return how.empty() ? text : text + " " + how;
}

std::string explain_acl_denial(std::string_view parameter, std::string_view reason,
                               const ErrorContext& context) {
  constexpr std::string_view kNeeds = "requires 'Permissions.Modify'";
  if (parameter != "role" || reason.find(kNeeds) == std::string_view::npos || !context.is_from_pve(kNeeds))
    return {};
  const std::vector<MissingRight> lacks{
      {std::string(base::raw_text(context.arguments, "path")), "Permissions.Modify"}};
  return granting(lacks, context);
}

}  // namespace engine
