#include "support/scripted_pve.h"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <thread>

namespace {

using namespace std::chrono_literals;
using base::Method;
using test::Asked;
using test::pve_answer;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = net::Failure::Kind;

class ScriptedPveTest : public testing::Test {
 protected:
  test::Answer send(Method method, const std::string& path, const net::SendOptions& options = {}) {
    return pve_.send({method, "/api2/json" + path, {}, {}}, options);
  }
  /// The body of the answer to a GET.
  std::string get(const std::string& path) {
    const auto answer = send(Method::Get, path);
    return answer ? answer->body : "failed: " + answer.error().detail;
  }

  test::ScriptedPve pve_;
  base::ManualClock clock_;
};

TEST_F(ScriptedPveTest, WrapsDataInPvesEnvelope) {
  pve_.answer("GET /version", R"({"version":"9.2"})");
  const auto answer = send(Method::Get, "/version");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->body, R"({"data":{"version":"9.2"}})");
}

TEST_F(ScriptedPveTest, ChoosesTheRouteWithTheMostText) {
  pve_.answer("*", "0");
  pve_.answer("GET /nodes/*", "1");
  pve_.answer("GET /nodes/*/qemu", "2");
  pve_.answer("GET /nodes/pve1/qemu", "3");
  pve_.answer("GET /nodes/pve1/qemu?full=1", "4");
  EXPECT_EQ(get("/version"), R"({"data":0})");
  EXPECT_EQ(get("/nodes/pve1/qemu/100/config"), R"({"data":1})");
  EXPECT_EQ(get("/nodes/pve2/qemu"), R"({"data":2})");
  EXPECT_EQ(get("/nodes/pve1/qemu"), R"({"data":3})");
  EXPECT_EQ(get("/nodes/pve1/qemu?full=0"), R"({"data":3})");
  EXPECT_EQ(get("/nodes/pve1/qemu?full=1"), R"({"data":4})");
  EXPECT_EQ(send(Method::Put, "/nodes/pve1/qemu")->body, R"({"data":0})");
}

TEST_F(ScriptedPveTest, GivesAnswersInOrderAndTheLastOneAgain) {
  pve_.answer("GET /a", "1", test::pve_failure(Kind::Closed), "2");
  EXPECT_EQ(get("/a"), R"({"data":1})");
  EXPECT_EQ(get("/a"), "failed: connection closed before the answer");
  EXPECT_EQ(get("/a"), R"({"data":2})");
  EXPECT_EQ(get("/a"), R"({"data":2})");
}

TEST_F(ScriptedPveTest, AnswersDifferentlyFromNowOn) {
  pve_.answer("*", "0");
  pve_.answer("GET /a", "1", "2");
  pve_.answer("GET /a", "3");
  EXPECT_EQ(get("/a"), R"({"data":3})");
  pve_.forget("GET /a");
  EXPECT_EQ(get("/a"), R"({"data":0})");
}

TEST_F(ScriptedPveTest, RefusesAndFails) {
  pve_.refuse("GET /a", 403, "Permission check failed");
  pve_.fail("GET /b", Kind::Closed, false);
  const auto refused = send(Method::Get, "/a");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403U);
  EXPECT_EQ(refused->reason, "Permission check failed");
  const auto failed = send(Method::Get, "/b");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, Kind::Closed);
  EXPECT_FALSE(failed.error().nothing_sent);
}

TEST_F(ScriptedPveTest, AsksAFunctionForAnAnswer) {
  pve_.answer("PUT /a", [](const Asked& asked) { return pve_answer('"' + asked.request.body + '"'); });
  EXPECT_EQ(pve_.send({Method::Put, "/api2/json/a", {}, "x=1"}, {})->body, R"({"data":"x=1"})");
}

