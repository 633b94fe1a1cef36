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

/// The first of `stops` outside of strings, from `i`.
std::size_t find_outside(std::string_view text, std::size_t i, std::string_view stops) {
  while (i < text.size() && stops.find(text[i]) == kNowhere)
    i = text[i] == '"' || text[i] == '\'' ? base::toml_string_end(text, i) : i + 1;
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

std::vector<std::string> key_parts(std::string_view key) {
  key = base::trim(key);
  if (std::ranges::all_of(key, is_bare)) return {std::string(key)};
  std::vector<std::string> parts;
  const auto parsed = base::parse_toml(std::string(key) + " = 0");
  if (!parsed) return parts;
  const toml::table* table = &*parsed;
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

}  // namespace

std::expected<base::JsonObject, std::string> read_toml(std::string_view text) {
  const auto parsed = base::parse_toml(text);
  if (parsed) return table_of(*parsed);
  const auto& fault = parsed.error();
  if (fault.line == 0) return std::unexpected("this is not a text file in UTF-8");
  return std::unexpected("line " + std::to_string(fault.line) + ": this is not valid TOML: " + fault.reason);
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
