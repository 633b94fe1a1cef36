#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "simulator/access/totp.h"
#include "simulator/core/access_control.h"
#include "simulator/core/permission.h"

namespace simulator {
namespace {

constexpr std::int64_t kLifetime = 7200;
/// Of a ticket that asks for the second factor.
constexpr std::int64_t kChallengeLifetime = 600;
/// So many wrong codes lock the factor until an administrator unlocks it.
constexpr unsigned kMostFailures = 8;

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

std::string full_name(const Call& call) {
  auto username = call.parameters.text("username");
  const auto realm = call.parameters.text("realm");
  if (!realm.empty() && username.find('@') == std::string::npos) username += "@" + realm;
  return username;
}

Answer refused() { return Answer::fail("authentication failure", 401); }

/// Makes a ticket and keeps it. `about`: what the ticket holds between "PVE:" and the time.
base::JsonObject login_of(State& state, const std::string& user, const std::string& about, bool needs_tfa) {
  const auto proof = digest_of(fmt::format("{}{}", user, state.random()));
  Ticket ticket{.user = user,
                .csrf = fmt::format("{:08X}:{}", state.now(), proof.substr(20)),
                .expire = state.now() + (needs_tfa ? kChallengeLifetime : kLifetime),
                .needs_tfa = needs_tfa};
  const auto text = fmt::format("PVE:{}:{:08X}::{}", about, state.now(), proof);
  base::JsonObject data{{"username", user}, {"ticket", text}, {"CSRFPreventionToken", ticket.csrf}};
  state.tickets[text] = std::move(ticket);
  return data;
}

Answer logged_in(State& state, const std::string& user) {
  auto data = login_of(state, user, user, false);
  data["cap"] = capabilities(state, {user, {}, false});
  if (privileges_on(state, {user, {}, false}, "/").contains("Sys.Audit"))
    data["clustername"] = state.cluster_name;
  return Answer::of(std::move(data));
}

/// The first of two answers for a user with a second factor. Its ticket is good for the second call only.
Answer challenge(State& state, const std::string& user) {
  // PVE escapes the colons of the JSON that lists the factors.
  auto data = login_of(state, user, R"(!tfa!{"totp"%3Atrue})", true);
  data["NeedTFA"] = 1;
  return Answer::of(std::move(data));
}

/// A code is right in its own 30 seconds and in those before and after, and only once.
bool is_right_code(User& user, std::string_view code, std::int64_t now) {
  if (user.totp_failures >= kMostFailures) return false;
  const auto present = totp_step(now);
  for (auto step = std::max(present - 1, user.totp_used + 1); step <= present + 1; ++step) {
    if (totp_code(user.totp, step) != code) continue;
    user.totp_used = step;
    user.totp_failures = 0;
    return true;
  }
  ++user.totp_failures;
  return false;
}

Answer answer_challenge(const Call& call, const std::string& username, User& user) {
  constexpr std::string_view kTotp = "totp:";
  auto& state = call.state;
  const auto ticket = state.tickets.find(call.parameters.text("tfa-challenge"));
  const auto answer = call.parameters.text("password");
  if (ticket == state.tickets.end() || !ticket->second.needs_tfa || ticket->second.user != username ||
      ticket->second.expire < state.now() || !answer.starts_with(kTotp) ||
      !is_right_code(user, std::string_view(answer).substr(kTotp.size()), state.now()))
    return refused();
  state.tickets.erase(ticket);
  return logged_in(state, username);
}

}  // namespace

Answer create_ticket(Call& call) {
  const auto username = full_name(call);
  const auto password = call.parameters.text("password");
  auto& state = call.state;
  const auto found = state.users.find(username);
  if (found == state.users.end()) return refused();
  auto& user = found->second;
  if (!user.enabled || (user.expire != 0 && user.expire < state.now())) return refused();
  if (call.parameters.has("tfa-challenge")) return answer_challenge(call, username, user);
  const auto renewed = state.tickets.find(password);
  if (renewed != state.tickets.end() && !renewed->second.needs_tfa && renewed->second.user == username &&
      renewed->second.expire >= state.now())
    return logged_in(state, username);
  if (user.password.empty() || user.password != password) return refused();
  return user.totp.empty() ? logged_in(state, username) : challenge(state, username);
}

}  // namespace simulator
