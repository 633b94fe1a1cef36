// A PVE cluster in memory that answers the API as a real one does. It shares only facts/ with the rest of the
// program. The caller provides the clock and the seed; the cluster has no threads and no static state.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "facts/facts.h"
#include "net/http.h"

namespace simulator {

struct Options {
  /// The number of guests in the demo cluster.
  unsigned guests = 30;
  /// The cluster as JSON (docs/world.md), which check_world() must have accepted. Empty: the demo cluster.
  std::string world = {};
  std::uint64_t seed = 1;
  /// An API token that the cluster accepts with every right, in addition to the tokens of its users.
  std::string token_id = "root@pam!demo";
  std::string token_secret = "00000000-0000-4000-8000-000000000000";
  /// Factor for the duration of every task; 0 ends each task at once.
  double task_speed = 1.0;
  /// The simulated version. release.h lists the releases with texts of their own.
  facts::Version pve{9, 2};
};

/// Why `options.world` does not describe a cluster, as a sentence that names the member and what to write.
/// Nullopt if it is valid.
std::optional<std::string> check_world(const Options& options, const base::Clock& clock);

/// An answer, and how the caller must deliver it. The simulator itself never waits.
struct Reply {
  net::Response response;
  std::chrono::milliseconds delay{0};
  /// Close the connection instead of answering.
  bool drop = false;
};

/// Many threads may call it; it answers one call after the other.
class Cluster {
 public:
  Cluster(const Options& options, const facts::Facts& facts, const base::Clock& clock);
  /// The cluster as `other` is now, on a clock that must show the same time. Faster than reading the world.
  Cluster(const Cluster& other, const base::Clock& clock);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  Reply handle(const net::Request& request);

  /// Switches one fault on: "latency=200", "drop", "status=500", "broken-json", "html", "offline=pve3",
  /// "no-quorum", "lock=100", … (fault.h lists them). The error is a sentence that names the valid faults.
  std::expected<void, std::string> fault(std::string_view text);
  void clear_faults();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace simulator
