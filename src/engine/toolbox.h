// Runs rows of the catalog against a cluster: find the row, guard, check the arguments, build the request,
// render.
#pragma once

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

/// The text of the server's `instructions`: what the parameters that mean the same everywhere mean. Under 2
/// kB, the essence in the first 500 characters. It is the same for every caller, so it names no tool.
std::string instructions(bool simulated = false);

/// Owns nothing it is given; rows may come from anywhere. Safe from many threads.
class Toolbox final : public mcp::Tools {
 public:
  Toolbox(std::span<const tool::Category> categories, guard::Policy policy, const Access& access);
  ~Toolbox() override;

  /// Makes ahead what the first request would make; from any thread, and only to save that request the time.
  void prepare() { index(); }

  std::vector<mcp::ToolDescription> list(const mcp::Caller& caller) override;
  std::optional<bool> may_be_task(const mcp::Caller& caller, std::string_view name) override;
  mcp::Outcome call(const mcp::Call& call) override;

  /// From now on the server allows this: tools, and all that asks refusal().
  void set_policy(guard::Policy policy) { gate_.set(std::move(policy)); }

  /// For what else works on the same rows with the same rights: resources, completion, tasks.
  Cluster& cluster() { return cluster_; }
  std::span<const Row> rows();
  /// nullptr when there is no such tool.
  const Row* row(std::string_view tool);
  /// The tool that makes this call; nullptr when there is none. Reports make none.
  const Row* row(const tool::Endpoint& call);
  /// What somebody who may not use the tool may call it; empty when there is no such tool.
  std::string_view title(std::string_view tool);
  /// Nothing when the caller may use the tool. `subject` begins the sentence where the caller did not name
  /// the tool: "This task".
  std::optional<Refusal> refusal(const mcp::Caller& caller, std::string_view tool,
                                 std::string_view subject = {});
  /// Nothing when the caller may see what the tool has begun, for which no tier but that of reads is needed.
  std::optional<Refusal> refusal_to_look(const mcp::Caller& caller, std::string_view tool,
                                         std::string_view subject);
  /// refusal() as a question. Refers to the caller.
  MayUse may_use(const mcp::Caller& caller);

 private:
  struct Index;

  Index& index();
  /// There is no such tool, and which of the caller's was meant.
  std::string unknown(const mcp::Caller& caller, std::string_view tool);

  std::span<const tool::Category> categories_;
  Gate gate_;
  Cluster cluster_;
  std::unique_ptr<Index> index_;
};

}  // namespace engine
