#include "view/rrd.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr std::int64_t kStart = 1'785'168'420;  // 2026-07-27 16:07

base::Json json(std::string_view text) { return *base::parse_json(text); }

// Returns rows one step apart; `fill` adds the metrics to the row of an index.
template <typename Fill>
base::Json rows(int count, std::int64_t step, const Fill& fill) {
  base::JsonArray array;
  for (int i = 0; i < count; ++i) {
    base::JsonObject row{{"time", kStart + i * step}};
    fill(row, i);
    array.emplace_back(std::move(row));
  }
  return array;
}

base::Json guest(int count = 60, std::int64_t step = 60) {
  return rows(count, step, [](base::JsonObject& row, int i) {
    row["maxcpu"] = 2;
    row["maxmem"] = 4294967296;
    row["disk"] = 0;
    if (i >= 10 && i < 15) return;
    row["cpu"] = 0.1 + 0.01 * i;
    row["mem"] = 1073741824;
    row["diskread"] = i % 2 * 2048;
    row["diskwrite"] = "1024.5";
    row["netin"] = 3e6 - 40000.0 * i;
    row["netout"] = 0;
  });
}

base::Json node(const char* number = "0.1234567") {
  return rows(70, 60, [&](base::JsonObject& row, int i) {
    for (const auto* key : {"cpu", "iowait", "loadavg", "memused", "swapused", "rootused", "netin", "netout",
                            "pressurecpusome", "pressureiosome", "pressurememorysome", "pressureiofull"}) {
      row[key] = std::strtod(number, nullptr) * (1 + i % 7);
    }
    for (const auto* key : {"memtotal", "swaptotal", "roottotal"}) row[key] = 123456789012;
    row["maxcpu"] = 128;
  });
}

TEST(RrdText, HasALineForEachMetric) {
  EXPECT_EQ(view::rrd_text(guest(), "web-01 (VM 100)"),
            "web-01 (VM 100): 2026-07-27 16:07 – 17:06 UTC, 60 x 1 min, 5 gaps; now/avg/max @time of max; no "
            "trend: steady\n"
            "cpu 69/41.1/69% of 2 CPUs @17:06 rising\n"
            "mem 1 of 4 GiB\n"
            "disk read 2/1.02/2 KiB/s @16:08\n"
            "disk write 1 KiB/s\n"
            "net in 0.61/1.67/2.86 MiB/s @16:07 falling\n"
            "net out 0 B/s");
}

TEST(RrdText, FitsTheBudgetForAnHour) {
  EXPECT_LE(view::rrd_text(guest(), std::string(300, 'x')).size(), view::kRrdTextBytes);
  for (const auto* number : {"0", "0.1234567", "12345678", "123456789012345", "1e200", "1e-7"}) {
    const auto text = view::rrd_text(node(number), "a-node-with-quite-a-long-name");
    EXPECT_LE(text.size(), view::kRrdTextBytes) << text;
    EXPECT_THAT(text, HasSubstr("\nnet out ")) << number;
  }
  const auto text = view::rrd_text(node(), "pve1");
  EXPECT_THAT(text, HasSubstr("\npressure avg/max: cpu 0.49/0.86% io 0.49/0.86% memory 0.49/0.86%"));
  EXPECT_THAT(text, HasSubstr(" @16:13"));
  EXPECT_LE(view::rrd_text(guest(1440, 21600), "x").size(), view::kRrdLongTextBytes);
}

TEST(RrdText, SaysHowOldNowIs) {
  const auto stopped = rows(60, 60, [](base::JsonObject& row, int i) {
    row["maxmem"] = 4096;
    if (i < 50) row["cpu"] = 0.5;
    if (i < 50) row["netin"] = 5;
  });
  EXPECT_THAT(view::rrd_text(stopped, "x"), HasSubstr("10 gaps, last value 10 min old; "));
  const auto partly = rows(60, 60, [](base::JsonObject& row, int i) {
    row["cpu"] = 0.5;
    if (i < 50) row["netin"] = 5;
  });
  EXPECT_THAT(view::rrd_text(partly, "x"), HasSubstr("\ncpu 50%\nnet in 5 B/s, 10 min old"));
  const auto fresh = rows(60, 60, [](base::JsonObject& row, int i) {
    if (i < 58) row["cpu"] = 0.5;
  });
  EXPECT_THAT(view::rrd_text(fresh, "x"), Not(HasSubstr("old")));
}

TEST(RrdText, DatesTheMaximumOfALongPeriod) {
  EXPECT_THAT(view::rrd_text(guest(48, 1800), "x"), HasSubstr("cpu 57/34.8/57% of 2 CPUs @15:37"));
  EXPECT_THAT(view::rrd_text(guest(335, 1800), "x"), HasSubstr("@08-03 15:07 rising"));
  EXPECT_THAT(view::rrd_text(guest(1439, 21600), "x"), HasSubstr("@2027-07-22 rising"));
}

TEST(RrdText, SaysThatThereIsNoData) {
  EXPECT_EQ(view::rrd_text(json("[]"), "a\x1b"), "a\xEF\xBF\xBD: no data.");
  EXPECT_EQ(view::rrd_text(json("null"), "x"), "x: no data.");
  EXPECT_EQ(view::rrd_text(json(R"([{"time":0,"maxcpu":2,"disk":0},{"time":60,"cpu":"NaN"}])"), "x"),
            "x: no data, 1970-01-01 00:00 – 00:01 UTC.");
}

