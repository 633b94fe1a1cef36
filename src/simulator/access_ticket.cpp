#include <fmt/format.h>

#include "simulator/access_control.h"
#include "simulator/permission.h"

namespace simulator {
namespace {

constexpr std::int64_t kLifetime = 7200;

struct Section {
  std::string_view name;
  std::string_view path;
  std::vector<std::string_view> prefixes;
};

/// What the web interface shows or hides, as POST /access/ticket reports it.
base::JsonObject capabilities(const State& state, const Identity& identity) {
  const Section sections[] = {{"vms", "/vms", {"VM.", "Permissions."}},
                              {"storage", "/storage", {"Datastore.", "Permissions."}},
                              {"access", "/access", {"User.", "Group.", "Permissions."}},
                              {"nodes", "/nodes", {"Sys.", "Permissions."}},
                              {"sdn", "/sdn", {"SDN.", "Permissions."}},
                              {"dc", "/", {"Sys.Audit", "Sys.Modify", "SDN."}},
                              {"mapping", "/mapping", {"Mapping.", "Permissions."}}};
  base::JsonObject result;
  for (const auto& section : sections) {
    base::JsonObject granted;
    for (const auto& [privilege, propagate] : privileges_on(state, identity, section.path)) {
      for (const auto prefix : section.prefixes) {
        if (privilege.starts_with(prefix)) granted[privilege] = 1;
      }
    }
    result[section.name] = std::move(granted);
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
  const bool known = user != state.users.end() && user->second.enabled;
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
                        {"clustername", state.cluster_name},
                        {"cap", capabilities(state, {username, {}, false})}};
  state.tickets[text] = std::move(ticket);
  return Answer::of(std::move(data));
}

}  // namespace simulator
