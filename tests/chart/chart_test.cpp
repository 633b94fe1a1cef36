// Pictures: a few are golden files (UPDATE_GOLDEN=1 rewrites them), of the others what must be true of any.
#include "chart/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
#include <set>
#include <thread>

#include "chart/picture.h"

namespace {

using chart::Theme;
using chart::Unit;
using testing::HasSubstr;

constexpr double kGiB = 1 << 30;
// Where the plots are.
constexpr std::size_t kLeft = 84;
constexpr std::size_t kRight = 840;
constexpr std::size_t kFirstPlot = 74;
constexpr std::size_t kPlotHeight = 98;

chart::Series wave(std::string name, double size, double phase, std::size_t count) {
  chart::Series series{std::move(name), {}};
  for (std::size_t i = 0; i < count; ++i) {
    const double turn = 9.0 * static_cast<double>(i) / static_cast<double>(count) + phase;
    series.values.emplace_back(size * (0.5 + 0.3 * std::sin(turn) + 0.1 * std::sin(7 * turn)));
  }
  return series;
}

chart::Chart guest(std::size_t count = 70) {
  return {
      "web-01 (VM 100)",
      1'785'168'420,
      60,
      {{"CPU", Unit::Fraction, {}, {wave("usage", 0.6, 0, count)}},
       {"Memory", Unit::Bytes, 8 * kGiB, {wave("used", 5 * kGiB, 1, count)}},
       {"Disk I/O", Unit::BytesPerSecond, {}, {wave("read", 3e7, 2, count), wave("write", 2e7, 4, count)}},
       {"Network", Unit::BytesPerSecond, {}, {wave("in", 7e5, 3, count), wave("out", 3e5, 5, count)}}}};
}

template <typename Change>
chart::Chart changed(chart::Chart chart, const Change& change) {
  for (auto& panel : chart.panels) {
    for (auto& series : panel.series) {
      for (std::size_t i = 0; i < series.values.size(); ++i) change(series.values[i], i);
    }
  }
  return chart;
}

test::Picture picture_of(const chart::Chart& chart, Theme theme = Theme::Light) {
  const auto file = chart::png(chart, theme);
  EXPECT_TRUE(file) << file.error();
  EXPECT_LE(file->size(), chart::kMaxBytes);
  auto picture = test::decoded(*file);
  EXPECT_EQ(picture.width, static_cast<std::size_t>(chart::kWidth));
  EXPECT_FALSE(picture.bytes.empty());
  return picture;
}

void expect_golden(const std::string& name, const chart::Chart& chart, Theme theme) {
  const auto file = chart::png(chart, theme);
  ASSERT_TRUE(file) << file.error();
  const auto path = std::string(TEST_SOURCE_DIR) + "/golden/chart/" + name + ".png";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << *file;
  std::ifstream in(path, std::ios::binary);
  const std::string wanted{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_LT(test::mean_difference(test::decoded(*file), test::decoded(wanted)), 0.5)
      << "UPDATE_GOLDEN=1 rewrites " << path;
}

TEST(Golden, Light) { expect_golden("light", guest(), Theme::Light); }

TEST(Golden, DarkDay) { expect_golden("dark-day", guest(1440), Theme::Dark); }

TEST(Golden, Gaps) {
  auto chart = changed(guest(), [](auto& value, std::size_t i) {
    if ((i > 20 && i < 35 && i != 28) || i > 65) value.reset();
  });
  for (auto& value : chart.panels[2].series[1].values) value.reset();
  for (auto& series : chart.panels[3].series) series.values.assign(70, std::nullopt);
  expect_golden("gaps", chart, Theme::Light);
}

TEST(Golden, NoData) { expect_golden("no-data", {"db-02 (CT 200)", 0, 60, {}}, Theme::Dark); }

TEST(Chart, IsOfTheSizeOfAChat) {
  const auto picture = picture_of(guest());
  EXPECT_EQ(picture.height, 614U);
  EXPECT_EQ(picture_of(guest(), Theme::Dark).height, 614U);
}

TEST(Chart, ThemesDiffer) {
  const auto light = picture_of(guest());
  const auto dark = picture_of(guest(), Theme::Dark);
  EXPECT_EQ(light.at(0, 0), 0xFFFFFFU);
  EXPECT_EQ(dark.at(0, 0), 0x0F1520U);
  EXPECT_GT(test::mean_difference(light, dark), 150);
}

TEST(Chart, IsTheSameEveryTime) {
  EXPECT_EQ(*chart::png(guest(), Theme::Light), *chart::png(guest(), Theme::Light));
}

// Between the values before and after a gap are only the plot and the grid, so few colours and no line.
std::set<std::uint32_t> colours(const test::Picture& picture, std::size_t left, std::size_t right) {
  std::set<std::uint32_t> found;
  for (std::size_t x = left; x < right; ++x) {
    for (std::size_t y = kFirstPlot; y < kFirstPlot + kPlotHeight; ++y) found.insert(picture.at(x, y));
  }
  return found;
}

TEST(Chart, GapsAreBlank) {
  const auto column = [](double index) {
    return kLeft + static_cast<std::size_t>(index / 69 * static_cast<double>(kRight - kLeft));
  };
  const auto blank = colours(picture_of(changed(guest(),
                                                [](auto& value, std::size_t i) {
                                                  if (i != 0) value.reset();
                                                })),
                             column(22), column(35));
  EXPECT_LE(blank.size(), 3U);
  for (const auto nothing : {std::optional<double>(), std::optional<double>(NAN), std::optional<double>(-1),
                             std::optional<double>(INFINITY)}) {
    const auto picture = picture_of(changed(guest(), [&](auto& value, std::size_t i) {
      if (i > 20 && i < 36) value = nothing;
    }));
    EXPECT_EQ(colours(picture, column(20) + 4, column(36) - 4), blank);
    EXPECT_GT(colours(picture, column(10), column(20)).size(), 5U);
  }
}

TEST(Chart, GapsAmongManyValuesAreBlank) {
  const auto picture = picture_of(changed(guest(1440), [](auto& value, std::size_t i) {
    if (i >= 700 && i < 800) value.reset();
  }));
  const auto middle = kLeft + (kRight - kLeft) * 700 / 1440;
  EXPECT_LE(colours(picture, middle + 4, middle + 44).size(), 3U);
}

TEST(Chart, ALoneValueIsADot) {
  const auto with = picture_of(changed(guest(), [](auto& value, std::size_t i) {
    if (i != 35) value.reset();
  }));
  EXPECT_GT(colours(with, kLeft + 370, kLeft + 400).size(), 3U);
}

TEST(Chart, IsSmallWhateverItsData) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> unit(0, 1);
  for (const std::size_t count : {100U, 378U, 756U, 1440U, 5000U}) {
    const auto chart = changed(guest(count), [&](auto& value, std::size_t) { value = unit(random); });
    picture_of(chart);
    picture_of(chart, Theme::Dark);
  }
  auto worst = guest(750);
  while (worst.panels.size() < chart::kMaxPanels) worst.panels.push_back(worst.panels.back());
  for (auto& panel : worst.panels) {
    while (panel.series.size() < chart::kMaxSeries) panel.series.push_back(panel.series.back());
  }
  picture_of(changed(worst, [&](auto& value, std::size_t i) {
    value = unit(random);
    if (i % 3 == 0) value.reset();
  }));
}

TEST(Chart, TakesAnyValue) {
  const std::vector<std::vector<std::optional<double>>> all = {
      {},
      {0.5},
      {std::nullopt},
      {0, 0, 0, 0},
      {7, 7, 7, 7},
      {NAN, INFINITY, -INFINITY, -5},
      {std::numeric_limits<double>::max(), 1, std::numeric_limits<double>::max()},
      {std::numeric_limits<double>::denorm_min(), 0},
      {1, std::nullopt, 1, std::nullopt, 1},
  };
  for (const auto unit : {Unit::Fraction, Unit::BytesPerSecond}) {
    for (const auto& values : all) {
      for (const double ceiling :
           std::vector<double>{NAN, INFINITY, 0.0, -1.0, 1e-300, 1.0, std::numeric_limits<double>::max()}) {
        const chart::Chart chart{"x", 0, 1, {{"p", unit, ceiling, {{"s", values}, {"other", {1, 2}}}}}};
        EXPECT_TRUE(chart::png(chart, Theme::Light));
      }
    }
  }
  EXPECT_TRUE(chart::png({"x", 0, 60, {{"p", Unit::Bytes, {}, {}}}}, Theme::Light));
}

TEST(Chart, TakesAnyTitle) {
  const auto file_for = [](std::string title) {
    auto chart = guest(3);
    chart.title = title;
    chart.panels[0].title = title;
    chart.panels[0].series[0].name = std::move(title);
    return *chart::png(chart, Theme::Light);
  };
  EXPECT_EQ(file_for("a\x1b[31m\x01"
                     "b"),
            file_for("a[31mb"));
  EXPECT_EQ(file_for("a\xff\xc3"
                     "b\xe2\x80\xae"),
            file_for("ab"));
  EXPECT_EQ(file_for("a\nb"), file_for("a b"));
  EXPECT_EQ(file_for(std::string(250, 'W')), file_for(std::string(100'000, 'W')));
  EXPECT_NE(file_for("a"), file_for("b"));
  for (const auto* title :
       {"", " ", "\xF0\x9F\x98\x80 \xE6\xBC\xA2\xE5\xAD\x97", "e\xCC\x81\xCC\x81", "\x80"}) {
    EXPECT_FALSE(test::decoded(file_for(title)).bytes.empty());
  }
  // The period beside the title, and the margin, stay free.
  const auto picture = test::decoded(file_for(std::string(500, 'W')));
  for (std::size_t y = 0; y < 40; ++y) {
    for (std::size_t x = 846; x < picture.width; ++x) ASSERT_EQ(picture.at(x, y), 0xFFFFFFU);
  }
}

TEST(Chart, SaysWhatIsBeyondItsLimits) {
  const auto error = [](const chart::Chart& chart) {
    const auto file = chart::png(chart, Theme::Light);
    return file ? "" : file.error();
  };
  auto chart = guest();
  chart.step = 0;
  EXPECT_THAT(error(chart), HasSubstr("step"));
  chart.step = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(error(chart), HasSubstr("step"));
  chart = guest();
  chart.begin = -1;
  EXPECT_THAT(error(chart), HasSubstr("1970"));
  chart.begin = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(error(chart), HasSubstr("9999"));
  chart = guest(chart::kMaxValues + 1);
  EXPECT_THAT(error(chart), HasSubstr("values"));
  chart = guest();
  chart.panels.resize(chart::kMaxPanels + 1);
  EXPECT_THAT(error(chart), HasSubstr("panels"));
  chart = guest();
  chart.panels[0].series.resize(chart::kMaxSeries + 1);
  EXPECT_THAT(error(chart), HasSubstr("series"));
  chart = guest(chart::kMaxValues);
  EXPECT_EQ(error(chart), "");
}

TEST(Chart, IsDrawnByManyThreadsAtOnce) {
  const auto chart = guest();
  const auto light = *chart::png(chart, Theme::Light);
  const auto dark = *chart::png(chart, Theme::Dark);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      for (int turn = 0; turn < 4; ++turn) {
        const bool is_dark = (i + turn) % 2 == 0;
        EXPECT_TRUE(chart::png(chart, is_dark ? Theme::Dark : Theme::Light) == (is_dark ? dark : light));
      }
    });
  }
}

}  // namespace
