// The rows use the endpoints with the pool's name in a parameter, because the name of a nested pool ("a/b")
// cannot be part of a path. PVE answers GET /pools?poolid= with a list of one, and without checking
// Pool.Audit.
#include "catalog/categories.h"
#include "catalog/params.h"
#include "tool/rights.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Need;
using tool::Tier;

namespace {

constexpr tool::ListRights kSeesPools{{{{"Pool.Audit"}, "/pool"}}};

}  // namespace

constexpr tool::Tool kPools[] = {
    {.name = "pve_list_pools",
     .title = "List pools",
     .description = "List the resource pools.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/pools"},
     .view = {tool::View::Kind::Table, "pools", "poolid comment", false, &kSeesPools}},
    {.name = "pve_get_pool",
     .title = "Pool members",
     .description = "Read a resource pool and its members.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/pools"},
     .params = {{.name = "poolid", .description = "Nested: a/b", .need = Need::Required}},
     .view = {.columns = "poolid comment members"}},
    {.name = "pve_create_pool",
     .title = "Create pool",
     .description = "Create an empty resource pool.",
     .tier = Tier::Full,
     .effect = Effect::Additive,
     .call = {Method::Post, "/pools"},
     .params = {{.name = "poolid"}, {.name = "comment"}},
     .doing = "Creating pool \"{poolid}\"",
     .done = "Pool \"{poolid}\" {was} created"},
    {.name = "pve_update_pool",
     .title = "Update pool",
     .description = "Add guests and storages to a pool, or remove them.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/pools"},
     .params = {{.name = "poolid"},
                {.name = "comment"},
                {.name = "vms", .description = "VMIDs"},
                {.name = "storage"},
                {.name = "delete", .description = "Remove them instead"},
                {.name = "allow-move", .description = "From their present pool"}},
     .doing = "Changing pool \"{poolid}\"",
     .done = "Pool \"{poolid}\" {was} changed"},
    {.name = "pve_delete_pool",
     .title = "Delete pool",
     .description = "Delete an empty resource pool.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/pools"},
     .params = {{.name = "poolid"}},
     .doing = "Deleting pool \"{poolid}\"",
     .done = "Pool \"{poolid}\" {was} deleted"},
};

static_assert(tool::valid(kPools));

std::span<const tool::Tool> pools() { return kPools; }

}  // namespace catalog
