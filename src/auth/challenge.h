// The refusals that an HTTP endpoint sends to callers that it does not accept (RFC 6750, RFC 9728, MCP's
// authorization chapter), and where the token of a request is.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "auth/location.h"
#include "auth/principal.h"
#include "net/http.h"

namespace auth {

/// Builds the refusals of one endpoint.
class Challenges {
 public:
  /// `metadata_url` is announced as resource_metadata; empty without OAuth.
  explicit Challenges(std::string metadata_url) : metadata_url_(std::move(metadata_url)) {}

  /// 401 to a request without a token: no error code, as RFC 6750 asks.
  Denied no_token() const;
  /// 401 for an invalid token. `why` is a sentence without the token.
  Denied invalid_token(std::string_view why) const;
  /// 400 to a request that is not well-formed.
  Denied invalid_request(std::string_view why) const;
  /// 403: valid, but `needed` are the scopes that it takes, all of them.
  Denied insufficient_scope(std::span<const std::string_view> needed, std::string_view why) const;
  /// 503: the server cannot tell now whether the token is valid.
  static Denied unavailable(std::string_view why);

 private:
  std::string challenge(std::string_view error, std::span<const std::string_view> scopes,
                        std::string_view why) const;

  std::string metadata_url_;
};

/// The token of `Authorization: Bearer TOKEN`; "" when no Authorization header or one of another scheme is
/// there. The error says what is wrong with the header: given twice, no token, characters that no token has.
/// Tokens in the query or in the body are ignored.
std::expected<std::string_view, std::string> bearer_token(const net::Headers& headers);

/// Where the metadata of RFC 9728 are served: the root's path, and the one with the resource's path behind it
/// (the one that challenges announce). Both are the same when the resource has no path. `local` has the path
/// of our own endpoint, for a proxy that takes another one away.
struct MetadataPaths {
  std::string root;
  std::string inserted;
  std::string local;
};
MetadataPaths metadata_paths(const Location& resource);

/// The metadata of RFC 9728 as JSON. `issuer` stands there as it is written in tokens.
std::string protected_resource_metadata(const Location& resource, std::string_view issuer,
                                        std::span<const std::string_view> scopes);

}  // namespace auth
