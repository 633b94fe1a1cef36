#include "engine/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"
#include "engine/answer/grants.h"
#include "engine/cluster/request.h"
#include "engine/plan/dependents.h"
#include "engine/plan/present.h"
#include "engine/plan/pruned.h"
#include "engine/words/config_words.h"
#include "engine/words/guest_name.h"
#include "facts/rights.h"
#include "facts/secret_parts.h"
#include "view/free_text.h"
#include "view/human.h"

namespace engine {
namespace {

constexpr std::size_t kLongestValue = 200;
constexpr std::size_t kLongestDiff = 2000;

bool is_secret(const Row& row, std::string_view name) {
  const auto field = row.field_on_wire(name);
  return facts::secret_name(name) || (field && field->marked(facts::kSecret));
}

base::JsonObject request_facts(const Planning& planning) {
  const auto& call = planning.request;
  base::JsonObject parameters;
  for (const auto& [name, value] : call.parameters)
    parameters[name] = is_secret(planning.row, name)
                           ? std::string(facts::kMask)
                           : base::printable(facts::without_secret_parts(name, value), kLongestValue);
  return {{"method", base::name(call.method)},
          {"path", base::printable(call.path, 500)},
          {"parameters", std::move(parameters)}};
}

std::string request_text(const base::JsonObject& request) {
  auto text = fmt::format("Request: {} {}", std::string_view(request.at("method").as_string()),
                          std::string_view(request.at("path").as_string()));
  for (const auto& [name, value] : request.at("parameters").as_object())
    text += fmt::format(" {}={}", std::string_view(name), std::string_view(value.as_string()));
  return text;
}

/// Whether the API token's privileges suffice.
struct Privileges {
  bool checked = false;
  std::vector<std::string> lacking{};  ///< "VM.Allocate on /vms/118"
};

Privileges privileges(const Planning& planning, Cluster& cluster, const guard::MayUse& may,
                      const std::stop_token& stop) {
  const auto* endpoint = planning.row.endpoint();
  // Only a caller who may list the ACL may know the rights of the server itself.
  if (endpoint == nullptr || !may({base::Method::Get, "/access/acl"})) return {};
  Privileges found{true};
  const auto value_of = [&](std::string_view name) { return argument_text(planning.arguments, name); };
  for (const auto& lack : missing_rights(facts::ways_to_call(*endpoint, value_of), cluster, stop))
    found.lacking.push_back(
        fmt::format("{} on {}", lack.privilege, base::printable(lack.path, kLongestValue)));
  return found;
}

std::string privileges_text(const Privileges& privileges) {
  if (!privileges.checked) return "\nThe privileges of the API token were not checked.";
  if (privileges.lacking.empty()) return "\nThe API token has the privileges for this call.";
  return fmt::format("\nPVE would refuse, because this API token lacks: {}.",
                     fmt::join(privileges.lacking, "; "));
}

/// Why PVE would refuse a deletion that the guest's own flag forbids; empty if it would not.
std::vector<std::string> protected_by_pve(const Row& row, const Object& object) {
  if (row.about().action != tool::Action::Delete || !base::flag(object.config, "protection")) return {};
  return {"the guest has protection=1"};
}

std::vector<std::string> created(const Row& row, const Object& object) {
  const auto at = base::number(object.identity, "creation time");
  return at && row.about().action == tool::Action::Delete ? std::vector{view::human_time(*at) + " UTC"}
                                                          : std::vector<std::string>{};
}

/// Of a restore over a guest that is there: that guest.
std::vector<std::string> replaced(const Row& row, const Object& object) {
  if (row.about().action != tool::Action::Create || object.config.empty()) return {};
  const bool container = row.about().subject == tool::Subject::Container;
  pve::Guest guest;
  guest.container = container;
  guest.vmid = base::number(object.identity, "vmid", 0);
  guest.name = base::text(object.config, container ? "hostname" : "name", 60);
  const auto disks = disks_text(disks_of(object.config));
  return {kind_and_name(guest) + (disks.empty() ? "" : " with " + disks)};
}

base::JsonArray items(const std::vector<std::string>& clauses) {
  return base::JsonArray(clauses.begin(), clauses.end());
}

void add_line(std::string& text, std::string_view head, const std::vector<std::string>& clauses) {
  if (!clauses.empty()) text += fmt::format("\n{}: {}.", head, fmt::join(clauses, "; "));
}

}  // namespace

Plan plan_of(const Planning& planning, Cluster& cluster, const guard::MayUse& may,
             const std::stop_token& stop) {
  const auto& [row, arguments, words, before, object, lost, cut_off, call] = planning;
  const auto after = expected_state(row, arguments, before);
  const auto depends = dependents_of(row, arguments, object, cluster, stop);
  const auto pruned = lost.empty() ? std::vector<std::string>() : pruned_by(row, arguments, cluster, stop);
  const auto rights = privileges(planning, cluster, may, stop);
  const auto now = settings_now(row, arguments, object);
  const auto changed = settings_changed(row, arguments, object);
  const auto forbidden = protected_by_pve(row, object);
  auto request = request_facts(planning);
  Plan plan;
  auto told = describe_change({row, arguments, words, before, after, nullptr, {}, false, true}).text;
  if (!told.empty()) told.front() = base::lower(told.front());
  plan.text = "Plan for " + told;
  const bool is_told = std::ranges::any_of(
      changed, [&](const std::string& clause) { return plan.text.find(clause) != std::string::npos; });
  if (changed.empty()) add_line(plan.text, "Now", now);
  if (!is_told) add_line(plan.text, "Would change", changed);
  if (!object.staged.empty())
    plan.text += "\nStaged changes of the network:" + view::marked_lines(object.staged, "\n  ", kLongestDiff);
  add_line(plan.text, "Created", created(row, object));
  add_line(plan.text, "Lost for good", lost);
  add_line(plan.text, "Backups that PVE removes", pruned);
  add_line(plan.text, "May cut off", cut_off);
  add_line(plan.text, "Replaces", replaced(row, object));
  add_line(plan.text, "Others that belong or refer to it", depends);
  add_line(plan.text, "PVE would refuse, because", forbidden);
  plan.text += privileges_text(rights) + "\n" + request_text(request);
  plan.facts = {{"request", std::move(request)}, {"object", object.identity}};
  if (!lost.empty()) plan.facts["lost"] = items(lost);
  if (!pruned.empty()) plan.facts["pruned"] = items(pruned);
  if (!cut_off.empty()) plan.facts["cut_off"] = items(cut_off);
  if (!depends.empty()) plan.facts["depends"] = items(depends);
  if (!now.empty()) plan.facts["now"] = items(now);
  if (!changed.empty()) plan.facts["changes"] = items(changed);
  if (!forbidden.empty()) plan.facts["refused"] = items(forbidden);
  plan.facts["privileges"] = !rights.checked          ? "not checked"
                             : rights.lacking.empty() ? "sufficient"
                                                      : "lacking";
  if (!rights.lacking.empty()) plan.facts["lacks"] = items(rights.lacking);
  return plan;
}

}  // namespace engine
