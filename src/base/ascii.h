// Classes of ASCII characters, whatever the locale; every byte above 0x7F is in none of them.
#pragma once

#include <algorithm>
#include <string_view>

namespace base {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

constexpr bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

constexpr bool is_alnum(char c) { return is_letter(c) || is_digit(c); }

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr char upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

/// 0 to 15, or -1 if `c` is not a hexadecimal digit.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

constexpr bool is_hex(char c) { return hex_value(c) >= 0; }

/// True when `text` is at least one digit and nothing else.
constexpr bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// True when `text` is at least one hexadecimal digit and nothing else.
constexpr bool is_hex_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_hex);
}

}  // namespace base
