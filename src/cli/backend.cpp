#include "cli/backend.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "cli/simulation.h"
#include "cli/state_folder.h"
#include "cli/token_command.h"
#include "net/failover.h"
#include "simulator/cluster.h"
#include "simulator/in_process.h"
#include "state/trusted.h"

namespace cli {
namespace {

constexpr std::size_t kMostHosts = 16;

std::vector<Way> ways_of(std::vector<net::ClientOptions> routes) {
  std::vector<Way> ways;
  for (auto& route : routes) {
    auto network = std::make_unique<net::Client>(route);
    ways.push_back({std::move(route), std::move(network)});
  }
  return ways;
}

/// Chooses among several hosts for each request.
std::unique_ptr<net::Failover> failover_of(const std::vector<Way>& ways, const base::Clock& clock) {
  if (ways.size() == 1) return nullptr;
  std::vector<net::Failover::Host> hosts;
  for (const auto& way : ways) hosts.push_back({way.route.url.text(), *way.network});
  return std::make_unique<net::Failover>(std::move(hosts), clock);
}

class Remote final : public Backend {
 public:
  Remote(std::vector<net::ClientOptions> routes, const base::Clock& clock,
         const pve::Credentials& credentials, pve::ClientOptions options)
      : ways_(ways_of(std::move(routes))),
        failover_(failover_of(ways_, clock)),
        client_(failover_ ? static_cast<net::HttpClient&>(*failover_) : *ways_.front().network, credentials,
                std::move(options)) {}
  pve::Client& client() override { return client_; }
  std::span<const Way> ways() const override { return ways_; }

 private:
  std::vector<Way> ways_;
  std::unique_ptr<net::Failover> failover_;
  pve::Client client_;
};

class Simulated final : public Backend {
 public:
  Simulated(const simulator::Options& options, const facts::Facts& facts, const base::Clock& clock,
            pve::ClientOptions client_options)
      : cluster_(options, facts, clock),
        http_(cluster_),
        client_(http_, {options.token_id, options.token_secret, ""}, std::move(client_options)) {}
  pve::Client& client() override { return client_; }
  std::span<const Way> ways() const override { return {}; }
  simulator::Cluster& cluster() { return cluster_; }

