// The simulator behind a scripted PVE: pve.answer("*", test::simulated(cluster, clock)).
#pragma once

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "simulator/cluster.h"
#include "support/scripted_pve.h"

namespace test {

/// Asks the cluster. Its waits take no time but move the clock; both must live as long.
inline Answering simulated(simulator::Cluster& cluster, base::ManualClock& clock) {
  return [&cluster, &clock](const Asked& asked) -> Answer {
    auto reply = cluster.handle(asked.request);
    clock.advance(std::min(reply.delay, asked.options.timeout));
    if (reply.delay > asked.options.timeout) return pve_failure(net::Failure::Kind::Timeout, false);
    if (reply.drop) return pve_failure(net::Failure::Kind::Closed, false);
    return std::move(reply.response);
  };
}

}  // namespace test
