// Prompts of the catalog as clients get them: the instructions, and the facts they need, read now.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/cluster/cluster.h"
#include "engine/completions.h"
#include "guard/gate.h"
#include "seam/prompts.h"
#include "seam/tools.h"
#include "tool/prompt.h"

namespace prompt {

/// Bytes of text in one prompt, instructions and facts together. Facts that are longer are cut, say so, and
/// name the call that gives the rest.
inline constexpr std::size_t kMostBytes = 16 * 1024;

/// Why the caller may not use a tool; nothing when he may. The sentence begins with `subject`.
using Refuse = std::function<std::optional<guard::Refusal>(const mcp::Caller&, std::string_view tool,
                                                           std::string_view subject)>;

/// A tool's title, for those who may not use it: they are not told names.
using Title = std::function<std::string_view(std::string_view tool)>;

/// The facts are calls of `tools` on behalf of the caller, so that what the caller may not read is not read
/// for it. Owns nothing it is given. Safe from many threads.
class Prompts final : public mcp::Prompts, public engine::PromptArguments {
 public:
  /// `names` may be null: a node that does not exist is asked all the same then. Without `refuse` no setting
  /// is named.
  Prompts(std::span<const tool::Prompt> rows, mcp::Tools& tools, engine::Cluster& cluster,
          engine::Names* names, Title title, Refuse refuse = {})
      : rows_(rows),
        tools_(tools),
        cluster_(cluster),
        names_(names),
        title_(std::move(title)),
        refuse_(std::move(refuse)) {}

  /// Those of which the caller may use the tools of all essential facts; of others get() names the settings.
  std::vector<mcp::PromptDescription> list(const mcp::Caller& caller) override;
  /// One message. A name that PVE does not have is refused with those it has; where that cannot be told soon
  /// the facts say what they can. Reads the facts at the same time, for 20 s at most; what does not answer
  /// says so in its place.
  mcp::PromptOutcome get(const mcp::Request& request, std::string_view name,
                         const base::JsonObject& arguments) override;

  /// Refuses the prompts that the caller is not offered, as get() does.
  std::expected<engine::Completes, mcp::ProtocolError> completes(std::string_view prompt,
                                                                 std::string_view argument,
                                                                 const mcp::Caller& caller) const override;

 private:
  const tool::Prompt* find(std::string_view name) const;
  /// Nothing when the caller is offered the prompt.
  std::optional<guard::Refusal> refusal(const tool::Prompt& row, const mcp::Caller& caller) const;

  std::span<const tool::Prompt> rows_;
  mcp::Tools& tools_;
  engine::Cluster& cluster_;
  engine::Names* names_;
  const Title title_;
  const Refuse refuse_;
};

}  // namespace prompt
