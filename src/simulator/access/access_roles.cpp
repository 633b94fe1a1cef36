// Groups and roles.
#include <fmt/format.h>

#include "simulator/core/access_control.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"

namespace simulator {

std::string joined(const std::set<std::string, std::less<>>& names) {
  return fmt::format("{}", fmt::join(names, ","));
}

namespace {

/// Refuses a change of a built-in role, and privileges that PVE does not know.
std::optional<Answer> prepare(Call& call, Step step) {
  const auto name = call.parameters.text("roleid");
  const auto role = call.state.roles.find(name);
  if (step == Step::Update && role != call.state.roles.end() && role->second.special) {
    return Answer::fail("auto-generated role '" + name + "' cannot be modified");
  }
  const auto& known = call.state.roles.find("Administrator")->second.privileges;
  for (const auto& privilege : call.parameters.list("privs")) {
    if (known.contains(privilege)) continue;
    return Answer::bad("privs", "invalid format - invalid privilege '" + privilege + "'\n");
  }
  return std::nullopt;
}

base::JsonObject role_row(const Call&, const std::string&, const Role& role) {
  return {{"privs", joined(role.privileges)}, {"special", role.special ? 1 : 0}};
}

Answer read_role(Call&, const std::string&, Role& role) {
  base::JsonObject data;
  for (const auto& privilege : role.privileges) data[privilege] = 1;
  return Answer::of(std::move(data));
}

std::optional<Answer> apply_role(Call& call, const std::string&, Role& role, Step) {
  if (!call.parameters.flag("append")) role.privileges.clear();
  for (auto& privilege : call.parameters.list("privs")) role.privileges.insert(std::move(privilege));
  return std::nullopt;
}

std::optional<Answer> release_role(const Call&, const std::string& name, const Role& role) {
  if (!role.special) return std::nullopt;
  return Answer::fail("auto-generated role '" + name + "' cannot be deleted");
}

void clear_role(Call& call, const std::string& name, Role&) {
  std::erase_if(call.state.acls, [&](const Acl& acl) { return acl.role == name; });
}

constexpr Store<Role> kRoles{
    .key = "roleid",
    .objects = all_of<&State::roles>,
    .missing = {"role '{roleid}' does not exist"},
    .missing_for_update = {"update role failed: role '{roleid}' does not exist"},
    .missing_for_delete = {"delete role failed: role '{roleid}' does not exist"},
    .exists = {"create role failed: role '{roleid}' already exists"},
    .row = role_row,
    .read = read_role,
    .prepare = prepare,
    .apply = apply_role,
    .release = release_role,
    .clear = clear_role,
};

std::set<std::string, std::less<>> members(const Call& call, const std::string& group) {
  std::set<std::string, std::less<>> names;
  for (const auto& [userid, user] : call.state.users) {
    if (user.groups.contains(group)) names.insert(userid);
  }
  return names;
}

bool sees_group(const Call& call, const std::string& name, const Group&) {
  return may_any(call, "/access/groups/" + name, {"User.Modify", "Sys.Audit", "Group.Allocate"});
}

base::JsonObject group_row(const Call& call, const std::string& name, const Group& group) {
  base::JsonObject row{{"users", joined(members(call, name))}};
  if (!group.comment.empty()) row["comment"] = group.comment;
  return row;
}

Answer read_group(Call& call, const std::string& name, Group& group) {
  base::JsonArray users;
  for (const auto& userid : members(call, name)) users.emplace_back(userid);
  base::JsonObject data{{"members", std::move(users)}};
  if (!group.comment.empty()) data["comment"] = group.comment;
  return Answer::of(std::move(data));
}

std::optional<Answer> apply_group(Call& call, const std::string&, Group& group, Step) {
  if (call.parameters.has("comment")) group.comment = call.parameters.text("comment");
  return std::nullopt;
}

void clear_group(Call& call, const std::string& name, Group&) {
  for (auto& [userid, user] : call.state.users) user.groups.erase(name);
  std::erase_if(call.state.acls, [&](const Acl& acl) { return acl.type == "group" && acl.ugid == name; });
}

constexpr Store<Group> kGroups{
    .key = "groupid",
    .objects = all_of<&State::groups>,
    .missing = {"group '{groupid}' does not exist"},
    .missing_for_update = {"update group failed: group '{groupid}' does not exist"},
    .missing_for_delete = {"delete group failed: group '{groupid}' does not exist"},
    .exists = {"create group failed: group '{groupid}' already exists"},
    .sees = sees_group,
    .row = group_row,
    .read = read_group,
    .apply = apply_group,
    .clear = clear_group,
};

using enum base::Method;
constexpr Route kAccessRolesRoutes[] = {
    {Get, "/access/groups", list_objects<kGroups>},
    {Post, "/access/groups", create_object<kGroups>},
    {Get, "/access/groups/{groupid}", read_object<kGroups>},
    {Put, "/access/groups/{groupid}", update_object<kGroups>},
    {Delete, "/access/groups/{groupid}", delete_object<kGroups>},
    {Get, "/access/roles", list_objects<kRoles>},
    {Post, "/access/roles", create_object<kRoles>},
    {Get, "/access/roles/{roleid}", read_object<kRoles>},
    {Put, "/access/roles/{roleid}", update_object<kRoles>},
    {Delete, "/access/roles/{roleid}", delete_object<kRoles>},
};

}  // namespace

std::span<const Route> access_roles_routes() { return kAccessRolesRoutes; }

}  // namespace simulator
