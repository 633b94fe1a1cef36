#include "setup/toml_text.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/toml.h"

namespace setup {
namespace {

constexpr auto kNowhere = std::string_view::npos;
constexpr std::size_t kKeyDepth = 64;
constexpr std::string_view kInvalid = "this is not valid TOML";

bool is_bare(char c) { return base::is_alnum(c) || c == '-' || c == '_'; }

base::JsonObject table_of(const toml::table& table);

template <class Value>
base::Json date_of(const Value& value) {
  std::ostringstream out;
  out << value;
  return base::JsonObject{{"$date", out.str()}};
}

base::Json value_of(const toml::node& node) {
  if (const auto* table = node.as_table()) return table_of(*table);
  if (const auto* text = node.as_string()) return base::Json(text->get());
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* date = node.as_date()) return date_of(date->get());
  if (const auto* time = node.as_time()) return date_of(time->get());
  if (const auto* moment = node.as_date_time()) return date_of(moment->get());
  if (const auto* real = node.as_floating_point()) {
    if (std::isfinite(real->get())) return real->get();
    if (std::isnan(real->get())) return "nan";
    return real->get() > 0 ? "inf" : "-inf";
  }
  base::JsonArray items;
  if (const auto* array = node.as_array()) {
    for (const auto& item : *array) items.push_back(value_of(item));
  }
  return items;
}

base::JsonObject table_of(const toml::table& table) {
  base::JsonObject object;
  for (const auto& [key, node] : table) object[key.str()] = value_of(node);
  return object;
}

/// Behind the string that begins at `i`; the end of the text when it has no end.
std::size_t string_end(std::string_view text, std::size_t i) {
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

/// The first of `stops` outside of strings, from `i`.
std::size_t find_outside(std::string_view text, std::size_t i, std::string_view stops) {
  while (i < text.size() && stops.find(text[i]) == kNowhere)
    i = text[i] == '"' || text[i] == '\'' ? string_end(text, i) : i + 1;
  return std::min(i, text.size());
}

/// Where the value that begins at `i` ends: before blanks, a comment, or the end of the line.
std::size_t value_end(std::string_view text, std::size_t i) {
  const auto begin = i;
  std::size_t depth = 0;
  while (true) {
    i = find_outside(text, i, "[]{}#\n");
    if (i == text.size()) break;
    const char c = text[i];
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if ((c == '#' || c == '\n') && depth == 0) break;
    i = c == '#' ? std::min(text.find('\n', i), text.size()) : i + 1;
  }
  return std::max(begin, white_space_before(text, i));
}

/// What the library takes for granted outside of strings and comments. Version 3.3 ends the process, or does
/// anything, at letters beyond ASCII, at a quote within a bare value, and at brackets of another kind than
/// the open one; and it destroys the table of a deep key level by level on the stack.
class BareText {
 public:
  explicit BareText(std::string_view text) : text_(text) {}

  std::expected<void, std::string> check() {
    std::size_t i = text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    while (i < text_.size()) {
      const char c = text_[i];
      if (c == '#') {
        i = std::min(text_.find('\n', i), text_.size());
      } else if ((c == '"' || c == '\'') && may_open(i)) {
        i = string_end(text_, i);
      } else if (!take(c)) {
        return std::unexpected(at_line(text_, i, dots_ > kKeyDepth ? "a key nests too deeply" : kInvalid));
      } else {
        ++i;
      }
    }
    return {};
  }

 private:
  bool may_open(std::size_t i) const {
    const char before = i == 0 ? '\n' : text_[i - 1];
    return std::string_view(" \t\n=[{,").find(before) != kNowhere || (before == '.' && !in_value_) ||
           text_.substr(0, i) == kByteOrderMark;
  }

  bool take(char c) {
    if (c == '"' || c == '\'' || static_cast<unsigned char>(c) > 0x7E) return false;
    if (c == '.') ++dots_;
    if (std::string_view(",{}[]=\n").find(c) != kNowhere) dots_ = 0;
    return dots_ <= kKeyDepth && take_bracket(c);
  }

  bool take_bracket(char c) {
    if (c == '=') in_value_ = true;
    if (c == '\n' && open_.empty()) in_value_ = false;
    if (c == '[' || c == '{') open_ += c;
    if (c == '{' || (c == ',' && open_.ends_with('{'))) in_value_ = false;
    if (c != ']' && c != '}') return true;
    if (!open_.ends_with(c == ']' ? '[' : '{')) return false;
    open_.pop_back();
    in_value_ = true;
    return true;
  }

  std::string_view text_;
  std::size_t dots_ = 0;   ///< since the last key began
  bool in_value_ = false;  ///< and not in a key
  std::string open_;       ///< brackets
};

std::vector<std::string> key_parts(std::string_view key) {
  key = base::trim(key);
  if (std::ranges::all_of(key, is_bare)) return {std::string(key)};
  std::vector<std::string> parts;
  const toml::parse_result result = toml::parse(std::string(key) + " = 0");
  if (!result) return parts;
  const toml::table* table = &result.table();
  while (table != nullptr && !table->empty()) {
    parts.emplace_back(table->begin()->first.str());
    table = table->begin()->second.as_table();
  }
  return parts;
}

/// A header or a pair, its key as it is written.
struct Piece {
  bool is_header = false;
  Span key;
  Span value;  ///< of a pair
  std::size_t end = 0;
};

Piece header_at(std::string_view text, std::size_t begin) {
  const std::size_t width = text.substr(begin, 2) == "[[" ? 2 : 1;
  const auto end = find_outside(text, begin + width, "]\n");
  return {.is_header = true, .key = {begin + width, end}, .value = {}, .end = end};
}

Piece pair_at(std::string_view text, std::size_t begin) {
  const auto equals = find_outside(text, begin, "=\n");
  const auto after = std::min(equals + 1, text.size());
  const auto value = std::min(text.find_first_not_of(kBlanks, after), text.size());
  const auto end = value_end(text, value);
  return {.key = {begin, equals}, .value = {value, end}, .end = end};
}

/// Of any text; right as far as it is valid TOML.
std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  std::size_t i = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while ((i = text.find_first_not_of(kWhiteSpace, i)) != kNowhere) {
    if (text[i] != '#') {
      pieces.push_back(text[i] == '[' ? header_at(text, i) : pair_at(text, i));
      i = pieces.back().end;
    }
    i = std::min(text.find('\n', i), text.size());
  }
  return pieces;
}

std::string_view part(std::string_view text, Span span) {
  return text.substr(span.begin, span.end - span.begin);
}

/// What the library takes for granted of a header: version 3.3 ends the process, or does anything, without.
std::expected<void, std::string> check_headers(std::string_view text) {
  for (const auto& piece : pieces_of(text)) {
    const auto key = base::trim(part(text, piece.key));
    const bool sound = !key.empty() && (is_bare(key.front()) || key.front() == '"' || key.front() == '\'');
    if (piece.is_header && !sound) return std::unexpected(at_line(text, piece.key.begin, kInvalid));
  }
  return {};
}

}  // namespace

