#include "cli/backend.h"

#include <utility>

#include "base/log.h"
#include "simulator/cluster.h"
#include "simulator/in_process.h"

namespace cli {
namespace {

class Remote final : public Backend {
 public:
  Remote(net::ClientOptions route, const pve::Credentials& credentials, pve::ClientOptions options)
      : route_(route), network_(std::move(route)), client_(network_, credentials, std::move(options)) {}
  pve::Client& client() override { return client_; }
  net::Client* network() override { return &network_; }
  const net::ClientOptions& route() const override { return route_; }

 private:
  net::ClientOptions route_;
  net::Client network_;
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
  net::Client* network() override { return nullptr; }
  const net::ClientOptions& route() const override { return route_; }
  simulator::Cluster& cluster() { return cluster_; }

 private:
  net::ClientOptions route_;
  simulator::Cluster cluster_;
  simulator::InProcess http_;
  pve::Client client_;
};

void warn_of_weak_transport(const net::ClientOptions& route) {
  if (!route.url.tls && !route.url.is_loopback()) {
    base::log(
        base::LogLevel::Warning,
        "the address begins with http://, so the token crosses the network in the clear; use https://.");
  }
  if (route.url.tls && !route.verify && route.fingerprints.empty()) {
    base::log(base::LogLevel::Warning,
              "PVE_VERIFY_SSL is false: anybody between here and PVE can read the token. \"mcp-pve doctor\" "
              "shows the certificate's fingerprint for PVE_FINGERPRINT.");
  }
}

}  // namespace

std::expected<net::ClientOptions, std::string> route_of(const config::Settings& settings,
                                                        const Variables& variables) {
  const auto& cluster = settings.cluster;
  net::ClientOptions route;
  route.verify = cluster.verify_ssl;
  route.ca_file = cluster.ca_file;
  if (!cluster.base_url.empty()) {
    const auto url = net::parse_url(cluster.base_url);
    if (!url) {
      return std::unexpected(
          config::complaint(cluster.base_url_source, cluster.base_url, "it " + url.error()));
    }
    route.url = *url;
  }
  for (const auto& text : cluster.fingerprints) {
    const auto fingerprint = net::parse_fingerprint(text);
    if (!fingerprint) {
      return std::unexpected(
          config::complaint(cluster.fingerprint_source, text, "it " + fingerprint.error()));
    }
    route.fingerprints.push_back(*fingerprint);
  }
  const auto either = [&](std::string_view upper, std::string_view lower) {
    const auto value = variables(upper);
    return value.empty() ? variables(lower) : value;
  };
  auto proxy =
      net::proxy_for(route.url, either("HTTPS_PROXY", "https_proxy"), either("NO_PROXY", "no_proxy"));
  if (!proxy) return std::unexpected(proxy.error());
  route.proxy = std::move(*proxy);
  return route;
}

std::expected<std::unique_ptr<Backend>, std::string> Backend::open(const config::Settings& settings,
                                                                   const facts::Facts& facts,
                                                                   const base::Clock& clock,
                                                                   const Variables& variables,
                                                                   OnRejected on_rejected) {
  pve::ClientOptions options{"", settings.timeout, std::move(on_rejected)};
  if (settings.simulate) {
    simulator::Options simulation;
    simulation.guests = settings.guests;
    if (const auto pve = facts::parse_version(settings.pve)) simulation.pve = *pve;
    options.base_url = "the simulated cluster";
    auto backend = std::make_unique<Simulated>(simulation, facts, clock, std::move(options));
    for (const auto& fault : settings.faults) {
      if (auto set = backend->cluster().fault(fault); !set) return std::unexpected(set.error());
    }
    return backend;
  }
  auto route = route_of(settings, variables);
  if (!route) return std::unexpected(route.error());
  options.base_url = route->url.text();
  if (!settings.cluster.base_url.empty()) warn_of_weak_transport(*route);
  const auto& cluster = settings.cluster;
  return std::make_unique<Remote>(
      std::move(*route), pve::Credentials{cluster.token_id, cluster.token_secret, cluster.token_secret_file},
      std::move(options));
}

}  // namespace cli
