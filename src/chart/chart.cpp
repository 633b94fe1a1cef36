#include "chart/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <mutex>
#include <numbers>
#include <span>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "chart/axis.h"
#include "chart/colours.h"
#include "chart/drawing.h"
#include "chart/font.h"
#include "chart/palette.h"
#include "chart/samples.h"

namespace chart {
namespace {

// Pixels.
constexpr double kLeft = 84;
constexpr double kRight = kWidth - 20;
constexpr double kPlotHeight = 98;
constexpr double kHeader = 28;
constexpr double kPanelHeight = kHeader + kPlotHeight + 10;
constexpr double kTop = 46;
constexpr double kBottom = 24;
constexpr double kMargin = 18;
constexpr double kNoPanels = 160;
constexpr double kTitleSize = 18;
constexpr double kHeadingSize = 14;
constexpr double kTextSize = 12.5;
constexpr double kLine = 1.75;
constexpr double kBold = 0.5;
constexpr int kTimeTicks = 10;

constexpr std::int64_t kLongestStep = std::int64_t{3660} * 86400;
constexpr std::int64_t kLastTime = 253'402'300'799;  // of the year 9999

// Text of others: on one line, and without what would be drawn as a box.
std::string cleaned(std::string_view text) {
  static constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  auto clean = base::printable(text);
  for (auto at = clean.find(kReplacement); at != std::string::npos; at = clean.find(kReplacement, at)) {
    clean.erase(at, kReplacement.size());
  }
  return std::string(base::trim(clean));
}

std::size_t length_of(const Chart& chart) {
  std::size_t length = 0;
  for (const auto& panel : chart.panels) {
    for (const auto& series : panel.series) length = std::max(length, series.values.size());
  }
  return length;
}

std::string broken_limit(const Chart& chart) {
  if (chart.panels.size() > kMaxPanels) return fmt::format("A chart has at most {} panels.", kMaxPanels);
  for (const auto& panel : chart.panels) {
    if (panel.series.size() > kMaxSeries) return fmt::format("A panel has at most {} series.", kMaxSeries);
  }
  const auto length = length_of(chart);
  if (length > kMaxValues) return fmt::format("A series has at most {} values.", kMaxValues);
  if (chart.step < 1 || chart.step > kLongestStep)
    return "The step of a chart is from a second to ten years.";
  const auto span = chart.step * static_cast<std::int64_t>(length > 1 ? length - 1 : 0);
  if (chart.begin < 0 || chart.begin > kLastTime || span > kLastTime - chart.begin) {
    return "The times of a chart are from 1970 to 9999.";
  }
  return {};
}

class Painter {
 public:
  Painter(const Drawing& drawing, const Chart& chart, const Colours& colours, std::size_t columns,
          cairo_t* context)
      : cairo_(drawing.cairo),
        chart_(chart),
        colours_(colours),
        columns_(columns),
        context_(context),
        font_(drawing),
        length_(length_of(chart)) {
    // A single value stands in the middle.
    const double count = static_cast<double>(length_);
    first_ = length_ > 1 ? 0 : -0.5;
    last_ = length_ > 1 ? count - 1 : 0.5;
    begin_ = chart.begin;
    end_ = chart.begin + chart.step * static_cast<std::int64_t>(length_ > 1 ? length_ - 1 : 0);
    if (length_ > 1) time_ = time_axis(begin_, end_, kTimeTicks);
    if (length_ == 1) time_ = {{static_cast<double>(begin_), date_and_time(begin_), false}};
  }

  bool ok() const { return font_.ok(); }

  static double height(const Chart& chart) {
    return kTop + kBottom +
           (has_value(chart) ? kPanelHeight * static_cast<double>(chart.panels.size()) : kNoPanels);
  }

  void all() {
    colour(colours_.background);
    cairo_.paint(context_);
    heading();
    if (!has_value(chart_)) {
      colour(colours_.plot);
      cairo_.rectangle(context_, kMargin, kTop, kWidth - 2 * kMargin, kNoPanels);
      cairo_.fill(context_);
      centred("No data in this period", kWidth / 2.0, kTop + kNoPanels / 2 + 5, kHeadingSize);
      return;
    }
    double top = kTop;
    for (std::size_t i = 0; i < chart_.panels.size(); ++i) {
      panel(chart_.panels[i], i, top);
      top += kPanelHeight;
    }
    time_labels(top);
  }

