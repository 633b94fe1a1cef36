// completion/complete: arguments of prompts, variables of resource templates.
#pragma once

#include <expected>
#include <span>

#include "engine/completions.h"
#include "seam/prompts.h"
#include "tool/resource.h"

namespace resource {

/// Refers to all it is given. Safe from many threads.
class Completer final : public mcp::Completer {
 public:
  /// `prompts` may be null: no prompt is known then.
  Completer(std::span<const tool::Resource> rows, engine::Toolbox& toolbox, engine::Completions& completions,
            const engine::PromptArguments* prompts)
      : rows_(rows), toolbox_(toolbox), completions_(completions), prompts_(prompts) {}

  std::expected<mcp::Completion, mcp::ProtocolError> complete(const mcp::CompletionRequest& request) override;

 private:
  std::expected<mcp::Completion, mcp::ProtocolError> variable(const mcp::CompletionRequest& request);

  std::span<const tool::Resource> rows_;
  engine::Toolbox& toolbox_;
  engine::Completions& completions_;
  const engine::PromptArguments* prompts_;
};

}  // namespace resource
