#include "engine/cluster/target_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "engine/cluster/target_words.h"

namespace engine {
namespace {

/// " There are: pve1, pve2."
std::string there_are(const pve::Inventory& list, const guard::MayUse& may) {
  if (!may({base::Method::Get, "/nodes"}) && !may({base::Method::Get, "/cluster/resources"})) return {};
  std::vector<std::string_view> names;
  for (const auto& node : list.nodes) names.push_back(node.name);
  return fmt::format(" There {}: {}.", names.size() == 1 ? "is" : "are",
                     base::printable(base::join(names, ", "), 500));
}

const std::string* found_in(const pve::Inventory& list, std::string_view said) {
  const std::string* alike = nullptr;
  for (const auto& node : list.nodes) {
    if (node.name == said) return &node.name;
    if (is_node(said, node.name)) alike = &node.name;
  }
  return alike;
}

/// Replaces one name by the name that the cluster uses.
std::optional<std::string> normalize(const Row& row, std::string_view key, base::Json& value,
                                     Cluster& cluster, const guard::MayUse& may,
                                     const std::stop_token& stop) {
  const auto said = base::wire_text(value);
  if (said.empty() || cluster.inventory.knows_node(said)) return std::nullopt;
  const auto old = cluster.inventory.remembered();
  auto list = cluster.inventory.get(stop);
  const auto* name = list ? found_in(**list, said) : nullptr;
  if (name == nullptr && list && *list == old) {
    list = cluster.inventory.newer_than(old, stop);
    name = list ? found_in(**list, said) : nullptr;
  }
  if (!list || (*list)->nodes.empty()) return std::nullopt;
  if (name != nullptr) {
    value = *name;
    return std::nullopt;
  }
  return fmt::format("{} was not called. {}: no node is named {}.{}", row.tool().name, key,
                     base::printable(said, 60), there_are(**list, may));
}

std::optional<std::string> fill_in_node(const Row& row, base::JsonObject& arguments, Cluster& cluster,
                                        const guard::MayUse& may, const std::stop_token& stop) {
  const auto list = cluster.inventory.get(stop);
  auto missing =
      fmt::format("{} was not called. node: missing; give the name of a node{}.", row.tool().name,
                  row.about().locator == tool::Locator::Guests ? ", or guests of one node with vmid" : "");
  if (!list) return missing;
  std::vector<std::string_view> online;
  for (const auto& node : (*list)->nodes) {
    if (node.online()) online.push_back(node.name);
  }
  if (online.size() != 1) return missing + there_are(**list, may);
  arguments["node"] = online.front();
  return std::nullopt;
}

}  // namespace

bool is_node(std::string_view said, std::string_view name) {
  const auto lower = base::lower_ascii(name);
  const auto whole = base::lower_ascii(said);
  return whole == lower || whole.substr(0, whole.find('.')) == lower;
}

std::optional<std::string> normalize_nodes(const Row& row, base::JsonObject& arguments, Cluster& cluster,
                                           const guard::MayUse& may, const std::stop_token& stop) {
  if (row.about().in_path("node") && !arguments.contains("node")) {
    if (auto why = fill_in_node(row, arguments, cluster, may, stop)) return why;
  }
  for (auto& argument : arguments) {
    const auto field = row.field_on_wire(argument.key());
    const bool names_node = field && field->fact != nullptr && field->fact->format == "pve-node";
    if (!names_node || !argument.value().is_string()) continue;
    if (auto why = normalize(row, field->name, argument.value(), cluster, may, stop)) return why;
  }
  return std::nullopt;
}

}  // namespace engine
