#include "cli/authentication.h"

#include <utility>

#include "cli/known.h"
#include "config/http.h"
#include "guard/terms.h"
#include "net/client.h"
#include "net/proxy.h"
#include "tool/tool.h"

namespace cli {
namespace {

// A client for one fetch from the issuer; null when the proxy's variable cannot be read.
std::unique_ptr<net::HttpClient> issuer_client(const net::Url& origin, const std::string& ca_file,
                                               const std::string& https_proxy, const std::string& no_proxy) {
  auto proxy = net::proxy_for(origin, https_proxy, no_proxy);
  if (!proxy) return nullptr;
  net::ClientOptions options;
  options.url = origin;
  options.ca_file = ca_file;
  options.proxy = std::move(*proxy);
  options.max_connections = 1;
  options.max_body = auth::kMaxDocument;
  return std::make_unique<net::Client>(std::move(options));
}

std::size_t index_of(const std::string& tier) {
  return static_cast<std::size_t>(tool::tier_named(tier).value_or(tool::Tier::ReadOnly));
}

}  // namespace

auth::Words words() {
  const auto& all = known();
  return {tool::kTierNames,
          {all.categories.begin(), all.categories.end()},
          [](std::span<const std::string> terms) -> std::optional<std::string> {
            const auto parsed = guard::Terms::parse(terms, guard::scope_kinds());
            return parsed ? std::nullopt : std::optional(parsed.error());
          }};
}

std::expected<std::unique_ptr<auth::Authenticator>, std::string> authenticator(
    const config::Settings& settings, std::uint16_t port, const Variables& variables,
    const base::Clock& clock) {
  const auto& http = settings.http;
  if (http.tokens.empty() && http.issuer.empty()) return nullptr;
  const auto either = [&](std::string_view upper, std::string_view lower) {
    const auto value = variables(upper);
    return std::string(value.empty() ? variables(lower) : value);
  };
  auth::ClientFactory clients = [ca_file = settings.cluster.ca_file,
                                 https_proxy = either("HTTPS_PROXY", "https_proxy"),
                                 no_proxy = either("NO_PROXY", "no_proxy")](const net::Url& origin) {
    return issuer_client(origin, ca_file, https_proxy, no_proxy);
  };
  return auth::Authenticator::open({.resource = http.issuer.empty() ? "" : config::endpoint_url(http, port),
                                    .token_file = http.tokens,
                                    .issuer = http.issuer,
                                    .jwks_url = http.jwks,
                                    .words = words(),
                                    .highest_tier = index_of(settings.tier),
                                    .audiences = http.audiences},
                                   std::move(clients), clock);
}

}  // namespace cli
