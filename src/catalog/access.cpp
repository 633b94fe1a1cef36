#include "catalog/categories.h"
#include "catalog/params.h"
#include "hooks/hooks.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;

namespace {

constexpr tool::ListRights kSeesUsers{{{{"Sys.Audit", "User.Modify"}, "/access/groups"}}};
constexpr tool::ListRights kSeesGroups{{{{"Sys.Audit", "User.Modify", "Group.Allocate"}, "/access/groups"}}};
constexpr tool::ListRights kSeesAcl{{{{"Sys.Audit"}, "/access"}}, {{{"Permissions.Modify"}, "/"}}};
constexpr tool::Param kUserid{.name = "userid"};
constexpr tool::Param kExpire{.name = "expire", .terse = true};

}  // namespace

constexpr tool::Tool kAccess[] = {
    {.name = "pve_list_users",
     .title = "List users",
     .description = "List the users.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/access/users"},
     .params = {{.name = "enabled"}, {.name = "full", .description = "With groups and tokens"}},
     .offers = tool::kSelect | tool::kPage,
     .view = {tool::View::Kind::Table, "users",
              "userid enable expire groups tokens firstname lastname email realm-type comment", false,
              &kSeesUsers}},
    {.name = "pve_get_user",
     .title = "User details",
     .description = "Read a user, with groups and tokens.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/access/users/{userid}"},
     .params = {kUserid},
     .view = {.columns = "enable expire comment email groups tokens"}},
    {.name = "pve_list_roles",
     .title = "List roles",
     .description = "List the roles and their privileges.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/access/roles"},
     .view = {tool::View::Kind::Table, "roles", "roleid special privs"}},
    {.name = "pve_list_groups",
     .title = "List groups",
     .description = "List the user groups.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/access/groups"},
     .view = {tool::View::Kind::Table, "groups", "groupid users comment", false, &kSeesGroups}},
    {.name = "pve_list_acls",
     .title = "List permissions",
     .description = "List the ACL entries: path, holder and role.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/access/acl"},
     .offers = tool::kSelect | tool::kPage,
     .view = {tool::View::Kind::Table, "ACL entries", "path type ugid roleid propagate", false, &kSeesAcl}},
    {.name = "pve_list_domains",
     .title = "List realms",
     .description = "List the authentication realms.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/access/domains"},
     .view = {tool::View::Kind::Table, "realms", "realm type default tfa comment"}},
    {.name = "pve_create_user",
     .title = "Create user",
     .description = "Create a user.",
     .tier = Tier::Full,
     .effect = Effect::Additive,
     .call = {Method::Post, "/access/users"},
     .params = {{.name = "userid", .description = "name@realm"},
                {.name = "password", .description = "Realm pve only"},
                {.name = "email"},
                {.name = "groups"},
                {.name = "comment"},
                {.name = "enable"},
                {.name = "expire", .description = "0: never", .terse = true}},
     .doing = "Creating user {userid}",
     .done = "User {userid} {was} created"},
    {.name = "pve_update_user",
     .title = "Update user",
     .description = "Change a user. Replaces the user's groups; with append, adds to them.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/access/users/{userid}"},
     .params = {kUserid,
                {.name = "email"},
                {.name = "groups"},
                {.name = "append"},
                {.name = "comment"},
                {.name = "enable"},
                kExpire},
     .doing = "Changing user {userid}",
     .done = "User {userid} {was} changed"},
    {.name = "pve_delete_user",
     .title = "Delete user",
     .description = "Delete a user and its tokens.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/access/users/{userid}"},
     .params = {kUserid},
     .doing = "Deleting user {userid}",
     .done = "User {userid} {was} deleted"},
    {.name = "pve_update_acl",
     .title = "Grant or revoke roles",
     .description = "Grant or revoke roles on a path to users, groups or API tokens.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/access/acl"},
     .params = {{.name = "path", .description = "E.g. /vms/100"},
                {.name = "roles"},
                {.name = "users", .description = "Give users, groups or tokens"},
                {.name = "groups"},
                {.name = "tokens"},
                {.name = "propagate", .description = "Default true"},
                {.name = "delete", .description = "Revoke instead"}},
     .doing = "Changing the ACL of {path}",
     .done = "ACL of {path} {was} changed",
     .prepare = hooks::clean_acl_path},
};

static_assert(tool::valid(kAccess));

std::span<const tool::Tool> access() { return kAccess; }

}  // namespace catalog
