#include "cli/setup/settings_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "config/toml.h"

namespace cli {
namespace {

using Lines = std::vector<std::string>;
using Parsed = std::map<std::string, std::vector<std::string>, std::less<>>;

std::string literal(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string table_of(std::string_view key) {
  const auto dot = key.rfind('.');
  return dot == std::string_view::npos ? "" : std::string(key.substr(0, dot));
}

std::string_view last_of(std::string_view key) { return key.substr(key.rfind('.') + 1); }

Lines lines_of(const std::string& text) {
  Lines lines;
  for (const auto line : base::split(text, '\n')) lines.emplace_back(line);
  return lines;
}

std::string text_of(const Lines& lines) { return fmt::format("{}", fmt::join(lines, "\n")); }

Parsed parsed(const std::vector<config::TomlEntry>& entries) {
  Parsed all;
  for (const auto& entry : entries) all[entry.key] = entry.values;
  return all;
}

/// Where the value of a line begins and ends: behind "=", before a comment.
std::optional<std::pair<std::size_t, std::size_t>> value_in(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  char quote = 0;
  std::size_t end = line.size();
  for (auto at = equals + 1; at < line.size(); ++at) {
    const char c = line[at];
    if (quote != 0) {
      if (c == '\\' && quote == '"') ++at;
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#') {
      end = at;
      break;
    }
  }
  while (end > equals + 1 && (line[end - 1] == ' ' || line[end - 1] == '\t' || line[end - 1] == '\r')) --end;
  return std::pair{equals + 1, end};
}

bool is_header(std::string_view line) { return base::trim(line).starts_with('['); }

bool is_header_of(std::string_view line, std::string_view table) {
  const auto trimmed = base::trim(line);
  const auto closing = trimmed.find(']');
  return trimmed.starts_with('[') && closing != std::string_view::npos &&
         base::trim(trimmed.substr(1, closing - 1)) == table;
}

/// The last line of the table that is neither empty nor a comment of the next one.
std::size_t end_of_table(const Lines& lines, std::size_t begin) {
  auto end = begin;
  for (auto at = begin; at < lines.size() && !is_header(lines[at]); ++at) {
    const auto trimmed = base::trim(lines[at]);
    if (!trimmed.empty() && !trimmed.starts_with('#')) end = at + 1;
  }
  return end;
}

void insert(Lines& lines, const std::string& key, std::string_view value) {
  const auto table = table_of(key);
  const auto line = fmt::format("{} = {}", last_of(key), literal(value));
  std::size_t begin = 0;
  if (!table.empty()) {
    const auto header =
        std::ranges::find_if(lines, [&](const auto& each) { return is_header_of(each, table); });
    if (header == lines.end()) {
      while (!lines.empty() && lines.back().empty()) lines.pop_back();
      if (!lines.empty()) lines.emplace_back();
      lines.push_back("[" + table + "]");
      lines.push_back(line);
      lines.emplace_back();
      return;
    }
    begin = static_cast<std::size_t>(header - lines.begin()) + 1;
  }
  auto at = end_of_table(lines, begin);
  // Behind the comment that begins a file.
  if (table.empty() && at == 0) {
    while (at < lines.size() && lines[at].starts_with('#')) ++at;
  }
  const bool before_header = at < lines.size() && is_header(lines[at]);
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), line);
  if (before_header) lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::string());
}

/// Puts one value into the lines; the error is a clause.
std::optional<std::string> put(Lines& lines, const std::string& key,
                               const std::optional<std::string>& value) {
  const auto entries = config::parse_toml(text_of(lines));
  if (!entries) return entries.error();
  const auto found = std::ranges::find(*entries, key, &config::TomlEntry::key);
  if (found == entries->end()) {
    if (value) insert(lines, key, *value);
    return std::nullopt;
  }
  if (found->line == 0 || found->line > lines.size()) return key + " has no line of its own";
  auto& line = lines[found->line - 1];
  if (!value) {
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(found->line) - 1);
    return std::nullopt;
  }
  const auto place = value_in(line);
  if (!place) return fmt::format("line {}: {} has no line of its own", found->line, key);
  line.replace(place->first, place->second - place->first, " " + literal(*value));
  return std::nullopt;
}

}  // namespace

std::expected<std::string, std::string> with_settings(const std::string& text, const SettingValues& values) {
  const auto before = config::parse_toml(text);
  if (!before) return std::unexpected(before.error());
  auto expected = parsed(*before);
  auto lines = lines_of(text);
  for (const auto& [key, value] : values) {
    if (value && (base::has_control(*value) || !base::is_utf8(*value)))
      return std::unexpected(key + " has a value with a control character");
    if (value && setting_in(text_of(lines), key) == value) continue;
    if (auto wrong = put(lines, key, value)) return std::unexpected(*std::move(wrong));
    if (value) {
      expected[key] = {*value};
    } else {
      expected.erase(key);
    }
  }
  auto edited = text_of(lines);
  const auto after = config::parse_toml(edited);
  if (!after || parsed(*after) != expected)
    return std::unexpected("a value spans several lines, or stands in a table that is written in one line");
  return edited;
}

std::optional<std::string> setting_in(const std::string& text, std::string_view key) {
  const auto entries = config::parse_toml(text);
  if (!entries) return std::nullopt;
  const auto found = std::ranges::find(*entries, key, &config::TomlEntry::key);
  if (found == entries->end()) return std::nullopt;
  return fmt::format("{}", fmt::join(found->values, ","));
}

bool is_without_settings(const std::string& text) {
  const auto entries = config::parse_toml(text);
  return entries && entries->empty();
}

}  // namespace cli
