// The end of a server, and its certificate.
#include <atomic>

#include "net/certificate.h"
#include "net/client.h"
#include "transport/http/fixture.h"

namespace test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class HttpLifeTest : public HttpTest {};

TEST_F(HttpLifeTest, CallsInFlightAreAnswered) {
  start();
  const auto port = http->port();
  Visitor visitor(port);
  visitor.send("POST", "/mcp", modern_headers("tools/call", "block"), modern_call("block", "7"));
  tools.entered.acquire();
  std::thread ending([this] { end(); });
  const auto deadline = std::chrono::steady_clock::now() + kForever;
  while (std::chrono::steady_clock::now() < deadline) {
    const int fd = dial(port);
    if (fd < 0) break;
    ::close(fd);
  }
  tools.release.release();
  EXPECT_THAT(visitor.answer().body, HasSubstr("released"));
  ending.join();
  EXPECT_EQ(exit_code, 0);
}

TEST_F(HttpLifeTest, TheRestIsCancelledAndAnswered) {
  HttpOptions options;
  options.drain = milliseconds(1);
  start(options);
  const auto session = open_session();
  Visitor modern_one(http->port());
  modern_one.send("POST", "/mcp", modern_headers("tools/call", "block"), modern_call("block", "7"));
  Visitor legacy_one(http->port());
  legacy_one.send("POST", "/mcp", in_session(session), legacy_call("block", "7"));
  tools.entered.acquire();
  tools.entered.acquire();
  end();
  tools.stopped.acquire();
  tools.stopped.acquire();
  EXPECT_EQ(modern_one.answer().status, 200U);
  EXPECT_EQ(legacy_one.answer().status, 200U);
}

/// Tells of the end of the thread that has one.
struct OfThread {
  ~OfThread() { gone->release(); }
  Gate* gone;
};

TEST_F(HttpLifeTest, CallsWhoseClientIsGoneEndToo) {
  std::atomic<bool> ended = false;
  Gate gone;
  tools.more["slow"] = [&](const mcp::Call& call) {
    [[maybe_unused]] thread_local const OfThread own{&gone};
    call.progress.report(1, 2, "begun");
    tools.release.acquire(call.stop);
    ended = true;
    return text_result("");
  };
  HttpOptions options;
  options.drain = milliseconds(1);
  start(options);
  const auto session = open_session();
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(session), legacy_call("slow", "7", true));
  visitor.head();
  visitor.event();
  visitor.event();
  visitor.close();
  end();
  EXPECT_TRUE(ended) << "what it uses goes after the server";
  http.reset();
  gone.acquire();
}

TEST_F(HttpLifeTest, CallsOfAServerThatGoesUndrainedEndToo) {
  std::atomic<bool> ended = false;
  tools.more["slow"] = [&](const mcp::Call& call) {
    tools.entered.release();
    tools.release.acquire(call.stop);
    ended = true;
    return text_result("");
  };
  HttpOptions options;
  options.port = 0;
  options.unwind = kForever;
  http = HttpServer::start(all, options).value();
  const auto session = open_session();
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(session), legacy_call("slow", "7"));
  tools.entered.acquire();
  http.reset();
  EXPECT_TRUE(ended) << "what it uses goes after the server";
}

TEST_F(HttpLifeTest, AnotherCertificate) {
  const std::vector<std::string> names{"localhost", "127.0.0.1"};
  const auto one = net::make_certificate(names).value();
  const auto two = net::make_certificate(names).value();
  HttpOptions options;
  options.certificate_pem = one.certificate_pem;
  options.key_pem = one.key_pem;
  start(options);
  const auto shown = [&] {
    net::ClientOptions client;
    client.url = net::parse_url("https://127.0.0.1:" + std::to_string(http->port())).value();
    client.verify = false;
    return net::Client(client).probe({}).value_or("nothing");
  };
  EXPECT_EQ(shown(), net::to_text(one.fingerprint));
  EXPECT_FALSE(http->use_certificate(two.certificate_pem, one.key_pem)) << "a key of another certificate";
  EXPECT_FALSE(http->use_certificate("", ""));
  EXPECT_EQ(shown(), net::to_text(one.fingerprint));
  EXPECT_TRUE(http->use_certificate(two.certificate_pem, two.key_pem));
  EXPECT_EQ(shown(), net::to_text(two.fingerprint));
}

TEST_F(HttpLifeTest, RefusesUnusableOptions) {
  HttpOptions options;
  options.port = 0;
  options.address = "nowhere.invalid";
  EXPECT_FALSE(HttpServer::start(all, options));
  options.address = "127.0.0.1";
  options.certificate_pem = "rubbish";
  options.key_pem = "rubbish";
  const auto started = HttpServer::start(all, options);
  ASSERT_FALSE(started);
  EXPECT_FALSE(started.error().empty());
}

}  // namespace
}  // namespace test
