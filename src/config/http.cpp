#include "config/http.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "config/apply.h"
#include "config/readers.h"
#include "config/token.h"

namespace config {
namespace {

constexpr std::size_t kShortestStateKey = 32;
constexpr std::string_view kCertificate = "PVE_HTTP_CERTIFICATE (--http-certificate)";
constexpr std::string_view kKey = "PVE_HTTP_KEY (--http-key)";
constexpr std::string_view kIssuer = "PVE_HTTP_ISSUER (--http-issuer)";
constexpr std::string_view kTokens = "PVE_HTTP_TOKENS (--http-tokens)";

bool is_url_byte(char c) {
  return c > 0x20 && c < 0x7F && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
}

// Host and port of an http or https URL; nothing if the text is not such a URL.
std::optional<std::string_view> authority_of(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos || !std::ranges::all_of(url, is_url_byte)) return std::nullopt;
  const auto scheme = base::lower_ascii(url.substr(0, scheme_end));
  if (scheme != "https" && scheme != "http") return std::nullopt;
  const auto rest = url.substr(scheme_end + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.find('@') != std::string_view::npos) return std::nullopt;
  return authority;
}

bool is_https(std::string_view url) { return base::lower_ascii(url.substr(0, 8)) == "https://"; }

bool is_this_machine(std::string_view authority) {
  std::string_view host = authority;
  if (!host.starts_with('[')) host = host.substr(0, host.find(':'));
  if (host.starts_with('[')) host = host.substr(1, std::min(host.find(']'), host.size()) - 1);
  return Listen{base::lower_ascii(host), 0}.is_loopback();
}

std::optional<std::string> set_url(const Given& given, std::string& target) {
  auto value = single(given);
  if (!value) return value.error();
  if (!authority_of(*value) || value->find('#') != std::string::npos)
    return complaint(given.source, *value, "must be a URL, such as https://mcp.example.com/mcp");
  target = std::move(*value);
  return std::nullopt;
}

// An attacker who can change the answer of such a URL can admit any caller.
std::optional<std::string> set_safe_url(const Given& given, std::string& target) {
  if (auto error = set_url(given, target)) return error;
  if (is_https(target) || is_this_machine(*authority_of(target))) return std::nullopt;
  return complaint(given.source, target, "must begin with https:// (http:// is for this machine only)");
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [](char c) {
    return base::is_lower(c) || base::is_digit(c) ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

bool is_origin(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos || scheme_end == 0) return false;
  const auto in_scheme = [](char c) {
    return base::is_lower(c) || base::is_digit(c) || c == '+' || c == '-' || c == '.';
  };
  return std::ranges::all_of(text.substr(0, scheme_end), in_scheme) && is_host(text.substr(scheme_end + 3));
}

// A list of words that are compared without case.
std::optional<std::string> set_words(const Given& given, bool (*fits)(std::string_view),
                                     std::string_view requirement, std::vector<std::string>& target) {
  for (const auto& part : parts(given)) {
    auto word = base::lower_ascii(part);
    if (!fits(word)) return complaint(given.source, part, requirement);
    target.push_back(std::move(word));
  }
  return std::nullopt;
}

// A wildcard would admit every token of the issuer.
bool is_audience(std::string_view text) {
  return text.size() <= 500 && std::ranges::all_of(text, [](char c) {
           return c > 0x20 && c < 0x7F && c != '*' && c != '"' && c != '\\';
         });
}

bool has_auth(const Http& http) { return !http.tokens.empty() || !http.issuer.empty(); }

}  // namespace

std::optional<std::string> state_key_misfit(std::string_view text) {
  if (is_token_secret(text) && text.size() >= kShortestStateKey) return std::nullopt;
  return "must be one word of 32 to 256 printable characters, such as the output of \"openssl rand -hex 32\"";
}

std::optional<std::string> http_misfit(const Http& http) {
  if (http.certificate.empty() != http.key.empty()) {
    const std::string_view lacking = http.key.empty() ? kKey : kCertificate;
    const std::string_view there = http.key.empty() ? kCertificate : kKey;
    return std::string(there) + " is set without " + std::string(lacking) + "; set both.";
  }
  if (!http.jwks.empty() && http.issuer.empty())
    return "PVE_HTTP_JWKS (--http-jwks) is set without " + std::string(kIssuer) +
           "; set the issuer of the access tokens too.";
  if (!http.audiences.empty() && http.issuer.empty())
    return "PVE_HTTP_AUDIENCES (--http-audiences) is set without " + std::string(kIssuer) +
           "; set the issuer of the access tokens too.";
  if (http.no_auth && has_auth(http))
    return "PVE_HTTP_NO_AUTH (--http-no-auth) is set together with " +
           std::string(http.tokens.empty() ? kIssuer : kTokens) +
           "; callers either authenticate or they do not: remove one of the two settings.";
  return std::nullopt;
}

std::optional<std::string> http_refusal(const Settings& settings) {
  const auto& http = settings.http;
  if (!http.listen) return std::nullopt;
  const auto where = http.listen->text();
  if (!http.listen->is_loopback() && !has_auth(http)) {
    return "Other machines can reach " + where +
           ", so callers must authenticate: make a bearer token with \"mcp-pve token NAME\" and set "
           "--http-tokens to its file, or set --http-issuer; or listen on 127.0.0.1.";
  }
  if (!has_auth(http) && !http.no_auth && !settings.simulate) {
    return "Every program on this machine could use the cluster over " + where +
           ": make a bearer token with \"mcp-pve token NAME\" and set --http-tokens to its file, or set "
           "--http-issuer. Set --http-no-auth only to allow that.";
  }
  if (!http.issuer.empty() && http.url.empty() && http.listen->is_any()) {
    return "Access tokens must name the endpoint's URL, and " + where +
           " is not an address that clients can use; set --http-url to the URL that they use.";
  }
  return std::nullopt;
}

std::optional<std::string> http_warning(const Http& http) {
  if (!http.listen || http.listen->is_loopback() || !http.certificate.empty()) return std::nullopt;
  if (is_https(http.url)) return std::nullopt;
  return "bearer tokens cross the network unencrypted, because " + http.listen->text() +
         " serves plain HTTP; set --http-certificate and --http-key, or set --http-url if a proxy in front "
         "of it serves HTTPS.";
}

std::string endpoint_url(const Http& http, std::uint16_t port) {
  if (!http.url.empty() || !http.listen) return http.url;
  const Listen listen{http.listen->address, port};
  return (http.certificate.empty() ? "http://" : "https://") + listen.text() + "/mcp";
}

namespace apply {

std::optional<std::string> http_listen(const Given& given, const Known&, Settings& settings) {
  const auto value = single(given);
  if (!value) return value.error();
  auto listen = parse_listen(given.source, *value, std::nullopt);
  if (!listen) return listen.error();
  settings.http.listen = std::move(*listen);
  return std::nullopt;
}

std::optional<std::string> http_no_auth(const Given& given, const Known&, Settings& settings) {
  return set_boolean(given, settings.http.no_auth);
}

std::optional<std::string> http_tokens(const Given& given, const Known&, Settings& settings) {
  return set_path(given, settings.http.tokens);
}

std::optional<std::string> http_issuer(const Given& given, const Known&, Settings& settings) {
  return set_safe_url(given, settings.http.issuer);
}

std::optional<std::string> http_jwks(const Given& given, const Known&, Settings& settings) {
  return set_safe_url(given, settings.http.jwks);
}

std::optional<std::string> http_url(const Given& given, const Known&, Settings& settings) {
  if (auto error = set_url(given, settings.http.url)) return error;
  if (settings.http.url.find('?') == std::string::npos) return std::nullopt;
  return complaint(given.source, settings.http.url, "must have no query");
}

std::optional<std::string> http_audiences(const Given& given, const Known&, Settings& settings) {
  for (auto& audience : parts(given)) {
    if (!is_audience(audience))
      return complaint(
          given.source, audience,
          "must be the audience (aud) of access tokens, such as api://pve or a client id, not a pattern");
    settings.http.audiences.push_back(std::move(audience));
  }
  return std::nullopt;
}

std::optional<std::string> http_certificate(const Given& given, const Known&, Settings& settings) {
  return set_path(given, settings.http.certificate);
}

std::optional<std::string> http_key(const Given& given, const Known&, Settings& settings) {
  return set_path(given, settings.http.key);
}

std::optional<std::string> http_hosts(const Given& given, const Known&, Settings& settings) {
  return set_words(given, is_host, "must be the name of a host, such as mcp.example.com",
                   settings.http.hosts);
}

std::optional<std::string> http_origins(const Given& given, const Known&, Settings& settings) {
  return set_words(given, is_origin, "must be an origin without a path, such as https://app.example.com",
                   settings.http.origins);
}

std::optional<std::string> state_key(const Given& given, const Known&, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (auto misfit = state_key_misfit(*value))
    return given.source + " " + *misfit + " (its value is not shown).";
  settings.state_key = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> state_key_file(const Given& given, const Known&, Settings& settings) {
  return set_path(given, settings.state_key_file);
}

}  // namespace apply
}  // namespace config
