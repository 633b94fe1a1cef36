// A simulated cluster with the whole engine before it, in this thread and on a clock of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "engine/toolbox.h"
#include "facts/facts.h"
#include "net/http.h"
#include "pve/client.h"
#include "simulator/cluster.h"

namespace sessions {

/// The facts in this binary, parsed once for all tests.
const facts::Facts& facts();

/// What a client of the server would be told.
struct Told {
  bool is_error = true;
  std::string text;
};

/// Calls a tool of the catalog as a modern client does.
Told call(engine::Toolbox& toolbox, std::string_view tool, const base::JsonObject& arguments);

/// The simulator without its waits: they only move the clock.
class Instant final : public net::HttpClient {
 public:
  Instant(simulator::Cluster& cluster, base::ManualClock& clock) : cluster_(cluster), clock_(clock) {}

  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions& options) override;

 private:
  simulator::Cluster& cluster_;
  base::ManualClock& clock_;
};

class World {
 public:
  Told call(std::string_view tool, const base::JsonObject& arguments);

  /// "5s"
  void advance(std::string_view text);
  /// How long calls wait for the tasks they start, "30s"; not at all at first.
  void wait(std::string_view text);
  /// A fault of the simulator; "" ends all.
  void fault(const std::string& text);
  void tier(const std::string& text);
  /// Begins anew with a cluster of that PVE, "8.4".
  void pve(const std::string& text);

  /// Of the token that the calls use; no text may ever hold it.
  const std::string& secret() const { return options_.token_secret; }

 private:
  std::unique_ptr<engine::Toolbox> toolbox();

  base::ManualClock clock_;
  simulator::Options options_;
  std::optional<simulator::Cluster> cluster_{std::in_place, options_, facts(), clock_};
  Instant http_{*cluster_, clock_};
  pve::Client client_{http_,
                      {.token_id = options_.token_id, .secret = options_.token_secret, .secret_file = {}},
                      {.base_url = "simulated", .timeout = std::chrono::seconds{40}, .on_rejected = {}}};
  guard::Policy policy_;
  engine::Options engine_;
  std::unique_ptr<engine::Toolbox> toolbox_ = toolbox();
};

}  // namespace sessions
