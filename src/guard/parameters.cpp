#include "guard/parameters.h"

#include <fmt/format.h>

namespace guard {
namespace {

std::string reason_of(const TierLimit& limit) {
  if (!limit.reason.empty()) return limit.reason;
  return fmt::format("PVE_ACCESS_TIER is {}", tool::name(limit.tier));
}

std::string refusal(const PassedParameter& parameter, const TierLimit& limit) {
  const bool below_full = limit.tier < tool::Tier::Full;
  // Only PVE knows what such a parameter may destroy.
  if (!parameter.known && below_full)
    return fmt::format("{}: unknown to this server, so it needs the access tier full, but {}; leave it out",
                       parameter.name, reason_of(limit));
  // A parameter that is switched off does no harm: remove=0 keeps a backup from pruning.
  if (!parameter.set) return {};
  if ((parameter.marks & facts::kFullTier) != 0 && below_full)
    return fmt::format("{}: needs the access tier full, but {}; leave it out", parameter.name,
                       reason_of(limit));
  if ((parameter.marks & facts::kRootOnly) != 0)
    return fmt::format("{}: PVE accepts it only from root@pam itself, never from an API token; leave it out",
                       parameter.name);
  return {};
}

}  // namespace

std::vector<std::string> refused_parameters(std::span<const PassedParameter> passed, const TierLimit& limit) {
  std::vector<std::string> refusals;
  for (const auto& parameter : passed) {
    if (auto text = refusal(parameter, limit); !text.empty()) refusals.push_back(std::move(text));
  }
  return refusals;
}

}  // namespace guard
