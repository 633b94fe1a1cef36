#include "cli/offer/offer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/plural.h"
#include "base/text.h"

namespace cli {
namespace {

bool is_named(const guard::Policy& policy, std::string_view tool) {
  return std::ranges::any_of(
      policy.allow, [&](const auto& names) { return std::ranges::find(names, tool) != names.end(); });
}

/// At most five, and the number of the others.
std::string names(std::span<const std::string_view> tools) {
  constexpr std::size_t kMost = 5;
  const auto few = tools.first(std::min(tools.size(), kMost));
  auto text = base::join(few, ", ");
  if (tools.size() > kMost) text += fmt::format(" and {} more", tools.size() - kMost);
  return text;
}

}  // namespace

Offer offer_of(std::span<const tool::Category> categories, const guard::Policy& policy) {
  const guard::Policy without_lists{policy.tier, policy.categories};
  auto without_allow = policy;
  without_allow.allow.clear();
  without_allow.tier = tool::Tier::Full;
  without_allow.categories.reset();
  Offer offer;
  if (!policy.allow.empty()) offer.settings = "PVE_TOOLS_ALLOW";
  if (!policy.deny.empty())
    offer.settings += offer.settings.empty() ? "PVE_TOOLS_DENY" : " and PVE_TOOLS_DENY";
  for (const auto& category : categories) {
    for (const auto& tool : category.tools) {
      const bool usual = !without_lists.refusal(tool, category.name);
      if (!policy.refusal(tool, category.name)) {
        ++offer.offered;
      } else if (usual) {
        offer.hidden.push_back(tool.name);
      } else if (is_named(policy, tool.name) && !without_allow.refusal(tool, category.name)) {
        offer.beyond.push_back(tool.name);
      }
    }
  }
  return offer;
}

std::string told(const Offer& offer) {
  if (offer.settings.empty()) return "";
  const std::string verb = offer.settings.find(' ') == std::string::npos ? " hides " : " hide ";
  if (offer.hidden.empty()) return offer.settings + verb + "no tool.";
  return offer.settings + verb +
         fmt::format("{}: {}.", base::count_of(offer.hidden.size(), "tools"), names(offer.hidden));
}

std::string warning(const Offer& offer) {
  std::string text;
  if (offer.offered == 0 && !offer.settings.empty())
    text = "These settings offer no tool. Check " + offer.settings + ", PVE_ACCESS_TIER and PVE_CATEGORIES.";
  if (offer.beyond.empty()) return text;
  return text + (text.empty() ? "" : " ") +
         fmt::format(
             "PVE_TOOLS_ALLOW names {}, but PVE_ACCESS_TIER or PVE_CATEGORIES excludes {}. Change that "
             "setting, or remove the entry from PVE_TOOLS_ALLOW.",
             names(offer.beyond), offer.beyond.size() == 1 ? "it" : "them");
}

}  // namespace cli
