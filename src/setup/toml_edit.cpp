#include "setup/toml_edit.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "setup/toml_text.h"

namespace setup {
namespace {

using Edited = std::expected<std::string, std::string>;
using Path = std::vector<std::string>;

constexpr std::string_view kElseDiffers = "the edit would change more of the file than this server";

bool is_below(const Path& path, const Path& root) {
  return path.size() >= root.size() && std::equal(root.begin(), root.end(), path.begin());
}

std::string key_of(std::string_view key) {
  const auto is_bare = [](char c) { return base::is_alnum(c) || c == '-' || c == '_'; };
  if (std::ranges::all_of(key, is_bare)) return std::string(key);
  std::string out;
  base::write_json_string(key, out);
  return out;
}

/// Of texts, lists and tables of texts. JSON's escapes are TOML's, too.
std::string written(const base::Json& value) {
  std::string out;
  std::string_view separator;
  if (const auto* items = value.if_array()) {
    for (const auto& item : *items) {
      out += std::string(separator) + written(item);
      separator = ", ";
    }
    return "[" + out + "]";
  }
  if (const auto* members = value.if_object()) {
    for (const auto& member : *members) {
      out += separator;
      out += key_of(member.key());
      out += " = " + written(member.value());
      separator = ", ";
    }
    return members->empty() ? "{}" : "{ " + out + " }";
  }
  return base::write_json(value);
}

std::string line_of(std::string_view key, const base::Json& value) {
  return std::string(key) + " = " + written(value);
}

std::string header_of(const Path& path) { return "[" + path[0] + "." + path[1] + "]"; }

std::string append_table(std::string_view text, const Path& path, const base::JsonObject& members) {
  const std::string end(line_end(text));
  std::string result(text);
  const bool is_first = text.empty() || text == kByteOrderMark;
  const bool open_line = !is_first && !text.ends_with('\n');
  if (open_line) result += end;
  if (!is_first) result += end;
  result += header_of(path);
  for (const auto& member : members) result += end + line_of(member.key(), member.value());
  // An open last line stays one, which tells toml_without_entry() how the text ended.
  return open_line ? result : result + end;
}

/// True when the line that ends at `position` is blank.
bool blank_line_before(std::string_view text, std::size_t position) {
  return position > 0 && text[position - 1] == '\n' &&
         base::trim(text.substr(line_begin(text, position - 1), position - line_begin(text, position - 1)))
             .empty();
}

/// The lines of statements in a row, with the blank line before a header.
Span widened(std::string_view text, Span lines, bool begins_with_header) {
  if (begins_with_header && blank_line_before(text, lines.begin))
    lines.begin = line_begin(text, lines.begin - 1);
  const bool open_line = lines.end == text.size() && !text.ends_with('\n');
  if (open_line && lines.begin > 0) lines.begin -= text.substr(0, lines.begin).ends_with("\r\n") ? 2 : 1;
  return lines;
}

/// `text` without these statements, and without the comments between two of them that follow each other.
std::string without(std::string_view text, const std::function<bool(const TomlStatement&)>& goes) {
  const auto statements = toml_statements(text);
  std::string result;
  std::size_t kept = 0;
  for (auto at = std::ranges::find_if(statements, goes); at != statements.end();) {
    const auto next = std::find_if_not(at, statements.end(), goes);
    const auto lines = widened(text, {at->lines.begin, std::prev(next)->lines.end}, at->is_header);
    result += text.substr(kept, lines.begin - kept);
    kept = lines.end;
    at = std::find_if(next, statements.end(), goes);
  }
  return result.append(text.substr(kept));
}

/// The first statement of the entry that is not under a header of its own; nothing when all are.
std::optional<TomlStatement> foreign_statement(std::string_view text, const Path& path) {
  for (auto& statement : toml_statements(text)) {
    const bool inside = is_below(statement.path, path);
    const bool around = !statement.is_header && is_below(path, statement.path);
    if ((inside || around) && statement.table_size < path.size()) return statement;
  }
  return std::nullopt;
}

/// Behind the last pair of the table, or behind its header; makes the header where only tables below exist.
std::string insert_pair(std::string_view text, const Path& path, std::string_view line) {
  const std::string end(line_end(text));
  std::string result(text);
  std::optional<TomlStatement> before;
  std::optional<TomlStatement> below;
  for (auto& statement : toml_statements(text)) {
    if (!is_below(statement.path, path)) continue;
    if (statement.table_size == path.size()) {
      before = statement;
    } else if (!below) {
      below = statement;
    }
  }
  if (!before)
    return result.insert(below->lines.begin, header_of(path) + end + std::string(line) + end + end);
  const auto at = before->lines.end;
  if (at > 0 && text[at - 1] != '\n') return result.insert(at, end + std::string(line));
  return result.insert(at, std::string(line) + end);
}

std::string set_pair(std::string_view text, const Path& path, std::string_view key, const base::Json& value) {
  auto whole = path;
  whole.emplace_back(key);
  const auto belongs = [&](const TomlStatement& statement) { return is_below(statement.path, whole); };
  const auto statements = toml_statements(text);
  const auto at = std::ranges::find_if(statements, belongs);
  if (at == statements.end()) return insert_pair(text, path, line_of(key, value));
  std::string result(text);
  if (!at->is_header && at->path == whole)
    return result.replace(at->value.begin, at->value.end - at->value.begin, written(value));
  // A table of its own or dotted keys.
  return insert_pair(without(text, belongs), path, line_of(key, value));
}

std::string change_pairs(std::string text, const Path& path, const EntryChange& change,
                         const base::JsonObject& existing) {
  // First what is set, so that the table's header does not go with its last pair.
  for (const auto& member : change.members) {
    const auto* value = existing.if_contains(member.key());
    if (value != nullptr && *value == member.value()) continue;
    text = set_pair(text, path, member.key(), member.value());
  }
  for (const auto& key : change.unwanted) {
    auto whole = path;
    whole.push_back(key);
    text = without(text, [&](const TomlStatement& statement) { return is_below(statement.path, whole); });
  }
  return text;
}

std::string in_the_way(std::string_view text, const TomlStatement& statement, const Path& path) {
  return at_line(text, statement.value.begin,
                 "this writes " + path[0] + "." + path[1] + " without a header; write it as the table " +
                     header_of(path) + ", or remove it");
}

/// Nothing when the file has no such table.
std::expected<const base::JsonObject*, std::string> table_in(std::string_view text,
                                                             const base::JsonObject& tree, const Path& path) {
  const auto* node = tree.if_contains(path[0]);
  for (std::size_t depth = 1; node != nullptr; ++depth) {
    const auto* table = node->if_object();
    if (table == nullptr) {
      const Path wrong(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth));
      for (const auto& statement : toml_statements(text)) {
        if (is_below(statement.path, wrong))
          return std::unexpected(
              at_line(text, statement.lines.begin, "\"" + wrong.back() + "\" must be a table"));
      }
      return std::unexpected("\"" + wrong.back() + "\" must be a table");
    }
    if (depth == path.size()) return table;
    node = table->if_contains(path[depth]);
  }
  return nullptr;
}

}  // namespace

