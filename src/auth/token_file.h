// Static bearer tokens: a TOML file that holds their hashes, and new ones for it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.h"
#include "base/digest.h"

namespace auth {

/// One [[token]] of the file.
struct StoredToken {
  std::string name;  ///< 1 to 64 letters, digits, '.', '_', '-'
  base::Digest digest{};
  std::optional<std::string> tier;
  std::optional<std::vector<std::string>> categories;
  std::optional<std::vector<std::string>> scope{};  ///< as Principal::scope
};

/// The tokens of a file. The file stores the SHA-256 of each token. Tokens are 256 random bits and cannot be
/// guessed, so a slow, salted hash would add no protection.
class TokenSet {
 public:
  explicit TokenSet(std::vector<StoredToken> tokens) : tokens_(std::move(tokens)) {}

  /// Compares with every entry in constant time, also after a match.
  const StoredToken* find(std::string_view token) const;
  std::size_t size() const { return tokens_.size(); }

 private:
  std::vector<StoredToken> tokens_;
};

/// Reads `[[token]]` tables with `name`, `sha256`, and optionally `tier`, `categories` and `scope`. Anything
/// else in the file is an error: a sentence with `path`, line and entry.
std::expected<TokenSet, std::string> parse_tokens(const std::string& text, const std::string& path,
                                                  const Words& words);

/// The names of all `[[token]]` tables, whatever else the text holds and however it is written. The error is
/// a sentence with `path`: the text is not TOML.
std::expected<std::vector<std::string>, std::string> token_names(const std::string& text,
                                                                 const std::string& path);

/// Reads the file, at most 1 MiB. One that others can write (group or world) is refused.
std::expected<TokenSet, std::string> load_tokens(const std::string& path, const Words& words);

/// A token that was just made and is stored nowhere.
struct NewToken {
  std::string token;  ///< "pve_" and 43 characters: 256 random bits
  std::string entry;  ///< the lines for the file, without the token
};

/// What a new token may do; absent: what the server allows.
struct TokenRights {
  std::optional<std::string> tier{};
  std::optional<std::vector<std::string>> categories{};
  std::optional<std::vector<std::string>> scope{};  ///< terms
};

/// Checks name and words as the file's reader does. Fails also when there is no randomness.
std::expected<NewToken, std::string> make_token(std::string_view name, const TokenRights& rights,
                                                const Words& words);

}  // namespace auth
