#include "engine/plan/losses.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/cluster/request.h"
#include "engine/outcome/guest_state.h"
#include "engine/row/confirm.h"
#include "facts/irreversible.h"

namespace engine {
namespace {

/// What is set now. Returns nullopt if PVE does not say.
std::optional<base::JsonObject> set_now(std::string_view path_template, const base::JsonObject& arguments,
                                        Cluster& cluster, const std::stop_token& stop) {
  const auto filled = path(path_template, arguments);
  if (!filled) return std::nullopt;
  auto answer = cluster.client.call({base::Method::Get, *filled, {}}, stop);
  if (!answer || !answer->data.is_object()) return std::nullopt;
  return std::move(answer->data.get_object());
}

std::vector<facts::Loss> found(const facts::Endpoint& endpoint, const base::JsonObject& arguments,
                               Cluster& cluster, const std::stop_token& stop) {
  auto losses = facts::irreversible(endpoint, arguments);
  if (losses.empty()) return losses;
  // What is set now can tell that there is nothing to lose.
  const auto risks = facts::risks(endpoint.method, endpoint.path);
  const auto asks =
      std::ranges::find_if(risks, [](const facts::Risk& risk) { return !risk.beside.decided_by.empty(); });
  if (asks == risks.end()) return losses;
  const auto present = set_now(asks->beside.decided_by, arguments, cluster, stop);
  return present ? facts::irreversible(endpoint, arguments, &*present) : losses;
}

bool lists(std::string_view list, std::string_view key) {
  const auto keys = base::list_items(list);
  return std::ranges::find(keys, key) != keys.end();
}

/// True if the change clears PVE's flag against the deletion of a guest and its disks.
bool clears_protection(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                       const std::stop_token& stop) {
  constexpr std::string_view kFlag = "protection";
  if (row.about().action != tool::Action::Configure) return false;
  const bool off = arguments.contains(kFlag) && !base::flag(arguments, kFlag);
  if (!off && !lists(argument_text(arguments, "delete"), kFlag)) return false;
  const auto config = read_guest(cluster.client, guest_of(row, arguments), "config", stop);
  // If the configuration cannot be read, the flag may be set.
  return !config || base::flag(*config, kFlag);
}

std::string clause(const facts::Loss& loss) {
  const auto which = loss.value.empty() || loss.value == "true" || loss.value == "1"
                         ? std::string()
                         : fmt::format(" ({})", loss.value);
  return fmt::format("{}{}{}", loss.certain ? "" : "perhaps ", loss.what, which);
}

}  // namespace

std::vector<std::string> losses_of(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                   const std::stop_token& stop) {
  std::vector<std::string> clauses;
  if (row.endpoint() == nullptr) {
    if (row.tool().effect == tool::Effect::Destructive)
      clauses.emplace_back("perhaps something that this server does not know");
    return clauses;
  }
  for (const auto& loss : found(*row.endpoint(), arguments, cluster, stop)) clauses.push_back(clause(loss));
  if (clears_protection(row, arguments, cluster, stop))
    clauses.emplace_back("the guest's protection against deletion");
  if (deletes_storage(row.tool()))
    clauses.emplace_back("the storage's definition; the data on the storage stays");
  return clauses;
}

}  // namespace engine