std::expected<base::JsonObject, std::string> read_toml(std::string_view text) {
  // The library's debug build ends the process at some bytes.
  if (!base::is_plain_text(text)) return std::unexpected("this is not a text file in UTF-8");
  if (auto sound = BareText(text).check(); !sound) return std::unexpected(sound.error());
  if (auto sound = check_headers(text); !sound) return std::unexpected(sound.error());
  const toml::parse_result result = toml::parse(text);
  // The library's own description may quote the text.
  if (!result)
    return std::unexpected("line " + std::to_string(result.error().source().begin.line) + ": " +
                           std::string(kInvalid));
  return table_of(result.table());
}

std::vector<TomlStatement> toml_statements(std::string_view text) {
  std::vector<TomlStatement> statements;
  std::vector<std::string> table;
  for (const auto& piece : pieces_of(text)) {
    auto parts = key_parts(part(text, piece.key));
    if (piece.is_header) table.clear();
    TomlStatement statement{.path = table,
                            .table_size = table.size(),
                            .is_header = piece.is_header,
                            .value = piece.value,
                            .lines = {}};
    statement.path.insert(statement.path.end(), parts.begin(), parts.end());
    if (piece.is_header) {
      table = std::move(parts);
      statement.table_size = table.size();
    }
    const auto end = std::min(text.find('\n', piece.end), text.size() - 1) + 1;
    statement.lines = {line_begin(text, piece.key.begin), end};
    statements.push_back(std::move(statement));
  }
  return statements;
}

}  // namespace setup
