#include "engine/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.h"
#include "engine/remedies.h"
#include "engine/render.h"
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

std::string done(const std::string& subject, const pve::TaskReport& report) {
  const auto doubtful = complaints(report.log);
  auto text = fmt::format("{} done in {}.", subject, duration(report.waited));
  if (!doubtful.empty()) text += " PVE reports success, but the task log has complaints:" + doubtful + "\n";
  return text;
}

std::string with_warnings(const std::string& subject, const pve::TaskReport& report) {
  const auto found = complaints(report.log);
  return fmt::format("{} done in {} with warnings ({}):{}\n", subject, duration(report.waited),
                     report.exit_status, found.empty() ? end_of(report.log) : found);
}

std::string failed(const Ending& ending) {
  const auto& report = ending.report;
  auto text =
      fmt::format("{} failed after {}: {}", ending.subject, duration(report.waited), report.exit_status);
  if (!text.ends_with('.')) text += '.';
  const auto known =
      ending.remedy.empty() ? remedy(pve::cause_of(report.exit_status), ending.may) : ending.remedy;
  if (!known.empty()) text += " " + known;
  if (!report.log.empty()) text += " From its log:" + end_of(report.log) + "\n";
  return text;
}

std::string to_follow(const MayUse& may) {
  return advise(Advice::AwaitTask, may) + " " + advise(Advice::StopTask, may);
}

std::string running(const std::string& subject, const pve::TaskReport& report, const MayUse& may) {
  auto text =
      fmt::format("{} still runs after {}; its task continues in PVE.", subject, duration(report.waited));
  if (!report.log.empty())
    text += fmt::format(" Last in its log: {}.", base::printable(report.log.back(), 300));
  return text + " " + to_follow(may);
}

std::string cancelled(const std::string& subject, const pve::TaskReport& report, const MayUse& may) {
  return fmt::format("{}: this call was cancelled after {}. The PVE task was not stopped and continues. {}",
                     subject, duration(report.waited), to_follow(may));
}

std::string unknown(const Ending& ending) {
  auto text = fmt::format("{}: PVE accepted the request, but its result could not be read. ", ending.subject);
  if (const auto& error = ending.report.error)
    text += explanation(*error, "GET the task's status", ending.base_url, ending.may) + " ";
  return text + advise(Advice::ReadTaskEnd, ending.may);
}

}  // namespace

mcp::Result render_outcome(const Ending& ending, const Style& style) {
  const auto& [subject, upid, report, base_url, may, better, was_cancelled] = ending;
  const auto state = was_cancelled ? State::Running : report.state;
  std::string text;
  switch (state) {
    case State::Done:
      text = done(subject, report);
      break;
    case State::Warnings:
      text = with_warnings(subject, report);
      break;
    case State::Failed:
      text = failed(ending);
      break;
    case State::Running:
      text = was_cancelled ? cancelled(subject, report, may) : running(subject, report, may);
      break;
    case State::Unknown:
      text = unknown(ending);
      break;
  }
  // The task only hands the wish in.
  if (upid.type.starts_with("ha") && state == State::Done)
    text += " HA accepted the request and will carry it out. " + advise(Advice::FollowHa, may);
  text += text.ends_with('\n') ? "" : " ";
  text += "Task: " + base::printable(upid.text);
  if (state == State::Failed || state == State::Unknown) return render_error(std::move(text));
  base::JsonObject facts{{"message", text}, {"upid", upid.text}};
  facts["state"] = state == State::Running ? "running" : state == State::Warnings ? "warnings" : "done";
  return render_text(std::move(text), std::move(facts), style);
}

}  // namespace engine
