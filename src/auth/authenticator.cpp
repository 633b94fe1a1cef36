#include "auth/authenticator.h"

#include <utility>

#include "auth/jwt.h"
#include "auth/scopes.h"
#include "base/text.h"

namespace auth {
namespace {

std::expected<Location, std::string> location_of(std::string_view what, std::string_view text) {
  auto location = parse_location(text);
  if (location) return location;
  return std::unexpected(std::string(what) + " \"" + base::printable(text, 200) + "\" " + location.error() +
                         ".");
}

// A URL that serves tokens or keys.
std::expected<Location, std::string> trusted(std::string_view what, std::string_view text) {
  auto location = location_of(what, text);
  if (location && !location->is_safe())
    return std::unexpected(std::string(what) + " \"" + base::printable(text, 200) +
                           "\" must begin with https:// (plain http is for this machine only).");
  return location;
}

std::string metadata_url(const Options& options, const Location& resource) {
  return options.issuer.empty() ? "" : resource.origin_text() + metadata_paths(resource).inserted;
}

Principal principal_of(const StoredToken& token) {
  return {token.name, token.tier, token.categories, {}, token.scope};
}

}  // namespace

Authenticator::Authenticator(Options options, Location resource)
    : options_(std::move(options)),
      resource_(std::move(resource)),
      challenges_(metadata_url(options_, resource_)) {}

std::expected<std::unique_ptr<Authenticator>, std::string> Authenticator::open(Options options,
                                                                               ClientFactory clients,
                                                                               const base::Clock& clock) {
  if (options.token_file.empty() && options.issuer.empty())
    return std::unexpected(
        "No token file and no issuer is configured, so the server would refuse every request.");
  Location resource;
  if (!options.issuer.empty()) {
    auto location = location_of("The endpoint's URL", options.resource);
    if (!location) return std::unexpected(location.error());
    if (!location->query.empty()) return std::unexpected("The endpoint's URL must have no query.");
    resource = std::move(*location);
  }
  std::unique_ptr<Authenticator> made(new Authenticator(std::move(options), std::move(resource)));
  const auto& given = made->options_;
  made->clock_ = &clock;
  if (!given.token_file.empty()) {
    auto tokens = load_tokens(given.token_file, given.words);
    if (!tokens) return std::unexpected(tokens.error());
    made->tokens_ = std::make_shared<const TokenSet>(std::move(*tokens));
  }
  if (given.issuer.empty()) return made;
  const auto issuer = trusted("The issuer", given.issuer);
  if (!issuer) return std::unexpected(issuer.error());
  if (!issuer->query.empty()) return std::unexpected("The issuer must have no query.");
  made->issuer_host_ = issuer->origin.host;
  std::optional<Location> jwks;
  if (!given.jwks_url.empty()) {
    auto location = trusted("The key set's URL", given.jwks_url);
    if (!location) return std::unexpected(location.error());
    jwks = std::move(*location);
  }
  made->keys_ = std::make_unique<KeySource>(given.issuer, std::move(jwks), std::move(clients), clock);
  return made;
}

std::shared_ptr<const TokenSet> Authenticator::tokens() const {
  const std::scoped_lock lock(mutex_);
  return tokens_;
}

std::expected<Principal, Denied> Authenticator::check(const net::Headers& headers,
                                                      const std::stop_token& stop) {
  const auto token = bearer_token(headers);
  if (!token) return std::unexpected(challenges_.invalid_request(token.error()));
  if (token->empty()) return std::unexpected(challenges_.no_token());
  if (token->size() > kMaxToken)
    return std::unexpected(challenges_.invalid_token("The token is longer than 16 KiB."));
  if (const auto set = tokens()) {
    if (const auto* known = set->find(*token)) return principal_of(*known);
  }
  if (keys_ == nullptr)
    return std::unexpected(challenges_.invalid_token("This server does not know the token."));
  return check_jwt(*token, stop);
}

std::expected<Principal, Denied> Authenticator::check_jwt(std::string_view token,
                                                          const std::stop_token& stop) {
  const auto invalid = [&](std::string_view why) { return std::unexpected(challenges_.invalid_token(why)); };
  const auto jws = parse_jws(token);
  if (!jws) return invalid(jws.error());
  bool verified = false;
  // Without a kid, an invalid signature is the only sign that the key was replaced.
  for (const bool again : {false, true}) {
    if (verified || (again && jws->kid)) break;
    const auto keys = keys_->find(jws->kid, jws->algorithm, stop, again);
    if (!keys) return std::unexpected(Challenges::unavailable(keys.error()));
    if (keys->empty()) return invalid("The token is signed with a key that its issuer does not publish.");
    for (const auto& key : *keys) verified = verified || verify(key, jws->signed_text, jws->signature);
  }
  if (!verified) return invalid("The token's signature is invalid.");
  auto claims = check_claims(jws->payload, {options_.issuer, resource_, options_.audiences, clock_->wall()});
  if (!claims) return invalid(claims.error());
  const auto tier = highest(claims->scopes);
  if (!tier) {
    const auto lowest = scopes_up_to(0);
    return std::unexpected(challenges_.insufficient_scope(
        lowest, "The token grants no scope of this server; it needs pve:read, pve:execute or pve:full."));
  }
  auto terms = terms_in(claims->scopes);
  const auto misfit =
      terms && options_.words.scope_misfit ? options_.words.scope_misfit(*terms) : std::nullopt;
  if (misfit) return invalid("Its scope " + std::string(kTermScope) + "… cannot be read: " + *misfit + ".");
  return Principal{claims->subject + "@" + issuer_host_, std::string(options_.words.tiers.at(*tier)),
                   std::nullopt, std::move(claims->scopes), std::move(terms)};
}

std::expected<bool, std::string> Authenticator::reload() {
  if (options_.token_file.empty()) return false;
  auto tokens = load_tokens(options_.token_file, options_.words);
  if (!tokens) return std::unexpected(tokens.error() + " The tokens that were read before stay valid.");
  auto fresh = std::make_shared<const TokenSet>(std::move(*tokens));
  const std::scoped_lock lock(mutex_);
  tokens_ = std::move(fresh);
  return true;
}

Denied Authenticator::insufficient_scope(std::size_t tier) const {
  const auto needed = scopes_up_to(tier);
  return challenges_.insufficient_scope(needed, "This request needs the scope " + std::string(needed.back()) +
                                                    ", which the token does not grant.");
}

std::optional<std::string> Authenticator::metadata() const {
  if (options_.issuer.empty()) return std::nullopt;
  const auto scopes = scopes_up_to(options_.highest_tier);
  return protected_resource_metadata(resource_, options_.issuer, scopes);
}

}  // namespace auth
