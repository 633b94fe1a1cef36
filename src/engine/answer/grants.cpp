#include "engine/answer/grants.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "pve/own_access.h"

namespace engine {
namespace {

using pve::Holder;
using pve::OwnAccess;
using pve::PrivilegeSet;

constexpr std::string_view kNoAccess = "NoAccess";

bool is_plain(std::string_view text, std::string_view others) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return base::is_alnum(c) || others.find(c) != std::string_view::npos;
  });
}

/// Quotes an argument for a shell. PVE's paths, roles and privileges need no quotes.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string joined(const std::set<std::string>& roles) {
  std::string text;
  for (const auto& role : roles) text += (text.empty() ? "" : ",") + role;
  return text;
}

/// The role that gives one privilege: an existing role that adds nothing else, or a new role with only this
/// privilege.
struct Chosen {
  std::string role;
  bool made = false;  ///< it does not exist yet
};

Chosen role_for(const std::string& privilege, const PrivilegeSet& held, const OwnAccess& access) {
  Chosen own = [&] {
    std::string name("Mcp");
    std::ranges::copy_if(privilege, std::back_inserter(name), [](char c) { return c != '.'; });
    const PrivilegeSet wanted{privilege};
    // A role of this name may exist with other privileges.
    for (auto at = access.roles.find(name); at != access.roles.end(); at = access.roles.find(name)) {
      if (at->second == wanted) return Chosen{name, false};
      name += "2";
    }
    return Chosen{name, true};
  }();
  if (!own.made) return own;
  for (const auto& [name, privileges] : access.roles) {
    const bool nothing_else = std::ranges::all_of(
        privileges, [&](const auto& each) { return each == privilege || held.contains(each); });
    if (privileges.contains(privilege) && nothing_else && is_plain(name, "-_.")) return {name, false};
  }
  return own;
}

/// Roles that together have exactly these privileges, starting with the largest. Privileges that no role
/// covers get a role of their own.
std::set<std::string> covering(const PrivilegeSet& held, const OwnAccess& access,
                               std::set<std::string>& made) {
  std::set<std::string> names;
  PrivilegeSet left = held;
  while (!left.empty()) {
    const std::string* best = nullptr;
    std::size_t most = 0;
    for (const auto& [name, privileges] : access.roles) {
      if (!is_plain(name, "-_.") || !std::ranges::includes(held, privileges)) continue;
      const auto covered = static_cast<std::size_t>(
          std::ranges::count_if(privileges, [&](const auto& each) { return left.contains(each); }));
      if (covered > most) {
        best = &name;
        most = covered;
      }
    }
    if (best == nullptr) break;
    names.insert(*best);
    for (const auto& privilege : access.roles.find(*best)->second) left.erase(privilege);
  }
  for (const auto& privilege : left) {
    const auto chosen = role_for(privilege, held, access);
    if (chosen.made) made.insert(privilege);
    names.insert(chosen.role);
  }
  return names;
}

/// Collects the commands that grant a set of rights.
class Commands {
 public:
  Commands(const OwnAccess& access, Cluster& cluster, const std::stop_token& stop)
      : access_(access), cluster_(cluster), stop_(stop) {}

  void add(const MissingRight& lack) {
    if (!is_plain(lack.path, "/._-") || !is_plain(lack.privilege, ".")) return;
    const bool known = access_.acl.has_value();
    // An ACL entry has no effect for a token without privilege separation. An entry for the user replaces the
    // roles that the user inherits.
    const bool token = access_.separated.value_or(true);
    const bool user = known ? !has(Holder::User, lack.path, lack.privilege) : !token;
    if (user) give(Holder::User, lack);
    if (token) give(Holder::Token, lack);
  }

  Grants take() {
    Grants grants;
    for (const auto& privilege : made_) {
      const auto chosen = role_for(privilege, {}, access_);
      if (chosen.made)
        grants.commands.push_back(fmt::format("pveum role add {} --privs {}", chosen.role, privilege));
    }
    grants.commands.insert(grants.commands.end(), removed_.begin(), removed_.end());
    for (const auto& [where, roles] : given_) {
      const auto& [path, holder] = where;
      const bool is_user = holder == Holder::User;
      grants.commands.push_back(
          fmt::format("pveum acl modify {} {} {} --roles {}", path, is_user ? "--users" : "--tokens",
                      in_quotes(is_user ? access_.user : access_.token), joined(roles)));
    }
    if (!grants.commands.empty()) grants.caution = caution();
    return grants;
  }

 private:
  bool has(Holder holder, const std::string& path, const std::string& privilege) {
    const auto held = pve::privileges_on(cluster_.client, holder, path, stop_);
    return held && held->contains(privilege);
  }

