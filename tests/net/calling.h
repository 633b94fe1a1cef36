// A client under test and a server for it.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "net/client.h"
#include "net/server.h"

namespace test {

inline const net::Certificate& certificate() {
  static const net::Certificate made = [] {
    const std::array<std::string, 3> names = {"localhost", "127.0.0.1", "pve.test"};
    return net::make_certificate(names).value();
  }();
  return made;
}

inline net::Response ok(std::string body) { return {200, "OK", {}, std::move(body)}; }

inline net::ServerReply echo(const net::Request& request) {
  return {ok(std::string(base::name(request.method)) + " " + request.target + " " + request.body),
          std::chrono::milliseconds{0}, false};
}

inline std::unique_ptr<net::Server> serve(net::Handler handler,
                                          net::ServerOptions options = net::pveproxy_options(),
                                          bool tls = true) {
  if (tls) {
    options.certificate_pem = certificate().certificate_pem;
    options.key_pem = certificate().key_pem;
  }
  auto server = net::Server::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server) << server.error();
  return std::move(*server);
}

inline net::ClientOptions to(std::uint16_t port, bool tls = true) {
  net::ClientOptions options;
  options.url = {tls, "127.0.0.1", port};
  if (tls) options.fingerprints = {certificate().fingerprint};
  return options;
}

inline net::Request get(std::string target = "/") { return {base::Method::Get, std::move(target), {}, {}}; }
inline net::Request post(std::string body) { return {base::Method::Post, "/p", {}, std::move(body)}; }

inline std::string kind_name(net::Failure::Kind kind) { return std::to_string(static_cast<int>(kind)); }

/// The failure of a request that must fail.
inline net::Failure failure_of(net::Client& client, const net::Request& request,
                               net::SendOptions options = {}) {
  const auto result = client.send(request, options);
  EXPECT_FALSE(result) << result->status << " " << result->body;
  return result ? net::Failure{} : result.error();
}

#define EXPECT_KIND(failure, expected)                    \
  EXPECT_EQ((failure).kind, net::Failure::Kind::expected) \
      << test::kind_name((failure).kind) << " " << (failure).detail

}  // namespace test
