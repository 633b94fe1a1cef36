// All fixture tools behind the seam.
#pragma once

#include <string_view>
#include <vector>

#include "conformance/stage.h"
#include "seam/tools.h"

namespace conformance {

class Toolbox final : public mcp::Tools {
 public:
  explicit Toolbox(Stage& stage) : stage_(stage) {}

  std::vector<mcp::ToolDescription> list(const mcp::Caller& caller) override;
  std::optional<bool> may_be_task(const mcp::Caller& caller, std::string_view name) override;
  mcp::Outcome call(const mcp::Call& call) override;
  std::vector<mcp::HeaderArgument> header_arguments(std::string_view tool) override;

 private:
  Stage& stage_;
};

}  // namespace conformance
