// Several hosts that answer alike, as one HttpClient.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/http.h"

namespace net {

/// The nodes of one cluster: each answers for all. A request goes to the host that worked last. When that
/// host fails (its name, connection, TLS, certificate, a broken or late answer, the proxy's way to it) it is
/// left aside for a while, and the request goes on to the next one if a repeat cannot do a thing twice: a
/// GET, or nothing was sent. Whatever the status, an answer is an answer. Hosts that are aside come last.
/// After an answer that did not come in time one more host is tried, not all. Safe from many threads; owns
/// nothing it is given.
class Failover final : public HttpClient {
 public:
  struct Host {
    std::string name;  ///< for texts: "https://pve1:8006"
    HttpClient& client;
  };
  static constexpr std::chrono::seconds kAside{30};

  /// `hosts` is not empty; the first is tried first.
  Failover(std::vector<Host> hosts, const base::Clock& clock);

  /// `options.timeout` counts for each host. When none answers, the failure names each that was tried, and
  /// why; its kind is the common one, else Unreachable.
  std::expected<Response, Failure> send(const Request& request, const SendOptions& options) override;

 private:
  struct Known {
    Host host;
    base::Clock::Steady aside_until{};
  };

  std::vector<std::size_t> order() const;
  void worked(std::size_t index);
  void failed(std::size_t index, const Failure& failure);

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Known> hosts_;
  std::size_t current_ = 0;
};

}  // namespace net
