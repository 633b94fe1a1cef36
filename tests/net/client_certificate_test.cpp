#include "net/client.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "net/calling.h"

namespace {

using net::Client;
using net::Failure;
using net::ServerOptions;
using test::certificate;
using test::echo;
using test::failure_of;
using test::get;
using test::post;
using test::serve;
using test::to;

TEST(Certificates, WrongPinIsRefusedWithTheFingerprintSeen) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints = {net::Fingerprint{}};
  Client client(options);
  const auto failure = failure_of(client, post("x"));
  EXPECT_KIND(failure, Certificate);
  EXPECT_EQ(failure.fingerprint, net::to_text(certificate().fingerprint));
  EXPECT_TRUE(failure.nothing_sent);
}

TEST(Certificates, OneOfSeveralPins) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints = {net::Fingerprint{}, certificate().fingerprint};
  EXPECT_TRUE(Client(options).send(get(), {}));
}

TEST(Certificates, SelfSignedIsRefused) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints.clear();
  Client client(options);
  const auto failure = failure_of(client, get());
  EXPECT_KIND(failure, Certificate);
  EXPECT_EQ(failure.fingerprint, net::to_text(certificate().fingerprint));
  EXPECT_NE(failure.detail.find("not signed by an authority that this machine trusts"), std::string::npos)
      << failure.detail;
}

TEST(Certificates, AcceptedUnseenWithoutVerification) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints.clear();
  options.verify = false;
  EXPECT_TRUE(Client(options).send(get(), {}));
}

struct CaFile {
  std::string path = testing::TempDir() + "mcp-pve-ca-" + std::to_string(::getpid()) + ".pem";
  CaFile() { std::ofstream(path) << certificate().certificate_pem; }
  ~CaFile() { std::remove(path.c_str()); }
};

TEST(Certificates, OwnAuthority) {
  const CaFile ca;
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints.clear();
  options.ca_file = ca.path;
  EXPECT_TRUE(Client(options).send(get(), {}));
  options.url.host = "localhost";
  options.lookup = [](const std::string&) { return net::Addresses(std::vector<std::string>{"127.0.0.1"}); };
  EXPECT_TRUE(Client(options).send(get(), {}));
}

TEST(Certificates, NameMustMatch) {
  const CaFile ca;
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints.clear();
  options.ca_file = ca.path;
  options.lookup = [](const std::string&) { return net::Addresses(std::vector<std::string>{"127.0.0.1"}); };
  options.url.host = "other.test";
  Client client(options);
  const auto failure = failure_of(client, get());
  EXPECT_KIND(failure, Certificate);
  EXPECT_NE(failure.detail.find("another host"), std::string::npos) << failure.detail;
  options.url.host = "pve.test";
  EXPECT_TRUE(Client(options).send(get(), {}));
}

TEST(Certificates, AddressMustMatch) {
  const CaFile ca;
  ServerOptions listen = net::pveproxy_options();
  listen.address = "127.0.0.2";
  const auto server = serve(echo, listen);
  auto options = to(server->port());
  options.fingerprints.clear();
  options.ca_file = ca.path;
  options.url.host = "127.0.0.2";
  Client client(options);
  EXPECT_KIND(failure_of(client, get()), Certificate);
}

TEST(Certificates, UnreadableCaFile) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints.clear();
  options.ca_file = "/nonexistent/ca.pem";
  Client client(options);
  const auto failure = failure_of(client, get());
  EXPECT_KIND(failure, Tls);
  EXPECT_NE(failure.detail.find("/nonexistent/ca.pem"), std::string::npos) << failure.detail;
}

TEST(Certificates, ProbeTellsTheFingerprint) {
  const auto server = serve(echo);
  Client good(to(server->port()));
  EXPECT_EQ(good.probe({}).value(), net::to_text(certificate().fingerprint));
  auto options = to(server->port());
  options.fingerprints.clear();
  EXPECT_EQ(Client(options).probe({}).error().fingerprint, net::to_text(certificate().fingerprint));
}

TEST(Certificates, InspectTellsWhatTheCertificateSays) {
  const auto server = serve(echo);
  const auto facts = Client(to(server->port())).inspect({}).value();
  EXPECT_EQ(facts.fingerprint, net::to_text(certificate().fingerprint));
  EXPECT_EQ(facts.subject, "CN = localhost");
  EXPECT_EQ(facts.issuer, "CN = localhost");
  EXPECT_EQ(facts.names, (std::vector<std::string>{"localhost", "127.0.0.1", "pve.test"}));
  EXPECT_EQ(facts.until - facts.from, (3650 * 24 + 1) * 3600);
  const auto plain = serve(echo, net::pveproxy_options(), false);
  EXPECT_EQ(Client(to(plain->port(), false)).inspect({}).value().fingerprint, "");
}

TEST(Certificates, AWrongPinNamesBothFingerprints) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints = {net::Fingerprint{}};
  const auto failure = Client(options).probe({}).error();
  EXPECT_EQ(failure.fingerprint, net::to_text(certificate().fingerprint));
  EXPECT_NE(failure.detail.find("differs from the pinned one, " + net::to_text(net::Fingerprint{})),
            std::string::npos)
      << failure.detail;
}

TEST(Certificates, PlainServerOnATlsPort) {
  const auto server = serve(echo, net::pveproxy_options(), false);
  Client client(to(server->port()));
  const auto failure = failure_of(client, get());
  EXPECT_KIND(failure, Tls);
  EXPECT_TRUE(failure.nothing_sent);
}

TEST(Certificates, PlainRequestToATlsPortIsRedirected) {
  const auto server = serve(echo);
  Client client(to(server->port(), false));
  const auto moved = client.send(get("/x"), {});
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->status, 301U);
  EXPECT_EQ(net::find_header(moved->headers, "Location"),
            "https://127.0.0.1:" + std::to_string(server->port()) + "/x");
  EXPECT_EQ(client.send(post("x"), {})->status, 308U);
}

}  // namespace
