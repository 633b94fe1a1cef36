// The PVE that the settings name: over HTTPS, or simulated in this process.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "config/settings.h"
#include "facts/facts.h"
#include "net/client.h"
#include "pve/client.h"

namespace cli {

/// The value of an environment variable, "" when it is not set.
using Variables = std::function<std::string_view(std::string_view name)>;

class Backend {
 public:
  /// Called once, from the thread of a call, when PVE finally rejects the credentials. May be empty.
  using OnRejected = std::function<void(const std::string& sentence)>;

  /// Connects to nothing yet. Settings without an address are allowed: every call then fails. The error is a
  /// sentence about a setting or a proxy variable.
  static std::expected<std::unique_ptr<Backend>, std::string> open(const config::Settings& settings,
                                                                   const facts::Facts& facts,
                                                                   const base::Clock& clock,
                                                                   const Variables& variables,
                                                                   OnRejected on_rejected);
  virtual ~Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  virtual pve::Client& client() = 0;
  /// The HTTPS client below; nullptr when simulated.
  virtual net::Client* network() = 0;
  /// How to reach PVE; only with network().
  virtual const net::ClientOptions& route() const = 0;

 protected:
  Backend() = default;
};

/// What the settings say about the connection, in net's words. The error is a sentence.
std::expected<net::ClientOptions, std::string> route_of(const config::Settings& settings,
                                                        const Variables& variables);

}  // namespace cli
