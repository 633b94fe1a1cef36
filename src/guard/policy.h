// What may run: tier and categories of the server and of the caller together.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tool/tool.h"

namespace guard {

struct Policy {
  tool::Tier tier = tool::Tier::Full;
  /// Absent: all.
  std::optional<std::vector<std::string>> categories{};

  /// Nothing when the tool may run, else the sentence that says which setting excludes it. `subject` begins
  /// it where the reader did not name the tool: "This task".
  std::optional<std::string> refusal(const tool::Tool& tool, std::string_view category,
                                     std::string_view subject = {}) const;
};

/// What both allow.
Policy operator&(const Policy& a, const Policy& b);

}  // namespace guard
