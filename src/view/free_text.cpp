#include "view/free_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace view {
namespace {

constexpr std::size_t kLongestLine = 1200;

std::string_view without_last_breaks(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_free_text(std::string_view text) {
  text = without_last_breaks(text);
  if (text.find('\n') != std::string_view::npos) return true;
  return text.size() > kLongestInLine &&
         std::ranges::any_of(text, [](char c) { return c <= ' ' || c > '~'; });
}

bool is_free_text(const tool::View& view, std::string_view member, std::string_view text) {
  const auto written = base::split(view.quoted, ' ');
  const bool may_be = view.quoted == "*" || std::ranges::find(written, member) != written.end();
  return may_be && is_free_text(text);
}

std::string marked_lines(std::string_view text, std::string_view begin, std::size_t room) {
  text = without_last_breaks(text);
  std::string out;
  while (true) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto shown = std::string(begin).append(kMark).append(shortened(line, kLongestLine));
    if (!out.empty() && out.size() + shown.size() > room)
      return out + fmt::format("{}… {} more bytes", begin, text.size());
    out += shown;
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return base::printable(text, 4 * most);
  // Do not cut a character in two.
  auto end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return base::printable(text.substr(0, end), 4 * most) + fmt::format("… (+{} bytes)", text.size() - end);
}

}  // namespace view
