#include "catalog/categories.h"
#include "catalog/params.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;

namespace {

constexpr tool::Param kSid{.name = "sid"};

}  // namespace

constexpr tool::Tool kHa[] = {
    {.name = "pve_list_ha_resources",
     .title = "List HA resources",
     .description = "List the guests under HA.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/ha/resources"},
     .params = {{.name = "type"}},
     .view = {tool::View::Kind::Table, "HA resources",
              "sid state group max_restart max_relocate failback comment digest"}},
    {.name = "pve_get_ha_resource",
     .title = "HA resource",
     .description = "Read a guest's HA settings.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/ha/resources/{sid}"},
     .params = {kSid}},
    {.name = "pve_create_ha_resource",
     .title = "Add HA resource",
     .description = "Put a guest under HA. HA starts it unless state says otherwise.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/cluster/ha/resources"},
     .params = {{.name = "sid", .description = "E.g. vm:100"},
                {.name = "state"},
                {.name = "max_restart"},
                {.name = "max_relocate"},
                {.name = "comment"}},
     .doing = "Creating HA resource {sid}",
     .done = "HA resource {sid} {was} created"},
    {.name = "pve_update_ha_resource",
     .title = "Update HA resource",
     .description = "Change a guest's HA settings. state starts or stops it.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/cluster/ha/resources/{sid}"},
     .params = {kSid,
                {.name = "state"},
                {.name = "max_restart"},
                {.name = "max_relocate"},
                {.name = "comment"},
                kDelete,
                kDigest},
     .doing = "Changing HA resource {sid}",
     .done = "HA resource {sid} {was} changed"},
    {.name = "pve_delete_ha_resource",
     .title = "Remove HA resource",
     .description = "Take a guest out of HA. The guest is kept.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/cluster/ha/resources/{sid}"},
     .params = {kSid},
     .doing = "Removing HA resource {sid}",
     .done = "HA resource {sid} {was} removed"},
};

static_assert(tool::valid(kHa));

std::span<const tool::Tool> ha() { return kHa; }

}  // namespace catalog
