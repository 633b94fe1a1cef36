#include "cli/setup/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cli/setup/service_files.h"
#include "cli/setup/settings_text.h"
#include "config/token.h"
#include "config/toml.h"

namespace cli {
namespace {

constexpr std::string_view kMark = "# made by mcp-pve setup: ";

constexpr std::array<std::string_view, 15> kKeys = {"http.listen",
                                                    "http.url",
                                                    "http.tokens",
                                                    "access_tier",
                                                    "categories",
                                                    "scope",
                                                    "protect",
                                                    "confirm",
                                                    "approval",
                                                    "cluster.base_url",
                                                    "cluster.token_id",
                                                    "cluster.token_secret_file",
                                                    "cluster.fingerprint",
                                                    "cluster.token_secret",
                                                    "cluster.token_command"};

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_word(std::string_view text) {
  return !text.empty() && !base::has_control(text) && text.find(' ') == std::string_view::npos;
}

/// Puts an empty member once.
bool put(std::string& member, std::string_view value, bool good) {
  if (!member.empty() || !good) return false;
  member = value;
  return true;
}

/// Puts the words of `value` into an empty member, if all are among the known ones.
bool put_words(std::string_view value, std::span<const std::string_view> known,
               std::set<std::string, std::less<>>& member) {
  if (!member.empty()) return false;
  for (const auto word : base::split(value, ' ')) {
    if (std::ranges::find(known, word) == known.end()) return false;
    member.emplace(word);
  }
  return true;
}

bool put_file(std::string_view value, Record& record) {
  if (!record.file.empty() || !value.starts_with('/') || base::has_control(value)) return false;
  record.file = value;
  return true;
}

/// False if the line is not as setup writes it.
bool read_line(std::string_view line, Record& record) {
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos) return false;
  const auto kind = line.substr(0, blank);
  const auto value = line.substr(blank + 1);
  if (kind == "token")
    return put(record.pve.token_id, value,
               config::is_token_id(value) && value.starts_with(std::string(kTokenUser) + "!"));
  if (kind == "role") return put(record.pve.role, value, is_word(value));
  if (kind == "permission") return put(record.pve.permission, value, is_word(value));
  if (kind == "file") return put_file(value, record);
  if (kind == "service") return put_words(value, kServiceFiles, record.service);
  return kind == "keys" && put_words(value, kKeys, record.keys);
}

/// Without the lines of a record, and the empty line before the first of them.
std::string without_record(const std::string& text) {
  std::vector<std::string_view> kept;
  bool first = true;
  for (const auto line : base::split(text, '\n')) {
    if (!line.starts_with(kMark)) {
      kept.push_back(line);
    } else if (std::exchange(first, false) && !kept.empty() && without_return(kept.back()).empty()) {
      kept.pop_back();
    }
  }
  return fmt::format("{}", fmt::join(kept, "\n"));
}

bool say_the_same(const std::string& one, const std::string& other) {
  const auto a = config::parse_toml(one);
  const auto b = config::parse_toml(other);
  return a && b && std::ranges::equal(*a, *b, [](const auto& left, const auto& right) {
           return left.key == right.key && left.values == right.values;
         });
}

std::string lines_of(const Record& record) {
  std::string lines;
  const auto add = [&](std::string_view kind, std::string_view value) {
    if (!value.empty()) lines += fmt::format("{}{} {}\n", kMark, kind, value);
  };
  add("token", record.pve.token_id);
  add("role", record.pve.role);
  add("permission", record.pve.permission);
  add("file", record.file.string());
  add("keys", fmt::format("{}", fmt::join(record.keys, " ")));
  add("service", fmt::format("{}", fmt::join(record.service, " ")));
  return lines;
}

}  // namespace

Record record_in(const std::string& text) {
  Record record;
  for (const auto line : base::split(text, '\n')) {
    if (line.starts_with(kMark) && !read_line(without_return(line).substr(kMark.size()), record)) return {};
  }
  return say_the_same(text, without_record(text)) ? record : Record{};
}

std::expected<std::string, std::string> with_record(const std::string& text, const Record& record) {
  auto edited = without_record(text);
  const auto lines = lines_of(record);
  if (!lines.empty()) {
    if (!edited.empty() && !edited.ends_with('\n')) edited += '\n';
    edited += (edited.empty() ? "" : "\n") + lines;
  }
  if (!say_the_same(text, edited)) return std::unexpected("a multi-line string has setup's own comments");
  if (record_in(edited) != record)
    return std::unexpected("the path of the secret has a character that cannot stand in a comment");
  return edited;
}

bool is_without_contents(const std::string& text) {
  const auto stays = [](std::string_view line) {
    const auto trimmed = base::trim(line);
    return trimmed.find('#') != std::string_view::npos && trimmed != kFirstComment;
  };
  const auto rest = without_record(text);
  return is_without_settings(rest) && std::ranges::none_of(base::split(rest, '\n'), stays);
}

}  // namespace cli
