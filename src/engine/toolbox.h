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

#include "engine/check/arguments.h"
#include "engine/cluster/cluster.h"
#include "engine/door/targets.h"
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

  /// Builds what the first `tools/list` or `tools/call` would build, to make that faster. Safe from any
  /// thread.
  void prepare() { descriptions(); }

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
  /// Also finds the row of an endpoint that was called by its name ("PUT /nodes/{node}/dns"), so that its
  /// task can be followed. nullptr if no such tool or endpoint exists.
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
  const std::vector<mcp::ToolDescription>& descriptions();
  /// Says that no such tool exists, and which tool of the caller has a similar name.
  std::string unknown(const mcp::Caller& caller, std::string_view tool);
  Limits limits_of(const mcp::Call& call, guard::TierLimit tier, const guard::MayUse& may);

  // through_door.cpp: the tools that search, describe and call what others offer.
  mcp::Outcome through_door(const Row& door, const mcp::Call& call, const Limits& limits);
  mcp::Outcome call_target(const Row& door, const mcp::Call& call, const base::JsonObject& given,
                           const Limits& limits);
  /// Why an endpoint that the facts lack may not be called; empty if it may, or if they have it.
  std::string why_not_unchecked(const CallTarget& target, const Limits& limits);
  /// Why another tool must call the target; empty if this one may.
  std::string why_not_this_way(tool::Door door, const CallTarget& target);
  std::string search_text(const mcp::Call& call, std::string_view query);
  mcp::Outcome described(const mcp::Call& call, const base::JsonObject& given, const Limits& limits);
  /// The target that an endpoint's name means; nullopt for a tool's name.
  std::optional<CallTarget> endpoint_named(std::string_view name);
  /// Why the caller may not call the target. `tier`: the one that counts instead of the target's.
  std::optional<guard::Refusal> refusal_behind_door(const mcp::Caller& caller, const CallTarget& target,
                                                    std::string_view subject = {},
                                                    std::optional<tool::Tier> tier = {});
  /// True if the caller may call the tool by the tools of the category api.
  bool may_reach(const mcp::Caller& caller, const Row& row);
  /// The tool of this kind; empty if the catalog has none.
  std::string_view door_tool(tool::Door door);
  /// The tool that calls the target.
  std::string_view caller_of(const CallTarget& target);

  std::span<const tool::Category> categories_;
  guard::Gate gate_;
  Cluster cluster_;
  std::array<std::unique_ptr<Index>, kConfirmNames.size()> indexes_;  ///< by Confirm
};

}  // namespace engine
