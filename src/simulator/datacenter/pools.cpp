#include <fmt/format.h>

#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/node/resources.h"

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

base::JsonObject row(const Call&, const std::string&, const Pool& pool) {
  base::JsonObject row;
  if (!pool.comment.empty()) row["comment"] = pool.comment;
  return row;
}

Answer details(Call& call, const std::string& poolid, Pool& pool) {
  auto data = row(call, poolid, pool);
  data["poolid"] = poolid;
  data["members"] = members(call, poolid, pool);
  return Answer::of(std::move(data));
}

bool sees(const Call& call, const std::string& poolid, const Pool&) {
  return may(call, "/pool/" + poolid, "Pool.Audit");
}

std::optional<Answer> may_move(const Call& call, const std::string& path, std::string_view allocate) {
  if (may_any(call, path, {"Permissions.Modify", allocate})) return std::nullopt;
  return Answer::denied(path, "Permissions.Modify|" + std::string(allocate));
}

std::optional<Answer> check_guest(const Call& call, const std::string& poolid, const std::string& id) {
  if (auto no = may_move(call, "/vms/" + id, "VM.Allocate")) return no;
  const auto* const guest = call.state.guest(static_cast<unsigned>(get_number({{"v", id}}, "v")));
  if (call.parameters.flag("delete")) {
    if (guest == nullptr || guest->pool != poolid) return Answer::fail("VM " + id + " is not a pool member");
    return std::nullopt;
  }
  // PVE stores the number of a guest that does not exist, but never shows it.
  if (guest == nullptr) return std::nullopt;
  const bool elsewhere = !guest->pool.empty() && guest->pool != poolid;
  if (guest->pool == poolid || (elsewhere && !call.parameters.flag("allow-move"))) {
    return Answer::fail("VM " + id + " is already a pool member");
  }
  return std::nullopt;
}

std::optional<Answer> check_storage(const Call& call, const Pool& pool, const std::string& id) {
  if (auto no = may_move(call, "/storage/" + id, "Datastore.Allocate")) return no;
  const bool member = pool.storages.contains(id);
  if (call.parameters.flag("delete")) {
    if (!member) return Answer::fail("Storage '" + id + "' is not a pool member");
    return std::nullopt;
  }
  if (member) return Answer::fail("Storage '" + id + "' is already a pool member");
  return std::nullopt;
}

std::optional<Answer> name_it(const Call& call, const std::string& poolid, Pool& pool) {
  if (const auto slash = poolid.rfind('/'); slash != std::string::npos) {
    const auto parent = poolid.substr(0, slash);
    if (!call.state.pools.contains(parent)) {
      return Answer::fail(fmt::format("parent '{}' of pool '{}' does not exist", parent, poolid));
    }
  }
  pool.comment = call.parameters.text("comment");
  return std::nullopt;
}

std::optional<Answer> apply(Call& call, const std::string& poolid, Pool& pool, Step step) {
  if (step == Step::Create) return name_it(call, poolid, pool);
  const auto vms = call.parameters.list("vms");
  const auto storages = call.parameters.list("storage");
  for (const auto& id : vms) {
    if (auto no = check_guest(call, poolid, id)) return no;
  }
  for (const auto& id : storages) {
    if (auto no = check_storage(call, pool, id)) return no;
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
  return std::nullopt;
}

std::optional<Answer> refuse_members(const Call& call, const std::string& poolid, const Pool& pool) {
  for (const auto& [vmid, guest] : call.state.guests) {
    if (guest.pool == poolid) {
      return Answer::fail(fmt::format("pool '{}' is not empty (contains VM {})", poolid, vmid));
    }
  }
  if (pool.storages.empty()) return std::nullopt;
  return Answer::fail(
      fmt::format("pool '{}' is not empty (contains storage '{}')", poolid, *pool.storages.begin()));
}

void clear(Call& call, const std::string& poolid, Pool&) {
  std::erase_if(call.state.acls, [path = "/pool/" + poolid](const Acl& acl) { return acl.path == path; });
}

constexpr Store<Pool> kPools{
    .key = "poolid",
    .objects = all_of<&State::pools>,
    .missing = {"pool '{poolid}' does not exist"},
    .missing_for_update = {"update pools failed: pool '{poolid}' does not exist"},
    .missing_for_delete = {"delete pool failed: pool '{poolid}' does not exist"},
    .exists = {"create pool failed: pool '{poolid}' already exists"},
    .create_failed = "create pool failed: ",
    .update_failed = "update pools failed: ",
    .delete_failed = "delete pool failed: ",
    .sees = sees,
    .row = row,
    .read = details,
    .apply = apply,
    .release = refuse_members,
    .clear = clear,
};

Answer list(Call& call) {
  if (call.parameters.has("poolid")) {
    // PVE 9.2 requires no privilege for this form of the call.
    auto one = read_object<kPools>(call);
    if (one.status == 200) one.data = base::JsonArray{std::move(one.data)};
    return one;
  }
  if (call.parameters.has("type"))
    return Answer::bad("type", "missing property - 'type' requires this property");
  return list_objects<kPools>(call);
}

constexpr Route kPoolsRoutes[] = {
    {base::Method::Get, "/pools", list},
    {base::Method::Post, "/pools", create_object<kPools>},
    {base::Method::Put, "/pools", update_object<kPools>},
    {base::Method::Delete, "/pools", delete_object<kPools>},
    {base::Method::Get, "/pools/{poolid}", read_object<kPools>},
    {base::Method::Put, "/pools/{poolid}", update_object<kPools>},
    {base::Method::Delete, "/pools/{poolid}", delete_object<kPools>},
};

}  // namespace

std::span<const Route> pools_routes() { return kPoolsRoutes; }

}  // namespace simulator
