// The second factors of users. PVE takes changes of them only with a ticket, never with an API token.
#include <fmt/format.h>

#include "simulator/core/permission.h"
#include "simulator/core/routes.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

constexpr unsigned kMostFailures = 8;

/// A user of the simulator has at most one factor, a TOTP.
std::string id_of(const User& user) { return digest_of(user.totp).substr(0, 8); }

JsonObject entry_of(const User& user) {
  return {{"id", id_of(user)}, {"type", "totp"}, {"description", "totp"}, {"created", 0}, {"enable", 1}};
}

JsonArray entries_of(const User& user) {
  return user.totp.empty() ? JsonArray() : JsonArray{base::Json(entry_of(user))};
}

Answer list(Call& call) {
  JsonArray rows;
  for (const auto& [name, user] : call.state.users) {
    const bool sees =
        name == call.identity.user || may_any(call, "/access/groups", {"User.Modify", "Sys.Audit"});
    if (user.totp.empty() || !sees) continue;
    JsonObject row{{"userid", name}, {"entries", entries_of(user)}};
    if (user.totp_failures >= kMostFailures) row["totp-locked"] = 1;
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

User* user_of(Call& call) {
  const auto found = call.state.users.find(call.parameters.text("userid"));
  return found == call.state.users.end() ? nullptr : &found->second;
}

Answer of_user(Call& call) {
  const auto* const user = user_of(call);
  return Answer::of(user == nullptr ? JsonArray() : entries_of(*user));
}

/// The user with the factor that the call names; nullptr if there is none.
User* with_factor(Call& call) {
  auto* const user = user_of(call);
  const bool known = user != nullptr && !user->totp.empty() && id_of(*user) == call.parameters.text("id");
  return known ? user : nullptr;
}

Answer no_such(const Call& call) {
  return Answer::fail(fmt::format("No such tfa entry '{}'", call.parameters.text("id")), 404);
}

Answer read(Call& call) {
  const auto* const user = with_factor(call);
  return user == nullptr ? no_such(call) : Answer::of(entry_of(*user));
}

Answer remove(Call& call) {
  auto* const user = with_factor(call);
  if (user == nullptr) return no_such(call);
  user->totp.clear();
  user->totp_failures = 0;
  return Answer::of();
}

Answer types_of_user(Call& call) {
  const auto* const user = user_of(call);
  JsonObject data;
  if (user == nullptr || user->totp.empty()) return Answer::of(std::move(data));
  if (call.parameters.flag("multiple")) {
    data["types"] = JsonArray{"totp"};
  } else {
    data["user"] = "oath";
  }
  return Answer::of(std::move(data));
}

/// Answers whether a factor was locked.
Answer unlock(Call& call) {
  auto* const user = user_of(call);
  const bool locked = user != nullptr && user->totp_failures >= kMostFailures;
  if (user != nullptr) user->totp_failures = 0;
  return Answer::of(locked ? 1 : 0);
}

using enum base::Method;
constexpr Route kFactorRoutes[] = {
    {Get, "/access/tfa", list},
    {Get, "/access/tfa/{userid}", of_user},
    {Get, "/access/tfa/{userid}/{id}", read},
    {Delete, "/access/tfa/{userid}/{id}", remove},
    {Get, "/access/users/{userid}/tfa", types_of_user},
    {Put, "/access/users/{userid}/unlock-tfa", unlock},
};

}  // namespace

std::span<const Route> factor_routes() { return kFactorRoutes; }

}  // namespace simulator
