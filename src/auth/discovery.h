// Fetches an OAuth issuer's metadata and key set.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "auth/location.h"
#include "net/http.h"

namespace auth {

/// A client for one origin.
using ClientFactory = std::function<std::unique_ptr<net::HttpClient>(const net::Url& origin)>;

/// The most bytes of the issuer's metadata or key set; a factory should bound its clients by it.
inline constexpr std::size_t kMaxDocument = std::size_t{256} << 10U;

/// Why a document could not be fetched.
struct Unfetched {
  std::string clause;        ///< "https://… answered 404"
  bool unreachable = false;  ///< there was no answer at all
};

/// GET, without redirects, at most 10 s: nothing but status 200 and a body within kMaxDocument counts.
std::expected<net::Response, Unfetched> get_document(const Location& location, const ClientFactory& clients,
                                                     const std::stop_token& stop);

/// Where the issuer's keys are, by its metadata: RFC 8414, then OpenID Connect, both with the well-known part
/// before the issuer's path, then OpenID Connect with it behind. Metadata whose `issuer` is another one do
/// not count. The keys must be at an https URL; plain http on this machine only when the issuer is there too.
/// The error is a clause.
std::expected<Location, std::string> discover_keys(const std::string& issuer, const ClientFactory& clients,
                                                   const std::stop_token& stop);

/// How long a document may be kept by its Cache-Control: 5 minutes to 24 hours, 1 hour where it does not say.
std::chrono::seconds lifetime_of(const net::Headers& headers);

}  // namespace auth
