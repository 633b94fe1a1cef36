// Runs the rows of the catalog on a cluster: finds the row, asks the guard, checks the arguments, sends the
// request and renders the answer.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/cluster/cluster.h"
#include "engine/row/row.h"
#include "guard/gate.h"
#include "guard/policy.h"
#include "seam/tools.h"
#include "tool/tool.h"

namespace engine {

/// The text of the server's `instructions`: explains the parameters that mean the same in all tools. Less
/// than 2 kB, with the most important part in the first 500 characters. It is the same for every caller, so
/// it names no tool.
std::string instructions(bool simulated = false);

/// Owns nothing that it is given. The rows may be constants or made at run time. Safe from many threads.
class Toolbox final : public mcp::Tools {
 public:
  Toolbox(std::span<const tool::Category> categories, guard::Policy policy, const Access& access);
  ~Toolbox() override;

  /// Builds the index that the first request would build, to make that request faster. Safe from any thread.
  void prepare() { index(); }

  std::vector<mcp::ToolDescription> list(const mcp::Caller& caller) override;
  std::optional<bool> may_be_task(const mcp::Caller& caller, std::string_view name) override;
  mcp::Outcome call(const mcp::Call& call) override;

  /// Applies the policy from now on: to tools, and to everything that asks refusal().
  void set_policy(guard::Policy policy) { gate_.set(std::move(policy)); }

  /// Applies these rules from now on, to the calls that are not sent yet.
  void set_rules(Rules rules) { cluster_.rules.set(std::move(rules)); }

  /// For resources, completion and tasks, which use the same rows with the same rights.
  Cluster& cluster() { return cluster_; }
  std::span<const Row> rows();
  /// nullptr if no such tool exists.
  const Row* row(std::string_view tool);
  /// The tool that makes this call; nullptr if there is none. A report makes no call.
  const Row* row(const tool::Endpoint& call);
  /// A title that may be shown to a caller who may not use the tool; empty if no such tool exists.
  std::string_view title(std::string_view tool);
  /// Returns nullopt if the caller may use the tool. `subject` begins the sentence if the caller did not name
  /// the tool: "This task".
  std::optional<guard::Refusal> refusal(const mcp::Caller& caller, std::string_view tool,
                                        std::string_view subject = {});
  /// Returns nullopt if the caller may see what the tool started. This needs the tool's category, but no tier
  /// above read-only.
  std::optional<guard::Refusal> refusal_to_look(const mcp::Caller& caller, std::string_view tool,
                                                std::string_view subject);
  /// Asks refusal() whether the caller may use a tool. Refers to the caller.
  guard::MayUse may_use(const mcp::Caller& caller);

 private:
  struct Index;

  /// That of the rules of this moment. All stay, because others refer to their rows.
  Index& index();
  /// Says that no such tool exists, and which tool of the caller has a similar name.
  std::string unknown(const mcp::Caller& caller, std::string_view tool);

  std::span<const tool::Category> categories_;
  guard::Gate gate_;
  Cluster cluster_;
  std::array<std::unique_ptr<Index>, kConfirmNames.size()> indexes_;  ///< by Confirm
};

}  // namespace engine
