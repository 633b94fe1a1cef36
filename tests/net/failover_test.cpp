#include "net/failover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "support/scripted_pve.h"

namespace {

using namespace std::chrono_literals;
using base::Method;
using net::Failover;
using net::Failure;
using Kind = Failure::Kind;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

test::Answer failing(Kind kind, std::string detail, std::string fingerprint = {}) {
  return std::unexpected(Failure{kind, std::move(detail), true, std::move(fingerprint)});
}

struct Host {
  explicit Host(std::string its_name) : name(std::move(its_name)) { mend(); }
  void fail(Kind kind, bool nothing_sent = true) { pve.fail("*", kind, nothing_sent); }
  void mend() { pve.answer("*", net::Response{200, "", {}, name}); }

  std::string name;
  test::ScriptedPve pve;
};

struct Cluster {
  explicit Cluster(std::size_t count = 3) {
    std::vector<Failover::Host> hosts;
    for (std::size_t i = 0; i < count; ++i) {
      all_hosts.push_back(std::make_unique<Host>("pve" + std::to_string(i + 1)));
      hosts.push_back({"https://" + all_hosts.back()->name + ":8006", all_hosts.back()->pve});
    }
    all.emplace(std::move(hosts), clock);
  }
  std::expected<net::Response, Failure> send(Method method = Method::Get) {
    return all->send({method, "/api2/json/x", {}, {}}, {40s, stop.get_token()});
  }
  /// The host that answered, "" if none did.
  std::string who(Method method = Method::Get) {
    const auto answer = send(method);
    return answer ? answer->body : "";
  }
  std::vector<std::size_t> asked() const {
    std::vector<std::size_t> counts;
    for (const auto& host : all_hosts) counts.push_back(host->pve.count("*"));
    return counts;
  }
  Host& operator[](std::size_t index) { return *all_hosts[index]; }

  base::ManualClock clock;
  std::stop_source stop;
  std::vector<std::unique_ptr<Host>> all_hosts;
  std::optional<Failover> all;
};

TEST(Failover, StaysWithTheHostThatWorks) {
  Cluster hosts;
  EXPECT_EQ(hosts.who(), "pve1");
  hosts[0].fail(Kind::Refused);
  EXPECT_EQ(hosts.who(), "pve2");
  EXPECT_EQ(hosts.who(), "pve2");
  EXPECT_THAT(hosts.asked(), ElementsAre(2, 2, 0)) << "the first is skipped";
  hosts[0].mend();
  hosts.clock.advance(60s);
  EXPECT_EQ(hosts.who(), "pve2") << "nothing draws it back";
}

TEST(Failover, AHostIsSkippedForThirtySeconds) {
  Cluster hosts(2);
  hosts[0].fail(Kind::ConnectTimeout);
  hosts.who();
  hosts[0].mend();
  hosts[1].fail(Kind::Unreachable);
  EXPECT_EQ(hosts.who(), "pve1") << "when all others fail, it is tried before its time";
  hosts[0].fail(Kind::Refused);
  EXPECT_EQ(hosts.who(), "");
  EXPECT_THAT(hosts.asked(), ElementsAre(3, 3));

  Cluster three(3);
  three[0].fail(Kind::Refused);
  three.who();
  three.clock.advance(29s);
  three[1].fail(Kind::Refused);
  EXPECT_EQ(three.who(), "pve3");
  EXPECT_THAT(three.asked(), ElementsAre(1, 2, 1));
  three.clock.advance(2s);
  three[0].mend();
  three[2].fail(Kind::Refused);
  EXPECT_EQ(three.who(), "pve1") << "its time is over, that of pve2 is not";
  EXPECT_THAT(three.asked(), ElementsAre(2, 2, 2));
}

TEST(Failover, WhatWasSentIsNotRepeatedUnlessItOnlyReads) {
  for (const auto method : {Method::Post, Method::Put, Method::Delete}) {
    Cluster hosts;
    hosts[0].fail(Kind::Closed, false);
    const auto answer = hosts.send(method);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Kind::Closed);
    EXPECT_FALSE(answer.error().nothing_sent);
    EXPECT_THAT(hosts.asked(), ElementsAre(1, 0, 0));
    EXPECT_EQ(hosts.who(method), "pve2") << "the next request goes elsewhere";
  }
  for (const auto kind : {Kind::Closed, Kind::Timeout}) {
    Cluster hosts;
    hosts[0].fail(kind, false);
    EXPECT_EQ(hosts.who(), "pve2");
  }
  Cluster hosts;
  hosts[0].fail(Kind::Closed, true);
  EXPECT_EQ(hosts.who(Method::Post), "pve2") << "nothing was sent";
}

