// Checks Host and Origin, against DNS rebinding and foreign web pages.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace transport {

class HttpGuard {
 public:
  /// `hosts` are names, with a port or for any; `origins` whole origins.
  HttpGuard(std::vector<std::string> hosts, std::vector<std::string> origins);

  /// The error is a sentence about a Host that is not this server's.
  std::expected<void, std::string> check_host(const net::Headers& headers) const;
  /// The error is a sentence: a page of another origin.
  std::expected<void, std::string> check_origin(const net::Headers& headers) const;
  /// For a browser whose origin passed: what it may read. Empty without an Origin.
  net::Headers cors(const net::Headers& headers) const;

 private:
  bool known_host(std::string_view host) const;

  std::vector<std::string> hosts_;
  std::vector<std::string> origins_;
};

}  // namespace transport
