// What the lists PVE_TOOLS_ALLOW and PVE_TOOLS_DENY do to the offer, for `tools`, `doctor` and the log.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guard/policy.h"
#include "tool/tool.h"

namespace cli {

struct Offer {
  std::size_t offered = 0;
  /// That tier and categories allow, and the lists exclude.
  std::vector<std::string_view> hidden{};
  /// That the list of allowed tools names in full, and that tier or categories exclude.
  std::vector<std::string_view> beyond{};
  /// "PVE_TOOLS_ALLOW", "PVE_TOOLS_DENY" or both; empty without lists.
  std::string settings{};
};

/// Its views name rows of the categories.
Offer offer_of(std::span<const tool::Category> categories, const guard::Policy& policy);

/// The sentence about the tools that the lists hide; "" without lists.
std::string told(const Offer& offer);

/// Sentences about lists that do not do what the user may expect: no tool is left, or an entry names a tool
/// that stays off. "" if there is nothing to say.
std::string warning(const Offer& offer);

}  // namespace cli
