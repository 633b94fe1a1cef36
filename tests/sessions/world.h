// A simulated cluster with the whole engine before it, in this thread and on a clock of its own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "engine/bounds/scoped_client.h"
#include "engine/toolbox.h"
#include "facts/facts.h"
#include "pve/client.h"
#include "simulator/cluster.h"
#include "support/decided_plans.h"
#include "support/simulated.h"

namespace sessions {

/// The facts in this binary, parsed once for all tests.
const facts::Facts& facts();
/// The demo cluster as it is at first, read once for all tests, which copy it.
const simulator::Cluster& demo_cluster();

/// What a client of the server would be told.
struct Told {
  bool is_error = true;
  std::string text;
  std::optional<base::Json> structured{};
};

/// Calls a tool of the catalog as a modern client does.
Told call(engine::Toolbox& toolbox, std::string_view tool, const base::JsonObject& arguments);
/// The same with a client that wants progress: what it was told comes first in the text, a line each.
Told call_with_progress(engine::Toolbox& toolbox, std::string_view tool, const base::JsonObject& arguments);

class World {
 public:
  World() {
    http_.answer("*", [this](const test::Asked& asked) {
      auto answer = test::simulated(*cluster_, clock_)(asked);
      if (answer && rewrite_) rewrite_(answer->body);
      return answer;
    });
  }

  /// The id of a plan reads "ID" in the text; as an argument that stands for the last one.
  Told call(std::string_view tool, base::JsonObject arguments);

  /// "5s"
  void advance(std::string_view text);
  /// How long calls wait for the tasks they start, "30s"; not at all at first.
  void wait(std::string_view text);
  /// A fault of the simulator; "" ends all.
  void fault(const std::string& text);
  void tier(const std::string& text);
  /// From now on only these categories.
  void categories(std::vector<std::string> names);
  /// Which changes ask first; none at first.
  void confirm(const std::string& text);
  /// Whose consent an irreversible change needs, "human"; the caller's at first.
  void approval(const std::string& text);
  /// A person decides on the last plan that a call gave: "approve" or "reject".
  void decide(const std::string& text);
  /// What no call may change, "tag:prod,storage:nas"; "" nothing.
  void protect(const std::string& text);
  /// The guests and kinds that calls may see and change, "tag:web,allow:storage"; "" all.
  void scope(const std::string& text);
  /// From now on only these tools, "pve_list_*,pve_get_*"; "" all.
  void allow(const std::string& text);
  /// From now on without these tools; "" none.
  void deny(const std::string& text);
  /// Changes are recorded, and plans kept, there from now on; they must live as long as the world.
  void record(guard::Audit* audit, guard::Plans* plans);
  /// Changes are held from now on, with this reason; "" no longer.
  void freeze(const std::string& text) { held_ = text; }
  /// Calls want progress from now on.
  void show_progress() { progress_ = true; }
  /// From now on changes the body of each answer of the cluster before the tools read it.
  void rewrite(std::function<void(std::string& body)> change) { rewrite_ = std::move(change); }
  /// How results look; text at first.
  void style(const engine::Style& style);
  /// Calls with a token of that user, "auditor@pve", or one with privilege separation, "auditor@pve
  /// separated"; "root": with the first one again.
  void as(const std::string& text);
  /// Begins anew with a cluster of that PVE, "8.4".
  void pve(const std::string& text);
  /// Begins anew with a cluster whose tasks take so many times as long, "60".
  void slow(const std::string& text);

  /// The tools themselves, until the next change of the world.
  engine::Toolbox& tools() { return *toolbox_; }
  const base::Clock& clock() const { return clock_; }
  /// What the tools have asked the cluster.
  test::ScriptedPve& asked() { return http_; }

  /// Of the token that the calls use; no text may ever hold it.
  const std::string& secret() const { return options_.token_secret; }

 private:
  std::unique_ptr<engine::Toolbox> toolbox();
  std::unique_ptr<pve::Client> client(const std::string& token_id);

  base::ManualClock clock_;
  simulator::Options options_;
  std::optional<simulator::Cluster> cluster_{std::in_place, demo_cluster(), clock_};
  std::function<void(std::string&)> rewrite_;
  test::ScriptedPve http_;
  std::map<std::string, std::string> tokens_{{options_.token_id, options_.token_secret}};
  std::string held_;
  std::unique_ptr<pve::Client> client_ = client(options_.token_id);
  std::unique_ptr<engine::ScopedClient> scope_;
  guard::Policy policy_;
  engine::Options engine_;
  guard::Audit* audit_ = nullptr;
  guard::Plans* other_plans_ = nullptr;  ///< in place of plans_
  bool progress_ = false;
  std::string plan_id_;  ///< the last that a call gave
  std::unique_ptr<test::DecidedPlans> plans_;
  std::unique_ptr<engine::Toolbox> toolbox_ = toolbox();
};

}  // namespace sessions
