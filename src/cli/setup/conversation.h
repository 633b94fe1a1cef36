// How setup talks to a person: over a terminal, or over a script in tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/operator/terminal.h"

namespace cli {

class Conversation {
 public:
  Conversation() = default;
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  virtual ~Conversation() = default;

  /// Shows the text, a line break at its end. What others wrote must be printable already.
  virtual void show(std::string_view text) = 0;
  /// Shows the prompt and reads a line, without its end; nothing at the end of input and at Ctrl-C.
  virtual std::optional<std::string> line(std::string_view prompt) = 0;
  /// The same, not echoed.
  virtual std::optional<std::string> secret(std::string_view prompt) = 0;
};

/// On the terminal of this process.
class TerminalConversation final : public Conversation {
 public:
  explicit TerminalConversation(Terminal terminal) : terminal_(std::move(terminal)) {}

  void show(std::string_view text) override { terminal_.show(text); }
  std::optional<std::string> line(std::string_view prompt) override { return terminal_.line(prompt); }
  std::optional<std::string> secret(std::string_view prompt) override { return terminal_.secret(prompt); }

 private:
  Terminal terminal_;
};

}  // namespace cli