Edited toml_with_entry(std::string_view text, std::string_view servers, std::string_view name,
                       const EntryChange& change) {
  const Path path{std::string(servers), std::string(name)};
  const auto before = read_toml(text);
  if (!before) return std::unexpected(before.error());
  const auto existing = table_in(text, *before, path);
  if (!existing) return std::unexpected(existing.error());
  const auto entry = changed(change, *existing);
  if (*existing != nullptr && **existing == entry) return std::string(text);
  const auto foreign = foreign_statement(text, path);
  if (foreign) return std::unexpected(in_the_way(text, *foreign, path));
  auto result = *existing == nullptr ? append_table(text, path, change.members)
                                     : change_pairs(std::string(text), path, change, **existing);
  const auto after = read_toml(result);
  if (!after || !only_entry_differs(*before, *after, servers, name, &entry))
    return std::unexpected(std::string(kElseDiffers));
  return result;
}

Edited toml_without_entry(std::string_view text, std::string_view servers, std::string_view name) {
  const Path path{std::string(servers), std::string(name)};
  const auto before = read_toml(text);
  if (!before) return std::unexpected(before.error());
  const auto existing = table_in(text, *before, path);
  if (!existing) return std::unexpected(existing.error());
  if (*existing == nullptr) return std::string(text);
  auto result = without(text, [&](const TomlStatement& statement) { return is_below(statement.path, path); });
  const auto after = read_toml(result);
  if (after && only_entry_differs(*before, *after, servers, name, nullptr)) return result;
  const auto foreign = foreign_statement(text, path);
  return std::unexpected(foreign ? in_the_way(text, *foreign, path) : std::string(kElseDiffers));
}

}  // namespace setup