TEST(RrdStatistics, MatchTheText) {
  const auto found = view::rrd_statistics(guest());
  EXPECT_EQ(found.at("begin"), kStart);
  EXPECT_EQ(found.at("end"), kStart + 59 * 60);
  EXPECT_EQ(found.at("step"), 60);
  EXPECT_EQ(found.at("points"), 60);
  EXPECT_EQ(found.at("gaps"), 5);
  const auto& metrics = found.at("metrics").as_object();
  EXPECT_EQ(metrics.size(), 6U);
  EXPECT_EQ(base::write_json(metrics.at("cpu")),
            R"({"unit":"fraction","now":0.69,"average":0.4109,"maximum":0.69,"maximum_at":1785171960,)"
            R"("trend":"rising","cpus":2})");
  EXPECT_EQ(base::write_json(metrics.at("mem")),
            R"({"unit":"bytes","now":1074000000,"average":1074000000,"maximum":1074000000,)"
            R"("maximum_at":1785168420,"trend":"steady","of":4294967296})");
  EXPECT_EQ(metrics.at("netin").at("trend"), "falling");
  EXPECT_EQ(base::write_json(view::rrd_statistics(nullptr)), R"({"points":0,"gaps":0,"metrics":{}})");
}

TEST(RrdStatistics, CountAMissingRowAsAGap) {
  const auto data =
      json(R"([{"time":600,"cpu":1},{"time":0,"cpu":0},{"time":300,"cpu":"0.5"},{"time":1500,"cpu":0},
                             {"time":"1800","cpu":0},{"cpu":7},"x",{"time":-1},{"time":"soon"},{"time":1e300}])");
  const auto found = view::rrd_statistics(data);
  EXPECT_EQ(found.at("step"), 300);
  EXPECT_EQ(found.at("points"), 7);
  EXPECT_EQ(found.at("gaps"), 2);
  EXPECT_EQ(found.at("metrics").at("cpu").at("average"), 0.3);
  EXPECT_EQ(found.at("metrics").at("cpu").at("maximum_at"), 600);
}

TEST(RrdStatistics, DistinguishATrendFromNoise) {
  const auto trend = [](const auto& value) {
    const auto data = rows(60, 60, [&](base::JsonObject& row, int i) { row["netin"] = value(i); });
    const auto found = view::rrd_statistics(data);
    return std::string(found.at("metrics").at("netin").at("trend").as_string());
  };
  EXPECT_EQ(trend([](int i) { return 1e6 + 5000.0 * i; }), "rising");
  EXPECT_EQ(trend([](int i) { return 1e6 - 5000.0 * i; }), "falling");
  EXPECT_EQ(trend([](int i) { return 1e6 + 1000.0 * i; }), "steady");
  EXPECT_EQ(trend([](int i) { return i == 50 ? 1e9 : 0.0; }), "steady");
  EXPECT_EQ(trend([](int i) { return i % 2 * 1e6 + 5000.0 * i; }), "steady");
  EXPECT_EQ(trend([](int i) { return 1.0 * i; }), "steady");
  EXPECT_EQ(trend([](int) { return std::numeric_limits<double>::max(); }), "steady");
}

TEST(RrdStatistics, AcceptAnyTimes) {
  const auto data = json(R"([{"time":0,"cpu":0.5},{"time":1,"cpu":0.5},{"time":253402000000,"cpu":0.5}])");
  EXPECT_LE(view::rrd_statistics(data).at("points").to_number<int>(), 5001);
  EXPECT_TRUE(chart::png(view::rrd_chart(data, "x"), chart::Theme::Light));
  const auto same = json(R"([{"time":5,"cpu":0.5},{"time":5,"cpu":0.7}])");
  EXPECT_EQ(view::rrd_statistics(same).at("points"), 1);
}

std::vector<std::string> titles(const chart::Chart& chart) {
  std::vector<std::string> found;
  for (const auto& panel : chart.panels) found.push_back(panel.title);
  return found;
}

TEST(RrdChart, HasThePanelsOfTheObjectsKind) {
  const auto of_guest = view::rrd_chart(guest(), "x");
  EXPECT_THAT(titles(of_guest), ElementsAre("CPU", "Memory", "Disk I/O", "Network"));
  EXPECT_EQ(of_guest.begin, kStart);
  EXPECT_EQ(of_guest.step, 60);
  EXPECT_EQ(of_guest.panels[1].ceiling, 4294967296.0);
  EXPECT_THAT(of_guest.panels[2].series, SizeIs(2));
  EXPECT_THAT(of_guest.panels[0].series[0].values, SizeIs(60));
  EXPECT_FALSE(of_guest.panels[0].series[0].values[12]);
  EXPECT_EQ(of_guest.panels[2].series[1].values[0], 1024.5);
  EXPECT_TRUE(chart::png(of_guest, chart::Theme::Dark));

  EXPECT_THAT(titles(view::rrd_chart(node(), "x")), ElementsAre("CPU", "Memory", "Load average", "Network"));
  const auto storage = view::rrd_chart(json(R"([{"time":60,"total":100,"used":50}])"), "x");
  EXPECT_THAT(titles(storage), ElementsAre("Usage"));
  EXPECT_EQ(storage.panels[0].ceiling, 100.0);
  EXPECT_THAT(view::rrd_chart(json("[]"), "x").panels, SizeIs(0));
  EXPECT_TRUE(chart::png(view::rrd_chart(json("[]"), "x"), chart::Theme::Light));
}

}  // namespace
