// Small questions about text that several folders ask.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

/// True for valid UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

/// True when `text` holds a C0 control, DEL, or a C1 control in UTF-8 (U+0080 to U+009F).
bool has_control(std::string_view text);

/// True when `text` is what an editor writes: UTF-8, and of the C0 controls only tab and line breaks.
bool is_plain_text(std::string_view text);

/// `text` on one line and harmless to a terminal: control characters, bidirectional overrides and zero-width
/// characters replaced by U+FFFD (a line break or tab by a space), invalid UTF-8 by U+FFFD, at most `limit`
/// bytes (then "…").
std::string printable(std::string_view text, std::size_t limit = 300);

/// What printable() replaces by U+FFFD replaced so, the line breaks and tabs kept: for texts that stay inside
/// JSON. Nothing when `text` is harmless as it is.
std::optional<std::string> disarmed(std::string_view text);

/// Percent-encodes everything but the unreserved characters of RFC 3986, byte by byte.
std::string percent_encode(std::string_view text);

/// Decodes %XX once; a broken escape stays as it is. `plus_is_space` for form bodies and queries.
std::string percent_decode(std::string_view text, bool plus_is_space = false);

/// Splits at every `separator`; empty parts are kept, so "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The items of a list as PVE splits it: at commas, semicolons, white space and NUL. Empty items are left
/// out.
std::vector<std::string_view> list_items(std::string_view list);

/// The parts are views: a temporary text would end before them.
template <std::same_as<std::string> Temporary>
void split(Temporary&& text, char separator) = delete;
template <std::same_as<std::string> Temporary>
void list_items(Temporary&& list) = delete;

std::string join(std::span<const std::string_view> parts, std::string_view separator);

std::string_view trim(std::string_view text);

std::string lower_ascii(std::string_view text);

/// The candidate with the smallest edit distance to `name`, if one is close enough to be a likely slip (at
/// most a third of the letters differ, or one is a prefix of the other); "" otherwise. Names of over 100
/// bytes are no slip of anything.
std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace base
