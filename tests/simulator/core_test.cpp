// Tests all routes, the demo world, faults, and the HttpClient.
#include <gtest/gtest.h>

#include <set>

#include "simulator/core/routes.h"
#include "simulator/in_process.h"
#include "simulator/support.h"

namespace simulator {
namespace {

TEST(Routes, EveryRouteIsAnEndpointOfPve) {
  std::set<std::string> seen;
  for (const auto& [rows, prefixes] : all_routes()) {
    for (const auto& route : rows) {
      bool known = false;
      for (const auto prefix : prefixes) {
        const auto path = std::string(prefix) + std::string(route.path);
        const auto name = std::string(base::name(route.method)) + " " + path;
        EXPECT_TRUE(seen.insert(name).second) << name << " is there twice";
        const auto* const endpoint = test_facts().find(route.method, path);
        if (endpoint == nullptr) continue;
        known = true;
        EXPECT_EQ(handler_of(*endpoint), route.handler) << name;
      }
      EXPECT_TRUE(known) << base::name(route.method) << " " << route.path;
    }
  }
}

TEST(Routes, AnEndpointWithoutARouteIsNotImplemented) {
  Demo demo;
  const auto got = demo.get("/nodes/pve1/report");
  EXPECT_EQ(got.status, 501U);
  EXPECT_EQ(got.reason, "Method 'GET /nodes/{node}/report' not implemented");
}

TEST(World, IsTheSameForTheSameSeedAndTime) {
  Demo one;
  Demo two;
  for (const auto* path :
       {"/cluster/resources", "/nodes/pve1/tasks", "/access/users", "/nodes/pve2/status"}) {
    EXPECT_EQ(one.get(path).text, two.get(path).text) << path;
  }
}

TEST(World, HasThirtyGuestsOfBothKinds) {
  Demo demo;
  const auto got = demo.get("/cluster/resources", {{"type", "vm"}});
  std::set<std::string> kinds;
  std::set<std::string> states;
  for (const auto& row : got.data().get_array()) {
    kinds.emplace(row.at("type").get_string());
    states.emplace(row.at("status").get_string());
  }
  EXPECT_EQ(got.data().get_array().size(), 30U);
  EXPECT_EQ(kinds, (std::set<std::string>{"lxc", "qemu"}));
  EXPECT_EQ(states, (std::set<std::string>{"running", "stopped"}));
}

TEST(World, ScalesToAnyNumberOfGuests) {
  for (const unsigned count : {0U, 1U, 29U, 30U, 2'000U}) {
    Demo demo(0, count);
    EXPECT_EQ(demo.get("/cluster/resources", {{"type", "vm"}}).data().get_array().size(), count);
  }
}

struct FaultCase {
  std::string fault;
  unsigned status;
  std::string reason;
};

TEST(Faults, AnswerWithPvesTexts) {
  const FaultCase cases[] = {
      {"status=500", 500, "Internal Server Error"},    {"status=595", 595, "Connection refused"},
      {"status=596", 596, "Connection timed out"},     {"offline=pve3", 595, "No route to host"},
      {"unauthorized", 401, "Authentication failed!"},
  };
  for (const auto& c : cases) {
    Demo demo;
    ASSERT_TRUE(demo.cluster().fault(c.fault));
    const auto got = demo.get("/nodes/pve3/status");
    EXPECT_EQ(got.status, c.status) << c.fault;
    EXPECT_EQ(got.reason, c.reason) << c.fault;
    EXPECT_EQ(got.text, "") << c.fault;
    demo.cluster().clear_faults();
    EXPECT_EQ(demo.get("/nodes/pve3/status").status, 200U) << c.fault;
  }
}

TEST(Faults, SpoilTheAnswer) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("latency=200"));
  ASSERT_TRUE(demo.cluster().fault("drop"));
  auto got = demo.get("/version");
  EXPECT_EQ(got.delay, std::chrono::milliseconds(200));
  EXPECT_TRUE(got.drop);
  demo.cluster().clear_faults();
  ASSERT_TRUE(demo.cluster().fault("broken-json"));
  got = demo.get("/version");
  EXPECT_TRUE(got.body.is_null());
  EXPECT_FALSE(got.text.empty());
  demo.cluster().clear_faults();
  ASSERT_TRUE(demo.cluster().fault("html"));
  EXPECT_TRUE(demo.get("/version").text.starts_with("<!DOCTYPE html>"));
}

TEST(Faults, AnUnknownFaultNamesTheValidOnes) {
  Demo demo;
  for (const auto* text : {"", "nope", "latency=x", "status=200", "lock=7", "offline=pve9", "offline="}) {
    const auto done = demo.cluster().fault(text);
    ASSERT_FALSE(done) << text;
    EXPECT_GT(done.error().size(), 20U) << text;
  }
  EXPECT_NE(demo.cluster().fault("nope").error().find("offline=NODE"), std::string::npos);
}

TEST(Faults, ALockStaysOnTheGuest) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("lock=101"));
  const auto listed = demo.get("/cluster/resources", {{"type", "vm"}});
  for (const auto& row : listed.data().get_array()) {
    EXPECT_EQ(row.get_object().contains("lock"), row.at("vmid") == 101 || row.at("vmid") == 110);
  }
}