TEST_F(ScriptedPveTest, FailsTheTestForAnUnscriptedRequest) {
  test::Answer answer;
  EXPECT_NONFATAL_FAILURE(answer = send(Method::Delete, "/a?b=1"), "no answer is scripted for DELETE /a?b=1");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 501U);
  pve_.answer("*", "null");
  EXPECT_NONFATAL_FAILURE((void)pve_.send({Method::Get, "/version", {}, {}}, {}), "is not below /api2/json");
}

TEST_F(ScriptedPveTest, RemembersRequests) {
  pve_.answer("*", "null");
  get("/nodes?x=1");
  get("/nodes");
  (void)pve_.send({Method::Post, "/api2/json/pools", {{"A", "b"}}, "poolid=c"}, {7s, {}});
  EXPECT_THAT(pve_.asked(), ElementsAre("GET /nodes?x=1", "GET /nodes", "POST /pools"));
  EXPECT_EQ(pve_.count("GET /nodes"), 2U);
  EXPECT_EQ(pve_.count("GET /nodes?x=1"), 1U);
  EXPECT_EQ(pve_.count("* /pools"), 1U);
  EXPECT_EQ(pve_.count("GET /pools"), 0U);
  const auto last = pve_.requests().back();
  EXPECT_EQ(last.request.body, "poolid=c");
  EXPECT_EQ(net::find_header(last.request.headers, "a"), "b");
  EXPECT_EQ(last.options.timeout, 7s);
  pve_.clear_asked();
  EXPECT_THAT(pve_.asked(), IsEmpty());
}

TEST_F(ScriptedPveTest, DelaysByTheClock) {
  pve_.answer("*", "null");
  pve_.delay("GET /nodes/*", 3s, clock_);
  const auto begin = clock_.steady();
  EXPECT_TRUE(send(Method::Get, "/nodes/pve1/status"));
  EXPECT_EQ(clock_.steady() - begin, 3s);
  EXPECT_EQ(send(Method::Get, "/nodes/pve1/status", {2s, {}}).error().kind, Kind::Timeout);
  EXPECT_EQ(clock_.steady() - begin, 5s);
  EXPECT_TRUE(send(Method::Get, "/version", {2s, {}}));
  EXPECT_EQ(clock_.steady() - begin, 5s);
}

TEST_F(ScriptedPveTest, CancelsWhatIsStoppedAlready) {
  std::stop_source stop;
  stop.request_stop();
  pve_.answer("*", "null");
  const auto answer = send(Method::Get, "/a", {40s, stop.get_token()});
  EXPECT_EQ(answer.error().kind, Kind::Cancelled);
  EXPECT_TRUE(answer.error().nothing_sent);
}

TEST_F(ScriptedPveTest, HangsUntilStopped) {
  std::stop_source stop;
  test::Answer answer;
  pve_.hang("GET /nodes/pve2/*");
  {
    const std::jthread thread(
        [&] { answer = send(Method::Get, "/nodes/pve2/qemu", {40s, stop.get_token()}); });
    EXPECT_TRUE(pve_.await("GET /nodes/pve2/qemu"));
    stop.request_stop();
  }
  EXPECT_EQ(answer.error().kind, Kind::Cancelled);
  EXPECT_FALSE(answer.error().nothing_sent);
}

TEST_F(ScriptedPveTest, HangsUntilReleased) {
  pve_.answer("GET /a", "1");
  pve_.hang("GET /a");
  std::string first;
  std::string second;
  {
    const std::jthread one([&] { first = get("/a"); });
    const std::jthread other([&] { second = get("/a"); });
    EXPECT_TRUE(pve_.await("GET /a", 2));
    pve_.release("GET /a");
  }
  EXPECT_EQ(first, R"({"data":1})");
  EXPECT_EQ(second, R"({"data":1})");
}

TEST_F(ScriptedPveTest, AnswersManyThreads) {
  pve_.answer("GET /a", "1");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 100; ++n) EXPECT_EQ(get("/a"), R"({"data":1})");
      });
    }
  }
  EXPECT_EQ(pve_.count("GET /a"), 800U);
}

}  // namespace
