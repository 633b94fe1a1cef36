#include "engine/outcome/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.h"
#include "engine/answer/render.h"
#include "engine/words/remedies.h"
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
constexpr std::size_t kEnd = 8;  ///< lines of a failed task's log

std::string complaints(const std::vector<std::string>& log) {
  std::string text;
  std::size_t count = 0;
  for (const auto& line : log) {
    if (view::is_complaint(line) && ++count <= kMostComplaints) text += "\n  " + base::printable(line, 300);
  }
  if (count > kMostComplaints) text += fmt::format("\n  and {} more", count - kMostComplaints);
  return text;
}

/// What it complains of, then its end.
std::string end_of(const std::vector<std::string>& log) {
  const auto end = log.size() > kEnd ? log.size() - kEnd : 0;
  auto text = complaints({log.begin(), log.begin() + static_cast<std::ptrdiff_t>(end)});
  if (!text.empty()) text += "\n  …";
  for (auto i = end; i < log.size(); ++i) text += "\n  " + base::printable(log[i], 300);
  return text;
}

std::string done(const Ending& ending) {
  const auto doubtful = complaints(ending.report.log);
  auto text =
      ending.story.text.empty() ? ending.words.done + in_long(ending.report.waited) + "." : ending.story.text;
  if (!doubtful.empty()) text += " PVE reports success, but the task log has complaints:" + doubtful + "\n";
  return text;
}

std::string with_warnings(const Ending& ending) {
  const auto& report = ending.report;
  const auto found = complaints(report.log);
  const auto text =
      ending.story.text.empty() ? ending.words.done + in_long(report.waited) + "." : ending.story.text;
  return fmt::format("{} With warnings ({}):{}\n", text, report.exit_status,
                     found.empty() ? end_of(report.log) : found);
}

std::string failed(const Ending& ending) {
  const auto& report = ending.report;
  auto text = ending.words.not_done;
  if (!in_long(report.waited).empty()) text += "; its task failed after " + duration(report.waited);
  text += ": " + report.exit_status;
  // PVE ends some with a mark of its own: "refusing to stop essential service!"
  if (!text.ends_with('.') && !text.ends_with('!')) text += '.';
  const auto known = ending.remedy.empty()
                         ? remedy(pve::cause_of_end(report.exit_status, report.log), ending.may)
                         : ending.remedy;
  if (!ending.story.text.empty()) text += " " + ending.story.text;
  if (!known.empty()) text += " " + known;
  if (!report.log.empty()) text += " From its log:" + end_of(report.log) + "\n";
  return text;
}

std::string to_follow(const MayUse& may) {
  return advise(Advice::AwaitTask, may) + " " + advise(Advice::StopTask, may);
}

std::string running(const Ending& ending) {
  const auto& report = ending.report;
  auto text = fmt::format("{} after {}; its task continues in PVE.", still_doing(ending.words.doing),
                          duration(report.waited));
  if (!report.log.empty())
    text += fmt::format(" Last in its log: {}.", base::printable(report.log.back(), 300));
  if (!ending.story.text.empty()) text += " " + ending.story.text;
  return text + " " + to_follow(ending.may);
}

std::string cancelled(const Ending& ending) {
  return fmt::format("{}: this call was cancelled after {}. The PVE task was not stopped and continues. {}",
                     ending.words.doing, duration(ending.report.waited), to_follow(ending.may));
}

std::string unknown(const Ending& ending) {
  auto text =
      fmt::format("{}: PVE accepted the request, but its result could not be read. ", ending.words.doing);
  if (const auto& error = ending.report.error)
    text += explanation(*error, "GET the task's status", ending.base_url, ending.may) + " ";
  return text + advise(Advice::ReadTaskEnd, ending.may);
}

std::string frame(const Ending& ending, State state) {
  switch (state) {
    case State::Done:
      return done(ending);
    case State::Warnings:
      return with_warnings(ending);
    case State::Failed:
      return failed(ending);
    case State::Running:
      return ending.cancelled ? cancelled(ending) : running(ending);
    case State::Unknown:
      break;
  }
  return unknown(ending);
}

}  // namespace

std::string in_long(std::chrono::milliseconds waited) {
  return waited < std::chrono::seconds(10) ? std::string{} : " in " + duration(waited);
}

mcp::Result render_outcome(const Ending& ending, const Style& style) {
  const auto state = ending.cancelled ? State::Running : ending.report.state;
  auto text = frame(ending, state);
  if (ending.queued.count() >= 1000)
    text += fmt::format("{}It waited {} for its turn on {}.", text.ends_with('\n') ? "" : " ",
                        duration(ending.queued), ending.upid.node);
  if (ending.story.open) text += " " + advise(Advice::FollowHa, ending.may);
  const bool failed = state == State::Failed || state == State::Unknown || ending.story.failed;
  if (failed || state != State::Done || text.ends_with('\n'))
    text += (text.ends_with('\n') ? "Task: " : " Task: ") + base::printable(ending.upid.text);
  if (failed) return render_error(std::move(text));
  base::JsonObject facts{{"message", text}, {"upid", ending.upid.text}};
  facts["state"] = state == State::Running ? "running" : state == State::Warnings ? "warnings" : "done";
  return render_text(std::move(text), std::move(facts), style);
}

}  // namespace engine
