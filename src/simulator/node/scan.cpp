// What a node finds when it looks for storages. Servers answer if a storage of the cluster is on them.
#include <fmt/format.h>

#include "simulator/core/routes.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

/// Calls `add` with each storage of that type on the server of the call.
template <typename Add>
bool each_on_server(const Call& call, std::string_view type, const Add& add) {
  bool found = false;
  for (const auto& [id, storage] : call.state.storages) {
    if (storage.type() != type || get(storage.config, "server") != call.parameters.text("server")) continue;
    found = true;
    add(storage.config);
  }
  return found;
}

Answer nfs(Call& call) {
  JsonArray rows;
  const bool found = each_on_server(call, "nfs", [&](const Config& storage) {
    rows.push_back(JsonObject{{"path", get(storage, "export")}, {"options", "*"}});
  });
  if (found) return Answer::of(std::move(rows));
  return Answer::fail(fmt::format("command '/sbin/showmount --no-headers --exports {}' failed: exit code 1",
                                  call.parameters.text("server")));
}

Answer pbs(Call& call) {
  JsonArray rows;
  const bool found = each_on_server(call, "pbs", [&](const Config& storage) {
    rows.push_back(JsonObject{{"store", get(storage, "datastore")}, {"comment", ""}});
  });
  if (found) return Answer::of(std::move(rows));
  return Answer::fail(fmt::format("error fetching datastores - 500 Can't connect to {}:{} (No route to host)",
                                  call.parameters.text("server"), call.parameters.text("port", "8007")));
}

/// An unknown server has no shares, as in PVE.
Answer cifs(Call& call) {
  JsonArray rows;
  each_on_server(call, "cifs", [&](const Config& storage) {
    rows.push_back(JsonObject{{"share", get(storage, "share")}, {"description", ""}});
  });
  return Answer::of(std::move(rows));
}

Answer iscsi(Call&) { return Answer::fail("error: no iscsi support - please install open-iscsi"); }

/// The names that a storage type has on the node: those of its storages and those that callers made.
JsonArray names_of(Call& call, std::string_view type, std::string_view option, std::string_view key,
                   std::initializer_list<Named<Config> Node::*> made) {
  std::set<std::string> names;
  for (const auto& [id, storage] : call.state.storages) {
    if (storage.type() == type && storage.on(call.node())) names.emplace(get(storage.config, option));
  }
  for (const auto member : made) {
    for (const auto& [name, config] : call.state.node(call.node())->*member) names.insert(name);
  }
  JsonArray rows;
  for (const auto& name : names) rows.push_back(JsonObject{{key, name}});
  return rows;
}

Answer lvm(Call& call) {
  return Answer::of(names_of(call, "lvmthin", "vgname", "vg", {&Node::volume_groups, &Node::thin_pools}));
}

Answer lvmthin(Call& call) {
  const auto group = call.parameters.text("vg");
  JsonArray rows;
  bool known = call.state.node(call.node())->volume_groups.contains(group);
  for (const auto& [id, storage] : call.state.storages) {
    if (storage.type() != "lvmthin" || get(storage.config, "vgname") != group) continue;
    known = true;
    rows.push_back(JsonObject{{"lv", get(storage.config, "thinpool")}});
  }
  if (!known) return Answer::fail(fmt::format("command '/sbin/lvs … {}' failed: exit code 5", group));
  return Answer::of(std::move(rows));
}

Answer zfs(Call& call) { return Answer::of(names_of(call, "zfspool", "pool", "pool", {&Node::zpools})); }

using enum base::Method;
constexpr Route kScanRoutes[] = {
    {Get, "/nodes/{node}/scan/nfs", nfs},   {Get, "/nodes/{node}/scan/pbs", pbs},
    {Get, "/nodes/{node}/scan/cifs", cifs}, {Get, "/nodes/{node}/scan/iscsi", iscsi},
    {Get, "/nodes/{node}/scan/lvm", lvm},   {Get, "/nodes/{node}/scan/lvmthin", lvmthin},
    {Get, "/nodes/{node}/scan/zfs", zfs},
};

}  // namespace

std::span<const Route> scan_routes() { return kScanRoutes; }

}  // namespace simulator
