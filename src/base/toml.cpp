#include "base/toml.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace base {
namespace {

constexpr auto kNowhere = std::string_view::npos;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr std::string_view kStringsNeedQuotes = "strings need quotes";

std::size_t line_at(std::string_view text, std::size_t position) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, position), '\n'));
}

/// What the library takes for granted outside of strings and comments. Version 3.3 ends the process, or does
/// anything, at letters beyond ASCII, at a quote within a bare value, at a header that does not begin with a
/// key, and at brackets of another kind than the open one; and it destroys the table of a deep key level by
/// level on the stack.
class BareText {
 public:
  explicit BareText(std::string_view text) : text_(text) {}

  std::expected<void, TomlFault> check() {
    std::size_t i = text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    while (i < text_.size()) {
      const char c = text_[i];
      if (c == '#') {
        i = std::min(text_.find('\n', i), text_.size());
        continue;
      }
      if ((c == '"' || c == '\'') && may_open(i)) {
        i = toml_string_end(text_, i);
        line_begins_ = false;
        continue;
      }
      if (const auto wrong = wrong_with(c, i); !wrong.empty())
        return std::unexpected(TomlFault{line_at(text_, i), std::string(wrong)});
      ++i;
    }
    return {};
  }

 private:
  bool may_open(std::size_t i) const {
    const char before = i == 0 ? '\n' : text_[i - 1];
    return std::string_view(" \t\n=[{,").find(before) != kNowhere || (before == '.' && !in_value_) ||
           text_.substr(0, i) == kByteOrderMark;
  }

  std::string_view wrong_with(char c, std::size_t i) {
    if (c == '"' || c == '\'') return "a quote stands within a value or a name; the whole of it needs quotes";
    if (static_cast<unsigned char>(c) > 0x7E)
      return "strings and names with letters beyond ASCII need quotes";
    if (c == '.') ++parts_;
    if (std::string_view(",{}[]=\n").find(c) != kNowhere) parts_ = 1;
    if (parts_ > kTomlKeyParts) return "a key nests too deeply";
    const bool is_header = c == '[' && line_begins_;
    if (is_header && !begins_with_key(i))
      return "a table needs a name between its brackets, of letters, digits, \"-\" and \"_\", or in quotes";
    line_begins_ = (c == '\n' && open_.empty()) || (line_begins_ && is_blank(c));
    return wrong_with_bracket(c);
  }

  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

  /// Of the header that begins at `i`.
  bool begins_with_key(std::size_t i) const {
    i += text_.substr(i, 2) == "[[" ? 2 : 1;
    while (i < text_.size() && is_blank(text_[i])) ++i;
    if (i == text_.size()) return false;
    const char c = text_[i];
    return is_alnum(c) || c == '-' || c == '_' || c == '"' || c == '\'';
  }

  std::string_view wrong_with_bracket(char c) {
    if (c == '=') in_value_ = true;
    if (c == '\n' && open_.empty()) in_value_ = false;
    if (c == '[' || c == '{') open_ += c;
    if (open_.size() > kTomlBrackets) return "brackets nest too deeply";
    if (c == '{' || (c == ',' && open_.ends_with('{'))) in_value_ = false;
    if (c != ']' && c != '}') return {};
    if (!open_.ends_with(c == ']' ? '[' : '{')) return "a bracket is closed that was not opened";
    open_.pop_back();
    in_value_ = true;
    return {};
  }

  std::string_view text_;
  std::size_t parts_ = 1;    ///< of the key that is read
  bool in_value_ = false;    ///< and not in a key
  bool line_begins_ = true;  ///< and no bracket is open
  std::string open_;         ///< brackets
};

/// The library's own description may quote the text.
std::string_view reason_of(std::string_view description) {
  constexpr std::pair<std::string_view, std::string_view> kReasons[] = {
      {"cannot redefine existing", "this table or key is in the file twice"},
      {"into existing inline table", "this table is in the file twice"},
      {"control characters other than TAB", "a string has no end in its line"},
      {"escape", "a backslash in double quotes begins an escape; use single quotes"},
      {"line-ending backslashes", "a backslash in double quotes begins an escape; use single quotes"},
      {"expected hex digit", "a backslash in double quotes begins an escape; use single quotes"},
      {"encountered end-of-file", "a bracket, a string or a value has no end"},
      {"expected '=', saw", "a key needs \"=\" and a value"},
      {"expected ']', saw",
       "a table's name needs its closing bracket, and quotes if it holds more than letters, "
       "digits, \"-\" and \"_\""},
  };
  for (const auto& [part, reason] : kReasons) {
    if (description.find(part) != kNowhere) return reason;
  }
  return kStringsNeedQuotes;
}

}  // namespace

std::size_t toml_string_end(std::string_view text, std::size_t i) {
  const char quote = text[i];
  const std::string triple(3, quote);
  const bool many_lines = text.substr(i, 3) == triple;
  i += many_lines ? 3 : 1;
  while (i < text.size()) {
    if (quote == '"' && text[i] == '\\') {
      i += 2;
    } else if (many_lines ? text.substr(i, 3) == triple : text[i] == quote) {
      i += many_lines ? 3 : 1;
      // Up to two quotes may stand before the closing three.
      while (many_lines && i < text.size() && text[i] == quote) ++i;
      return i;
    } else if (!many_lines && text[i] == '\n') {
      return i;
    } else {
      ++i;
    }
  }
  return text.size();
}

std::expected<toml::table, TomlFault> parse_toml(std::string_view text) {
  if (!is_plain_text(text)) return std::unexpected(TomlFault{});
  if (auto sound = BareText(text).check(); !sound) return std::unexpected(std::move(sound.error()));
  toml::parse_result result = toml::parse(text);
  if (!result)
    return std::unexpected(
        TomlFault{result.error().source().begin.line, std::string(reason_of(result.error().description()))});
  return std::move(result).table();
}

}  // namespace base
