// The PVE that the settings name: over HTTPS, or simulated in this process.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/settings.h"
#include "facts/facts.h"
#include "net/client.h"
#include "pve/client.h"

namespace cli {

/// The value of an environment variable, "" when it is not set.
using Variables = std::function<std::string_view(std::string_view name)>;

/// One host of the cluster and the client that leads to it.
struct Way {
  net::ClientOptions route;
  std::unique_ptr<net::Client> network;
};

class Backend {
 public:
  /// Called once, from the thread of a call, when PVE finally rejects the credentials. May be empty.
  using OnRejected = std::function<void(const std::string& sentence)>;
  /// As pve::ClientOptions::hold.
  using Hold = std::function<std::optional<std::string>()>;

  /// Connects to nothing yet. Settings without an address are allowed: every call then fails. The error is a
  /// sentence about a setting or a proxy variable.
  static std::expected<std::unique_ptr<Backend>, std::string> open(const config::Settings& settings,
                                                                   const facts::Facts& facts,
                                                                   const base::Clock& clock,
                                                                   const Variables& variables,
                                                                   OnRejected on_rejected, Hold hold);
  virtual ~Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  virtual pve::Client& client() = 0;
  /// To the hosts below, in the order of the settings; none when simulated.
  virtual std::span<const Way> ways() const = 0;

 protected:
  Backend() = default;
};

/// What the settings say about the connections, in net's words: one for each of at most 16 addresses, which
/// differ in the address, the proxy and the certificate that `mcp-pve trust` stored; one even without an
/// address. The error is a sentence that names
/// the address that does not fit, or about the file of trusted certificates.
std::expected<std::vector<net::ClientOptions>, std::string> routes_of(const config::Settings& settings,
                                                                      const Variables& variables);

/// What the settings say about the API token, in pve's words. `clock` must outlive them and their copies,
/// which share the runs of a command: only one of them at a time may use it.
pve::Credentials credentials_of(const config::Cluster& cluster, const base::Clock& clock);

/// The addresses in a text: "https://pve1:8006 or https://pve2:8006".
std::string names_of(std::span<const net::ClientOptions> routes);

}  // namespace cli
