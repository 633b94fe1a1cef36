#include "setup/secrets.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"

namespace setup {
namespace {

constexpr auto kNowhere = std::string_view::npos;

constexpr std::array<std::string_view, 13> kSecretWords{
    "secret",     "token",         "password", "passwd",     "passphrase", "apikey", "accesskey",
    "privatekey", "authorization", "bearer",   "credential", "cookie",     "authkey"};
// The value of such a name says where the secret is, or how many there are.
constexpr std::array<std::string_view, 11> kHarmlessEnds{"file",  "path",  "id",   "envvar", "command", "url",
                                                         "count", "limit", "name", "tokens", "type"};
constexpr std::array<std::string_view, 10> kSecretBeginnings{"sk-",    "ghp_", "gho_",        "ghs_", "ghu_",
                                                             "glpat-", "xox",  "github_pat_", "AKIA", "eyJ"};
constexpr std::size_t kRandomLength = 20;
/// Those that begin and end a text of several lines in TOML.
constexpr std::size_t kQuotes = 3;

/// Without what separates words.
std::string letters_of(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (base::is_alnum(c)) letters += base::lower(c);
  }
  return letters;
}

bool looks_random(std::string_view value) {
  const auto fits = [](char c) {
    return base::is_alnum(c) || std::string_view("_-+=.~").find(c) != kNowhere;
  };
  return value.size() >= kRandomLength && std::ranges::all_of(value, fits) &&
         std::ranges::any_of(value, base::is_digit) && std::ranges::any_of(value, base::is_letter);
}

bool is_secret(std::string_view value) {
  const auto begins = [&](std::string_view beginning) { return value.starts_with(beginning); };
  return looks_random(value) || (value.size() >= 12 && std::ranges::any_of(kSecretBeginnings, begins));
}

std::string masked_url(std::string_view value, std::size_t scheme) {
  std::string result(value);
  if (const auto query = result.find_first_of("?#", scheme); query != std::string::npos)
    result.replace(query + 1, std::string::npos, kMask);
  const auto host = scheme + 3;
  const auto path = std::min(result.find('/', host), result.size());
  const auto at = result.rfind('@', path);
  if (at == std::string::npos || at < host) return result;
  return result.replace(host, at - host, kMask);
}

/// Where the quoted text that begins at `i` ends, behind its quote; the end of the line when it has no end.
std::size_t quoted_end(std::string_view line, std::size_t i) {
  const char quote = line[i];
  for (auto at = i + 1; at < line.size(); ++at) {
    if (line[at] == '\\' && quote == '"') {
      ++at;
    } else if (line[at] == quote) {
      return at + 1;
    }
  }
  return line.size();
}

/// True when the quoted text that ends at `end` is a key.
bool is_key(std::string_view line, std::size_t end) {
  const auto next = line.find_first_not_of(" \t", end);
  return next != kNowhere && (line[next] == ':' || line[next] == '=' || line[next] == '.');
}

/// The bare key of TOML at the start of a line.
std::string_view bare_key(std::string_view line) {
  const auto equals = line.find('=');
  const auto quote = line.find_first_of("\"'");
  return equals == kNowhere || equals > quote ? std::string_view{} : base::trim(line.substr(0, equals));
}

}  // namespace

bool names_secret(std::string_view name) {
  const auto letters = letters_of(name);
  const auto ends = [&](std::string_view end) { return letters.ends_with(end); };
  if (std::ranges::any_of(kHarmlessEnds, ends)) return false;
  const auto has = [&](std::string_view word) { return letters.find(word) != std::string::npos; };
  return std::ranges::any_of(kSecretWords, has) || letters == "auth" || letters == "pat";
}

std::string masked(std::string_view value) {
  const auto lower = base::lower_ascii(value);
  for (const std::string_view scheme : {"bearer ", "basic ", "pveapitoken="}) {
    if (const auto at = lower.find(scheme); at != std::string::npos)
      return std::string(value.substr(0, at + scheme.size())) + std::string(kMask);
  }
  if (const auto scheme = value.find("://"); scheme != kNowhere) return masked_url(value, scheme);
  if (is_secret(value)) return std::string(kMask);
  const auto mark = value.find_first_of("=:");
  if (mark == kNowhere) return std::string(value);
  const auto rest = value.substr(mark + 1);
  if (!rest.empty() && (names_secret(value.substr(0, mark)) || is_secret(base::trim(rest))))
    return std::string(value.substr(0, mark + 1)) + std::string(kMask);
  return std::string(value);
}

std::string LineMask::mask(std::string_view line) {
  std::string result;
  std::size_t i = 0;
  bool comment = false;
  if (text_ == 0) {
    begin(line);
  } else {
    i = text(line, 0, result);
  }
  while (i < line.size()) {
    comment = comment || line[i] == '#' || line.substr(i).starts_with("//");
    // An apostrophe within a word does not open a text.
    const bool opens = line[i] == '"' || (line[i] == '\'' && (i == 0 || !base::is_alnum(line[i - 1])));
    if (!opens) {
      result += line[i++];
    } else if (!comment && line.substr(i).starts_with(std::string(kQuotes, line[i]))) {
      text_ = line[i];
      result += std::string(kQuotes, text_);
      i = text(line, i + kQuotes, result);
    } else {
      i = quoted(line, i, result);
    }
  }
  const auto trimmed = base::trim(line);
  awaits_value_ = trimmed.ends_with(':') || (awaits_value_ && trimmed.empty());
  return result;
}

/// A line of TOML has a key of its own, or is the header of a table; a value of JSON may follow its key.
void LineMask::begin(std::string_view line) {
  const auto key = bare_key(line);
  const auto trimmed = base::trim(line);
  if (!key.empty()) {
    secret_ = names_secret(key);
  } else if (!awaits_value_ && trimmed.starts_with('[') && trimmed.ends_with(']')) {
    secret_ = false;
  }
}

/// The part of a line that is within a text of several lines.
std::size_t LineMask::text(std::string_view line, std::size_t i, std::string& result) {
  const std::string quotes(kQuotes, text_);
  auto end = i;
  while (end < line.size() && !line.substr(end).starts_with(quotes))
    end += line[end] == '\\' && text_ == '"' ? 2 : 1;
  end = std::min(end, line.size());
  if (end > i) result += kMask;
  if (end == line.size()) return end;
  result += quotes;
  text_ = 0;
  return end + kQuotes;
}

/// A key or a value in quotes.
std::size_t LineMask::quoted(std::string_view line, std::size_t i, std::string& result) {
  const auto end = quoted_end(line, i);
  const auto last = end - i > 1 && line[end - 1] == line[i] ? end - 1 : end;
  const auto value = line.substr(i + 1, last - i - 1);
  result += line[i];
  if (is_key(line, end)) {
    secret_ = names_secret(value);
    result += value;
  } else {
    result += secret_ && !value.empty() ? std::string(kMask) : masked(value);
    // In a list of arguments the value follows its option.
    if (value.starts_with('-')) secret_ = names_secret(value) && value.find('=') == kNowhere;
  }
  if (last != end) result += line[last];
  return end;
}

std::string masked_line(std::string_view line) { return LineMask().mask(line); }

}  // namespace setup
