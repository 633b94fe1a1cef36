#include "auth/discovery.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/ascii.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"

namespace auth {
namespace {

using std::chrono::seconds;

constexpr seconds kTimeout{10};
constexpr seconds kShortest{300};
constexpr seconds kLongest{24 * 3600};
constexpr seconds kUsual{3600};
constexpr std::string_view kOAuth = "/.well-known/oauth-authorization-server";
constexpr std::string_view kOpenId = "/.well-known/openid-configuration";

std::vector<Location> metadata_locations(const Location& issuer) {
  const auto at = [&](std::string path) { return Location{issuer.origin, std::move(path), {}}; };
  std::vector<Location> all = {at(std::string(kOAuth) + issuer.path), at(std::string(kOpenId) + issuer.path)};
  if (!issuer.path.empty()) all.push_back(at(issuer.path + std::string(kOpenId)));
  return all;
}

std::expected<Location, std::string> keys_in(std::string_view body, const std::string& issuer,
                                             const Location& issuer_location) {
  const auto document = base::parse_json(body);
  if (!document || !document->is_object()) return std::unexpected("is not one JSON object");
  const auto* member = base::ObjectView(*document).member("issuer");
  if (member == nullptr || !member->is_string()) return std::unexpected("names no issuer");
  const auto named = base::raw_text(*member);
  if (named != issuer)
    return std::unexpected("belongs to the issuer \"" + base::printable(named, 200) + "\", not to \"" +
                           issuer + "\"");
  const auto uri = base::raw_text(*document, "jwks_uri");
  if (uri.empty()) return std::unexpected("has no jwks_uri");
  auto location = parse_location(uri);
  if (!location) return std::unexpected("has a jwks_uri that " + location.error());
  const bool both_here = location->origin.is_loopback() && issuer_location.origin.is_loopback();
  if (!location->origin.tls && !both_here)
    return std::unexpected("has a jwks_uri that does not begin with https://");
  return location;
}

std::optional<seconds> seconds_in(std::string_view text) {
  if (!base::is_digits(text)) return std::nullopt;
  // More digits than a number holds are a long time.
  const auto value = base::parse_number<std::int64_t>(text);
  return value ? seconds{*value} : kLongest;
}

}  // namespace

std::expected<net::Response, Unfetched> get_document(const Location& location, const ClientFactory& clients,
                                                     const std::stop_token& stop) {
  const auto client = clients(location.origin);
  const std::string name = location.text();
  if (client == nullptr) return std::unexpected(Unfetched{name + " cannot be reached", true});
  net::Request request;
  request.target = location.target();
  request.headers = {{"Accept", "application/json"}};
  auto response = client->send(request, {kTimeout, stop});
  if (!response)
    return std::unexpected(
        Unfetched{name + " did not answer: " + base::printable(response.error().detail), true});
  if (response->status != 200)
    return std::unexpected(Unfetched{name + " answered " + std::to_string(response->status)});
  if (response->body.size() > kMaxDocument)
    return std::unexpected(Unfetched{"the document at " + name + " is larger than 256 KiB"});
  return std::move(*response);
}

std::expected<Location, std::string> discover_keys(const std::string& issuer, const ClientFactory& clients,
                                                   const std::stop_token& stop) {
  const auto issuer_location = parse_location(issuer);
  if (!issuer_location) return std::unexpected("the issuer " + issuer_location.error());
  std::string why;
  for (const auto& location : metadata_locations(*issuer_location)) {
    const auto response = get_document(location, clients, stop);
    if (!response && response.error().unreachable) return std::unexpected(response.error().clause);
    auto keys = response ? keys_in(response->body, issuer, *issuer_location) : std::unexpected(std::string());
    if (keys) return keys;
    if (!why.empty()) why += ", and ";
    why += response ? "the metadata at " + location.text() + " " + keys.error() : response.error().clause;
  }
  return std::unexpected(why);
}

seconds lifetime_of(const net::Headers& headers) {
  const auto header = net::find_header(headers, "cache-control");
  if (!header) return kUsual;
  std::optional<seconds> age;
  for (const auto part : base::split(*header, ',')) {
    const auto directive = base::lower_ascii(base::trim(part));
    if (directive == "no-store" || directive == "no-cache") return kShortest;
    constexpr std::string_view kMaxAge = "max-age=";
    if (directive.starts_with(kMaxAge)) age = seconds_in(std::string_view(directive).substr(kMaxAge.size()));
  }
  return std::clamp(age.value_or(kUsual), kShortest, kLongest);
}

}  // namespace auth
