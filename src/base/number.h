// Numbers in text: the one place that calls std::from_chars.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace base {

template <class T>
concept Number =
    (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>) || std::same_as<T, double>;

/// Takes the number at the start off `text`: decimal digits, before them a minus where T has negative values;
/// of a double also a fraction and an exponent. Nothing, and `text` as it was, when there is none, when T
/// cannot hold it, or when it is not finite.
template <Number T>
std::optional<T> take_number(std::string_view& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  if constexpr (std::floating_point<T>) {
    if (!std::isfinite(value)) return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// The number that the whole of `text` is, as take_number() reads it: no blanks, no plus, nothing after it.
template <Number T>
std::optional<T> parse_number(std::string_view text) {
  const auto value = take_number<T>(text);
  return text.empty() ? value : std::nullopt;
}

/// The same of hexadecimal digits in either case, without "0x".
template <Number T>
  requires std::unsigned_integral<T>
std::optional<T> parse_hex(std::string_view text) {
  T value{};
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value, 16);
  return error == std::errc{} && end == last ? std::optional(value) : std::nullopt;
}

}  // namespace base