TEST(Faults, ADeadNodeIsOfflineAndKeepsItsGuests) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("offline=pve3"));
  const auto nodes = demo.get("/nodes");
  for (const auto& row : nodes.data().get_array()) {
    const bool dead = row.at("node") == "pve3";
    EXPECT_EQ(row.at("status"), dead ? "offline" : "online");
    EXPECT_EQ(row.get_object().contains("cpu"), !dead);
    EXPECT_TRUE(row.get_object().contains("maxcpu"));
  }
  const auto status = demo.get("/cluster/status");
  for (const auto& row : status.data().get_array()) {
    const bool cluster = row.at("type") == "cluster";
    EXPECT_EQ(row.at(cluster ? "quorate" : "online"), row.at("name") == "pve3" ? 0 : 1);
  }
  EXPECT_EQ(demo.get("/nodes/pve3/rrddata", {{"timeframe", "hour"}}).status, 200U);
}

struct QuorumCase {
  base::Method method;
  std::string path;
  Form parameters;
  std::string reason;
};

TEST(Faults, WithoutQuorumReadsWorkAndWritesFail) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("no-quorum"));
  using enum base::Method;
  const QuorumCase cases[] = {
      {Post, "/nodes/pve1/qemu", {{"vmid", "900"}}, "cluster not ready - no quorum?"},
      {Post, "/nodes/pve1/qemu/105/status/start", {}, "cluster not ready - no quorum?"},
      {Put,
       "/nodes/pve1/qemu/105/config",
       {{"description", "x"}},
       "unable to open file '/etc/pve/nodes/pve1/qemu-server/105.conf.tmp.271' - Permission denied"},
      {Post,
       "/access/users",
       {{"userid", "nq@pve"}},
       "create user failed: cfs-lock 'file-user_cfg' error: no quorum!"},
      {Post, "/pools", {{"poolid", "nq"}}, "create pool failed: cfs-lock 'file-user_cfg' error: no quorum!"},
      {Put, "/cluster/options", {{"keyboard", "de"}}, "cfs-lock 'file-datacenter_cfg' error: no quorum!"},
      {Post, "/cluster/ha/resources", {{"sid", "vm:101"}}, "cluster not ready - no quorum?"},
  };
  for (const auto& c : cases) {
    const auto got = demo.call(c.method, c.path, c.parameters);
    EXPECT_EQ(got.status, 500U) << c.path << got.text;
    EXPECT_EQ(got.reason, c.reason) << c.path;
    const bool waits = got.reason.find("cfs-lock") != std::string::npos;
    EXPECT_EQ(got.delay, std::chrono::milliseconds(waits ? 10'000 : 0)) << c.path;
  }
  EXPECT_EQ(demo.get("/cluster/status").data().at(0).at("quorate"), 0);
  EXPECT_EQ(demo.get("/cluster/resources").status, 200U);
  const auto destroy = demo.del("/nodes/pve1/qemu/105");
  ASSERT_EQ(destroy.status, 200U);
  EXPECT_EQ(demo.finish(destroy.upid()),
            "unable to open file '/etc/pve/nodes/pve1/qemu-server/105.conf.tmp.1031' - Permission denied");
}

TEST(InProcess, ReturnsTheAnswer) {
  Demo demo;
  InProcess client(demo.cluster());
  net::Request request{base::Method::Get, "/api2/json/version", {}, {}};
  request.headers.emplace_back("Authorization",
                               "PVEAPIToken=root@pam!demo=00000000-0000-4000-8000-000000000000");
  const auto got = client.send(request, {});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 200U);
  EXPECT_NE(got->body.find("9.2"), std::string::npos);
}

TEST(InProcess, FailsOnADropATimeOutAndAStop) {
  Demo demo;
  InProcess client(demo.cluster());
  net::Request request{base::Method::Get, "/api2/json/version", {}, {}};
  net::SendOptions options;
  options.timeout = std::chrono::milliseconds(0);
  // Without credentials the answer takes three seconds, more than the time-out.
  const auto late = client.send(request, options);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, net::Failure::Kind::Timeout);
  request.headers.emplace_back("Authorization",
                               "PVEAPIToken=root@pam!demo=00000000-0000-4000-8000-000000000000");
  ASSERT_TRUE(demo.cluster().fault("drop"));
  const auto dropped = client.send(request, options);
  ASSERT_FALSE(dropped);
  EXPECT_EQ(dropped.error().kind, net::Failure::Kind::Closed);
  EXPECT_FALSE(dropped.error().nothing_sent);
  std::stop_source source;
  source.request_stop();
  options.stop = source.get_token();
  const auto stopped = client.send(request, options);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, net::Failure::Kind::Cancelled);
  EXPECT_TRUE(stopped.error().nothing_sent);
}

}  // namespace
}  // namespace simulator
