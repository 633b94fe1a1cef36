// The simulator as an HttpClient, without a socket.
#pragma once

#include "base/clock.h"
#include "net/http.h"
#include "simulator/cluster.h"

namespace simulator {

/// Waits for Reply::delay, then returns the answer. The stop token and the time-out end the wait early.
class InProcess final : public net::HttpClient {
 public:
  explicit InProcess(Cluster& cluster) : cluster_(cluster) {}
  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions& options) override;

 private:
  Cluster& cluster_;
};

}  // namespace simulator
