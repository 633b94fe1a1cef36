#include "facts/version.h"

#include "base/number.h"

namespace facts {
std::optional<Version> parse_version(std::string_view text) {
  const auto major = base::take_number<std::uint16_t>(text);
  if (!major || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  const auto minor = base::take_number<std::uint16_t>(text);
  // Behind them comes the patch level: "8.4.14", "9.0~11".
  if (!minor) return std::nullopt;
  return Version{*major, *minor};
}

std::string to_text(Version version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

}  // namespace facts
