// The pending updates and the subscription of a node.
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

Answer updates(Call& call) {
  JsonArray rows;
  for (const auto& update : call.state.node(call.node())->updates) {
    rows.push_back(JsonObject{{"Package", update.package},
                              {"Title", update.title},
                              {"Description", update.title},
                              {"OldVersion", update.present},
                              {"Version", update.available},
                              {"Origin", update.origin},
                              {"Section", update.section},
                              {"Priority", update.priority},
                              {"Arch", "amd64"}});
  }
  return Answer::of(std::move(rows));
}

std::string server_id(const Node& node) {
  auto id = digest_of(node.fingerprint).substr(0, 32);
  for (char& c : id) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return id;
}

/// PVE shows the key and the server id only to callers with Sys.Audit on the node.
Answer subscription(Call& call) {
  const auto& node = *call.state.node(call.node());
  const bool all = may(call, "/nodes/" + node.name, "Sys.Audit");
  const auto status = get(node.subscription, "status", "notfound");
  JsonObject data{{"status", status},
                  {"url", "https://www.proxmox.com/en/proxmox-virtual-environment/pricing"}};
  if (status == "notfound") data["message"] = "There is no subscription key";
  if (!all) return Answer::of(std::move(data));
  for (const auto& [key, value] : node.subscription) data[key] = value;
  if (status != "notfound") {
    data["checktime"] = get_number(node.subscription, "checktime");
    data["sockets"] = 1;
  }
  data["serverid"] = server_id(node);
  return Answer::of(std::move(data));
}

using enum base::Method;
constexpr Route kUpkeepRoutes[] = {
    {Get, "/nodes/{node}/apt/update", updates},
    {Get, "/nodes/{node}/subscription", subscription},
};

}  // namespace

std::span<const Route> upkeep_routes() { return kUpkeepRoutes; }

}  // namespace simulator
