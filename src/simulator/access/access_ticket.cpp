#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "simulator/core/access_control.h"
#include "simulator/core/permission.h"

namespace simulator {
namespace {

constexpr std::int64_t kLifetime = 7200;

struct Section {
  std::string_view name;
  std::vector<std::string_view> prefixes;
};

const Section* section_of(std::string_view path) {
  static const Section kSections[] = {{"vms", {"VM.", "Permissions.Modify"}},
                                      {"storage", {"Datastore.", "Permissions.Modify"}},
                                      {"access", {"User.", "Group.", "Permissions.Modify"}},
                                      {"nodes", {"Sys.", "Permissions.Modify"}},
                                      {"sdn", {"SDN.", "Permissions.Modify"}},
                                      {"mapping", {"Mapping.", "Permissions.Modify"}},
                                      {"dc", {"Sys.Audit", "Sys.Modify", "SDN."}}};
  const auto top = path == "/" ? "dc" : path.substr(1, path.find('/', 1) - 1);
  const auto* const found = std::ranges::find(kSections, top, &Section::name);
  return found == std::end(kSections) ? nullptr : found;
}

void grant(base::JsonObject& capabilities, std::string_view section, std::string_view privilege) {
  capabilities[section].as_object()[privilege] = 1;
}

/// Privileges on a pool count as privileges on guests and storages.
void grant_in_pool(base::JsonObject& capabilities, std::string_view privilege) {
  const bool both = privilege == "Permissions.Modify";
  if (both || privilege.starts_with("VM.")) grant(capabilities, "vms", privilege);
  if (both || privilege.starts_with("Datastore.")) grant(capabilities, "storage", privilege);
}

/// The privileges in the answer of POST /access/ticket, by which the web interface shows or hides its parts.
base::JsonObject capabilities(const State& state, const Identity& identity) {
  base::JsonObject result;
  for (const auto* const name : {"vms", "storage", "access", "nodes", "sdn", "dc", "mapping"}) {
    result[name] = base::JsonObject();
  }
  std::set<std::string_view> paths{"/", "/nodes", "/access/groups", "/vms", "/storage", "/sdn", "/mapping"};
  for (const auto& acl : state.acls) paths.insert(acl.path);
  for (const auto path : paths) {
    const bool pool = path == "/pool" || path.starts_with("/pool/");
    const auto* const section = section_of(path);
    for (const auto& [privilege, propagate] : privileges_on(state, identity, path)) {
      if (pool) grant_in_pool(result, privilege);
      if (section == nullptr) continue;
      const auto fits = [&](std::string_view prefix) { return privilege.starts_with(prefix); };
      if (std::ranges::any_of(section->prefixes, fits)) grant(result, section->name, privilege);
    }
  }
  return result;
}

}  // namespace

Answer create_ticket(Call& call) {
  auto username = call.parameters.text("username");
  if (const auto realm = call.parameters.text("realm");
      !realm.empty() && username.find('@') == std::string::npos) {
    username += "@" + realm;
  }
  const auto password = call.parameters.text("password");
  auto& state = call.state;
  const auto user = state.users.find(username);
  const auto renewed = state.tickets.find(password);
  const bool known = user != state.users.end() && user->second.enabled &&
                     (user->second.expire == 0 || user->second.expire >= state.now());
  const bool right = known && ((!user->second.password.empty() && user->second.password == password) ||
                               (renewed != state.tickets.end() && renewed->second.user == username &&
                                renewed->second.expire >= state.now()));
  if (!right) return Answer::fail("authentication failure", 401);
  Ticket ticket;
  ticket.user = username;
  ticket.expire = state.now() + kLifetime;
  const auto proof = digest_of(fmt::format("{}{}", username, state.random()));
  ticket.csrf = fmt::format("{:08X}:{}", state.now(), proof.substr(20));
  const auto text = fmt::format("PVE:{}:{:08X}::{}", username, state.now(), proof);
  base::JsonObject data{{"username", username},
                        {"ticket", text},
                        {"CSRFPreventionToken", ticket.csrf},
                        {"cap", capabilities(state, {username, {}, false})}};
  if (privileges_on(state, {username, {}, false}, "/").contains("Sys.Audit")) {
    data["clustername"] = state.cluster_name;
  }
  state.tickets[text] = std::move(ticket);
  return Answer::of(std::move(data));
}

}  // namespace simulator
