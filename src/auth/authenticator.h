// Who sends an HTTP request: static tokens, and access tokens of one OAuth issuer.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "auth/challenge.h"
#include "auth/key_source.h"
#include "auth/location.h"
#include "auth/principal.h"
#include "auth/token_file.h"
#include "base/clock.h"
#include "net/http.h"

namespace auth {

struct Options {
  /// The public URL of the endpoint: what access tokens must be for. Static tokens need none.
  std::string resource;
  std::string token_file;  ///< empty: no static tokens
  std::string issuer;      ///< exactly as its tokens name it; empty: no OAuth
  std::string jwks_url;    ///< empty: the issuer's metadata name it
  Words words;
  /// Index in Words::tiers of what the server itself allows; the metadata name no scope above it.
  std::size_t highest_tier = 2;
  /// What access tokens may be for beside `resource`, compared as they are but for a slash at their end.
  std::vector<std::string> audiences{};
};

/// Safe to use from several threads.
class Authenticator {
 public:
  /// Reads the file of tokens; asks nothing of the network. The error is a sentence that stops the start.
  /// `clock` must outlive it. One of token_file and issuer must be set.
  static std::expected<std::unique_ptr<Authenticator>, std::string> open(Options options,
                                                                         ClientFactory clients,
                                                                         const base::Clock& clock);

  /// Looks at the Authorization header alone. May fetch the issuer's keys; a stop request ends that wait with
  /// a 503 which nobody needs to read.
  std::expected<Principal, Denied> check(const net::Headers& headers, const std::stop_token& stop);

  /// Reads the file of tokens again; false when there is none. When that fails the old tokens stay and the
  /// error is a sentence that says so.
  std::expected<bool, std::string> reload();

  /// The 403 to a caller whose scopes do not reach the tier with this index: names every scope up to it.
  Denied insufficient_scope(std::size_t tier) const;

  /// The document of RFC 9728; nothing without OAuth.
  std::optional<std::string> metadata() const;
  /// Where that document is served.
  MetadataPaths paths() const { return metadata_paths(resource_); }

 private:
  Authenticator(Options options, Location resource);

  std::expected<Principal, Denied> check_jwt(std::string_view token, const std::stop_token& stop);
  std::shared_ptr<const TokenSet> tokens() const;

  Options options_;
  Location resource_;
  Challenges challenges_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TokenSet> tokens_;
  const base::Clock* clock_ = nullptr;
  std::string issuer_host_;
  std::unique_ptr<KeySource> keys_;
};

}  // namespace auth
