#include "pve/own_access.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"

namespace pve {
namespace {

constexpr std::chrono::seconds kYoung{60};

std::optional<base::Json> read(Client& client, std::string path, Parameters parameters,
                               const std::stop_token& stop) {
  auto answer = client.call({base::Method::Get, std::move(path), std::move(parameters)}, stop);
  if (!answer) return std::nullopt;
  return std::move(answer->data);
}

std::string user_of(std::string_view token) { return std::string(token.substr(0, token.rfind('!'))); }

PrivilegeSet listed(std::string_view text) {
  PrivilegeSet all;
  for (const auto part : base::split(text, ',')) {
    if (!part.empty()) all.emplace(part);
  }
  return all;
}

void read_roles(Client& client, OwnAccess& access, const std::stop_token& stop) {
  const auto data = read(client, "/access/roles", {}, stop);
  if (!data) return;
  for (const auto& role : base::Objects(base::list(*data)))
    access.roles.emplace(base::raw_text(role, "roleid"), listed(base::raw_text(role, "privs")));
}

/// PVE shows the whole list to a user with Sys.Audit on /access (API2/ACL.pm).
void read_acl(Client& client, OwnAccess& access, const std::stop_token& stop) {
  const auto rights = privileges_on(client, Holder::Token, "/access", stop);
  if (!rights || !rights->contains("Sys.Audit")) return;
  const auto data = read(client, "/access/acl", {}, stop);
  if (!data || !data->is_array()) return;
  access.acl.emplace();
  for (const auto& row : base::Objects(base::list(*data))) {
    access.acl->push_back({std::string(base::raw_text(row, "path")), std::string(base::raw_text(row, "type")),
                           std::string(base::raw_text(row, "ugid")),
                           std::string(base::raw_text(row, "roleid")), base::flag(row, "propagate", true)});
  }
}

void read_groups(Client& client, OwnAccess& access, const std::stop_token& stop) {
  const bool wanted =
      access.acl && std::ranges::find(*access.acl, "group", &AclEntry::type) != access.acl->end();
  const auto data = wanted ? read(client, "/access/groups", {}, stop) : std::nullopt;
  if (!data) return;
  for (const auto& group : base::Objects(base::list(*data))) {
    if (listed(base::raw_text(group, "users")).contains(access.user))
      access.groups.emplace(base::raw_text(group, "groupid"));
  }
}

bool has_rights(Client& client, const std::stop_token& stop) {
  const auto data = read(client, "/access/permissions", {}, stop);
  const auto* paths = data ? data->if_object() : nullptr;
  return paths != nullptr && std::ranges::any_of(*paths, [](const auto& member) {
           return member.value().is_object() && !member.value().get_object().empty();
         });
}

/// PVE tells a token about itself only where it may look at users. A separated token without an entry of its
/// own has no right at all, and one without any right most likely is such a one.
void read_separation(Client& client, OwnAccess& access, const std::stop_token& stop) {
  if (access.user.size() == access.token.size()) return;
  const auto name = access.token.substr(access.user.size() + 1);
  const auto data = read(
      client, "/access/users/" + base::percent_encode(access.user) + "/token/" + base::percent_encode(name),
      {}, stop);
  if (data && data->is_object() && data->get_object().contains("privsep")) {
    access.separated = base::flag(*data, "privsep");
    return;
  }
  if (!access.acl) {
    if (!has_rights(client, stop)) access.separated = true;
    return;
  }
  const bool has_entry = std::ranges::any_of(
      *access.acl, [&](const AclEntry& entry) { return entry.type == "token" && entry.who == access.token; });
  access.separated = has_entry || !has_rights(client, stop);
}

bool is_for(const OwnAccess& access, Holder holder, const AclEntry& entry) {
  if (holder == Holder::Token) return entry.type == "token" && entry.who == access.token;
  return entry.type == "user" && entry.who == access.user;
}

}  // namespace

std::set<std::string> own_roles_at(const OwnAccess& access, Holder holder, std::string_view path) {
  std::set<std::string> roles;
  for (const auto& entry : *access.acl) {
    if (entry.path == path && is_for(access, holder, entry)) roles.insert(entry.role);
  }
  return roles;
}

std::set<std::string> roles_on(const OwnAccess& access, Holder holder, std::string_view path) {
  std::set<std::string> roles;
  const auto at_level = [&](std::string_view level) {
    std::set<std::string> own;
    std::set<std::string> by_group;
    for (const auto& entry : *access.acl) {
      if (entry.path != level || !(entry.propagates || level == path)) continue;
      if (is_for(access, holder, entry)) own.insert(entry.role);
      if (holder == Holder::User && entry.type == "group" && access.groups.contains(entry.who))
        by_group.insert(entry.role);
    }
    if (!own.empty()) {
      roles = std::move(own);
    } else if (!by_group.empty()) {
      roles = std::move(by_group);
    }
  };
  at_level("/");
  if (path == "/") return roles;
  for (auto end = path.find('/', 1); end != std::string_view::npos; end = path.find('/', end + 1))
    at_level(path.substr(0, end));
  at_level(path);
  return roles;
}

std::shared_ptr<const OwnAccess> OwnAccessCache::get(const std::stop_token& stop) {
  {
    const std::scoped_lock lock(mutex_);
    if (known_ && clock_.steady() - taken_ < kYoung) return known_;
  }
  return now(stop);
}

std::shared_ptr<const OwnAccess> OwnAccessCache::now(const std::stop_token& stop) {
  OwnAccess access;
  access.token = client_.token_id();
  access.user = user_of(access.token);
  read_roles(client_, access, stop);
  read_acl(client_, access, stop);
  read_groups(client_, access, stop);
  read_separation(client_, access, stop);
  auto read = std::make_shared<const OwnAccess>(std::move(access));
  const std::scoped_lock lock(mutex_);
  known_ = read;
  taken_ = clock_.steady();
  return read;
}

std::optional<PrivilegeSet> privileges_on(Client& client, Holder holder, std::string_view path,
                                          const std::stop_token& stop) {
  Parameters parameters{{"path", std::string(path)}};
  if (holder == Holder::User) parameters.emplace_back("userid", user_of(client.token_id()));
  const auto data = read(client, "/access/permissions", std::move(parameters), stop);
  if (!data || !data->is_object()) return std::nullopt;
  PrivilegeSet all;
  const auto* rights = base::object(*data, path);
  if (rights == nullptr) return all;
  for (const auto& [privilege, passed_on] : *rights) all.emplace(std::string_view(privilege));
  return all;
}

}  // namespace pve
