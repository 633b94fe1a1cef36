// The terminal at which a person sits, whatever stdin and stdout are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cli {

class Terminal {
 public:
  /// Opens the controlling terminal of this process; nullopt if it has none.
  static std::optional<Terminal> open();
  Terminal(Terminal&& other) noexcept;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  /// Shows the text without control characters, with a line break at its end.
  void show(std::string_view text) const;
  /// Shows the question; returns true if the person types y or yes.
  bool says_yes(std::string_view question) const;
  /// Shows the prompt and reads a line, without its end and of at most 1024 bytes; the terminal echoes what
  /// is typed. Returns nullopt at the end of input and at Ctrl-C. A signal that ends the process restores the
  /// terminal first.
  std::optional<std::string> line(std::string_view prompt) const;
  /// The same, and the line is not echoed.
  std::optional<std::string> secret(std::string_view prompt) const;

 private:
  explicit Terminal(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace cli
