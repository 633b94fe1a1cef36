// The simulator as an HttpClient: no socket between.
#pragma once

#include "base/clock.h"
#include "net/http.h"
#include "simulator/cluster.h"

namespace simulator {

/// Waits out Reply::delay on a condition (cut short by the stop token and the time-out), then gives the
/// answer.
class InProcess final : public net::HttpClient {
 public:
  explicit InProcess(Cluster& cluster) : cluster_(cluster) {}
  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions& options) override;

 private:
  Cluster& cluster_;
};

}  // namespace simulator
