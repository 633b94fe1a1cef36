#include "engine/outcome/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.h"
#include "engine/answer/render.h"
#include "engine/words/remedies.h"
#include "view/free_text.h"
#include "view/log.h"

namespace engine {
namespace {

using State = pve::TaskReport::State;

std::string duration(std::chrono::milliseconds time) {
  const auto tenths = (time.count() + 50) / 100;
  if (tenths < 100) return fmt::format("{}.{} s", tenths / 10, tenths % 10);
  const auto seconds = (time.count() + 500) / 1000;
  if (seconds < 120) return fmt::format("{} s", seconds);
  return fmt::format("{} min", (seconds + 30) / 60);
}

constexpr std::size_t kMostComplaints = 10;
constexpr std::size_t kEnd = 8;  ///< the last lines of a failed task's log

std::string complaints(const std::vector<std::string>& log) {
  std::string text;
  std::size_t count = 0;
  for (const auto& line : log) {
    if (view::is_error_or_warning(line) && ++count <= kMostComplaints)
      text += fmt::format("\n{}{}", view::kMark, view::shortened(line, 300));
  }
  if (count > kMostComplaints) text += fmt::format("\nand {} more", count - kMostComplaints);
  return text;
}

/// The complaints in the log, and then its last lines.
std::string end_of(const std::vector<std::string>& log) {
  const auto end = log.size() > kEnd ? log.size() - kEnd : 0;
  auto text = complaints({log.begin(), log.begin() + static_cast<std::ptrdiff_t>(end)});
  if (!text.empty()) text += "\n…";
  for (auto i = end; i < log.size(); ++i)
    text += fmt::format("\n{}{}", view::kMark, view::shortened(log[i], 300));
  return text;
}

std::string done(const TaskOutcome& outcome) {
  const auto doubtful = complaints(outcome.report.log);
  auto text = outcome.description.text.empty()
                  ? outcome.words.done + long_duration(outcome.report.waited) + "."
                  : outcome.description.text;
  if (!doubtful.empty()) text += " PVE reports success, but the task log has complaints:" + doubtful + "\n";
  return text;
}

std::string with_warnings(const TaskOutcome& outcome) {
  const auto& report = outcome.report;
  const auto found = complaints(report.log);
  const auto text = outcome.description.text.empty() ? outcome.words.done + long_duration(report.waited) + "."
                                                     : outcome.description.text;
  return fmt::format("{} With warnings ({}):{}\n", text, report.exit_status,
                     found.empty() ? end_of(report.log) : found);
}

std::string failed(const TaskOutcome& outcome) {
  const auto& report = outcome.report;
  auto text = outcome.words.not_done;
  if (!long_duration(report.waited).empty()) text += "; its task failed after " + duration(report.waited);
  text += ": " + report.exit_status;
  // Some of PVE's texts end with an exclamation mark: "refusing to stop essential service!"
  if (!text.ends_with('.') && !text.ends_with('!')) text += '.';
  const auto known = outcome.remedy.empty()
                         ? remedy(pve::cause_of_end(report.exit_status, report.log), outcome.may)
                         : outcome.remedy;
  if (!outcome.description.text.empty()) text += " " + outcome.description.text;
  if (!known.empty()) text += " " + known;
  if (!report.log.empty()) text += " From its log:" + end_of(report.log) + "\n";
  return text;
}

std::string to_follow(const guard::MayUse& may) {
  return advise(Advice::AwaitTask, may) + " " + advise(Advice::StopTask, may);
}

std::string running(const TaskOutcome& outcome) {
  const auto& report = outcome.report;
  auto text = fmt::format("{} after {}; its task continues in PVE.", still_doing(outcome.words.doing),
                          duration(report.waited));
  if (!report.log.empty()) text += fmt::format(" Last in its log: {}.", view::shortened(report.log.back()));
  if (!outcome.description.text.empty()) text += " " + outcome.description.text;
  return text + " " + to_follow(outcome.may);
}

std::string cancelled(const TaskOutcome& outcome) {
  return fmt::format("{}: this call was cancelled after {}. The PVE task was not stopped and continues. {}",
                     outcome.words.doing, duration(outcome.report.waited), to_follow(outcome.may));
}

std::string unknown(const TaskOutcome& outcome) {
  auto text =
      fmt::format("{}: PVE accepted the request, but its result could not be read. ", outcome.words.doing);
  if (const auto& error = outcome.report.error)
    text += explanation(*error, "GET the task's status", outcome.base_url, outcome.may) + " ";
  return text + advise(Advice::ReadTaskEnd, outcome.may);
}

std::string frame(const TaskOutcome& outcome, State state) {
  switch (state) {
    case State::Done:
      return done(outcome);
    case State::Warnings:
      return with_warnings(outcome);
    case State::Failed:
      return failed(outcome);
    case State::Running:
      return outcome.cancelled ? cancelled(outcome) : running(outcome);
    case State::Unknown:
      break;
  }
  return unknown(outcome);
}

}  // namespace

std::string long_duration(std::chrono::milliseconds waited) {
  return waited < std::chrono::seconds(10) ? std::string{} : " in " + duration(waited);
}

mcp::Result render_outcome(const TaskOutcome& outcome, const Style& style) {
  const auto state = outcome.cancelled ? State::Running : outcome.report.state;
  auto text = frame(outcome, state);
  if (outcome.queued.count() >= 1000)
    text += fmt::format("{}It waited {} for its turn on {}.", text.ends_with('\n') ? "" : " ",
                        duration(outcome.queued), outcome.upid.node);
  if (outcome.description.open) text += " " + advise(Advice::FollowHa, outcome.may);
  const bool failed = state == State::Failed || state == State::Unknown || outcome.description.failed;
  if (failed || state != State::Done || text.ends_with('\n'))
    text += (text.ends_with('\n') ? "Task: " : " Task: ") + base::printable(outcome.upid.text);
  if (failed) return render_error(std::move(text));
  base::JsonObject facts{{"message", text}, {"upid", outcome.upid.text}};
  facts["state"] = state == State::Running ? "running" : state == State::Warnings ? "warnings" : "done";
  return render_text(std::move(text), std::move(facts), style);
}

}  // namespace engine
