// Mappings: names for a directory, a PCI device or a USB device that each node has.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/section_lists.h"
#include "simulator/core/store_handlers.h"

namespace simulator {
namespace {

constexpr std::string_view kBase = "/cluster/mapping/";

/// "dir", "pci" or "usb".
std::string_view kind_of(const Call& call) { return call.endpoint.path.substr(kBase.size(), 3); }

std::expected<Named<Config>*, Answer> objects(Call& call) {
  auto& mappings = call.state.mappings;
  const auto kind = kind_of(call);
  return kind == "dir" ? &mappings.dir : kind == "pci" ? &mappings.pci : &mappings.usb;
}

std::string failure(const Call& call, std::string_view verb, std::string_view what) {
  return fmt::format("{} {} mapping failed: {} ID '{}' {}", verb,
                     kind_of(call) == "dir" ? "directory" : "hardware", kind_of(call),
                     call.parameters.text("id"), what);
}

/// Refuses a second mapping of that id, and the change of one that does not exist.
std::expected<std::string, Answer> identify(Call& call) {
  auto id = call.parameters.text("id");
  const bool known = (*objects(call))->contains(id);
  const auto method = call.endpoint.method;
  if (method == base::Method::Post && known) {
    return std::unexpected(Answer::fail(failure(call, "create", "already defined")));
  }
  if (method == base::Method::Put && !known) {
    return std::unexpected(Answer::fail(failure(call, "update", "does not exist")));
  }
  return id;
}

bool sees(const Call& call, const std::string& id, const Config&) {
  return may_any(call, fmt::format("/mapping/{}/{}", kind_of(call), id),
                 {"Mapping.Modify", "Mapping.Use", "Mapping.Audit"});
}

base::JsonObject row(const Call& call, const std::string&, const Config& mapping) {
  auto row = section_with_lists(mapping, "mdev live-migration-capable", "map");
  row["type"] = kind_of(call);
  return row;
}

/// What PVE finds wrong with the mapping on the node that the caller names.
void add_checks(const Call& call, const std::string&, const Config& mapping, base::JsonObject& row) {
  const auto node = call.parameters.text("check-node");
  if (node.empty()) return;
  base::JsonArray checks;
  const auto lines = base::split(get(mapping, "map"), '\n');
  const bool mapped = std::ranges::any_of(
      lines, [&](std::string_view line) { return get(parse_properties(line), "node") == node; });
  if (!mapped) {
    checks.push_back(
        base::JsonObject{{"severity", "warning"}, {"message", fmt::format("No mapping for node {}.", node)}});
  }
  row["checks"] = std::move(checks);
}

/// A node may occur once, except for PCI devices.
std::optional<Answer> check_nodes(const Call& call, const Config& mapping) {
  std::set<std::string> nodes;
  for (const auto line : base::split(get(mapping, "map"), '\n')) {
    const auto node = get(parse_properties(line), "node");
    if (nodes.insert(node).second || kind_of(call) == "pci") continue;
    return Answer::fail(fmt::format("node '{}' is specified multiple times", node));
  }
  return std::nullopt;
}

std::optional<Answer> apply(Call& call, const std::string&, Config& mapping, Step) {
  const auto removed = call.parameters.list("delete");
  Config changes;
  set_with_lists(call, "id", changes);
  if (auto no = undeletable("map+ description mdev live-migration-capable", removed, changes)) return no;
  for (const auto& name : removed) mapping.erase(name);
  for (auto& [name, value] : changes) mapping[name] = std::move(value);
  return check_nodes(call, mapping);
}

constexpr Store<Config> kMappings{
    .key = "id",
    .key_in = Shown::InLists,
    .objects = objects,
    .missing = {"mapping '{id}' not found"},
    .deletes_missing = true,
    .digest = file_digest,
    .identify = identify,
    .sees = sees,
    .row = row,
    .listed = add_checks,
    .apply = apply,
};

using enum base::Method;
constexpr Route kMappingRoutes[] = {
    {Get, "", list_objects<kMappings>},          {Post, "", create_object<kMappings>},
    {Get, "/{id}", read_object<kMappings>},      {Put, "/{id}", update_object<kMappings>},
    {Delete, "/{id}", delete_object<kMappings>},
};
constexpr std::string_view kPrefixes[] = {"/cluster/mapping/dir", "/cluster/mapping/pci",
                                          "/cluster/mapping/usb"};

}  // namespace

RouteTable mapping_routes() { return {kMappingRoutes, kPrefixes}; }

}  // namespace simulator
