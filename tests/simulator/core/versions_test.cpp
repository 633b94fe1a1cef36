// The answers of older versions of PVE that differ.
#include <gmock/gmock.h>

#include "simulator/refusals.h"
#include "simulator/release.h"

namespace simulator {
namespace {

using enum base::Method;
using testing::ElementsAre;

constexpr facts::Version k83{8, 3};
constexpr facts::Version k84{8, 4};
constexpr facts::Version k90{9, 0};
constexpr facts::Version k92{9, 2};

std::vector<std::string> members(const base::Json& object) {
  std::vector<std::string> names;
  for (const auto& member : object.as_object()) names.emplace_back(member.key());
  std::ranges::sort(names);
  return names;
}

TEST(Releases, AreKnownByName) {
  for (const auto name : release_names()) {
    const auto version = facts::parse_version(name);
    ASSERT_TRUE(version);
    const auto& release = release_of(*version);
    EXPECT_EQ(release.version, *version);
    EXPECT_TRUE(release.full.starts_with(name));
  }
  EXPECT_EQ(release_of({9, 1}).version, k90) << "the newest before";
  EXPECT_EQ(release_of({8, 0}).version, k84) << "the oldest";
}

TEST(SimulatedVersions, AnswerWithTheirVersion) {
  struct Case {
    facts::Version pve;
    const char* release;
    const char* version;
  };
  for (const auto& [pve, release, version] :
       {Case{k84, "8.4", "8.4.14"}, Case{k90, "9.0", "9.0.11"}, Case{k92, "9.2", "9.2.11"}}) {
    Demo demo(0, 30, pve);
    EXPECT_EQ(demo.get("/version").data().at("release"), release);
    EXPECT_EQ(demo.get("/version").data().at("version"), version);
    EXPECT_EQ(demo.get("/nodes/pve2/version").data(), demo.get("/version").data());
    const auto status = demo.get("/nodes/pve1/status");
    const std::string text(status.data().at("pveversion").as_string());
    EXPECT_TRUE(text.starts_with("pve-manager/" + std::string(version) + "/")) << text;
    EXPECT_EQ(status.data().at("memory").as_object().contains("available"), pve >= k90);
  }
}

TEST(SimulatedVersions, AnEndpointOfALaterVersionIsNotImplemented) {
  Demo old(0, 30, k84);
  expect_refused(
      old, {
               {Get, "/cluster/ha/rules", {}, 501, "Method 'GET /cluster/ha/rules' not implemented"},
               {Get, "/cluster/ha/rules/x", {}, 501, "Method 'GET /cluster/ha/rules/x' not implemented"},
           });
  for (const auto pve : {k90, k92}) {
    Demo demo(0, 30, pve);
    EXPECT_EQ(demo.get("/cluster/ha/rules").status, 200U);
  }
}

TEST(SimulatedVersions, AParameterOfAnotherVersionIsNotInTheSchema) {
  const std::string unknown =
      "property is not defined in schema and the schema does not allow additional properties";
  const std::string resources = "/cluster/ha/resources";
  Demo old(0, 30, k84);
  expect_refused(
      old, {
               {Post, resources, {{"sid", "vm:102"}, {"failback", "1"}}, 400, unknown, "failback"},
               {Put, "/nodes/pve1/qemu/100/config", {{"allow-ksm", "1"}}, 400, unknown, "allow-ksm"},
               {Get,
                "/nodes/pve1/rrddata",
                {{"timeframe", "decade"}},
                400,
                "value 'decade' does not have a value in the enumeration 'hour, day, week, month, year'",
                "timeframe"},
           });
  EXPECT_EQ(
      old.post("/storage", {{"storage", "glu"}, {"type", "glusterfs"}, {"volume", "v"}, {"maxfiles", "3"}})
          .status,
      200U);
  Demo now;
  expect_refused(now, {
                          {Post,
                           "/storage",
                           {{"storage", "dir1"}, {"type", "dir"}, {"path", "/mnt/x"}, {"maxfiles", "3"}},
                           400,
                           unknown,
                           "maxfiles"},
                      });
  EXPECT_EQ(now.post("/storage", {{"storage", "glu"}, {"type", "glusterfs"}}).status, 400U);
  EXPECT_EQ(now.put("/nodes/pve1/qemu/100/config", {{"allow-ksm", "1"}}).status, 200U);
}

TEST(SimulatedVersions, Pve8HasHaGroups) {
  Demo demo(0, 30, k84);
  const auto groups = demo.get("/cluster/ha/groups").data().as_array();
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].at("group"), "web-on-pve1");
  EXPECT_EQ(demo.get("/cluster/ha/groups/web-on-pve1").data().at("nodes"), "pve1:2,pve2:1");
  EXPECT_EQ(demo.get("/cluster/ha/groups/nope").reason, "no such ha group 'nope'");
  EXPECT_EQ(demo.get("/cluster/ha/resources/vm:100").data().at("group"), "web-on-pve1");
  EXPECT_EQ(demo.post("/cluster/ha/resources", {{"sid", "vm:102"}, {"group", "nope"}}).reason,
            "HA group 'nope' does not exist");
  ASSERT_EQ(demo.post("/cluster/ha/resources", {{"sid", "vm:102"}, {"group", "web-on-pve1"}}).status, 200U);
  EXPECT_EQ(demo.get("/cluster/ha/resources/vm:102").data().at("group"), "web-on-pve1");
  const auto status = demo.get("/cluster/ha/status/current");
  EXPECT_EQ(row_with(status.data(), "id", "fencing"), nullptr);
  EXPECT_EQ(row_with(status.data(), "id", "service:vm:102")->at("group"), "web-on-pve1");
  EXPECT_FALSE(row_with(status.data(), "id", "service:vm:102")->contains("failback"));
  Demo later(0, 30, k90);
  EXPECT_EQ(later.get("/cluster/ha/groups").reason,
            "cannot index groups: ha groups have been migrated to rules");
}

