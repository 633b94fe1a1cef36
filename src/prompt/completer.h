// Completion of the arguments of prompts, for those who are offered the prompt.
#pragma once

#include "mcp/prompts.h"
#include "prompt/prompts.h"

namespace prompt {

/// Refuses arguments of prompts that the caller is not offered; leaves all else to `rest`. Refers to both.
/// Safe from many threads.
class Completer final : public mcp::Completer {
 public:
  Completer(const Prompts& prompts, mcp::Completer& rest) : prompts_(prompts), rest_(rest) {}

  std::expected<mcp::Completion, mcp::ProtocolError> complete(
      const mcp::CompletionRequest& request) override {
    if (request.of == mcp::CompletionRequest::Of::Prompt) {
      if (auto kind = prompts_.completes(request.ref, request.argument, request.caller); !kind)
        return std::unexpected(std::move(kind.error()));
    }
    return rest_.complete(request);
  }

 private:
  const Prompts& prompts_;
  mcp::Completer& rest_;
};

}  // namespace prompt
