#include "guard/policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace guard {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

std::string listed(const std::vector<std::string>& categories) {
  const std::vector<std::string_view> views(categories.begin(), categories.end());
  return base::join(views, ",");
}

}  // namespace

std::optional<std::string> Policy::refusal(const tool::Tool& tool, std::string_view category,
                                           std::string_view subject) const {
  if (subject.empty()) subject = tool.name;
  if (tool.tier > tier) {
    return fmt::format("{} needs the tier {}, but PVE_ACCESS_TIER allows {} only.", subject,
                       tool::name(tool.tier), tool::name(tier));
  }
  if (categories && !contains(*categories, category)) {
    auto wider = *categories;
    wider.emplace_back(category);
    return fmt::format("{} belongs to the category {}, which is off; set PVE_CATEGORIES={} to offer it too.",
                       subject, category, listed(wider));
  }
  return std::nullopt;
}

Policy operator&(const Policy& a, const Policy& b) {
  Policy both{std::min(a.tier, b.tier), a.categories ? a.categories : b.categories};
  if (a.categories && b.categories) {
    std::erase_if(*both.categories, [&b](const std::string& item) { return !contains(*b.categories, item); });
  }
  return both;
}

}  // namespace guard
