#include "base/text.h"

#include "base/near.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/ascii.h"
#include "base/edit_distance.h"

namespace base {
namespace {

constexpr std::size_t kLongestSlip = 100;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Scalar {
  std::uint32_t code;
  std::size_t length;
};

// The scalar value at the start of `text`, nothing when the bytes are not UTF-8.
std::optional<Scalar> first_scalar(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return Scalar{lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return std::nullopt;
  std::uint32_t code = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return std::nullopt;
  return Scalar{code, length};
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7F && code <= 0x9F); }

// Characters that hide or reorder what a person sees.
bool is_invisible(std::uint32_t code) {
  struct Range {
    std::uint32_t first, last;
  };
  // U+FE0F is not among them: it makes a symbol an emoji, and alone it cannot carry a hidden text.
  constexpr Range kRanges[] = {
      {0x00AD, 0x00AD},    // soft hyphen
      {0x034F, 0x034F},    // combining grapheme joiner
      {0x061C, 0x061C},    // Arabic letter mark
      {0x115F, 0x1160},    // Hangul fillers
      {0x17B4, 0x17B5},    // Khmer vowels without a shape
      {0x180B, 0x180F},    // Mongolian selectors
      {0x200B, 0x200F},    // zero width, direction marks
      {0x2028, 0x202E},    // line and paragraph separators, bidirectional overrides
      {0x2060, 0x206F},    // word joiner, isolates, deprecated controls
      {0x3164, 0x3164},    // Hangul filler
      {0xFE00, 0xFE0E},    // variation selectors, which can carry a hidden text
      {0xFEFF, 0xFEFF},    // byte order mark
      {0xFFA0, 0xFFA0},    // Hangul filler of half width
      {0xFFF0, 0xFFFB},    // unassigned, interlinear annotations
      {0x1D173, 0x1D17A},  // musical controls
      {0xE0000, 0xE0FFF},  // tag characters, further variation selectors
  };
  return code >= 0xAD &&
         std::ranges::any_of(kRanges, [&](const Range& r) { return code >= r.first && code <= r.last; });
}

}  // namespace

bool is_utf8(std::string_view text) {
  // Most of what passes is plain ASCII, and megabytes of it.
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  while (!text.empty()) {
    std::uint64_t eight = kHighBits;
    if (text.size() >= sizeof eight) std::memcpy(&eight, text.data(), sizeof eight);
    if ((eight & kHighBits) == 0) {
      text.remove_prefix(sizeof eight);
      continue;
    }
    const auto scalar = first_scalar(text);
    if (!scalar) return false;
    text.remove_prefix(scalar->length);
  }
  return true;
}

bool has_control(std::string_view text) {
  while (!text.empty()) {
    const auto scalar = first_scalar(text);
    if (scalar && is_control(scalar->code)) return true;
    text.remove_prefix(scalar ? scalar->length : 1);
  }
  return false;
}

bool is_plain_text(std::string_view text) {
  return is_utf8(text) && std::ranges::none_of(text, [](char c) {
           return c >= 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r';
         });
}

std::string printable(std::string_view text, std::size_t limit) {
  // Most names are plain, and lists have thousands of them.
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
  if (text.size() <= limit && std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const auto scalar = first_scalar(text);
    const std::size_t length = scalar ? scalar->length : 1;
    std::string_view shown = text.substr(0, length);
    if (!scalar || is_invisible(scalar->code)) {
      shown = kReplacement;
    } else if (is_control(scalar->code)) {
      shown = scalar->code == '\n' || scalar->code == '\r' || scalar->code == '\t' ? " " : kReplacement;
    }
    if (out.size() + shown.size() > limit) return out + "…";
    out += shown;
    text.remove_prefix(length);
  }
  return out;
}

std::optional<std::string> disarmed(std::string_view text) {
  const auto is_plain = [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t'; };
  if (std::ranges::all_of(text, is_plain)) return std::nullopt;
  std::string out;
  out.reserve(text.size());
  bool harmless = true;
  while (!text.empty()) {
    const auto scalar = first_scalar(text);
    const std::size_t length = scalar ? scalar->length : 1;
    const bool fits =
        is_plain(text.front()) || (scalar && !is_invisible(scalar->code) && !is_control(scalar->code));
    out += fits ? text.substr(0, length) : kReplacement;
    harmless = harmless && fits;
    text.remove_prefix(length);
  }
  return harmless ? std::nullopt : std::optional(std::move(out));
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += plus_is_space && text[i] == '+' ? ' ' : text[i];
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> list_items(std::string_view list) {
  using namespace std::string_view_literals;
  constexpr auto kBetween = ",; \t\r\n\v\f\0"sv;
  std::vector<std::string_view> items;
  for (auto begin = list.find_first_not_of(kBetween); begin != std::string_view::npos;) {
    const auto end = std::min(list.find_first_of(kBetween, begin), list.size());
    items.push_back(list.substr(begin, end - begin));
    begin = list.find_first_not_of(kBetween, end);
  }
  return items;
}

std::string join(std::span<const std::string_view> parts, std::string_view separator) {
  std::string out;
  for (const auto part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

std::string_view trim(std::string_view text) {
  static constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates) {
  if (name.empty() || name.size() > kLongestSlip) return {};
  std::string_view best;
  std::size_t best_distance = std::string_view::npos;
  for (const auto candidate : candidates) {
    if (candidate.size() > kLongestSlip) continue;
    const std::size_t distance = edit_distance(lower_ascii(name), lower_ascii(candidate));
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  if (best.empty()) return {};
  const bool prefix =
      (name.size() >= 2 && best.starts_with(name)) || (best.size() >= 2 && name.starts_with(best));
  return prefix || best_distance * 3 <= std::max(name.size(), best.size()) ? best : std::string_view{};
}

std::vector<std::string_view> most_alike(std::string_view name, std::span<const std::string_view> candidates,
                                         std::size_t count) {
  if (name.empty() || name.size() > kLongestSlip) return {};
  const auto wanted = lower_ascii(name);
  std::vector<std::pair<std::size_t, std::string_view>> all;
  for (const auto candidate : candidates) {
    if (candidate.size() > kLongestSlip) continue;
    const auto other = lower_ascii(candidate);
    const bool holds = other.find(wanted) != std::string::npos ||
                       (other.size() > 2 && wanted.find(other) != std::string::npos);
    all.emplace_back(holds ? 0 : edit_distance(wanted, other), candidate);
  }
  std::ranges::sort(all);
  std::vector<std::string_view> nearest;
  for (const auto& [distance, candidate] : all) {
    if (nearest.size() < count) nearest.push_back(candidate);
  }
  return nearest;
}

}  // namespace base
