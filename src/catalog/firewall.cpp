#include "catalog/categories.h"
#include "catalog/params.h"
#include "hooks/hooks.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Need;
using tool::Tier;
using tool::Type;

namespace {

constexpr tool::Param kPos{.name = "pos", .need = Need::Required};
constexpr tool::Param kAction{.name = "action", .description = "ACCEPT, DROP, REJECT or a group"};
constexpr tool::Param kEnable{.name = "enable", .type = Type::Boolean, .terse = true};
constexpr tool::Param kSource{.name = "source", .description = "CIDR, alias or +ipset; list"};
constexpr tool::Param kDest{.name = "dest"};
constexpr tool::Param kProto{.name = "proto"};
constexpr tool::Param kDport{.name = "dport", .description = "E.g. 22,80:85"};
constexpr tool::Param kSport{.name = "sport"};
constexpr tool::Param kMacro{.name = "macro"};
constexpr tool::Param kIface{.name = "iface"};
constexpr tool::Param kIcmpType{.name = "icmp-type"};
constexpr tool::Param kLog{.name = "log", .terse = true};
constexpr tool::Param kComment{.name = "comment"};

}  // namespace

constexpr tool::Tool kFirewall[] = {
    {.name = "pve_get_firewall_options",
     .title = "Firewall options",
     .description = "Read the cluster firewall's options.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/firewall/options"},
     .view = {.columns = "enable policy_in policy_out policy_forward"},
     .revise = hooks::add_firewall_defaults},
    {.name = "pve_list_firewall_rules",
     .title = "List firewall rules",
     .description = "List the cluster firewall's rules, with digest.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/firewall/rules"},
     .offers = tool::kSelect | tool::kPage,
     .view =
         {tool::View::Kind::Table, "rules",
          "pos type action enable macro iface source dest proto icmp-type sport dport log comment digest"}},
    {.name = "pve_list_firewall_aliases",
     .title = "List firewall aliases",
     .description = "List the cluster firewall's named addresses.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/firewall/aliases"},
     .view = {tool::View::Kind::Table, "aliases", "name cidr comment digest"}},
    {.name = "pve_list_firewall_ipsets",
     .title = "List firewall IP sets",
     .description = "List the cluster firewall's IP sets.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/firewall/ipset"},
     .view = {tool::View::Kind::Table, "IP sets", "name comment digest"}},
    {.name = "pve_update_firewall_options",
     .title = "Update firewall options",
     .description = "Change the cluster firewall's options.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/cluster/firewall/options"},
     .params = {kEnable,
                {.name = "policy_in"},
                {.name = "policy_out"},
                {.name = "log_ratelimit"},
                kDelete,
                kDigest},
     .doing = "Changing the cluster firewall options",
     .done = "Cluster firewall options {were} changed"},
    {.name = "pve_create_firewall_rule",
     .title = "Create firewall rule",
     .description = "Insert a cluster firewall rule on top.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/cluster/firewall/rules"},
     .params = {{.name = "type"},
                kAction,
                {.name = "enable", .description = "Default true", .type = Type::Boolean, .terse = true},
                kSource,
                kDest,
                kProto,
                kDport,
                kSport,
                kMacro,
                kIface,
                kIcmpType,
                kLog,
                kComment,
                {.name = "pos", .description = "Only 0; move the rule later"}},
     .doing = "Creating a cluster firewall rule at position 0",
     .done = "Cluster firewall rule at position 0 {was} created",
     .prepare = hooks::prepare_new_rule},
    {.name = "pve_update_firewall_rule",
     .title = "Update firewall rule",
     .description = "Change or move a cluster firewall rule. Positions change: pass digest.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/cluster/firewall/rules/{pos}"},
     .params = {kPos,
                {.name = "moveto", .description = "Moves before this position; no other change"},
                {.name = "action"},
                kEnable,
                {.name = "source"},
                kDest,
                {.name = "proto"},
                {.name = "dport"},
                kSport,
                kComment,
                kDelete,
                kDigest},
     .doing = "Changing the cluster firewall rule at position {pos}",
     .done = "Cluster firewall rule at position {pos} {was} changed",
     .prepare = hooks::prepare_rule_update},
    {.name = "pve_delete_firewall_rule",
     .title = "Delete firewall rule",
     .description = "Delete a cluster firewall rule. Positions change: pass digest.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/cluster/firewall/rules/{pos}"},
     .params = {kPos, kDigest},
     .doing = "Deleting the cluster firewall rule at position {pos}",
     .done = "Cluster firewall rule at position {pos} {was} deleted"},
};

static_assert(tool::valid(kFirewall));

std::span<const tool::Tool> firewall() { return kFirewall; }

}  // namespace catalog
