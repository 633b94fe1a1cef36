#include "simulator/refusals.h"
#include "simulator/shape.h"

namespace simulator {
namespace {

using enum base::Method;

constexpr const char* kNode = "/nodes/pve1/rrddata";
constexpr const char* kGuest = "/nodes/pve1/qemu/100/rrddata";

TEST(SimulatedRrd, HasTheResolutionsOfPve9) {
  Demo demo;
  struct Case {
    const char* timeframe;
    std::size_t rows;
    std::int64_t step;
  };
  for (const auto& [timeframe, rows, step] :
       {Case{"hour", 60, 60}, Case{"day", 1440, 60}, Case{"week", 335, 1800}, Case{"month", 1439, 1800},
        Case{"year", 1439, 21'600}, Case{"decade", 569, 604'800}}) {
    const auto got = demo.get(kNode, {{"timeframe", timeframe}});
    ASSERT_EQ(got.status, 200U) << timeframe;
    const auto& list = got.data().as_array();
    ASSERT_EQ(list.size(), rows) << timeframe;
    for (std::size_t i = 1; i < list.size(); ++i) {
      ASSERT_EQ(
          list[i].at("time").to_number<std::int64_t>() - list[i - 1].at("time").to_number<std::int64_t>(),
          step);
    }
    const auto last = list.back().at("time").to_number<std::int64_t>();
    EXPECT_EQ(last % step, 0);
    EXPECT_LE(last, 1'780'000'000);
    EXPECT_GT(last + step, 1'780'000'000);
  }
  EXPECT_EQ(demo.get(kGuest, {{"timeframe", "decade"}}).status, 400U) << "nodes only";
}

TEST(SimulatedRrd, IsTheSameForTheSameTimeAndDiffersByObject) {
  Demo one;
  Demo two;
  const Form hour{{"timeframe", "hour"}};
  EXPECT_EQ(one.get(kGuest, hour).text, two.get(kGuest, hour).text);
  EXPECT_NE(one.get(kGuest, hour).text, one.get("/nodes/pve1/qemu/102/rrddata", hour).text);
  const auto mean = one.get(kGuest, {{"timeframe", "hour"}, {"cf", "AVERAGE"}});
  const auto peak = one.get(kGuest, {{"timeframe", "hour"}, {"cf", "MAX"}});
  EXPECT_NE(mean.text, peak.text);
  // The same minute has the same values in the series of an hour and of a day.
  const auto day = one.get(kGuest, {{"timeframe", "day"}}).data().as_array();
  EXPECT_EQ(day.back(), mean.data().as_array().back());
}

TEST(SimulatedRrd, AStoppedGuestHasOnlyItsSizes) {
  Demo demo;
  for (const auto& row : rows(demo.get("/nodes/pve1/qemu/105/rrddata", {{"timeframe", "hour"}}))) {
    const auto& members = row.as_object();
    if (members.size() == 1) continue;
    EXPECT_TRUE(members.contains("maxmem") && members.contains("maxcpu") && members.contains("maxdisk"));
    EXPECT_FALSE(members.contains("cpu"));
  }
}

TEST(SimulatedRrd, AGapHasOnlyTheTime) {
  Demo demo;
  std::size_t gaps = 0;
  const auto day = demo.get(kNode, {{"timeframe", "day"}});
  for (const auto& row : day.data().as_array()) gaps += row.as_object().size() == 1 ? 1 : 0;
  EXPECT_GT(gaps, 0U);
  EXPECT_LT(gaps, 60U);
}

TEST(SimulatedRrd, RefusesWithPvesWords) {
  Demo demo;
  expect_refused(
      demo,
      {
          {Get, kNode, {}, 400, "property is missing and it is not optional", "timeframe"},
          {Get,
           kNode,
           {{"timeframe", "minute"}},
           400,
           "value 'minute' does not have a value in the enumeration 'hour, day, week, month, year, decade'",
           "timeframe"},
          {Get,
           kNode,
           {{"timeframe", "hour"}, {"cf", "MIN"}},
           400,
           "value 'MIN' does not have a value in the enumeration 'AVERAGE, MAX'",
           "cf"},
          {Get,
           "/nodes/pve1/qemu/999/rrddata",
           {{"timeframe", "hour"}},
           500,
           "RRD error: rrdcached@unix:/var/run/rrdcached.sock: rrd_fetch_r failed: opening "
           "'/var/lib/rrdcached/db/pve-vm-9.0/999': No such file or directory"},
      });
  demo.as_limited();
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/102/rrddata", {{"timeframe", "hour"}}).reason,
            "Permission check failed (/vms/102, VM.Audit)");
}

TEST(SimulatedRrd, ADeadNodeStillHasItsSeries) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("offline=pve3"));
  EXPECT_EQ(demo.get("/nodes/pve3/rrddata", {{"timeframe", "hour"}}).status, 200U);
}

TEST(SimulatedRrd, HasTheRecordedShape) {
  Demo demo;
  const Form hour{{"timeframe", "hour"}};
  expect_same_shape(demo.get(kNode, hour).data(), recorded("rrd.jsonl", "GET", "/nodes/*/rrddata"));
  // The recorded VM had no disk statistics. PVE usually has them.
  const Allowed disk{.missing = {}, .extra = {"[].diskread", "[].diskwrite"}, .type = {}};
  expect_same_shape(demo.get(kGuest, hour).data(), recorded("rrd.jsonl", "GET", "/nodes/*/qemu/*/rrddata"),
                    disk);
  expect_same_shape(demo.get("/nodes/pve1/lxc/200/rrddata", hour).data(),
                    recorded("rrd.jsonl", "GET", "/nodes/*/lxc/*/rrddata"));
  expect_same_shape(demo.get("/nodes/pve1/storage/local/rrddata", hour).data(),
                    recorded("rrd.jsonl", "GET", "/nodes/*/storage/*/rrddata"));
}

}  // namespace
}  // namespace simulator
