#include "auth/jwt.h"

#include <algorithm>
#include <cmath>

#include "base/base64.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/text.h"

namespace auth {
namespace {

constexpr std::size_t kDepth = 16;
constexpr std::size_t kMaxKid = 512;
constexpr std::size_t kMaxSubject = 255;
constexpr std::size_t kMaxScopes = 200;
constexpr double kLeeway = 60;

// How many members the object at the top of a valid JSON text has, those given twice counted twice.
std::size_t members_of(std::string_view text) {
  std::size_t members = 0;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c == ':' && depth == 1) ++members;
  }
  return members;
}

// One JSON object whose members differ: of two with one name, two readers may take a different one.
std::optional<base::JsonObject> object_of(std::string_view text) {
  auto value = base::parse_json(text, kDepth);
  if (!value || !value->is_object()) return std::nullopt;
  if (value->get_object().size() != members_of(text)) return std::nullopt;
  return std::move(value->get_object());
}

std::optional<Algorithm> algorithm_named(std::string_view name) {
  if (name == "RS256") return Algorithm::Rs256;
  if (name == "ES256") return Algorithm::Es256;
  if (name == "EdDSA") return Algorithm::EdDsa;
  return std::nullopt;
}

bool is_access_token_type(std::string_view typ) {
  const auto lower = base::lower_ascii(typ);
  return lower == "jwt" || lower == "at+jwt" || lower == "application/at+jwt";
}

std::optional<std::string> read_header(std::string_view text, Jws& jws) {
  const auto header = object_of(text);
  if (!header) return "The token's header is not one JSON object with each member once.";
  const auto algorithm = algorithm_named(base::raw_text(*header, "alg"));
  if (!algorithm) return "The token's alg must be RS256, ES256 or EdDSA.";
  jws.algorithm = *algorithm;
  if (header->if_contains("crit") != nullptr)
    return "The token requires an extension (\"crit\") that this server does not support.";
  if (const auto* typ = header->if_contains("typ")) {
    if (!is_access_token_type(base::raw_text(*typ))) return "The token's typ is neither JWT nor at+jwt.";
  }
  if (const auto* kid = header->if_contains("kid")) {
    const auto name = base::raw_text(*kid);
    if (name.empty() || name.size() > kMaxKid) return "The token's kid is not a string of at most 512 bytes.";
    jws.kid = name;
  }
  return std::nullopt;
}

// Seconds since 1970, also with a fraction.
std::optional<double> date_of(const base::Json* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_int64()) return static_cast<double>(value->get_int64());
  if (value->is_uint64()) return static_cast<double>(value->get_uint64());
  if (value->is_double() && std::isfinite(value->get_double())) return value->get_double();
  return std::nullopt;
}

std::optional<std::string> check_dates(const base::JsonObject& claims, double now) {
  const auto expiry = date_of(claims.if_contains("exp"));
  if (!expiry) return "The token's exp is missing or not a number.";
  if (now >= *expiry) return "The token has expired.";
  for (const auto* name : {"nbf", "iat"}) {
    const auto* claim = claims.if_contains(name);
    if (claim == nullptr) continue;
    const auto date = date_of(claim);
    if (!date) return "The token's " + std::string(name) + " is not a number.";
    if (*date > now + kLeeway)
      return "The token's " + std::string(name) +
             " is in the future; compare the clocks of the issuer and of this server.";
  }
  return std::nullopt;
}

// Issuers and clients that normalise URLs add a slash, others take it away; the same place is meant.
std::string_view without_slash(std::string_view text) {
  return text.substr(0, text.size() - (text.ends_with('/') ? 1 : 0));
}

bool names(std::string_view audience, const Expectation& expected) {
  const auto given = without_slash(audience);
  if (given.empty()) return false;
  return given == expected.resource.text() ||
         std::ranges::any_of(expected.audiences,
                             [&](const std::string& further) { return without_slash(further) == given; });
}

std::optional<std::string> check_audience(const base::Json* audience, const Expectation& expected) {
  const auto is_ours = [&](const base::Json& item) { return names(base::raw_text(item), expected); };
  bool ours = false;
  std::string_view example;
  if (audience != nullptr && audience->is_array()) {
    const auto& list = audience->get_array();
    ours = std::ranges::any_of(list, is_ours);
    if (!list.empty()) example = base::raw_text(list.front());
  } else if (audience != nullptr) {
    ours = is_ours(*audience);
    example = base::raw_text(*audience);
  }
  if (ours) return std::nullopt;
  const auto wanted =
      expected.resource.text() + (expected.audiences.empty() ? "." : " or a further audience.");
  if (example.empty()) return "The token has no aud; it must be for " + wanted;
  return "The token is for '" + base::printable(example, 200) + "', but must be for " + wanted;
}

std::optional<std::string> add_scopes(const base::Json* claim, std::vector<std::string>& scopes) {
  if (claim == nullptr) return std::nullopt;
  const auto add = [&](std::string_view scope) {
    if (!scope.empty() && std::ranges::find(scopes, scope) == scopes.end()) scopes.emplace_back(scope);
  };
  if (claim->is_string()) {
    for (const auto scope : base::split(base::raw_text(*claim), ' ')) add(scope);
  } else if (claim->is_array()) {
    for (const auto& item : claim->get_array()) add(base::raw_text(item));
  } else {
    return "The token's scope is neither a string nor a list.";
  }
  if (scopes.size() > kMaxScopes) return "The token has more than 200 scopes.";
  return std::nullopt;
}

}  // namespace

std::expected<Jws, std::string> parse_jws(std::string_view token) {
  if (token.size() > kMaxToken) return std::unexpected("The token is longer than 16 KiB.");
  const auto parts = base::split(token, '.');
  if (parts.size() != 3)
    return std::unexpected("Unknown token: this server did not issue it, and it is not a JWT (three parts).");
  const auto header = base::from_base64url(parts[0]);
  auto payload = base::from_base64url(parts[1]);
  auto signature = base::from_base64url(parts[2]);
  if (!header || !payload || !signature)
    return std::unexpected("The token has a part that is not base64url without padding.");
  if (signature->empty()) return std::unexpected("The token has no signature.");
  Jws jws;
  if (auto error = read_header(*header, jws)) return std::unexpected(*error);
  jws.signed_text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  jws.payload = std::move(*payload);
  jws.signature = std::move(*signature);
  return jws;
}

std::expected<Claims, std::string> check_claims(std::string_view payload, const Expectation& expected) {
  const auto claims = object_of(payload);
  if (!claims) return std::unexpected("The token's payload is not one JSON object with each member once.");
  const auto issuer = base::raw_text(*claims, "iss");
  if (issuer.empty() || issuer != expected.issuer)
    return std::unexpected("The token's iss is not '" + std::string(expected.issuer) + "'.");
  if (auto error = check_audience(claims->if_contains("aud"), expected)) return std::unexpected(*error);
  const double now = static_cast<double>(expected.now.time_since_epoch().count()) / 1000;
  if (auto error = check_dates(*claims, now)) return std::unexpected(*error);
  const auto subject = base::raw_text(*claims, "sub");
  // The name appears in logs and owns the caller's tasks and sessions, so a name that is not printable is
  // refused.
  if (subject.empty() || subject.size() > kMaxSubject || base::printable(subject, kMaxSubject) != subject) {
    return std::unexpected("The token has no sub that is a printable string of at most 255 bytes.");
  }
  Claims found{std::string(subject), {}};
  for (const auto* name : {"scope", "scp"}) {
    if (auto error = add_scopes(claims->if_contains(name), found.scopes)) return std::unexpected(*error);
  }
  return found;
}

}  // namespace auth
