// Resources and prompts of the fixture, and the completion of their arguments.
#pragma once

#include <string_view>
#include <vector>

#include "conformance/stage.h"
#include "seam/prompts.h"
#include "seam/resources.h"

namespace conformance {

class Shelf final : public mcp::Resources {
 public:
  std::vector<mcp::ResourceDescription> list(const mcp::Caller& caller) override;
  std::vector<mcp::ResourceDescription> templates(const mcp::Caller& caller) override;
  mcp::ResourceOutcome read(const mcp::Request& request, std::string_view uri) override;
  bool watchable(const mcp::Caller& caller, std::string_view uri) override;
};

class Phrases final : public mcp::Prompts, public mcp::Completer {
 public:
  explicit Phrases(const Stage& stage) : stage_(stage) {}

  std::vector<mcp::PromptDescription> list(const mcp::Caller& caller) override;
  mcp::PromptOutcome get(const mcp::Request& request, std::string_view name,
                         const base::JsonObject& arguments) override;
  std::expected<mcp::Completion, mcp::ProtocolError> complete(const mcp::CompletionRequest& request) override;

 private:
  const Stage& stage_;
};

}  // namespace conformance
