// What a caller sends as its token, and what an issuer publishes: refused, or of the shape that the rest
// relies on.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/challenge.h"
#include "auth/discovery.h"
#include "auth/jwk.h"
#include "auth/jwt.h"
#include "auth/location.h"
#include "base/base64.h"
#include "base/text.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// A key that nobody has: nothing may verify with it.
const auth::Key& stranger() {
  static const auto kKeys = *auth::parse_jwks(
      R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})");
  return kKeys.front();
}

void check_token(std::string_view text) {
  const auto jws = auth::parse_jws(text);
  if (!jws) {
    require(!jws.error().empty());
    return;
  }
  require(text.size() <= auth::kMaxToken && text.starts_with(jws->signed_text));
  const auto second = text.find('.', text.find('.') + 1);
  require(second == jws->signed_text.size());
  require(base::base64url(jws->signature) == text.substr(second + 1));
  require(!auth::verify(stranger(), jws->signed_text, jws->signature));
}

void check_payload(std::string_view text) {
  static const auto kResource = *auth::parse_location("https://mcp.example.com/mcp");
  const base::Clock::Wall now{std::chrono::seconds{1'780'000'000}};
  const auto claims = auth::check_claims(text, {"i", kResource, {}, now});
  if (claims) require(!claims->subject.empty() && !base::has_control(claims->subject));
}

void check_header(std::string_view text) {
  const net::Headers headers = {{"Authorization", std::string(text)}};
  const auto token = auth::bearer_token(headers);
  if (token) require(token->find_first_of(" \t\r\n\",") == std::string_view::npos);
  const auto denied = auth::Challenges("https://a/x").invalid_token(text);
  require(!base::has_control(denied.challenge));
  require(denied.challenge.ends_with('"') && denied.challenge.find('\\') == std::string::npos);
}

void check_location(std::string_view text) {
  const auto location = auth::parse_location(text);
  if (!location) return;
  require(location->text().find_first_of("\"\\ \r\n#") == std::string::npos &&
          location->target().starts_with('/'));
  const auto again = auth::parse_location(location->text());
  require(again && again->text() == location->text());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_token(text);
  check_payload(text);
  check_header(text);
  check_location(text);
  if (const auto bytes = base::from_base64url(text)) require(base::base64url(*bytes) == text);
  if (const auto keys = auth::parse_jwks(text)) {
    for (const auto& key : *keys) (void)auth::verify(key, "text", text);
  }
  const auto lifetime = auth::lifetime_of({{"cache-control", std::string(text)}});
  require(lifetime >= std::chrono::minutes{5} && lifetime <= std::chrono::hours{24});
  return 0;
}
