#include "view/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/json_read.h"
#include "base/plural.h"
#include "base/text.h"
#include "view/free_text.h"
#include "view/more.h"

namespace view {
namespace {

constexpr std::size_t kFooter = 200;
constexpr std::size_t kLine = 400;

struct Line {
  std::int64_t number;
  std::string text;
  bool complaint;
  bool shown = false;
};

std::vector<Line> lines_of(const base::JsonArray& array) {
  std::vector<Line> lines;
  for (const auto& item : array) {
    const auto* text = base::ObjectView(item).member("t");
    if (text == nullptr || text->is_null()) continue;
    auto shown = shortened(base::wire_text(*text), kLine);
    const bool complaint = is_error_or_warning(shown);
    lines.push_back({base::number(item, "n", 0), std::move(shown), complaint});
  }
  return lines;
}

/// Marks the lines that fit: errors and warnings before the others, from the last line backwards.
std::size_t choose(std::vector<Line>& lines, std::size_t budget, std::size_t most) {
  std::size_t left = budget > 2 * kFooter ? budget - kFooter : kFooter;
  std::size_t missing = 0;
  std::size_t usual = 0;
  for (const bool complaints : {true, false}) {
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
      if (line->complaint != complaints) continue;
      if (!complaints && ++usual > most) break;
      const auto bytes = line->text.size() + 14;
      if (bytes > left) {
        missing += complaints ? 1 : 0;
        continue;
      }
      left -= bytes;
      line->shown = true;
    }
  }
  return missing;
}

std::string in_order(const std::vector<Line>& lines, std::int64_t total, std::size_t budget) {
  std::string text = fmt::format("{} of {} lines", lines.size(), total);
  for (const auto& line : lines) {
    auto row = fmt::format("\n{}{} {}", kMark, line.number, line.text);
    if (text.size() + row.size() + kFooter > budget)
      return text + fmt::format("\nMore lines: {}{}", kAtStart, line.number - 1);
    text += row;
  }
  return text;
}

}  // namespace

bool is_error_or_warning(std::string_view line) {
  const auto lower = base::lower_ascii(line);
  for (const std::string_view word :
       {"error", "warn", "failed", "failure", "unable to", "cannot ", "can't ", "denied", "refused",
        "timed out", "timeout", "critical", "panic", "aborted", "corrupt"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

std::string show_log(const base::JsonArray& array, const LogOptions& options) {
  auto lines = lines_of(array);
  const auto total = std::max(options.total, static_cast<std::int64_t>(lines.size()));
  if (lines.empty()) return "No lines.";
  if (options.in_order) return in_order(lines, total, options.budget);
  const auto missing = choose(lines, options.budget, options.usual);
  const auto shown = std::ranges::count(lines, true, &Line::shown);
  const auto complaints = std::ranges::count(lines, true, &Line::complaint);
  auto text = fmt::format("{}{}{}", base::count_of(static_cast<std::size_t>(total), "lines"),
                          complaints > 0 ? fmt::format(", {} with errors or warnings (!)", complaints) : "",
                          shown < total ? fmt::format("; {} shown, newest first", shown) : ", newest first");
  std::int64_t previous = 0;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (!line->shown) continue;
    if (previous != 0 && line->number < previous - 1) text += "\n…";
    text += fmt::format("\n{}{}{} {}", kMark, line->number, line->complaint ? "!" : "", line->text);
    previous = line->number;
  }
  if (missing > 0)
    text += fmt::format("\n{} with errors or warnings {}", base::count_of(missing, "lines"), kForSize);
  const auto unread = total - static_cast<std::int64_t>(lines.size());
  if (unread > 0)
    text += fmt::format("\n{} not read", base::count_of(static_cast<std::size_t>(unread), "older lines"));
  if (shown < total) text += "\nUse start and limit to read others";
  return text;
}

}  // namespace view