 private:
  static bool has_value(const Chart& chart) {
    return std::ranges::any_of(chart.panels, [](const Panel& panel) { return has_value(panel); });
  }
  static bool has_value(const Panel& panel) {
    return std::ranges::any_of(panel.series, [](const Series& series) {
      return std::ranges::any_of(series.values, [](const auto& value) { return is_sample(value); });
    });
  }

  void colour(std::uint32_t rgb, double opacity = 1) {
    const auto part = [&](unsigned shift) { return static_cast<double>((rgb >> shift) & 0xFFU) / 255; };
    cairo_.set_source_rgba(context_, part(16), part(8), part(0), opacity);
  }

  double text(std::string_view words, double x, double y, double size = kTextSize, double weight = 0) {
    font_.draw(context_, std::round(x), std::round(y), size, words, weight);
    return font_.width(words, size);
  }
  void right(std::string_view words, double x, double y) {
    text(words, x - font_.width(words, kTextSize), y);
  }
  void centred(std::string_view words, double x, double y, double size) {
    colour(colours_.faint);
    text(words, x - font_.width(words, size) / 2, y, size);
  }

  // A line of one pixel's width fills that pixel only at half a coordinate.
  void rule(double x1, double y1, double x2, double y2) {
    cairo_.set_line_width(context_, 1);
    cairo_.move_to(context_, std::floor(x1) + 0.5, std::floor(y1) + 0.5);
    cairo_.line_to(context_, std::floor(x2) + 0.5, std::floor(y2) + 0.5);
    cairo_.stroke(context_);
  }

  double x_of(double position) const {
    return kLeft + (position - first_) / (last_ - first_) * (kRight - kLeft);
  }
  double x_at(double time) const {
    return x_of((time - static_cast<double>(begin_)) / static_cast<double>(chart_.step));
  }

  void heading() {
    constexpr double kBase = 29;
    double limit = kWidth - 2 * kMargin;
    if (length_ > 0) {
      const auto when = period(begin_, end_) + "  ·  every " + duration(chart_.step);
      colour(colours_.faint);
      right(when, kRight, kBase);
      limit = kRight - font_.width(when, kTextSize) - 24 - kMargin;
    }
    colour(colours_.text);
    text(font_.fitted(cleaned(chart_.title), kTitleSize, limit), kMargin, kBase, kTitleSize, kBold);
  }

  void panel(const Panel& panel, std::size_t index, double top) {
    const double above = top + kHeader;
    const double below = above + kPlotHeight;
    colour(colours_.plot);
    cairo_.rectangle(context_, kLeft, above, kRight - kLeft, kPlotHeight);
    cairo_.fill(context_);

    double largest = 0;
    for (const auto& series : panel.series) {
      if (const auto whole = summary(series.values)) largest = std::max(largest, whole->largest);
    }
    const auto axis = value_axis(largest, panel.ceiling, panel.unit);
    const auto y_of = [&](double value) { return below - value / axis.top * kPlotHeight; };
    grid(axis, above, below);
    if (has_value(panel)) {
      if (ceiling_of(panel)) {
        colour(colours_.faint);
        dashed(kLeft, kRight, y_of(*panel.ceiling));
      }
      for (std::size_t i = 0; i < panel.series.size(); ++i) {
        line(panel.series[i], rgb_of(panel, index, i), below, y_of);
      }
    } else {
      centred("no data", (kLeft + kRight) / 2, (above + below) / 2 + 4, kTextSize);
    }
    colour(colours_.text);
    const auto title = font_.fitted(cleaned(panel.title), kHeadingSize, 200);
    legend(panel, index, kLeft + text(title, kLeft, top + 19, kHeadingSize, kBold) + 20, top + 19);
  }

  void grid(const Axis& axis, double above, double below) {
    colour(colours_.grid);
    for (const auto& tick : time_) rule(x_at(tick.at), above, x_at(tick.at), below);
    for (const auto& tick : axis.ticks) {
      const double y = below - tick.at / axis.top * kPlotHeight;
      colour(tick.at == 0 ? colours_.axis : colours_.grid);
      rule(kLeft, y, kRight, y);
      colour(colours_.faint);
      right(tick.label, kLeft - 8, y + 4);
    }
  }

