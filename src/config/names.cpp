#include "config/names.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/edit_distance.h"
#include "base/text.h"

namespace config {
namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kNear = 2;

struct Alias {
  std::string_view words;  ///< as in a variable, without PVE_
  std::string_view variable;
};

// Names that people and other programs use for a setting and that share no word with it.
constexpr auto kAliases = std::to_array<Alias>({
    {"URL", "PVE_BASE_URL"},
    {"API_URL", "PVE_BASE_URL"},
    {"API", "PVE_BASE_URL"},
    {"HOST", "PVE_BASE_URL"},
    {"HOSTS", "PVE_BASE_URL"},
    {"HOSTNAME", "PVE_BASE_URL"},
    {"SERVER", "PVE_BASE_URL"},
    {"ADDRESS", "PVE_BASE_URL"},
    {"ENDPOINT", "PVE_BASE_URL"},
    {"PORT", "PVE_BASE_URL"},
    {"TOKEN_NAME", "PVE_TOKEN_ID"},
    {"SECRET", "PVE_TOKEN_SECRET"},
    {"TOKEN_VALUE", "PVE_TOKEN_SECRET"},
    {"TOKEN_KEY", "PVE_TOKEN_SECRET"},
    {"API_KEY", "PVE_TOKEN_SECRET"},
    {"API_SECRET", "PVE_TOKEN_SECRET"},
    {"API_TOKEN", "PROXMOX_VE_API_TOKEN"},
    {"READ_ONLY", "PVE_ACCESS_TIER"},
    {"READONLY", "PVE_ACCESS_TIER"},
    {"MODE", "PVE_ACCESS_TIER"},
    {"ACCESS_LEVEL", "PVE_ACCESS_TIER"},
    {"ACCESS_MODE", "PVE_ACCESS_TIER"},
    {"CATEGORY", "PVE_CATEGORIES"},
    {"TOOLS", "PVE_CATEGORIES"},
    {"TOOLSETS", "PVE_CATEGORIES"},
    {"ALLOWED_TOOLS", "PVE_TOOLS_ALLOW"},
    {"ENABLED_TOOLS", "PVE_TOOLS_ALLOW"},
    {"INCLUDE_TOOLS", "PVE_TOOLS_ALLOW"},
    {"ALLOWLIST", "PVE_TOOLS_ALLOW"},
    {"TOOL_ALLOWLIST", "PVE_TOOLS_ALLOW"},
    {"TOOLS_ALLOWLIST", "PVE_TOOLS_ALLOW"},
    {"WHITELIST", "PVE_TOOLS_ALLOW"},
    {"TOOL_WHITELIST", "PVE_TOOLS_ALLOW"},
    {"TOOLS_WHITELIST", "PVE_TOOLS_ALLOW"},
    {"DENIED_TOOLS", "PVE_TOOLS_DENY"},
    {"TOOLS_DENIED", "PVE_TOOLS_DENY"},
    {"DISABLED_TOOLS", "PVE_TOOLS_DENY"},
    {"EXCLUDE_TOOLS", "PVE_TOOLS_DENY"},
    {"DENYLIST", "PVE_TOOLS_DENY"},
    {"TOOL_DENYLIST", "PVE_TOOLS_DENY"},
    {"TOOLS_DENYLIST", "PVE_TOOLS_DENY"},
    {"BLACKLIST", "PVE_TOOLS_DENY"},
    {"TOOL_BLACKLIST", "PVE_TOOLS_DENY"},
    {"TOOLS_BLACKLIST", "PVE_TOOLS_DENY"},
    {"INSECURE", "PVE_VERIFY_SSL"},
    {"TLS_INSECURE", "PVE_VERIFY_SSL"},
    {"VERIFY_TLS", "PVE_VERIFY_SSL"},
    {"TLS_VERIFY", "PVE_VERIFY_SSL"},
    {"VERIFY_CERT", "PVE_VERIFY_SSL"},
    {"CA", "PVE_CA_FILE"},
    {"CA_CERT", "PVE_CA_FILE"},
    {"CACERT", "PVE_CA_FILE"},
    {"CA_BUNDLE", "PVE_CA_FILE"},
    {"SSL_FINGERPRINT", "PVE_FINGERPRINT"},
    {"TLS_FINGERPRINT", "PVE_FINGERPRINT"},
    {"CERT_FINGERPRINT", "PVE_FINGERPRINT"},
    {"HTTP_LISTEN", "PVE_HTTP"},
    {"LISTEN", "PVE_HTTP"},
    {"STATE_FOLDER", "PVE_STATE_DIR"},
    {"STATE_DIRECTORY", "PVE_STATE_DIR"},
    {"STATE_HOME", "PVE_STATE_DIR"},
    {"DEBUG", "DEBUG"},
    {"LOG_LEVEL", "DEBUG"},
    {"SIMULATOR", "PVE_SIMULATE"},
});

std::string_view spelled(const Setting& row, Place place) {
  return place == Place::Variable ? row.variable : place == Place::Flag ? row.flag : row.key;
}

/// The words of a name in lower case, without the prefixes "PVE_" and "--".
std::vector<std::string> words_of(std::string_view name) {
  auto text = base::lower_ascii(name);
  std::ranges::replace_if(text, [](char c) { return c == '.' || c == '-'; }, '_');
  std::vector<std::string> words;
  for (const auto word : base::split(text, '_')) {
    if (!word.empty()) words.emplace_back(word);
  }
  if (!words.empty() && words.front() == "pve") words.erase(words.begin());
  return words;
}

bool holds_all(const std::vector<std::string>& words, const std::vector<std::string>& some) {
  return std::ranges::all_of(some,
                             [&](const auto& word) { return std::ranges::find(words, word) != words.end(); });
}

/// The words of all spellings, so that what is right in one place is understood in another. The sections of
/// the file alone name no setting.
std::vector<std::string> all_words(const Setting& row, Place place) {
  auto words = words_of(row.variable);
  const auto add = [&](std::string_view name) {
    for (auto& word : words_of(name)) words.push_back(std::move(word));
  };
  add(row.flag);
  if (place == Place::Key) add(row.key);
  return words;
}

const Setting* by_alias(const std::vector<std::string>& words, Place place) {
  for (const auto& alias : kAliases) {
    if (words_of(alias.words) != words) continue;
    const auto row = std::ranges::find(table(), alias.variable, &Setting::variable);
    if (row != table().end() && !spelled(*row, place).empty()) return &*row;
  }
  return nullptr;
}

const Setting* by_letters(std::string_view name, Place place) {
  const Setting* best = nullptr;
  auto least = kNear + 1;
  for (const auto& row : table()) {
    const auto own = spelled(row, place);
    if (own.empty()) continue;
    const auto distance = base::edit_distance(base::lower_ascii(name), base::lower_ascii(own));
    if (distance >= least) continue;
    best = &row;
    least = distance;
  }
  return best;
}

// If several match, the one with the fewest other words: PVE_TOKEN_SECRET rather than PVE_TOKEN_SECRET_FILE.
const Setting* by_words(const std::vector<std::string>& words, Place place) {
  const Setting* best = nullptr;
  std::size_t least = 0;
  for (const auto& row : table()) {
    if (spelled(row, place).empty()) continue;
    const auto own = words_of(row.variable);
    const bool some = holds_all(all_words(row, place), words);
    const bool more = own.size() > 1 && holds_all(words, own);
    if ((!some && !more) || (best != nullptr && own.size() >= least)) continue;
    best = &row;
    least = own.size();
  }
  return best;
}

bool is_known(std::string_view variable) {
  return std::ranges::any_of(table(), [&](const Setting& row) {
    return row.variable == variable || (!row.alias.empty() && row.alias == variable);
  });
}

std::string_view last_part(std::string_view key) {
  const auto dot = key.rfind('.');
  return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

/// "access_tier belongs above the first [section]".
std::string place_of(std::string_view key) {
  const auto dot = key.rfind('.');
  const auto place = dot == std::string_view::npos ? std::string("above the first [section]")
                                                   : "below [" + std::string(key.substr(0, dot)) + "]";
  return std::string(last_part(key)) + " belongs " + place;
}

/// The setting of this last part in another section; null when none or several have it.
const Setting* misplaced(std::string_view key) {
  const Setting* found = nullptr;
  for (const auto& row : table()) {
    if (row.key.empty() || last_part(row.key) != last_part(key)) continue;
    if (found != nullptr) return nullptr;
    found = &row;
  }
  return found;
}

}  // namespace

const Setting* meant_by(std::string_view name, Place place) {
  if (name.size() > kLongestName) return nullptr;
  auto words = words_of(name);
  if (words.empty()) return nullptr;
  if (const auto* row = by_letters(name, place)) return row;
  // The name of a section says nothing about the key in it.
  if (place == Place::Key && words.size() > 1 && words.front() == "cluster") words.erase(words.begin());
  if (const auto* row = by_alias(words, place)) return row;
  return by_words(words, place);
}

std::expected<std::optional<std::string>, std::string> check_variables(
    std::span<const std::string_view> environment) {
  constexpr std::size_t kMostNamed = 5;
  std::vector<std::string> strangers;
  for (const auto entry : environment) {
    const auto equals = entry.find('=');
    const auto name = entry.substr(0, equals);
    const bool is_set = equals != std::string_view::npos && equals + 1 < entry.size();
    if (!is_set || base::lower_ascii(name.substr(0, 4)) != "pve_" || is_known(name)) continue;
    if (const auto* row = meant_by(name, Place::Variable)) {
      return std::unexpected(base::printable(name, 80) + " is not a setting; did you mean " +
                             std::string(row->variable) +
                             "? If another program uses it, unset it for mcp-pve.");
    }
    if (name.starts_with("PVE_")) strangers.push_back(base::printable(name, 80));
  }
  if (strangers.empty()) return std::nullopt;
  const auto rest = strangers.size() > kMostNamed ? strangers.size() - kMostNamed : 0;
  strangers.resize(strangers.size() - rest);
  const std::vector<std::string_view> named(strangers.begin(), strangers.end());
  std::string text = base::join(named, ", ");
  if (rest > 0) text += " and " + std::to_string(rest) + " more";
  return text + (named.size() == 1 ? " is not a setting and has no effect."
                                   : " are not settings and have no effect.");
}

std::string unknown_key(const TomlEntry& entry, const std::string& path) {
  const auto key = base::printable(entry.key, 80);
  std::string sentence = "\"" + key + "\" in line " + std::to_string(entry.line) + " of " + path;
  const auto* row = meant_by(entry.key, Place::Key);
  if (row == nullptr) row = misplaced(entry.key);
  if (row != nullptr && last_part(row->key) == last_part(entry.key))
    return sentence + " is in the wrong place; " + place_of(row->key) + ".";
  sentence += " is not a setting; ";
  if (row != nullptr) return sentence + "did you mean \"" + std::string(row->key) + "\"?";
  std::vector<std::string_view> keys;
  for (const auto& setting : table()) {
    if (!setting.key.empty()) keys.push_back(setting.key);
  }
  return sentence + "valid are " + base::join(keys, ", ") + ".";
}

}  // namespace config
