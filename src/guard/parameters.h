// Which parameters a call may pass: some need more rights than their tool, some no API token may pass.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "facts/facts.h"
#include "tool/tool.h"

namespace guard {

/// The highest tier whose parameters a caller may pass. It can be above the tier of the tool that is called.
struct TierLimit {
  tool::Tier tier = tool::Tier::Full;
  /// A clause that names the setting or the token that does not allow the tier full; empty: PVE_ACCESS_TIER
  /// does not.
  std::string reason{};
  /// Only the scopes of the caller's token do not allow the tier full.
  bool scope_would_do = false;
};

/// A parameter that a call passes. Its value matters only as far as it is set.
struct PassedParameter {
  std::string_view name;                ///< as the caller wrote it; printable
  std::uint8_t marks = facts::kNoMark;  ///< a set of facts::Mark
  bool set = true;                      ///< false: PVE reads the value as false, 0 or empty
  bool known = true;                    ///< false: neither the row nor the facts have it
};

/// The reasons why this caller may not pass some of the parameters: "NAME: reason; remedy", at most one for
/// each parameter. Returns an empty list if the call may pass
/// all of them. The reasons hold no value.
std::vector<std::string> refused_parameters(std::span<const PassedParameter> passed, const TierLimit& limit);

}  // namespace guard