  PrivilegeSet held_by(const std::set<std::string>& roles) const {
    PrivilegeSet all;
    for (const auto& role : roles) {
      if (const auto found = access_.roles.find(role); found != access_.roles.end())
        all.insert(found->second.begin(), found->second.end());
    }
    return all;
  }

  void give(Holder holder, const MissingRight& lack) {
    give_at(holder, lack.path, lack.privilege);
    if (!lack.below || !access_.acl) return;
    constexpr std::size_t kMost = 8;
    const auto above = lack.path == "/" ? lack.path : lack.path + "/";
    std::set<std::string> deeper;
    for (const auto& entry : *access_.acl) {
      if (entry.path != lack.path && entry.path.starts_with(above) && deeper.size() < kMost)
        deeper.insert(entry.path);
    }
    for (const auto& path : deeper) {
      const auto roles = pve::roles_on(access_, holder, path);
      // A path that inherits needs no entry of its own. NoAccess was set on purpose, so it stays.
      if (roles == pve::roles_on(access_, holder, lack.path) || roles.contains(std::string(kNoAccess)) ||
          held_by(roles).contains(lack.privilege) || !is_plain(path, "/._-"))
        continue;
      give_at(holder, path, lack.privilege);
    }
  }

  void give_at(Holder holder, const std::string& path, const std::string& privilege) {
    auto& roles = given_[{path, holder}];
    PrivilegeSet held;
    if (access_.acl) {
      auto now = pve::roles_on(access_, holder, path);
      auto own = pve::own_roles_at(access_, holder, path);
      if (own.contains(std::string(kNoAccess))) remove_no_access(holder, path);
      held = held_by(now);
      now.erase(std::string(kNoAccess));
      // A path with own entries keeps them; the new one is added.
      if (own.empty()) roles.insert(now.begin(), now.end());
    } else {
      held = pve::privileges_on(cluster_.client, Holder::Token, path, stop_).value_or(PrivilegeSet{});
      roles.merge(covering(held, access_, made_));
    }
    const auto chosen = role_for(privilege, held, access_);
    if (chosen.made) made_.insert(privilege);
    roles.insert(chosen.role);
  }

  void remove_no_access(Holder holder, const std::string& path) {
    const bool is_user = holder == Holder::User;
    removed_.insert(fmt::format("pveum acl delete {} {} {} --roles NoAccess", path,
                                is_user ? "--users" : "--tokens",
                                in_quotes(is_user ? access_.user : access_.token)));
  }

  std::string caution() const {
    if (access_.acl) return {};
    const auto user = in_quotes(access_.user);
    std::string text;
    if (!access_.separated)
      text = fmt::format(
          "If the API token has no privilege separation (pveum user token list {} shows it), run the "
          "commands with --users {} instead of --tokens {}. ",
          user, user, in_quotes(access_.token));
    return text +
           fmt::format(
               "If {} {} also lacks the privilege, grant the privilege to both. Add to --roles the "
               "roles that the user already has on this path (pveum user permissions {} shows them), because "
               "an entry on a deeper path replaces them.",
               access_.separated ? "the token's user" : "the API token has privilege separation and its user",
               user, user);
  }

  const OwnAccess& access_;
  Cluster& cluster_;
  const std::stop_token& stop_;
  std::set<std::string> made_;  ///< privileges that need a new role
  std::set<std::string> removed_;
  std::map<std::pair<std::string, Holder>, std::set<std::string>> given_;
};

}  // namespace

Grants grants_for(std::span<const MissingRight> lacks, Cluster& cluster, bool fresh,
                  const std::stop_token& stop) {
  const auto access = fresh ? cluster.own_access.now(stop) : cluster.own_access.get(stop);
  Commands commands(*access, cluster, stop);
  for (const auto& lack : lacks) commands.add(lack);
  return commands.take();
}

std::vector<MissingRight> missing_rights(const std::vector<facts::Way>& ways, Cluster& cluster,
                                         const std::stop_token& stop) {
  std::optional<std::vector<MissingRight>> least;
  std::map<std::string, std::optional<PrivilegeSet>, std::less<>> known;
  for (const auto& way : ways) {
    std::vector<MissingRight> lacks;
    for (const auto& right : way) {
      const auto [at, is_new] = known.try_emplace(right.path);
      if (is_new) at->second = pve::privileges_on(cluster.client, Holder::Token, right.path, stop);
      if (!at->second) return {};
      const auto& held = *at->second;
      const auto holds = [&](const auto& privilege) { return held.contains(privilege); };
      if (right.any && std::ranges::any_of(right.privileges, holds)) continue;
      for (const auto& privilege : right.privileges) {
        if (!holds(privilege)) lacks.push_back({right.path, privilege});
        if (right.any) break;
      }
    }
    if (!least || lacks.size() < least->size()) least = std::move(lacks);
  }
  return least.value_or(std::vector<MissingRight>{});
}

}  // namespace engine
