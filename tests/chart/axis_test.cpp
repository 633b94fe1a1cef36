#include "chart/axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "chart/samples.h"

namespace {

using chart::Unit;
using testing::ElementsAre;

std::vector<std::string> labels(const std::vector<chart::Tick>& ticks) {
  std::vector<std::string> found;
  for (const auto& tick : ticks) found.push_back(tick.label);
  return found;
}

TEST(Quantity, HasAUnitForPeople) {
  EXPECT_EQ(chart::quantity(0.12345, Unit::Fraction), "12.3%");
  EXPECT_EQ(chart::quantity(1.5 * (1 << 30), Unit::Bytes), "1.5 GiB");
  EXPECT_EQ(chart::quantity(1023.6 * 1024, Unit::Bytes), "1 MiB");
  EXPECT_EQ(chart::quantity(0, Unit::BytesPerSecond), "0 B/s");
  EXPECT_EQ(chart::quantity(5051.7, Unit::BytesPerSecond), "4.93 KiB/s");
  EXPECT_EQ(chart::quantity(2.475, Unit::Number), "2.48");
  EXPECT_EQ(chart::quantity(0.0036, Unit::Fraction), "0.36%");
  for (const double huge : {1e6, 1e40, 1e300, std::numeric_limits<double>::max(), 1e-300}) {
    EXPECT_LE(chart::digits(huge).size(), 8U) << huge;
  }
}

TEST(ValueAxis, HasRoundTicksInOneUnit) {
  EXPECT_THAT(labels(chart::value_axis(0.97, {}, Unit::Fraction).ticks),
              ElementsAre("0", "25%", "50%", "75%", "100%"));
  EXPECT_THAT(labels(chart::value_axis(3.2 * (1 << 30), {}, Unit::Bytes).ticks),
              ElementsAre("0", "1 GiB", "2 GiB", "3 GiB", "4 GiB"));
  EXPECT_THAT(labels(chart::value_axis(9.5, {}, Unit::Number).ticks),
              ElementsAre("0", "2.5", "5.0", "7.5", "10.0"));
  EXPECT_THAT(labels(chart::value_axis(0, {}, Unit::Fraction).ticks), ElementsAre("0", "2%", "4%", "6%"));
  const double gib = 1 << 30;
  const auto bounded = chart::value_axis(gib, 8 * gib, Unit::Bytes);
  EXPECT_THAT(labels(bounded.ticks), ElementsAre("0", "2 GiB", "4 GiB", "6 GiB", "8 GiB"));
  EXPECT_GT(bounded.top, 8 * gib);
}

TEST(ValueAxis, HoldsEveryValue) {
  for (const auto unit : {Unit::Number, Unit::Fraction, Unit::Percent, Unit::Bytes, Unit::BytesPerSecond}) {
    for (int exponent = -320; exponent <= 308; ++exponent) {
      for (const double factor : {1.0, 1.79, 3.3, 7.7}) {
        const double largest = factor * std::pow(10, exponent);
        if (!std::isfinite(largest)) continue;
        for (const auto& axis : {chart::value_axis(largest, {}, unit), chart::value_axis(1, largest, unit)}) {
          EXPECT_TRUE(std::isfinite(axis.top)) << largest;
          EXPECT_GE(axis.top, largest);
          EXPECT_GE(axis.ticks.size(), 2U) << largest;
          EXPECT_LE(axis.ticks.size(), 6U) << largest;
          for (const auto& tick : axis.ticks) EXPECT_LE(tick.at, axis.top * (1 + 1e-9));
        }
      }
    }
  }
}

TEST(TimeAxis, HasRoundTimes) {
  constexpr std::int64_t kStart = 1'785'168'420;  // 2026-07-27 16:07
  EXPECT_THAT(labels(chart::time_axis(kStart, kStart + 3600, 10)),
              ElementsAre("16:10", "16:20", "16:30", "16:40", "16:50", "17:00"));
  EXPECT_THAT(labels(chart::time_axis(kStart, kStart + 86400, 10)),
              ElementsAre("18:00", "21:00", "Jul 28", "03:00", "06:00", "09:00", "12:00", "15:00"));
  EXPECT_THAT(labels(chart::time_axis(kStart, kStart + 7 * 86400, 10)),
              ElementsAre("Jul 28", "Jul 29", "Jul 30", "Jul 31", "Aug 1", "Aug 2", "Aug 3"));
  EXPECT_THAT(labels(chart::time_axis(kStart, kStart + 365 * std::int64_t{86400}, 10)),
              ElementsAre("Sep", "Nov", "2027", "Mar", "May", "Jul"));
  EXPECT_THAT(labels(chart::time_axis(kStart + 1, kStart + 25, 6)),
              ElementsAre("16:07:05", "16:07:10", "16:07:15", "16:07:20", "16:07:25"));
}

TEST(TimeAxis, NeverHasMoreTicksThanAsked) {
  for (std::int64_t span = 1; span < 250'000'000'000; span = span * 3 / 2 + 1) {
    const auto ticks = chart::time_axis(1234, 1234 + span, 10);
    EXPECT_LE(ticks.size(), 10U) << span;
    for (const auto& tick : ticks) {
      EXPECT_GE(tick.at, 1234);
      EXPECT_LE(tick.at, static_cast<double>(1234 + span));
    }
  }
}

TEST(TimeAxis, SaysPeriods) {
  EXPECT_EQ(chart::period(0, 3660), "1970-01-01 00:00 – 01:01 UTC");
  EXPECT_EQ(chart::period(0, 90000), "1970-01-01 00:00 – 1970-01-02 01:00 UTC");
  EXPECT_EQ(chart::period(60, 60), "1970-01-01 00:01 UTC");
  EXPECT_EQ(chart::duration(90), "90 s");
  EXPECT_EQ(chart::duration(1800), "30 min");
  EXPECT_EQ(chart::duration(21600), "6 h");
  EXPECT_EQ(chart::duration(604800), "7 d");
}

TEST(Samples, EndAtGaps) {
  const std::vector<std::optional<double>> values = {1, 2, {}, NAN, 3, -1, INFINITY, 4, 5};
  const auto runs = chart::runs(values, 100);
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].size(), 2U);
  EXPECT_EQ(runs[1].size(), 1U);
  EXPECT_EQ(runs[1][0].position, 4);
  EXPECT_EQ(runs[2].size(), 2U);
}

TEST(Samples, AreMeansWithinABand) {
  std::vector<std::optional<double>> values = {1, 3, 5, {}, {}, {}, 7, 8, 9};
  const auto runs = chart::runs(values, 5);
  ASSERT_EQ(runs.size(), 2U);
  ASSERT_EQ(runs[0].size(), 2U);
  EXPECT_EQ(runs[0][0].position, 0.5);
  EXPECT_EQ(runs[0][0].smallest, 1);
  EXPECT_EQ(runs[0][0].mean, 2);
  EXPECT_EQ(runs[0][0].largest, 3);
  EXPECT_EQ(runs[1].size(), 2U);
}

TEST(Samples, HugeOnesHaveAMean) {
  const double huge = std::numeric_limits<double>::max();
  const std::vector<std::optional<double>> values(10, huge);
  EXPECT_EQ(chart::summary(values)->mean, huge);
  EXPECT_FALSE(chart::summary(std::vector<std::optional<double>>{{}, NAN}));
}

}  // namespace