  void dashed(double from, double to, double y) {
    constexpr double kDash = 5;
    cairo_.save(context_);
    cairo_.set_dash(context_, &kDash, 1, 0);
    rule(from, y, to, y);
    cairo_.restore(context_);
  }

  template <typename Y>
  void line(const Series& series, std::uint32_t rgb, double below, const Y& y_of) {
    cairo_.set_line_join(context_, CAIRO_LINE_JOIN_ROUND);
    cairo_.set_line_cap(context_, CAIRO_LINE_CAP_ROUND);
    const auto found = runs(series.values, columns_);
    const bool condensed = series.values.size() > columns_;
    for (const auto& run : found) {
      const auto along = [&](auto value) {
        for (const auto& sample : run) cairo_.line_to(context_, x_of(sample.position), y_of(value(sample)));
      };
      const auto mean = [](const Sample& sample) { return sample.mean; };
      cairo_.new_path(context_);
      along(mean);
      cairo_.line_to(context_, x_of(run.back().position), below);
      cairo_.line_to(context_, x_of(run.front().position), below);
      colour(rgb, colours_.fill);
      cairo_.fill(context_);
      if (condensed) {
        along([](const Sample& sample) { return sample.largest; });
        for (auto sample = run.rbegin(); sample != run.rend(); ++sample) {
          cairo_.line_to(context_, x_of(sample->position), y_of(sample->smallest));
        }
        colour(rgb, 0.35);
        cairo_.fill(context_);
      }
      colour(rgb);
      cairo_.set_line_width(context_, kLine);
      along(mean);
      cairo_.stroke(context_);
      if (run.size() == 1) {
        cairo_.arc(context_, x_of(run.front().position), y_of(run.front().mean), 2.25, 0,
                   2 * std::numbers::pi);
        cairo_.fill(context_);
      }
    }
    cairo_.set_line_cap(context_, CAIRO_LINE_CAP_BUTT);
  }

  static bool ceiling_of(const Panel& panel) {
    return panel.ceiling && std::isfinite(*panel.ceiling) && *panel.ceiling > 0;
  }

  struct Word {
    std::string text;
    bool strong = false;
  };
  struct Entry {
    std::vector<Word> words;
    std::uint32_t rgb = 0;
    bool dashed = false;
  };

  // A series' name and as many as `detail` of: now, avg, max. In one unit, unless that leaves nothing of one
  // of them.
  Entry entry_of(const Series& series, Unit unit, int detail) {
    Entry entry;
    entry.words.push_back({font_.fitted(cleaned(series.name), kTextSize, detail > 0 ? 110 : 60)});
    const auto whole = summary(series.values);
    if (!whole) return entry;
    const std::array<std::pair<const char*, double>, 3> facts = {
        {{whole->last_index + 1 == length_ ? "now" : "last", whole->last},
         {"max", whole->largest},
         {"avg", whole->mean}}};
    const auto shown = std::span(facts).first(static_cast<std::size_t>(detail));
    const auto scale = scale_for(whole->largest, unit);
    const bool one_unit = std::ranges::all_of(
        shown, [&](const auto& fact) { return fact.second == 0 || fact.second / scale.divisor >= 0.01; });
    for (const auto& [label, value] : shown) {
      entry.words.push_back({label});
      entry.words.push_back({one_unit ? digits(value / scale.divisor) : quantity(value, unit), true});
    }
    if (one_unit && detail > 0) entry.words.back().text += scale.suffix;
    return entry;
  }

  // Between a word and the one before it.
  static double space(const Word& word) { return word.strong ? 5 : 9; }

  // Right-aligned with the plot; with less in it where there is no room.
  void legend(const Panel& panel, std::size_t index, double left, double y) {
    constexpr double kMark = 14;
    constexpr double kBetween = 24;
    std::vector<Entry> entries;
    double wide = 0;
    for (int detail = 3; detail >= 0; --detail) {
      entries.clear();
      for (std::size_t i = 0; i < panel.series.size(); ++i) {
        entries.push_back(entry_of(panel.series[i], panel.unit, detail));
        entries.back().rgb = rgb_of(panel, index, i);
      }
      if (ceiling_of(panel)) {
        entries.push_back({{{"of"}, {quantity(*panel.ceiling, panel.unit), true}}, colours_.faint, true});
      }
      wide = -kBetween;
      for (const auto& entry : entries) {
        wide += kBetween + kMark;
        for (const auto& word : entry.words) wide += space(word) + font_.width(word.text, kTextSize);
      }
      if (wide <= kRight - left) break;
    }
    double x = kRight - wide;
    for (const auto& entry : entries) {
      colour(entry.rgb);
      if (entry.dashed) {
        dashed(x, x + kMark, y - 5);
      } else {
        cairo_.rectangle(context_, std::round(x), y - 6, kMark, 3);
        cairo_.fill(context_);
      }
      x += kMark;
      for (const auto& word : entry.words) {
        colour(word.strong ? colours_.text : colours_.faint);
        x += space(word);
        x += text(word.text, x, y);
      }
      x += kBetween;
    }
  }

