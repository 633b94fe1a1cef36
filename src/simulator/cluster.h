// A small PVE in memory that answers the API as a real one does. Shares facts/ with the rest of the program
// and nothing else. Time and randomness are given to it; it has no threads and no static state.
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
  /// Of the demo cluster.
  unsigned guests = 30;
  /// What the cluster consists of: JSON as docs/world.md describes it, that check_world() accepts. Empty: the
  /// demo cluster.
  std::string world = {};
  std::uint64_t seed = 1;
  /// Credentials that are always accepted with every right; more live in the simulated user list.
  std::string token_id = "root@pam!demo";
  std::string token_secret = "00000000-0000-4000-8000-000000000000";
  /// Scales the duration of every task; 0 ends each at once.
  double task_speed = 1.0;
  /// Which PVE it is; release.h names those that are known well.
  facts::Version pve{9, 2};
};

/// Why `options.world` describes no cluster, as a sentence that names the member and says what to write;
/// nothing when it does.
std::optional<std::string> check_world(const Options& options, const base::Clock& clock);

/// What the host of the simulator does with an answer. The simulator itself never waits.
struct Reply {
  net::Response response;
  std::chrono::milliseconds delay{0};
  /// Close the connection instead of answering.
  bool drop = false;
};

/// Safe from many threads; calls are answered one after the other.
class Cluster {
 public:
  Cluster(const Options& options, const facts::Facts& facts, const base::Clock& clock);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  Reply handle(const net::Request& request);

  /// Switches one fault on or off: "latency=200", "drop", "status=500", "broken-json", "html",
  /// "offline=pve3", "no-quorum", "lock=100", … (fault.h lists them). The error is a sentence that names the
  /// valid ones.
  std::expected<void, std::string> fault(std::string_view text);
  void clear_faults();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace simulator
