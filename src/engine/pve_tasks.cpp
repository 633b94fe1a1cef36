#include "engine/pve_tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/answer/diagnosis.h"
#include "engine/answer/render.h"
#include "engine/outcome/follow_up.h"
#include "engine/outcome/outcome.h"
#include "engine/record.h"
#include "engine/row/simulated.h"
#include "engine/words/guest_name.h"
#include "engine/words/remedies.h"
#include "pve/path.h"
#include "pve/task_status.h"
#include "seam/codes.h"

namespace engine {
namespace {

using State = pve::TaskReport::State;

constexpr std::string_view kThisTask = "This task";
/// Long enough, because the stop token ends the wait.
constexpr std::chrono::hours kForever{24 * 365};
/// The maximum time for what follows a task. HA needs up to 30 s.
constexpr std::chrono::seconds kLongestFollowUp{60};

mcp::ProtocolError unknown(std::string_view handle) {
  const auto upid = handle.substr(0, handle.find('\t'));
  return {mcp::kInvalidParams, fmt::format("There is no such task: {}.", base::printable(upid, 200)),
          nullptr};
}

/// True if PVE has no record of the task, if its node has left the cluster, or if the task is out of scope.
bool is_unknown(const pve::Error& error) {
  if (error.kind == pve::Error::Kind::Hidden) return true;
  if (error.kind != pve::Error::Kind::Refused) return false;
  return error.status == 400 || error.message.starts_with("hostname lookup '") ||
         error.message.starts_with("no such cluster node");
}

mcp::ProtocolError explained(const pve::Error& error, std::string_view method, const Started& started,
                             const pve::Client& client, const guard::MayUse& may) {
  if (error.kind == pve::Error::Kind::Held)
    return {mcp::kInvalidParams, fmt::format("{} was not stopped: {}", kThisTask, error.message), nullptr};
  if (is_unknown(error)) return unknown(started.upid.text);
  const auto what = fmt::format("{} /nodes/{}/tasks/{}", method, started.upid.node, started.upid.text);
  return {mcp::kInternalError, explanation(error, what, client.base_url(), may), nullptr};
}

/// Refuses like a tools/call: names the scopes if a token with more of them would be allowed.
mcp::ProtocolError not_allowed(const guard::Refusal& refusal) {
  const auto* scope = std::get_if<mcp::InsufficientScope>(&refusal);
  if (scope == nullptr) return {mcp::kInvalidParams, guard::sentence(refusal), nullptr};
  return {mcp::kInsufficientScope, scope->message,
          base::JsonObject{{"scopes", base::JsonArray(scope->scopes.begin(), scope->scopes.end())}}};
}

/// The end of the task, from the node's list of tasks: PVE's status of a task does not have it.
std::optional<std::chrono::sys_seconds> end_time(const pve::Upid& upid, pve::Client& client,
                                                 const std::stop_token& stop) {
  const auto begin = std::to_string(pve::start_time(upid).time_since_epoch().count());
  const auto path = pve::fill_path("/nodes/{node}/tasks", [&](std::string_view) { return upid.node; });
  if (!path) return std::nullopt;
  const auto answer = client.call(
      {base::Method::Get, *path, {{"since", begin}, {"until", begin}, {"typefilter", upid.type}}}, stop);
  if (!answer) return std::nullopt;
  for (const auto& row : base::objects(answer->data)) {
    const auto end = base::number(row, "endtime");
    if (end && base::raw_text(row, "upid") == upid.text)
      return std::chrono::sys_seconds{std::chrono::seconds{*end}};
  }
  return std::nullopt;
}

/// True if the task was asked to stop. PVE's worker says "interrupted by signal", sometimes behind words of
/// its own ("clone failed: interrupted by signal"). A stopped backup ("job errors") and a stopped migration
/// ("migration aborted") cannot be told from failed ones.
bool was_stopped(std::string_view exit_status) {
  return exit_status.ends_with("interrupted by signal") || exit_status == "received interrupt";
}

/// The arguments of the call, as far as the UPID has them.
base::JsonObject arguments_of(const pve::Upid& upid) {
  base::JsonObject arguments{{"node", upid.node}};
  if (const auto vmid = guest_number(upid.id)) arguments["vmid"] = *vmid;
  return arguments;
}

/// Describes what an ended task changed, or what it left behind.
ChangeText describe_end(const ChangeTask& change, Cluster& cluster, std::chrono::milliseconds limit,
                        const std::stop_token& stop, bool* open) {
  if (change.report.state == State::Failed) return {leftovers(change, cluster, stop)};
  return follow_up(change, cluster, limit, {}, stop, open);
}

/// Returns a success if PVE refused the change because the guest is already in the wanted state.
std::optional<mcp::Result> already(const ChangeTask& change, const Style& style) {
  if (change.report.state != State::Failed) return std::nullopt;
  auto text = describe_already(change.row, change.words, change.report.exit_status, change.before);
  if (text.empty()) return std::nullopt;
  base::JsonObject facts{{"message", text}, {"state", "done"}};
  return render_text(std::move(text), std::move(facts), style);
}

}  // namespace

Wording PveTasks::words_of(const Started& started) {
  const auto* row = toolbox_.row(started.tool);
  return row == nullptr ? Wording{started.tool, started.tool, started.tool, started.tool, started.tool}
                        : wording(*row, started.arguments);
}

mcp::TaskState PveTasks::ended(const mcp::Caller& caller, const Started& started, pve::TaskReport report,
                               std::chrono::milliseconds limit, const std::stop_token& stop) {
  auto& cluster = toolbox_.cluster();
  record_end(cluster, started.upid.text, report.exit_status);
  const auto now = cluster.clock.wall();
  const auto words = words_of(started);
  auto state = working(started, words.doing, now);
  const auto end = end_time(started.upid, cluster.client, stop);
  if (end) state.updated = std::max<base::Clock::Wall>(state.created, *end);
  report.waited = state.updated - state.created;
  if (was_stopped(report.exit_status)) {
    state.status = mcp::TaskState::Status::Cancelled;
    state.message = fmt::format("{}: stopped ({})", words.not_done, report.exit_status);
    return state;
  }
  const ChangeTask change{
      *toolbox_.row(started.tool), started.arguments, words, started.before, started.upid, report};
  bool open = false;
  const auto description = describe_end(
      change, cluster, std::min<std::chrono::milliseconds>(limit, kLongestFollowUp), stop, &open);
  if (open && cluster.clock.wall() - state.updated < kLongestFollowUp) {
    state.message = words.doing + ": its task has ended, but the work after it has not";
    return state;
  }
  const auto may = toolbox_.may_use(caller);
  const auto better = report.state == State::Failed
                          ? diagnose_end(report.exit_status, arguments_of(started.upid), cluster, may, stop)
                          : std::string{};
  state.status = mcp::TaskState::Status::Completed;
  state.message =
      fmt::format("{}: {}", report.state == State::Failed ? words.not_done : words.done, report.exit_status);
  if (auto so = already(change, cluster.options.style)) {
    state.message = words.subject + ": nothing to do";
    state.result = std::make_shared<const mcp::Result>(mark_simulated(*std::move(so), cluster.options.style));
    return state;
  }
  auto result = render_outcome({.words = words,
                                .upid = started.upid,
                                .report = report,
                                .base_url = cluster.client.base_url(),
                                .may = may,
                                .remedy = better,
                                .description = description},
                               cluster.options.style);
  state.result =
      std::make_shared<const mcp::Result>(mark_simulated(std::move(result), cluster.options.style));
  return state;
}

mcp::TaskState PveTasks::cancelled(const Started& started, base::Clock::Wall asked,
                                   const std::stop_token& stop) {
  auto& client = toolbox_.cluster().client;
  const auto words = words_of(started);
  auto state = working(started, words.doing, asked);
  state.status = mcp::TaskState::Status::Cancelled;
  state.message = words.doing + ": PVE was asked to stop it";
  // The task stays Cancelled, whatever PVE answers here.
  const auto exit_status = pve::task_status(client, started.upid, stop);
  if (!exit_status) return state;
  if (!*exit_status) {
    state.message += ", and has not ended it yet";
    return state;
  }
  record_end(toolbox_.cluster(), started.upid.text, **exit_status);
  state.message += fmt::format(", and it ended: {}", **exit_status);
  if (const auto end = end_time(started.upid, client, stop))
    state.updated = std::max<base::Clock::Wall>(state.updated, *end);
  return state;
}

std::optional<mcp::ProtocolError> PveTasks::refusal_to_read(const mcp::Caller& caller,
                                                            std::string_view handle) const {
  const auto started = parse_handle(handle);
  if (!started || toolbox_.row(started->tool) == nullptr) return unknown(handle);
  const auto no = toolbox_.refusal_to_look(caller, started->tool, kThisTask);
  return no ? std::optional(not_allowed(*no)) : std::nullopt;
}

std::expected<mcp::TaskState, mcp::ProtocolError> PveTasks::look(const mcp::Caller& caller, mcp::Era era,
                                                                 std::string_view handle,
                                                                 std::chrono::milliseconds limit,
                                                                 const std::stop_token& stop) {
  if (auto no = refusal_to_read(caller, handle)) return std::unexpected(*std::move(no));
  const auto started = parse_handle(handle);
  const auto asked_to_stop = [&] {
    return era == mcp::Era::Legacy ? stops_.find(started->upid.text) : std::nullopt;
  };
  if (const auto asked = asked_to_stop()) return cancelled(*started, *asked, stop);
  auto& cluster = toolbox_.cluster();
  auto report = cluster.tasks.await(started->upid, limit, {}, stop);
  // cancel() may have been called during the wait.
  if (const auto asked = asked_to_stop()) return cancelled(*started, *asked, stop);
  if (report.state == State::Unknown)
    return std::unexpected(
        explained(*report.error, "GET", *started, cluster.client, toolbox_.may_use(caller)));
  if (report.state == State::Running)
    return working(*started, words_of(*started).doing, cluster.clock.wall());
  report = cluster.tasks.follow(started->upid, std::chrono::milliseconds{0}, {}, stop);
  if (report.exit_status.empty()) return working(*started, words_of(*started).doing, cluster.clock.wall());
  return ended(caller, *started, std::move(report), limit, stop);
}

std::expected<mcp::TaskState, mcp::ProtocolError> PveTasks::get(const mcp::Caller& caller, mcp::Era era,
                                                                std::string_view handle,
                                                                std::stop_token stop) {
  return look(caller, era, handle, std::chrono::milliseconds{0}, stop);
}

std::expected<mcp::TaskState, mcp::ProtocolError> PveTasks::await(const mcp::Caller& caller, mcp::Era era,
                                                                  std::string_view handle,
                                                                  std::stop_token stop) {
  return look(caller, era, handle, kForever, stop);
}

std::expected<void, mcp::ProtocolError> PveTasks::cancel(const mcp::Caller& caller, mcp::Era era,
                                                         std::string_view handle, std::stop_token stop) {
  const auto started = parse_handle(handle);
  if (!started || toolbox_.row(started->tool) == nullptr) return std::unexpected(unknown(handle));
  if (const auto no = toolbox_.refusal(caller, started->tool, kThisTask))
    return std::unexpected(not_allowed(*no));
  auto& client = toolbox_.cluster().client;
  const auto ended = pve::task_status(client, started->upid, stop);
  if (!ended)
    return std::unexpected(explained(ended.error(), "GET", *started, client, toolbox_.may_use(caller)));
  if (*ended) return {};
  // task_path() ends in a slash if the leaf is empty. PVE's path has none.
  auto path = pve::task_path(started->upid, "");
  path.pop_back();
  guard::Attempt attempt;
  attempt.caller = caller.identity;
  attempt.tool = "tasks/cancel";
  attempt.object = {{"path", base::printable(path, 500)}};
  attempt.request = "DELETE " + base::printable(path, 500);
  const auto answer = send_recorded(toolbox_.cluster(), attempt, {base::Method::Delete, path, {}}, stop);
  if (!answer)
    return std::unexpected(explained(answer.error(), "DELETE", *started, client, toolbox_.may_use(caller)));
  if (era == mcp::Era::Legacy) stops_.add(started->upid.text, toolbox_.cluster().clock.wall());
  return {};
}

std::expected<void, mcp::ProtocolError> PveTasks::update(const mcp::Caller& caller, std::string_view handle,
                                                         const base::JsonObject& /*inputs*/) {
  if (auto no = refusal_to_read(caller, handle)) return std::unexpected(*std::move(no));
  return {};
}

}  // namespace engine
