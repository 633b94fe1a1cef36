#include "hooks/hooks.h"

#include <string>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"

namespace hooks {
namespace {

/// The nodes that PVE calls offline.
std::vector<std::string> offline_nodes(tool::Context& context) {
  std::vector<std::string> offline;
  const auto nodes = context.get("/nodes");
  if (!nodes) return offline;
  for (const auto& node : base::objects(*nodes)) {
    if (base::raw_text(node, "status") == "offline") offline.push_back(base::raw_word(node, "node"));
  }
  return offline;
}

/// Marks guests and storages of offline nodes as unknown: PVE still reports their last state, "running" or
/// "available".
std::string unknown_where_dead(tool::Context& context, base::Json& data) {
  auto* array = data.if_array();
  if (array == nullptr) return {};
  std::string note;
  for (const auto& node : offline_nodes(context)) {
    std::size_t unknown = 0;
    for (auto& item : *array) {
      auto* object = item.if_object();
      if (object == nullptr || base::raw_word(object, "node") != node) continue;
      if (base::raw_text(object, "type") == "node") continue;
      (*object)["status"] = "unknown";
      ++unknown;
    }
    note += (note.empty() ? "" : "\n") + base::printable(node) + " is offline, so the state of " +
            std::to_string(unknown) + " of these entries is unknown.";
  }
  return note;
}

/// Adds `name`, since PVE names zones, vnets and fabrics by members of different names.
void name_networks(base::Json& data) {
  auto* array = data.if_array();
  if (array == nullptr) return;
  for (auto& item : *array) {
    auto* object = item.if_object();
    if (object == nullptr || object->contains("name")) continue;
    for (const auto* key : {"network", "sdn"}) {
      // Copied, because adding a member may move the others in memory.
      if (std::string name(base::raw_text(*object, key)); !name.empty()) (*object)["name"] = name;
    }
  }
}

}  // namespace

std::string revise_resources(tool::Context& context, base::Json& data) {
  name_networks(data);
  return unknown_where_dead(context, data);
}

}  // namespace hooks