TEST(SimulatedVersions, OnlyTheReasonPhraseHasTheErrorBefore84) {
  Demo old(0, 30, k83);
  const auto refused = old.get("/nodes/pve1/qemu/999/config");
  EXPECT_EQ(refused.reason, "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist");
  EXPECT_EQ(refused.text, R"({"data":null})");
  const auto wrong = old.get("/nodes/pve1/rrddata");
  EXPECT_THAT(members(wrong.body), ElementsAre("data", "errors"));
  Demo now(0, 30, k84);
  EXPECT_TRUE(now.get("/nodes/pve1/qemu/999/config").body.as_object().contains("message"));
}

TEST(SimulatedVersions, SeriesOfPve8AreShorterAndHaveFewerMembers) {
  Demo demo(0, 30, k84);
  struct Case {
    const char* timeframe;
    std::int64_t step;
  };
  for (const auto& [timeframe, step] : {Case{"hour", 60}, Case{"day", 1800}, Case{"week", 10'800},
                                        Case{"month", 43'200}, Case{"year", 604'800}}) {
    const auto list = rows(demo.get("/nodes/pve1/rrddata", {{"timeframe", timeframe}}));
    ASSERT_EQ(list.size(), 70U) << timeframe;
    EXPECT_EQ(list[1].at("time").as_int64() - list[0].at("time").as_int64(), step);
  }
  const Form hour{{"timeframe", "hour"}};
  EXPECT_THAT(members(rows(demo.get("/nodes/pve1/rrddata", hour)).back()),
              ElementsAre("cpu", "iowait", "loadavg", "maxcpu", "memtotal", "memused", "netin", "netout",
                          "roottotal", "rootused", "swaptotal", "swapused", "time"));
  EXPECT_THAT(members(rows(demo.get("/nodes/pve1/qemu/100/rrddata", hour)).back()),
              ElementsAre("cpu", "disk", "diskread", "diskwrite", "maxcpu", "maxdisk", "maxmem", "mem",
                          "netin", "netout", "time"));
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/999/rrddata", hour).reason,
            "RRD error: rrdcached@unix:/var/run/rrdcached.sock: rrd_fetch_r failed: opening "
            "'/var/lib/rrdcached/db/pve2-vm/999': No such file or directory");
}

TEST(SimulatedVersions, GuestsAndResourcesOfPve8HaveFewerMembers) {
  Demo old(0, 30, k84);
  const auto status = old.get("/nodes/pve1/qemu/100/status/current").data().as_object();
  EXPECT_FALSE(status.contains("memhost"));
  EXPECT_FALSE(status.contains("pressurecpusome"));
  EXPECT_EQ(status.at("running-qemu"), "9.2.0");
  const auto all = old.get("/cluster/resources");
  EXPECT_EQ(row_with(all.data(), "type", "network"), nullptr);
  ASSERT_NE(row_with(all.data(), "id", "sdn/pve1/localnetwork"), nullptr);
  EXPECT_FALSE(row_with(all.data(), "id", "qemu/100")->contains("memhost"));
  Demo later(0, 30, k90);
  EXPECT_TRUE(later.get("/nodes/pve1/qemu/100/status/current").data().as_object().contains("memhost"));
  EXPECT_NE(row_with(later.get("/cluster/resources").data(), "type", "sdn"), nullptr);
}

TEST(SimulatedVersions, RolesOfPve8HaveTheMonitorInsteadOfTheAgent) {
  Demo old(0, 30, k84);
  EXPECT_THAT(
      members(old.get("/access/roles/PVEAuditor").data()),
      ElementsAre("Datastore.Audit", "Mapping.Audit", "Pool.Audit", "SDN.Audit", "Sys.Audit", "VM.Audit"));
  const auto admin = old.get("/access/roles/PVEVMAdmin").data().as_object();
  EXPECT_TRUE(admin.contains("VM.Monitor"));
  EXPECT_FALSE(admin.contains("VM.GuestAgent.Unrestricted"));
  EXPECT_EQ(row_with(old.get("/nodes/pve1/services").data(), "service", "proxmox-firewall"), nullptr);
}

}  // namespace
}  // namespace simulator
