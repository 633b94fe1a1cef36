#include "guard/policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/pattern.h"
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

/// The first of the names that the tool matches; "" if it matches none.
std::string_view match(const std::vector<std::string>& names, std::string_view tool) {
  const auto found =
      std::ranges::find_if(names, [&](const auto& name) { return base::fits_pattern(name, tool); });
  return found == names.end() ? std::string_view{} : std::string_view(*found);
}

}  // namespace

std::optional<std::string> Policy::refusal(const tool::Tool& tool, std::string_view category,
                                           std::string_view subject) const {
  const bool named = subject.empty();
  if (named) subject = tool.name;
  // First, because no other setting would help.
  if (const auto entry = match(deny, tool.name); !entry.empty()) {
    if (!named)
      return fmt::format("{} needs a tool that PVE_TOOLS_DENY excludes; remove its entry to offer it.",
                         subject);
    return fmt::format("{} is off, because PVE_TOOLS_DENY has the entry \"{}\"; remove it to offer the tool.",
                       subject, base::printable(entry, 100));
  }
  if (tool.tier > tier) {
    return fmt::format("{} needs the access tier {}; PVE_ACCESS_TIER is {}.", subject, tool::name(tool.tier),
                       tool::name(tier));
  }
  if (categories && !contains(*categories, category)) {
    auto wider = *categories;
    wider.emplace_back(category);
    return fmt::format("{} belongs to the category {}, which is off; set PVE_CATEGORIES={} to offer it too.",
                       subject, category, listed(wider));
  }
  const auto lacks = [&](const auto& names) { return match(names, tool.name).empty(); };
  if (std::ranges::any_of(allow, lacks)) {
    if (!named)
      return fmt::format("{} needs a tool that PVE_TOOLS_ALLOW does not name; add it there to offer it too.",
                         subject);
    return fmt::format("{} is off, because PVE_TOOLS_ALLOW does not name it; add it there to offer it too.",
                       subject);
  }
  return std::nullopt;
}

Policy operator&(const Policy& a, const Policy& b) {
  Policy both{std::min(a.tier, b.tier), a.categories ? a.categories : b.categories, a.allow, a.deny};
  if (a.categories && b.categories) {
    std::erase_if(*both.categories, [&b](const std::string& item) { return !contains(*b.categories, item); });
  }
  both.allow.insert(both.allow.end(), b.allow.begin(), b.allow.end());
  both.deny.insert(both.deny.end(), b.deny.begin(), b.deny.end());
  return both;
}

}  // namespace guard
