// Streams and certificates of a server under TLS.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <string>
#include <vector>

#include "net/certificate.h"
#include "net/client.h"
#include "net/stream.h"
#include "serving.h"

namespace {

using namespace std::chrono_literals;
using net::Client;
using net::ClientOptions;
using net::Request;
using net::Responder;
using net::ServerOptions;
using test::Mailbox;
using test::Responders;
using test::serve;

net::Certificate make() {
  const std::vector<std::string> names = {"localhost", "127.0.0.1"};
  return net::make_certificate(names).value();
}

ServerOptions with(const net::Certificate& certificate) {
  ServerOptions options;
  options.certificate_pem = certificate.certificate_pem;
  options.key_pem = certificate.key_pem;
  return options;
}

/// Blocks on a TLS connection that believes everything.
class TlsPeer {
 public:
  explicit TlsPeer(const net::Server& server) : peer_(test::dial(server)) {
    context_ = net::client_context({.verify = false, .ca_file = {}, .fingerprints = {}}).value();
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), peer_.fd());
    EXPECT_EQ(SSL_connect(session_.get()), 1);
  }
  void write(std::string_view text) {
    EXPECT_EQ(SSL_write(session_.get(), text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
  }
  std::string read_until(std::string_view end) {
    std::string text;
    char byte = 0;
    while (!text.ends_with(end) && SSL_read(session_.get(), &byte, 1) == 1) text += byte;
    return text;
  }
  /// In order: close_notify, then the end.
  void close() {
    SSL_shutdown(session_.get());
    peer_.close();
  }
  void reset() { peer_.reset(); }
  std::string fingerprint() const {
    return net::judge(session_.get(), {.verify = false, .ca_file = {}, .fingerprints = {}}).fingerprint;
  }

 private:
  test::Peer peer_;
  net::TlsContext context_;
  std::unique_ptr<SSL, net::FreeSession> session_;
};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(ServerTls, StreamsAndNoticesTheEnd) {
  Responders responders;
  const auto server = serve(with(make()), [&](const Request&, std::shared_ptr<Responder> responder) {
    responders.put(std::move(responder));
  });
  for (const bool reset : {false, true}) {
    TlsPeer peer(*server);
    peer.write(kGet);
    const auto responder = responders.get();
    Mailbox<int> gone;
    responder->on_gone([&] { gone.put(1); });
    responder->begin({200, "OK", {}, "first"});
    EXPECT_TRUE(peer.read_until("first\r\n").ends_with("\r\n\r\n5\r\nfirst\r\n"));
    EXPECT_TRUE(responder->write("second"));
    EXPECT_EQ(peer.read_until("second\r\n"), "6\r\nsecond\r\n");
    reset ? peer.reset() : peer.close();
    gone.get();
  }
}

TEST(ServerTls, LargeBodiesBothWays) {
  ServerOptions options = with(make());
  options.max_body = 4'000'000;
  const auto server = serve(options, [](Request request, const std::shared_ptr<Responder>& responder) {
    responder->answer({200, "OK", {}, std::move(request.body)});
  });
  ClientOptions to;
  to.url = {true, "127.0.0.1", server->port()};
  to.verify = false;
  Client client(to);
  std::string body(3'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  const auto answer = client.send({base::Method::Post, "/", {}, body}, {});
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body, body);
  body.resize(4'000'001);
  const auto refused = client.send({base::Method::Post, "/", {}, body}, {});
  ASSERT_TRUE(refused) << refused.error().detail;
  EXPECT_EQ(refused->status, 413U);
}

TEST(ServerTls, CertificateIsSwappedForNewConnections) {
  const auto old = make();
  const auto fresh = make();
  const auto server = serve(with(old), [](const Request&, const std::shared_ptr<Responder>& responder) {
    responder->answer({200, "OK", {}, "yes"});
  });
  TlsPeer before(*server);
  EXPECT_EQ(before.fingerprint(), net::to_text(old.fingerprint));
  for (const auto& [certificate, key] :
       {std::pair{fresh.certificate_pem, old.key_pem}, std::pair{std::string("nothing"), fresh.key_pem},
        std::pair{fresh.certificate_pem, std::string()}}) {
    const auto used = server->use_certificate(certificate, key);
    ASSERT_FALSE(used);
    EXPECT_FALSE(used.error().empty());
  }
  EXPECT_EQ(TlsPeer(*server).fingerprint(), net::to_text(old.fingerprint));
  ASSERT_TRUE(server->use_certificate(fresh.certificate_pem, fresh.key_pem));
  EXPECT_EQ(TlsPeer(*server).fingerprint(), net::to_text(fresh.fingerprint));
  before.write(kGet);
  EXPECT_TRUE(before.read_until("yes").starts_with("HTTP/1.1 200 OK\r\n"));
  const auto plain = serve({}, [](const Request&, const std::shared_ptr<Responder>&) {});
  EXPECT_FALSE(plain->use_certificate(fresh.certificate_pem, fresh.key_pem));
}

TEST(ServerTls, NewcomersOverTheLimitAreToldSo) {
  Responders responders;
  ServerOptions options = with(make());
  options.max_connections = 1;
  const auto server = serve(options, [&](const Request&, std::shared_ptr<Responder> responder) {
    responders.put(std::move(responder));
  });
  TlsPeer first(*server);
  first.write(kGet);
  const auto pending = responders.get();
  TlsPeer second(*server);
  EXPECT_TRUE(second.read_until("\r\n\r\n").starts_with("HTTP/1.1 503 "));
}

}  // namespace
