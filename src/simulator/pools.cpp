#include <fmt/format.h>

#include "simulator/permission.h"
#include "simulator/resources.h"
#include "simulator/routes.h"

namespace simulator {
namespace {

base::JsonArray members(const Call& call, const std::string& poolid, const Pool& pool) {
  const auto type = call.parameters.text("type");
  const auto& state = call.state;
  base::JsonArray rows;
  for (const auto& [vmid, guest] : state.guests) {
    if (guest.pool != poolid || (!type.empty() && type != guest.type_name())) continue;
    auto row = guest_row(state, guest);
    row.erase("pool");
    row.erase("tags");
    rows.push_back(std::move(row));
  }
  for (const auto& id : pool.storages) {
    const auto storage = state.storages.find(id);
    if (storage == state.storages.end() || (!type.empty() && type != "storage")) continue;
    for (const auto& [name, node] : state.nodes) {
      if (storage->second.on(name)) rows.push_back(storage_row(state, storage->second, node));
    }
  }
  return rows;
}

Answer missing(const std::string& poolid) { return Answer::fail("pool '" + poolid + "' does not exist"); }

base::JsonObject details(const Call& call, const std::string& poolid, const Pool& pool) {
  base::JsonObject data{{"poolid", poolid}, {"members", members(call, poolid, pool)}};
  if (!pool.comment.empty()) data["comment"] = pool.comment;
  return data;
}

Answer list(Call& call) {
  base::JsonArray rows;
  if (call.parameters.has("poolid")) {
    // A real PVE 9.2 asks for no privilege in this form.
    const auto poolid = call.parameters.text("poolid");
    const auto found = call.state.pools.find(poolid);
    if (found == call.state.pools.end()) return missing(poolid);
    rows.push_back(details(call, poolid, found->second));
    return Answer::of(std::move(rows));
  }
  if (call.parameters.has("type"))
    return Answer::bad("type", "missing property - 'type' requires this property");
  for (const auto& [poolid, pool] : call.state.pools) {
    if (!may(call, "/pool/" + poolid, "Pool.Audit")) continue;
    base::JsonObject row{{"poolid", poolid}};
    if (!pool.comment.empty()) row["comment"] = pool.comment;
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

Answer read(Call& call) {
  const auto poolid = call.parameters.text("poolid");
  const auto found = call.state.pools.find(poolid);
  if (found == call.state.pools.end()) return missing(poolid);
  return Answer::of(details(call, poolid, found->second));
}

Answer create(Call& call) {
  const auto poolid = call.parameters.text("poolid");
  if (call.state.pools.contains(poolid)) {
    return Answer::fail("create pool failed: pool '" + poolid + "' already exists");
  }
  if (const auto slash = poolid.rfind('/'); slash != std::string::npos) {
    const auto parent = poolid.substr(0, slash);
    if (!call.state.pools.contains(parent)) {
      return Answer::fail(
          fmt::format("create pool failed: parent '{}' of pool '{}' does not exist", parent, poolid));
    }
  }
  call.state.pools[poolid].comment = call.parameters.text("comment");
  return Answer::of();
}

Answer refuse_update(std::string text) { return Answer::fail("update pools failed: " + std::move(text)); }

std::optional<Answer> may_move(const Call& call, const std::string& path, std::string_view allocate) {
  if (may_any(call, path, {"Permissions.Modify", allocate})) return std::nullopt;
  return Answer::denied(path, "Permissions.Modify|" + std::string(allocate));
}

std::optional<Answer> check_guest(const Call& call, const std::string& poolid, const std::string& id) {
  if (auto no = may_move(call, "/vms/" + id, "VM.Allocate")) return no;
  const auto* const guest = call.state.guest(static_cast<unsigned>(get_number({{"v", id}}, "v")));
  if (call.parameters.flag("delete")) {
    if (guest == nullptr || guest->pool != poolid) return refuse_update("VM " + id + " is not a pool member");
    return std::nullopt;
  }
  // PVE notes the number of a guest that does not exist, and shows it nowhere.
  if (guest == nullptr) return std::nullopt;
  const bool elsewhere = !guest->pool.empty() && guest->pool != poolid;
  if (guest->pool == poolid || (elsewhere && !call.parameters.flag("allow-move"))) {
    return refuse_update("VM " + id + " is already a pool member");
  }
  return std::nullopt;
}

std::optional<Answer> check_storage(const Call& call, const Pool& pool, const std::string& id) {
  if (auto no = may_move(call, "/storage/" + id, "Datastore.Allocate")) return no;
  const bool member = pool.storages.contains(id);
  if (call.parameters.flag("delete")) {
    if (!member) return refuse_update("Storage '" + id + "' is not a pool member");
    return std::nullopt;
  }
  if (member) return refuse_update("Storage '" + id + "' is already a pool member");
  return std::nullopt;
}

Answer update(Call& call) {
  const auto poolid = call.parameters.text("poolid");
  const auto found = call.state.pools.find(poolid);
  if (found == call.state.pools.end()) return refuse_update("pool '" + poolid + "' does not exist");
  auto& pool = found->second;
  const auto vms = call.parameters.list("vms");
  const auto storages = call.parameters.list("storage");
  for (const auto& id : vms) {
    if (auto no = check_guest(call, poolid, id)) return *no;
  }
  for (const auto& id : storages) {
    if (auto no = check_storage(call, pool, id)) return *no;
  }
  const bool removes = call.parameters.flag("delete");
  for (const auto& id : vms) {
    auto* const guest = call.state.guest(static_cast<unsigned>(std::stoul(id)));
    if (guest != nullptr) guest->pool = removes ? std::string() : poolid;
  }
  for (const auto& id : storages) {
    if (call.state.storage(id) == nullptr) continue;
    if (removes) {
      pool.storages.erase(id);
    } else {
      pool.storages.insert(id);
    }
  }
  if (call.parameters.has("comment")) pool.comment = call.parameters.text("comment");
  return Answer::of();
}

Answer remove(Call& call) {
  const auto poolid = call.parameters.text("poolid");
  const auto fail = [](const std::string& text) { return Answer::fail("delete pool failed: " + text); };
  const auto found = call.state.pools.find(poolid);
  if (found == call.state.pools.end()) return fail("pool '" + poolid + "' does not exist");
  for (const auto& [vmid, guest] : call.state.guests) {
    if (guest.pool == poolid)
      return fail(fmt::format("pool '{}' is not empty (contains VM {})", poolid, vmid));
  }
  if (!found->second.storages.empty()) {
    return fail(fmt::format("pool '{}' is not empty (contains storage '{}')", poolid,
                            *found->second.storages.begin()));
  }
  call.state.pools.erase(found);
  std::erase_if(call.state.acls, [path = "/pool/" + poolid](const Acl& acl) { return acl.path == path; });
  return Answer::of();
}

constexpr Route kRoutes[] = {
    {base::Method::Get, "/pools", list},
    {base::Method::Post, "/pools", create},
    {base::Method::Put, "/pools", update},
    {base::Method::Delete, "/pools", remove},
    {base::Method::Get, "/pools/{poolid}", read},
    {base::Method::Put, "/pools/{poolid}", update},
    {base::Method::Delete, "/pools/{poolid}", remove},
};

}  // namespace

std::span<const Route> pools_routes() { return kRoutes; }

}  // namespace simulator
