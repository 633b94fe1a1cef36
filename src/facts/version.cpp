#include "facts/version.h"

#include <charconv>

namespace facts {
namespace {

/// Takes the number at the begin off `text`.
std::optional<std::uint16_t> take_number(std::string_view& text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::optional<Version> parse_version(std::string_view text) {
  const auto major = take_number(text);
  if (!major || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  const auto minor = take_number(text);
  // Behind them comes the patch level: "8.4.14", "9.0~11".
  if (!minor) return std::nullopt;
  return Version{*major, *minor};
}

std::string to_text(Version version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

}  // namespace facts
