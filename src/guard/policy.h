// What may run: the tier and the categories of the server and of the caller together.
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
  /// nullopt: all categories
  std::optional<std::vector<std::string>> categories{};

  /// Returns nullopt if the tool may run, else a sentence that names the setting that excludes it. `subject`
  /// begins the sentence if the reader did not name the tool: "This task".
  std::optional<std::string> refusal(const tool::Tool& tool, std::string_view category,
                                     std::string_view subject = {}) const;
};

/// What both policies allow.
Policy operator&(const Policy& a, const Policy& b);

}  // namespace guard