  std::uint32_t rgb_of(const Panel& panel, std::size_t index, std::size_t series) const {
    return panel.series.size() == 1 ? colours_.alone.at(index % 2) : colours_.together.at(series);
  }

  void time_labels(double top) {
    const double y = top + 9;
    colour(colours_.faint);
    right("UTC", kLeft - 8, y);
    double free_from = kLeft - 2;
    for (const auto& tick : time_) {
      const double wide = font_.width(tick.label, kTextSize);
      const double x = std::min(x_at(tick.at) - wide / 2, kWidth - 6 - wide);
      if (x < free_from) continue;
      colour(tick.strong ? colours_.text : colours_.faint);
      text(tick.label, x, y, kTextSize, tick.strong ? kBold : 0);
      free_from = x + wide + 10;
    }
  }

  const Cairo& cairo_;
  const Chart& chart_;
  const Colours& colours_;
  std::size_t columns_;
  cairo_t* context_;
  Font font_;
  std::size_t length_;
  double first_ = 0;
  double last_ = 1;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  std::vector<Tick> time_;
};

// Draws `chart`, with at most `columns` points to a line, on `pixels`.
cairo_status_t paint(const Drawing& drawing, const Chart& chart, const Colours& colours, std::size_t columns,
                     std::vector<std::uint32_t>& pixels) {
  // cairo passes blocks of memory from thread to thread by atomics of its own, which no thread sanitizer
  // sees. One drawing at a time (20 ms) keeps it able to vouch for the rest.
  static constinit std::mutex one_at_a_time;
  const std::scoped_lock lock(one_at_a_time);
  const auto& cairo = drawing.cairo;
  const auto height = static_cast<int>(pixels.size() / kWidth);
  const std::unique_ptr<cairo_surface_t, decltype(cairo.surface_destroy)> surface(
      cairo.image_surface_create_for_data(reinterpret_cast<unsigned char*>(pixels.data()), CAIRO_FORMAT_RGB24,
                                          kWidth, height, kWidth * static_cast<int>(sizeof pixels[0])),
      cairo.surface_destroy);
  const std::unique_ptr<cairo_t, decltype(cairo.destroy)> context(cairo.create(surface.get()), cairo.destroy);
  Painter painter(drawing, chart, colours, columns, context.get());
  if (!painter.ok()) return CAIRO_STATUS_NO_MEMORY;
  painter.all();
  cairo.surface_flush(surface.get());
  return cairo.status(context.get());
}

}  // namespace

std::expected<std::string, std::string> png(const Chart& chart, Theme theme) {
  if (auto broken = broken_limit(chart); !broken.empty()) return std::unexpected(std::move(broken));
  const auto& libraries = drawing();
  if (!libraries) return std::unexpected(libraries.error());
  std::vector<std::uint32_t> pixels(kWidth * static_cast<std::size_t>(Painter::height(chart)));
  // Noise does not compress: then fewer points have to do.
  for (auto columns = static_cast<std::size_t>(kRight - kLeft); columns > 0; columns /= 2) {
    const auto status = paint(*libraries, chart, theme == Theme::Dark ? kDark : kLight, columns, pixels);
    if (status != CAIRO_STATUS_SUCCESS) {
      return std::unexpected(
          fmt::format("The chart could not be drawn: {}.", libraries->cairo.status_to_string(status)));
    }
    auto file = palette_png(libraries->png, pixels, kWidth);
    if (!file) return std::unexpected("The chart could not be written: not enough memory.");
    if (file->size() <= kMaxBytes) return *std::move(file);
  }
  return std::unexpected(fmt::format("The chart needs more than {} bytes.", kMaxBytes));
}

}  // namespace chart
