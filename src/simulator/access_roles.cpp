#include <fmt/format.h>

#include "simulator/access_control.h"
#include "simulator/permission.h"

namespace simulator {
namespace {

std::string joined(const std::set<std::string, std::less<>>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ",") + name;
  return out;
}

/// The privileges of `privs`, or PVE's answer to one that does not exist.
std::expected<std::set<std::string, std::less<>>, Answer> wanted_privileges(const Call& call) {
  const auto& known = call.state.roles.find("Administrator")->second.privileges;
  std::set<std::string, std::less<>> privileges;
  for (const auto& privilege : call.parameters.list("privs")) {
    if (!known.contains(privilege)) {
      return std::unexpected(
          Answer::bad("privs", "invalid format - invalid privilege '" + privilege + "'\n"));
    }
    privileges.insert(privilege);
  }
  return privileges;
}

Answer no_role(const std::string& role) { return Answer::fail("role '" + role + "' does not exist"); }
Answer no_group(const std::string& group) { return Answer::fail("group '" + group + "' does not exist"); }

}  // namespace

Answer list_roles(Call& call) {
  base::JsonArray rows;
  for (const auto& [name, role] : call.state.roles) {
    rows.push_back(base::JsonObject{
        {"roleid", name}, {"privs", joined(role.privileges)}, {"special", role.special ? 1 : 0}});
  }
  return Answer::of(std::move(rows));
}

Answer create_role(Call& call) {
  const auto name = call.parameters.text("roleid");
  if (call.state.roles.contains(name))
    return Answer::fail("create role failed: role '" + name + "' already exists");
  auto privileges = wanted_privileges(call);
  if (!privileges) return privileges.error();
  call.state.roles[name].privileges = std::move(*privileges);
  return Answer::of();
}

Answer get_role(Call& call) {
  const auto name = call.parameters.text("roleid");
  const auto found = call.state.roles.find(name);
  if (found == call.state.roles.end()) return no_role(name);
  base::JsonObject data;
  for (const auto& privilege : found->second.privileges) data[privilege] = 1;
  return Answer::of(std::move(data));
}

Answer update_role(Call& call) {
  const auto name = call.parameters.text("roleid");
  const auto found = call.state.roles.find(name);
  if (found == call.state.roles.end())
    return Answer::fail("update role failed: role '" + name + "' does not exist");
  if (found->second.special) return Answer::fail("auto-generated role '" + name + "' cannot be modified");
  auto privileges = wanted_privileges(call);
  if (!privileges) return privileges.error();
  if (!call.parameters.flag("append")) found->second.privileges.clear();
  found->second.privileges.merge(*privileges);
  return Answer::of();
}

Answer delete_role(Call& call) {
  const auto name = call.parameters.text("roleid");
  const auto found = call.state.roles.find(name);
  if (found == call.state.roles.end())
    return Answer::fail("delete role failed: role '" + name + "' does not exist");
  if (found->second.special) return Answer::fail("auto-generated role '" + name + "' cannot be deleted");
  call.state.roles.erase(found);
  std::erase_if(call.state.acls, [&](const Acl& acl) { return acl.role == name; });
  return Answer::of();
}

Answer list_groups(Call& call) {
  base::JsonArray rows;
  for (const auto& [name, group] : call.state.groups) {
    if (!may_any(call, "/access/groups/" + name, {"User.Modify", "Sys.Audit", "Group.Allocate"})) continue;
    std::set<std::string, std::less<>> members;
    for (const auto& [userid, user] : call.state.users) {
      if (user.groups.contains(name)) members.insert(userid);
    }
    base::JsonObject row{{"groupid", name}, {"users", joined(members)}};
    if (!group.comment.empty()) row["comment"] = group.comment;
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

Answer create_group(Call& call) {
  const auto name = call.parameters.text("groupid");
  if (call.state.groups.contains(name)) {
    return Answer::fail("create group failed: group '" + name + "' already exists");
  }
  call.state.groups[name].comment = call.parameters.text("comment");
  return Answer::of();
}

Answer get_group(Call& call) {
  const auto name = call.parameters.text("groupid");
  const auto found = call.state.groups.find(name);
  if (found == call.state.groups.end()) return no_group(name);
  base::JsonArray members;
  for (const auto& [userid, user] : call.state.users) {
    if (user.groups.contains(name)) members.emplace_back(userid);
  }
  base::JsonObject data{{"members", std::move(members)}};
  if (!found->second.comment.empty()) data["comment"] = found->second.comment;
  return Answer::of(std::move(data));
}

Answer update_group(Call& call) {
  const auto name = call.parameters.text("groupid");
  const auto found = call.state.groups.find(name);
  if (found == call.state.groups.end()) {
    return Answer::fail("update group failed: group '" + name + "' does not exist");
  }
  if (call.parameters.has("comment")) found->second.comment = call.parameters.text("comment");
  return Answer::of();
}

Answer delete_group(Call& call) {
  const auto name = call.parameters.text("groupid");
  if (call.state.groups.erase(name) == 0) {
    return Answer::fail("delete group failed: group '" + name + "' does not exist");
  }
  for (auto& [userid, user] : call.state.users) user.groups.erase(name);
  std::erase_if(call.state.acls, [&](const Acl& acl) { return acl.type == "group" && acl.ugid == name; });
  return Answer::of();
}

Answer list_domains(Call& call) {
  base::JsonArray rows;
  for (const auto& [name, realm] : call.state.realms) {
    base::JsonObject row{{"realm", name}, {"type", get(realm, "type")}};
    if (has(realm, "comment")) row["comment"] = get(realm, "comment");
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

Answer get_domain(Call& call) {
  const auto name = call.parameters.text("realm");
  const auto found = call.state.realms.find(name);
  if (found == call.state.realms.end()) return Answer::fail("domain '" + name + "' does not exist");
  auto data = to_json(found->second);
  if (name == "pam") data["plugin"] = "PVE::Auth::PAM";
  data["digest"] = digest_of(found->second);
  return Answer::of(std::move(data));
}

}  // namespace simulator
