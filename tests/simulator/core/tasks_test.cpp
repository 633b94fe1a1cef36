// Tasks that run, end, fail and are stopped; services, which start tasks; and the lists of tasks.
#include <gtest/gtest.h>

#include <regex>

#include "simulator/support.h"

namespace simulator {
namespace {

using std::chrono::milliseconds;

std::string status_path(const std::string& upid) { return "/nodes/pve1/tasks/" + upid + "/status"; }

TEST(Tasks, RunForTheirDuration) {
  Demo demo(1);
  const auto started = demo.post("/nodes/pve1/services/cron/restart");
  const auto upid = started.upid();
  EXPECT_TRUE(std::regex_match(
      upid, std::regex("UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:srvrestart:cron:root@pam!demo:")))
      << upid;
  auto status = demo.get(status_path(upid));
  EXPECT_EQ(status.data().at("status"), "running");
  EXPECT_FALSE(status.data().get_object().contains("exitstatus"));
  EXPECT_EQ(status.data().at("user"), "root@pam");
  EXPECT_EQ(status.data().at("tokenid"), "demo");
  EXPECT_EQ(demo.log(upid), std::vector<std::string>{"no content"});
  const auto active = demo.get("/nodes/pve1/tasks", {{"source", "active"}});
  ASSERT_EQ(active.data().get_array().size(), 1U);
  EXPECT_EQ(active.data().at(0).at("status"), "RUNNING");
  EXPECT_EQ(active.data().at(0).at("user"), "root@pam!demo");
  EXPECT_EQ(active.data().at(0).at("saved"), "0");
  demo.pass(milliseconds(799));
  EXPECT_EQ(demo.get(status_path(upid)).data().at("status"), "running");
  demo.pass(milliseconds(1));
  status = demo.get(status_path(upid));
  EXPECT_EQ(status.data().at("status"), "stopped");
  EXPECT_EQ(status.data().at("exitstatus"), "OK");
  EXPECT_EQ(demo.log(upid), std::vector<std::string>{"TASK OK"});
  EXPECT_EQ(demo.get("/nodes/pve1/tasks", {{"source", "active"}}).text, R"({"data":[]})");
}

TEST(Tasks, EndAtOnceAtSpeedZero) {
  Demo demo(0);
  const auto upid = demo.post("/nodes/pve1/services/cron/stop").upid();
  EXPECT_EQ(demo.get(status_path(upid)).data().at("exitstatus"), "OK");
  EXPECT_EQ(demo.get("/nodes/pve1/services/cron/state").data().at("state"), "dead");
}

TEST(Tasks, EndSoonAfterAStopRequest) {
  Demo demo(1000);
  const auto upid = demo.post("/nodes/pve1/services/cron/stop").upid();
  EXPECT_EQ(demo.del("/nodes/pve1/tasks/" + upid).text, R"({"data":null})");
  EXPECT_EQ(demo.get(status_path(upid)).data().at("status"), "running") << "the worker needs a moment";
  demo.pass(milliseconds(2000));
  EXPECT_EQ(demo.get(status_path(upid)).data().at("exitstatus"), "received interrupt");
  EXPECT_EQ(demo.log(upid).back(), "TASK ERROR: received interrupt");
  EXPECT_EQ(demo.get("/nodes/pve1/services/cron/state").data().at("state"), "running")
      << "the task never did its work";
  EXPECT_EQ(demo.del("/nodes/pve1/tasks/" + upid).status, 200U)
      << "PVE accepts the stop of a task that has ended";
}

struct ServiceCase {
  std::string service;
  std::string command;
  std::string exit;
  std::vector<std::string> log;
};

TEST(Services, EndTheirTasksAsARealNodeDoes) {
  const ServiceCase cases[] = {
      {"pvestatd", "restart", "OK", {"TASK OK"}},
      {"pveproxy", "reload", "OK", {"TASK OK"}},
      {"pveproxy",
       "stop",
       "invalid service cmd 'pveproxy stop': refusing to stop essential service!",
       {"TASK ERROR: invalid service cmd 'pveproxy stop': refusing to stop essential service!"}},
      {"syslog",
       "start",
       "command 'systemctl start syslog' failed: exit code 5",
       {"Failed to start syslog.service: Unit syslog.service not found.",
        "TASK ERROR: command 'systemctl start syslog' failed: exit code 5"}},
  };
  for (const auto& c : cases) {
    Demo demo(1);
    const auto upid = demo.post("/nodes/pve1/services/" + c.service + "/" + c.command).upid();
    EXPECT_EQ(demo.finish(upid), c.exit);
    EXPECT_EQ(demo.log(upid), c.log);
  }
}

TEST(Services, AnUnknownServiceIsNotInTheEnumeration) {
  Demo demo;
  const auto got = demo.get("/nodes/pve1/services/ssh/state");
  EXPECT_EQ(got.status, 400U);
  EXPECT_TRUE(got.error("service").starts_with(
      "value 'ssh' does not have a value in the enumeration 'chrony, corosync"));
}

struct ListCase {
  Form query;
  std::size_t rows;
  bool has_total;
};

TEST(TaskList, Filters) {
  Demo demo;
  const ListCase cases[] = {
      {{}, 5, true},
      {{{"limit", "2"}}, 2, true},
      {{{"limit", "0"}}, 0, true},
      {{{"start", "4"}}, 1, true},
      {{{"start", "99"}}, 0, true},
      {{{"vmid", "105"}}, 2, true},
      {{{"typefilter", "vzdump"}}, 1, true},
      {{{"userfilter", "OPERATOR"}}, 2, true},
      {{{"errors", "1"}}, 1, true},
      {{{"statusfilter", "warning,error"}}, 2, true},
      {{{"statusfilter", "ok"}}, 3, true},
      {{{"source", "active"}}, 0, false},
      {{{"since", "1779990000"}}, 3, true},
      {{{"until", "1779990000"}}, 2, true},
      {{{"vmid", "999"}}, 0, false},
  };
  for (const auto& c : cases) {
    const auto got = demo.get("/nodes/pve1/tasks", c.query);
    const auto name = c.query.empty() ? std::string("all") : c.query[0].first + "=" + c.query[0].second;
    ASSERT_EQ(got.status, 200U) << name;
    EXPECT_EQ(got.data().get_array().size(), c.rows) << name;
    EXPECT_EQ(got.body.get_object().contains("total"), c.has_total) << name;
  }
}

TEST(TaskList, IsNewestFirst) {
  Demo demo;
  std::int64_t last = INT64_MAX;
  const auto listed = demo.get("/nodes/pve1/tasks");
  for (const auto& row : listed.data().get_array()) {
    EXPECT_LE(row.at("starttime").as_int64(), last);
    last = row.at("starttime").as_int64();
  }
}

TEST(TaskLog, StartsAtZeroAndNumbersLinesFromOne) {
  Demo demo;
  const auto list = demo.get("/nodes/pve1/tasks", {{"typefilter", "vzdump"}});
  const auto path = "/nodes/pve1/tasks/" + std::string(list.data().at(0).at("upid").get_string()) + "/log";
  const auto all = demo.get(path, {{"limit", "0"}});
  EXPECT_EQ(all.data().get_array().size(), 5U);
  EXPECT_EQ(all.body.at("total"), 5);
  const auto page = demo.get(path, {{"start", "1"}, {"limit", "2"}});
  ASSERT_EQ(page.data().get_array().size(), 2U);
  EXPECT_EQ(page.data().at(0).at("n"), 2);
  EXPECT_TRUE(demo.get(path, {{"start", "1000"}}).data().get_array().empty());
}

TEST(Tasks, UnknownTasksAreRefused) {
  Demo demo;
  const std::string gone = "UPID:pve1:00000001:00000001:6B000000:qmstart:100:root@pam:";
  EXPECT_EQ(demo.get(status_path(gone)).error("upid"), "no such task");
  EXPECT_EQ(demo.get(status_path("bogus")).error("upid"), "unable to parse worker upid");
  EXPECT_EQ(demo.get("/nodes/pve1/tasks/" + gone + "/log").text,
            R"({"data":[{"n":1,"t":"unable to open file - No such file or directory"}],"total":1})");
}

TEST(Tasks, TasksOfOthersRequirePrivileges) {
  Demo demo(100);
  const auto upid = demo.post("/nodes/pve1/services/cron/restart").upid();
  demo.as_operator();
  EXPECT_EQ(demo.get(status_path(upid)).reason, "Permission check failed (/nodes/pve1, Sys.Audit)");
  EXPECT_EQ(demo.del("/nodes/pve1/tasks/" + upid).reason,
            "Permission check failed (/nodes/pve1, Sys.Modify)");
  EXPECT_TRUE(demo.get("/nodes/pve1/tasks").data().get_array().empty())
      << "a token does not see the tasks of its user";
  const auto own = demo.post("/nodes/pve1/qemu/105/status/start").upid();
  EXPECT_EQ(demo.get(status_path(own)).status, 200U);
  demo.finish(own);
  EXPECT_EQ(demo.get("/nodes/pve1/tasks").data().get_array().size(), 1U) << "only its own";
  demo.as_auditor();
  EXPECT_EQ(demo.get(status_path(upid)).status, 200U);
  EXPECT_EQ(demo.del("/nodes/pve1/tasks/" + upid).status, 403U);
}

TEST(Nodes, ShowAndChangeTimeDnsAndSyslog) {
  Demo demo;
  EXPECT_EQ(demo.get("/nodes/pve1/time").data().at("localtime").as_int64() -
                demo.get("/nodes/pve1/time").data().at("time").as_int64(),
            7200)
      << "summer in Vienna";
  ASSERT_EQ(demo.put("/nodes/pve1/time", {{"timezone", "UTC"}}).status, 200U);
  EXPECT_EQ(demo.get("/nodes/pve1/time").data().at("timezone"), "UTC");
  ASSERT_EQ(demo.put("/nodes/pve1/dns", {{"search", "lan"}, {"dns1", "192.0.2.9"}}).status, 200U);
  EXPECT_EQ(demo.get("/nodes/pve1/dns").data().at("dns1"), "192.0.2.9");
  const auto log = demo.get("/nodes/pve2/syslog", {{"start", "1"}, {"limit", "2"}});
  EXPECT_EQ(log.data().get_array().size(), 2U);
  EXPECT_EQ(log.data().at(0).at("n"), 2);
  EXPECT_EQ(log.body.at("total"), 11);
  EXPECT_EQ(demo.get("/nodes/pve2/syslog", {{"service", "pvedaemon"}}).body.at("total"), 1);
  EXPECT_TRUE(demo.get("/nodes/pve1/status").data().at("loadavg").at(0).is_string());
}

TEST(Nodes, AreShutDown) {
  Demo demo;
  ASSERT_EQ(demo.post("/nodes/pve3/status", {{"command", "shutdown"}}).status, 200U);
  EXPECT_EQ(demo.get("/nodes/pve3/time").status, 595U);
  EXPECT_EQ(demo.post("/nodes/pve1/status", {{"command", "explode"}}).error("command"),
            "value 'explode' does not have a value in the enumeration 'reboot, shutdown'");
}

TEST(Cluster, OptionsAreKept) {
  Demo demo;
  ASSERT_EQ(demo.put("/cluster/options", {{"keyboard", "de"}, {"console", "html5"}}).status, 200U);
  auto options = demo.get("/cluster/options");
  EXPECT_EQ(options.data().at("keyboard"), "de");
  EXPECT_EQ(options.data().at("migration").at("type"), "secure");
  demo.put("/cluster/options", {{"delete", "keyboard,console"}});
  EXPECT_FALSE(demo.get("/cluster/options").data().get_object().contains("keyboard"));
}

TEST(Cluster, NextIdIsTextAndFree) {
  Demo demo;
  EXPECT_EQ(demo.get("/cluster/nextid").data(), "119");
  EXPECT_EQ(demo.get("/cluster/nextid", {{"vmid", "5000"}}).data(), "5000");
}

TEST(Cluster, AGuestInNoJobIsNotBackedUp) {
  Demo demo;
  const auto got = demo.get("/cluster/backup-info/not-backed-up");
  std::set<std::int64_t> ids;
  for (const auto& row : got.data().get_array()) ids.insert(row.at("vmid").to_number<std::int64_t>());
  EXPECT_FALSE(ids.contains(100)) << "its pool is backed up";
  EXPECT_FALSE(ids.contains(104)) << "listed in a job";
  EXPECT_TRUE(ids.contains(107));
}

}  // namespace
}  // namespace simulator
