#include "auth/token_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "base/toml.h"

namespace auth {
namespace {

constexpr std::size_t kMaxFile = std::size_t{1} << 20U;
constexpr std::size_t kMaxName = 64;
constexpr std::string_view kPrefix = "pve_";

std::optional<std::string> name_misfit(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= kMaxName && std::ranges::all_of(name, [](char c) {
    return base::is_alnum(c) || c == '.' || c == '_' || c == '-';
  });
  if (fits) return std::nullopt;
  return "name is \"" + base::printable(name, 80) +
         "\", but must be 1 to 64 letters, digits, dots, hyphens or underscores";
}

std::optional<std::string> word_misfit(std::string_view key, std::string_view word,
                                       std::span<const std::string_view> words) {
  if (std::ranges::find(words, word) != words.end()) return std::nullopt;
  return std::string(key) + " is \"" + base::printable(word, 80) + "\", but must be one of " +
         base::join(words, ", ");
}

std::optional<std::string> words_misfit(const StoredToken& token, const Words& words) {
  if (token.tier) {
    if (auto misfit = word_misfit("tier", *token.tier, words.tiers)) return misfit;
  }
  if (token.categories && token.categories->empty())
    return "categories is an empty list; name one or leave it out for all";
  for (const auto& category : token.categories.value_or(std::vector<std::string>{})) {
    if (auto misfit = word_misfit("categories", category, words.categories)) return misfit;
  }
  if (!token.scope) return std::nullopt;
  if (token.scope->empty()) return "scope is an empty list; name a term or leave it out for all guests";
  const auto misfit = words.scope_misfit ? words.scope_misfit(*token.scope) : std::nullopt;
  return misfit ? std::optional("scope: " + *misfit) : std::nullopt;
}

std::expected<std::vector<std::string>, std::string> strings_of(std::string_view key,
                                                                const toml::node& node) {
  const auto* list = node.as_array();
  if (list == nullptr) return std::unexpected(std::string(key) + " must be a list of strings");
  std::vector<std::string> words;
  for (const auto& item : *list) {
    const auto* text = item.as_string();
    if (text == nullptr) return std::unexpected(std::string(key) + " must be a list of strings");
    words.push_back(text->get());
  }
  return words;
}

// The error is a clause that may name a value, never a digest: it may be a token put there by mistake.
std::optional<std::string> take(std::string_view key, const toml::node& node, StoredToken& token) {
  if (key == "categories" || key == "scope") {
    auto words = strings_of(key, node);
    if (!words) return words.error();
    (key == "scope" ? token.scope : token.categories) = std::move(*words);
    return std::nullopt;
  }
  const auto* text = node.as_string();
  if (key != "name" && key != "sha256" && key != "tier")
    return "\"" + base::printable(key, 40) +
           "\" is not a key; valid are name, sha256, tier, categories, scope";
  if (text == nullptr) return std::string(key) + " must be a string";
  if (key == "name") {
    token.name = text->get();
    return name_misfit(token.name);
  }
  if (key == "tier") {
    token.tier = text->get();
    return std::nullopt;
  }
  const auto digest = base::digest_from_hex(text->get());
  if (!digest) return "sha256 must be 64 hexadecimal digits, the hash of a token (its value is not shown)";
  token.digest = *digest;
  return std::nullopt;
}

std::expected<StoredToken, std::string> token_of(const toml::table& table, const Words& words) {
  StoredToken token;
  for (const auto& [key, node] : table) {
    if (auto error = take(key.str(), node, token)) return std::unexpected(*error);
  }
  if (!table.contains("name")) return std::unexpected("name is missing");
  if (!table.contains("sha256"))
    return std::unexpected("sha256 is missing; \"mcp-pve token NAME\" makes a token and its lines");
  if (auto misfit = words_misfit(token, words)) return std::unexpected(*misfit);
  return token;
}

std::optional<std::string> repeated(const std::vector<StoredToken>& tokens, const StoredToken& token) {
  for (const auto& other : tokens) {
    if (other.name == token.name) return "the name \"" + token.name + "\" appears twice";
    if (other.digest == token.digest) return "it has the same sha256 as \"" + other.name + "\"";
  }
  return std::nullopt;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

/// A basic string of TOML. The text holds no control characters: neither names nor terms may.
std::string in_quotes(std::string_view text) {
  std::string escaped = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped + "\"";
}

std::string entry_of(const StoredToken& token) {
  std::string text = "[[token]]\nname = " + in_quotes(token.name) +
                     "\nsha256 = " + in_quotes(base::to_hex(token.digest)) + "\n";
  if (token.tier) text += "tier = " + in_quotes(*token.tier) + "\n";
  for (const auto& [key, words] : {std::pair("categories", &token.categories), {"scope", &token.scope}}) {
    if (!*words) continue;
    std::string list;
    for (const auto& word : **words) list += (list.empty() ? "" : ", ") + in_quotes(word);
    text += std::string(key) + " = [" + list + "]\n";
  }
  return text;
}

std::string line_of(std::size_t line, const std::string& path) {
  return "Line " + std::to_string(line) + " of " + base::printable(path);
}

std::expected<toml::table, std::string> table_of(const std::string& text, const std::string& path) {
  auto parsed = base::parse_toml(text);
  if (parsed) return *std::move(parsed);
  const auto& fault = parsed.error();
  if (fault.line == 0) return std::unexpected(base::printable(path) + " is not a text file.");
  return std::unexpected(line_of(fault.line, path) + " is not valid TOML: " + fault.reason + ".");
}

}  // namespace

const StoredToken* TokenSet::find(std::string_view token) const {
  const auto digest = base::sha256(token);
  const StoredToken* found = nullptr;
  for (const auto& entry : tokens_) {
    if (base::equal_in_constant_time(entry.digest, digest)) found = &entry;
  }
  return found;
}

std::expected<std::vector<std::string>, std::string> token_names(const std::string& text,
                                                                 const std::string& path) {
  const auto parsed = table_of(text, path);
  if (!parsed) return std::unexpected(parsed.error());
  std::vector<std::string> names;
  const auto* entries = parsed->get_as<toml::array>("token");
  if (entries == nullptr) return names;
  for (const auto& entry : *entries) {
    const auto* table = entry.as_table();
    const auto* name = table == nullptr ? nullptr : table->get_as<std::string>("name");
    if (name != nullptr) names.push_back(name->get());
  }
  return names;
}

std::expected<TokenSet, std::string> parse_tokens(const std::string& text, const std::string& path,
                                                  const Words& words) {
  const auto parsed = table_of(text, path);
  if (!parsed) return std::unexpected(parsed.error());
  const auto where = [&](const toml::node& node) { return line_of(node.source().begin.line, path); };
  std::vector<StoredToken> tokens;
  for (const auto& [key, node] : *parsed) {
    const auto* entries = node.as_array();
    if (key.str() != "token" || entries == nullptr || !entries->is_array_of_tables())
      return std::unexpected(where(node) + " has \"" + base::printable(key.str(), 40) +
                             "\", but only [[token]] tables are allowed.");
    for (const auto& entry : *entries) {
      const std::string place = where(entry) + ", token " + std::to_string(tokens.size() + 1) + ": ";
      auto token = token_of(*entry.as_table(), words);
      if (!token) return std::unexpected(place + token.error() + ".");
      if (auto error = repeated(tokens, *token)) return std::unexpected(place + *error + ".");
      tokens.push_back(std::move(*token));
    }
  }
  if (tokens.empty())
    return std::unexpected(base::printable(path) +
                           " holds no token; \"mcp-pve token NAME\" makes one and its lines.");
  return TokenSet(std::move(tokens));
}

std::expected<TokenSet, std::string> load_tokens(const std::string& path, const Words& words) {
  const std::string name = "The token file \"" + base::printable(path) + "\" ";
  // O_NONBLOCK: a named pipe must not hold the start.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0)
    return std::unexpected(name + "cannot be opened: " + std::generic_category().message(errno) +
                           "; \"mcp-pve token NAME\" makes a token and its lines.");
  struct stat status{};
  if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
    return std::unexpected(name + "is not a regular file.");
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return std::unexpected(name +
                           "can be written by other users, who could add tokens of their own; chmod 600 it.");
  const auto text = base::read_all(file.number(), kMaxFile);
  if (!text && text.error() == EFBIG) return std::unexpected(name + "is larger than 1 MiB.");
  if (!text)
    return std::unexpected(name + "cannot be read: " + std::generic_category().message(text.error()) + ".");
  return parse_tokens(*text, path, words);
}

std::expected<NewToken, std::string> make_token(std::string_view name, const TokenRights& rights,
                                                const Words& words) {
  StoredToken stored{std::string(name), {}, rights.tier, rights.categories, rights.scope};
  if (auto misfit = name_misfit(name)) return std::unexpected("The token's " + *misfit + ".");
  if (auto misfit = words_misfit(stored, words)) return std::unexpected("The token's " + *misfit + ".");
  const auto token = std::string(kPrefix) + base::base64url(base::random_bytes(32));
  stored.digest = base::sha256(token);
  return NewToken{token, entry_of(stored)};
}

}  // namespace auth