 private:
  simulator::Cluster cluster_;
  simulator::InProcess http_;
  pve::Client client_;
};

void warn_of_weak_transport(std::span<const net::ClientOptions> routes, const config::Cluster& cluster) {
  const bool unverified = std::ranges::any_of(
      routes, [](const auto& route) { return route.url.tls && !route.verify && route.fingerprints.empty(); });
  if (unverified) {
    base::log(base::LogLevel::Warning,
              base::printable(cluster.verify_ssl_source) +
                  " is false: anybody on the network between this machine and PVE can read the API token. "
                  "Run \"mcp-pve trust\" to pin the certificate.");
  }
}

/// PVE answers plain HTTP with a redirect, but by then the API token has crossed the network unencrypted.
std::string over_tls(net::Url url) {
  constexpr std::uint16_t kPlain = 80;
  if (url.port == kPlain) url.port = net::Url{}.port;
  url.tls = true;
  return url.text();
}

using Urls = std::vector<net::Url>;

std::expected<Urls, std::string> urls_of(const std::string& text, const std::string& source) {
  // A password may contain a comma, so the text is not split; the password is masked when the text is shown.
  if (text.find('@') != std::string::npos) {
    const bool one = text.find(',') == std::string::npos;
    const auto url = one ? net::parse_url(text) : std::unexpected(std::string());
    const auto why = url || url.error().empty()
                         ? "has a user name (set the API token's id and secret instead)"
                         : url.error();
    return std::unexpected(config::complaint(source, text, "it " + why));
  }
  Urls urls;
  for (const auto part : base::split(text, ',')) {
    if (base::trim(part).empty()) continue;
    const auto url = net::parse_url(part);
    if (!url) return std::unexpected(config::complaint(source, base::trim(part), "it " + url.error()));
    if (!url->tls && !url->is_loopback())
      return std::unexpected(
          config::complaint(source, base::trim(part), "PVE needs https: write " + over_tls(*url)));
    const auto same = [&](const net::Url& other) { return other.text() == url->text(); };
    if (std::ranges::any_of(urls, same))
      return std::unexpected(config::complaint(source, text, "it names " + url->text() + " twice"));
    urls.push_back(*url);
  }
  if (urls.empty()) return std::unexpected(config::complaint(source, text, "it has no address"));
  if (urls.size() > kMostHosts)
    return std::unexpected(config::complaint(
        source, text, "it names " + std::to_string(urls.size()) + " hosts; the maximum is 16"));
  return urls;
}

/// The options that all hosts share.
std::expected<net::ClientOptions, std::string> common_route(const config::Cluster& cluster) {
  net::ClientOptions route;
  route.verify = cluster.verify_ssl;
  route.ca_file = cluster.ca_file;
  for (const auto& text : cluster.fingerprints) {
    const auto fingerprint = net::parse_fingerprint(text);
    if (!fingerprint) {
      return std::unexpected(
          config::complaint(cluster.fingerprint_source, text, "it " + fingerprint.error()));
    }
    route.fingerprints.push_back(*fingerprint);
  }
  return route;
}

}  // namespace

std::expected<state::Trusted, std::string> trusted_of(const config::Settings& settings,
                                                      const Variables& variables) {
  // What the settings pin counts alone.
  if (!settings.cluster.fingerprints.empty()) return state::Trusted{};
  const auto folder = state::folder(surroundings_of(settings, variables));
  return folder ? state::trusted(*folder) : state::Trusted{};
}

std::expected<std::vector<net::ClientOptions>, std::string> routes_of(const config::Settings& settings,
                                                                      const Variables& variables) {
  const auto& cluster = settings.cluster;
  auto urls = Urls(1);
  if (!cluster.base_url.empty()) {
    auto given = urls_of(cluster.base_url, cluster.base_url_source);
    if (!given) return std::unexpected(std::move(given.error()));
    urls = *std::move(given);
  }
  auto route = common_route(cluster);
  if (!route) return std::unexpected(std::move(route.error()));
  const auto trusted = trusted_of(settings, variables);
  if (!trusted) return std::unexpected(trusted.error());
  const auto either = [&](std::string_view upper, std::string_view lower) {
    const auto value = variables(upper);
    return value.empty() ? variables(lower) : value;
  };
  std::vector<net::ClientOptions> routes;
  for (auto& url : urls) {
    auto proxy = net::proxy_for(url, either("HTTPS_PROXY", "https_proxy"), either("NO_PROXY", "no_proxy"));
    if (!proxy) return std::unexpected(proxy.error());
    route->url = std::move(url);
    route->proxy = std::move(*proxy);
    routes.push_back(*route);
    const auto stored = trusted->find(routes.back().url.text());
    if (stored == trusted->end() || !routes.back().url.tls) continue;
    if (const auto fingerprint = net::parse_fingerprint(stored->second))
      routes.back().fingerprints = {*fingerprint};
  }
  return routes;
}

pve::Credentials credentials_of(const config::Cluster& cluster, const base::Clock& clock) {
  pve::Credentials credentials{cluster.token_id, cluster.token_secret, cluster.token_secret_file,
                               cluster.token_secret_source};
  if (!cluster.token_command.empty()) {
    auto command = std::make_shared<TokenCommand>(cluster.token_command, cluster.token_secret_source, clock);
    credentials.secret_command = [command] { return command->secret(); };
  }
  return credentials;
}

std::string names_of(std::span<const net::ClientOptions> routes) {
  constexpr std::size_t kAll = 3;
  if (routes.size() > kAll) {
    return routes.front().url.text() + " or one of " + std::to_string(routes.size() - 1) + " other hosts";
  }
  std::string names;
  for (const auto& route : routes) {
    if (!names.empty()) names += &route == &routes.back() ? " or " : ", ";
    names += route.url.text();
  }
  return names;
}

std::expected<std::unique_ptr<Backend>, std::string> Backend::open(const config::Settings& settings,
                                                                   const facts::Facts& facts,
                                                                   const base::Clock& clock,
                                                                   const Variables& variables,
                                                                   OnRejected on_rejected, Hold hold) {
  pve::ClientOptions options{"", settings.timeout, std::move(on_rejected), std::move(hold)};
  if (settings.simulate) {
    const auto simulation = simulation_of(settings, clock);
    if (!simulation) return std::unexpected(simulation.error());
    options.base_url = "the simulated cluster";
    auto backend = std::make_unique<Simulated>(*simulation, facts, clock, std::move(options));
    for (const auto& fault : settings.faults) {
      if (auto set = backend->cluster().fault(fault); !set)
        return std::unexpected("PVE_SIMULATE_FAULT (--fault): " + set.error());
    }
    return backend;
  }
  auto routes = routes_of(settings, variables);
  if (!routes) return std::unexpected(routes.error());
  options.base_url = names_of(*routes);
  if (!settings.cluster.base_url.empty()) warn_of_weak_transport(*routes, settings.cluster);
  return std::make_unique<Remote>(*std::move(routes), clock, credentials_of(settings.cluster, clock),
                                  std::move(options));
}

}  // namespace cli