TEST(Failover, EveryFailureOfAHostLeadsOn) {
  for (const auto kind : {Kind::Dns, Kind::Refused, Kind::Unreachable, Kind::ConnectTimeout,
                          Kind::Certificate, Kind::Tls, Kind::Proxy}) {
    Cluster hosts;
    hosts[0].fail(kind);
    EXPECT_EQ(hosts.who(Method::Post), "pve2");
  }
}

TEST(Failover, AFaultOfTheRequestDoesNotSkipTheHost) {
  for (const auto kind : {Kind::Protocol, Kind::Cancelled}) {
    Cluster hosts;
    hosts[0].fail(kind);
    const auto answer = hosts.send();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, kind);
    EXPECT_THAT(hosts.asked(), ElementsAre(1, 0, 0));
    hosts[0].mend();
    EXPECT_EQ(hosts.who(), "pve1");
  }
}

TEST(Failover, AnAnswerIsAnAnswerWhateverItsStatus) {
  for (const unsigned status : {401U, 500U, 503U, 595U, 596U}) {
    Cluster hosts;
    hosts[0].pve.answer("*", net::Response{status, "", {}, ""});
    EXPECT_EQ(hosts.send()->status, status);
    EXPECT_THAT(hosts.asked(), ElementsAre(1, 0, 0));
  }
}

TEST(Failover, AfterALateAnswerOneMoreIsTried) {
  Cluster hosts(4);
  for (auto& host : hosts.all_hosts) host->fail(Kind::Timeout, false);
  EXPECT_FALSE(hosts.send());
  EXPECT_THAT(hosts.asked(), ElementsAre(1, 1, 0, 0));
}

TEST(Failover, WhenNoneAnswersEachIsNamed) {
  Cluster hosts(2);
  hosts[0].fail(Kind::Refused);
  hosts[1].pve.answer("*", failing(Kind::Refused, "no way"));
  auto failure = hosts.send().error();
  EXPECT_EQ(failure.kind, Kind::Refused);
  EXPECT_EQ(failure.detail, "https://pve1:8006: connection refused; https://pve2:8006: no way");
  EXPECT_TRUE(failure.nothing_sent);

  hosts[1].pve.answer("*", failing(Kind::Certificate, "another host", "AA:BB"));
  failure = hosts.send().error();
  EXPECT_EQ(failure.kind, Kind::Unreachable);
  EXPECT_THAT(failure.detail, EndsWith("https://pve2:8006: another host"))
      << "no fingerprint without the words that tell how to compare it";
  EXPECT_THAT(failure.fingerprint, IsEmpty());
}

TEST(Failover, AStopEndsIt) {
  Cluster hosts;
  hosts[0].pve.answer("*", [&](const test::Asked&) {
    hosts.stop.request_stop();
    return test::pve_failure(Kind::Refused);
  });
  const auto answer = hosts.send(Method::Post);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::Cancelled);
  EXPECT_TRUE(answer.error().nothing_sent);
  EXPECT_THAT(hosts.asked(), ElementsAre(1, 0, 0));
}

TEST(Failover, GoesToAnotherHostOnlyWhileItMay) {
  Cluster cluster;
  for (const auto index : {0U, 1U}) cluster.all_hosts[index]->fail(Kind::Refused);
  int asked = 0;
  const auto answer =
      cluster.all->send({Method::Post, "/api2/json/x", {}, {}}, {40s, {}, [&] { return ++asked < 2; }});
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().nothing_sent);
  EXPECT_EQ(asked, 2) << "not before the first";
  EXPECT_THAT(cluster.asked(), ElementsAre(1U, 1U, 0U));
}

TEST(Failover, LogsOnceThatAHostIsSkipped) {
  Cluster hosts;
  hosts[0].fail(Kind::Refused);
  testing::internal::CaptureStderr();
  hosts.who();
  hosts[1].fail(Kind::Refused);
  hosts[2].fail(Kind::Refused);
  hosts.who();
  hosts.who();
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("https://pve1:8006 is skipped for 30 s: connection refused."));
  EXPECT_EQ(std::ranges::count(log, '\n'), 3) << log;
}

TEST(Failover, ManyThreadsEndAtTheHostThatWorks) {
  Cluster hosts;
  std::atomic<int> lost = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        for (int n = 0; n < 200; ++n) {
          if (i == 0 && n == 20) hosts[0].fail(Kind::Refused);
          if (i == 1 && n == 40) hosts[1].fail(Kind::Refused);
          if (!hosts.send()) ++lost;
        }
      });
    }
  }
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(hosts.who(), "pve3");
}

}  // namespace
