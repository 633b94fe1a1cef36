// What may run: the tier, the categories and the lists of tools of the server and of the caller together.
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
  /// Names with * for any text. A tool must match one of each list, and needs its tier and category all the
  /// same; no list: all tools.
  std::vector<std::vector<std::string>> allow{};
  /// Names with * of tools that may not run, whatever `allow` says.
  std::vector<std::string> deny{};

  /// Returns nullopt if the tool may run, else a sentence that names the setting that excludes it. `subject`
  /// begins the sentence if the reader did not name the tool: "This task". The sentence then names no tool
  /// and no entry of the lists.
  std::optional<std::string> refusal(const tool::Tool& tool, std::string_view category,
                                     std::string_view subject = {}) const;
};

/// What both policies allow.
Policy operator&(const Policy& a, const Policy& b);

}  // namespace guard
