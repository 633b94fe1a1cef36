#include "simulator/core/authentication.h"

#include "base/text.h"

namespace simulator {
namespace {

std::unexpected<Answer> refuse(std::string text) {
  auto answer = Answer::fail(std::move(text), 401);
  answer.bare = true;
  return std::unexpected(std::move(answer));
}

bool expired(std::int64_t expire, std::int64_t now) { return expire != 0 && expire < now; }

std::expected<Identity, Answer> by_token(const State& state, std::string_view value) {
  constexpr std::string_view kFailed = "Authentication failed!";
  const auto bang = value.find('!');
  const auto equals = value.find('=', bang == std::string_view::npos ? 0 : bang);
  if (state.faults.unauthorized || bang == std::string_view::npos || equals == std::string_view::npos) {
    return refuse(std::string(kFailed));
  }
  const auto userid = value.substr(0, bang);
  const auto name = value.substr(bang + 1, equals - bang - 1);
  const auto user = state.users.find(userid);
  if (user == state.users.end() || !user->second.enabled || expired(user->second.expire, state.now())) {
    return refuse(std::string(kFailed));
  }
  const auto token = user->second.tokens.find(name);
  if (token == user->second.tokens.end() || token->second.secret != value.substr(equals + 1) ||
      expired(token->second.expire, state.now())) {
    return refuse(std::string(kFailed));
  }
  return Identity{std::string(userid), std::string(name), token->second.privsep};
}

std::string_view cookie(std::string_view header, std::string_view name) {
  for (const auto part : base::split(header, ';')) {
    const auto pair = base::trim(part);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
  }
  return {};
}

std::expected<Identity, Answer> by_ticket(const State& state, const net::Request& request,
                                          const std::string& ticket) {
  const auto found = state.tickets.find(ticket);
  if (state.faults.unauthorized || found == state.tickets.end() || found->second.needs_tfa ||
      expired(found->second.expire, state.now())) {
    return refuse("Authentication failed!");
  }
  const auto user = state.users.find(found->second.user);
  if (user == state.users.end() || !user->second.enabled || expired(user->second.expire, state.now())) {
    return refuse("Authentication failed!");
  }
  if (request.method != base::Method::Get &&
      net::find_header(request.headers, "CSRFPreventionToken").value_or("") != found->second.csrf) {
    return refuse("Permission denied - invalid csrf token");
  }
  return Identity{found->second.user, {}, false};
}

}  // namespace

std::expected<Identity, Answer> authenticate(const State& state, const net::Request& request) {
  constexpr std::string_view kToken = "PVEAPIToken";
  constexpr std::string_view kCookie = "PVEAuthCookie";
  const auto authorization = net::find_header(request.headers, "Authorization").value_or("");
  if (authorization.starts_with(kToken) && authorization.size() > kToken.size()) {
    const char separator = authorization[kToken.size()];
    const auto value = base::trim(authorization.substr(kToken.size() + 1));
    if (!value.empty() && (separator == '=' || separator == ' ')) return by_token(state, value);
  }
  auto ticket = cookie(net::find_header(request.headers, "Cookie").value_or(""), kCookie);
  if (ticket.empty()) ticket = cookie(authorization, kCookie);
  if (!ticket.empty()) return by_ticket(state, request, base::percent_decode(ticket));
  return refuse("No ticket");
}

}  // namespace simulator
