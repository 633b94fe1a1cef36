#include "insight/findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/pattern.h"
#include "insight/read.h"

namespace insight {

std::span<const std::string_view> finding_codes() {
  static constexpr auto kCodes = [] {
    std::array<std::string_view, kFindingKinds.size()> codes;
    std::ranges::transform(kFindingKinds, codes.begin(), &FindingKind::code);
    return codes;
  }();
  return kCodes;
}

void Findings::add(std::string_view code, std::string object) {
  const auto* kind = std::ranges::find(kFindingKinds, code, &FindingKind::code);
  if (kind == kFindingKinds.end()) return;
  bad_areas_.insert(kind->area);
  const auto full = fmt::format("{}:{}", code, object);
  const bool unwanted = std::ranges::any_of(
      ignored_, [&](const auto& pattern) { return pattern == code || base::fits_pattern(pattern, full); });
  if (unwanted) {
    ++left_out_;
  } else {
    objects_[static_cast<std::size_t>(kind - kFindingKinds.begin())].push_back(std::move(object));
  }
}

std::vector<std::string> Findings::good(const std::set<std::string_view>& unread) const {
  std::vector<std::string> areas;
  for (const auto& kind : kFindingKinds) {
    const std::string area(kind.area);
    if (!bad_areas_.contains(kind.area) && !unread.contains(kind.area) &&
        std::ranges::find(areas, area) == areas.end())
      areas.push_back(area);
  }
  return areas;
}

std::string Findings::verdict() const {
  if (objects_.empty()) return "healthy";
  std::array<std::size_t, kSeverityNames.size()> count{};
  for (const auto& [kind, objects] : objects_)
    ++count[static_cast<std::size_t>(kFindingKinds[kind].severity)];
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < count.size(); ++i) {
    const bool plural = count[i] > 1 && kSeverityNames[i] == "warning";
    if (count[i] > 0) parts.push_back(fmt::format("{} {}{}", count[i], kSeverityNames[i], plural ? "s" : ""));
  }
  const auto& [kind, objects] = *objects_.begin();
  return fmt::format("{}; the first is {} {}", listed(parts), kFindingKinds[kind].code, listed(objects, 3));
}

base::JsonArray Findings::rows() const {
  base::JsonArray rows;
  for (const auto& [index, objects] : objects_) {
    const auto& kind = kFindingKinds[index];
    rows.push_back(base::JsonObject{{"severity", kSeverityNames[static_cast<std::size_t>(kind.severity)]},
                                    {"code", kind.code},
                                    {"count", objects.size()},
                                    {"object", listed(objects)},
                                    {"what", kind.what},
                                    {"remedy", kind.remedy}});
  }
  return rows;
}

}  // namespace insight
