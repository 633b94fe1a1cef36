// The URL of an issuer, of its keys, or of our own endpoint.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "net/url.h"

namespace auth {

struct Location {
  net::Url origin;
  std::string path;   ///< "" or "/…" without a slash at its end
  std::string query;  ///< without '?'

  /// scheme://host[:port] in lower case; the port only where it is not the scheme's own.
  std::string origin_text() const;
  /// The canonical form of RFC 9728 and RFC 8707: origin and path, neither query nor trailing slash.
  std::string text() const;
  /// What a request asks for: path (at least "/") and query.
  std::string target() const;
  /// https, or plain http to this very machine.
  bool is_safe() const;
};

/// Needs a scheme (https or http); printable ASCII, at most 2048 bytes, no fragment, no user name. The error
/// is a clause that follows "the URL": "has a fragment".
std::expected<Location, std::string> parse_location(std::string_view text);

}  // namespace auth
