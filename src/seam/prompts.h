// The interface to prompts and to the completion of arguments.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "seam/content.h"
#include "seam/request.h"

namespace mcp {

struct PromptArgument {
  std::string name;
  std::string title;
  std::string description;
  bool required = false;
};

struct PromptDescription {
  std::string name;
  std::string title;
  std::string description;
  std::vector<PromptArgument> arguments;
};

struct PromptMessage {
  Content content;
  bool of_assistant = false;
};

struct Prompt {
  std::string description;
  std::vector<PromptMessage> messages;
};

using PromptOutcome = std::variant<Prompt, NeedInput, ProtocolError, InsufficientScope>;

/// Safe to call from many threads at once.
class Prompts {
 public:
  Prompts() = default;
  Prompts(const Prompts&) = delete;
  Prompts& operator=(const Prompts&) = delete;
  virtual ~Prompts() = default;

  /// Returns the prompts that `caller` may use, in a stable order. Never waits.
  virtual std::vector<PromptDescription> list(const Caller& caller) = 0;
  /// All `arguments` are strings. Returns a ProtocolError with -32602 for an unknown name, and for a missing
  /// or unknown argument.
  virtual PromptOutcome get(const Request& request, std::string_view name,
                            const base::JsonObject& arguments) = 0;
};

/// What to complete: an argument of a prompt, or a variable of a resource template.
struct CompletionRequest {
  enum class Of : std::uint8_t { Prompt, Resource };
  const Caller& caller;
  Of of;
  std::string_view ref;       ///< the prompt's name, or the template
  std::string_view argument;  ///< its name
  std::string_view value;     ///< the characters typed so far
  /// The values of the other arguments that are known so far, all strings.
  const base::JsonObject& context;
  std::stop_token stop;
};

struct Completion {
  std::vector<std::string> values;  ///< the best first, 100 at most
  std::optional<std::size_t> total{};
  bool has_more = false;
};

/// Safe to call from many threads at once.
class Completer {
 public:
  Completer() = default;
  Completer(const Completer&) = delete;
  Completer& operator=(const Completer&) = delete;
  virtual ~Completer() = default;

  /// Returns a ProtocolError with -32602 for an unknown reference or argument, and an empty list if the
  /// values cannot be read.
  virtual std::expected<Completion, ProtocolError> complete(const CompletionRequest& request) = 0;
};

}  // namespace mcp
