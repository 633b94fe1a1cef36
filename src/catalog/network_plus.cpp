#include "catalog/categories.h"
#include "catalog/params.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;

constexpr tool::Tool kNetworkPlus[] = {
    {.name = "pve_apply_network",
     .title = "Apply network changes",
     .description = "Apply a node's staged network changes by reloading its network. A wrong address, bridge "
                    "or bond cuts the node off.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/nodes/{node}/network"},
     .params = {kNode},
     .starts_task = true,
     .doing = "Reloading the network of {node}",
     .done = "Network of {node} {was} reloaded"},
    {.name = "pve_revert_network",
     .title = "Revert network changes",
     .description = "Discard a node's staged network changes, all of them.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/nodes/{node}/network"},
     .params = {kNode},
     .doing = "Discarding the staged network changes of {node}",
     .done = "Staged network changes of {node} {were} discarded"},
};

static_assert(tool::valid(kNetworkPlus));

std::span<const tool::Tool> network_plus() { return kNetworkPlus; }

}  // namespace catalog
