#include "engine/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "engine/answer/answer.h"
#include "engine/answer/render.h"
#include "engine/answer/sources.h"
#include "engine/bounds/protection.h"
#include "engine/bounds/within_scope.h"
#include "engine/cluster/target_words.h"
#include "engine/list_read.h"
#include "engine/outcome/own_access_check.h"
#include "engine/plan/losses.h"
#include "engine/row/simulated.h"
#include "engine/step.h"

namespace engine {
namespace {

/// Bytes. A model reads a report as a whole, so it is shorter than other results.
constexpr std::size_t kReport = 6000;

Limits with_all_scopes(const Limits& limits) {
  auto wider = limits;
  wider.tier.tier = tool::Tier::Full;
  return wider;
}

/// Names the scopes that the call needs if only the scopes of the caller's token forbid an argument.
mcp::Outcome refused(std::string sentence, bool scope_would_do) {
  if (scope_would_do) return guard::lacking(tool::Tier::Full, std::move(sentence));
  return render_error(std::move(sentence));
}

Step<Checked> checked(const Work& work) {
  const auto& given = work.call.arguments;
  auto arguments = check(work.row, given, work.limits);
  if (!arguments) {
    const bool by_scope =
        work.limits.tier.scope_would_do && check(work.row, given, with_all_scopes(work.limits)).has_value();
    return std::unexpected(refused(std::move(arguments.error()), by_scope));
  }
  Checked checked;
  checked.for_server = take_server_arguments(*arguments);
  checked.secrets = secrets_of(*arguments);
  checked.arguments = on_wire(*std::move(arguments));
  return checked;
}

mcp::Outcome report(const Work& work, const Checked& checked) {
  ParallelReads sources(work.cluster, work.call.stop);
  auto found = work.row.tool().report(sources, checked.arguments);
  if (!found) return render_error(std::move(found.error()));
  auto style = work.cluster.options.style;
  style.max_result = std::min(style.max_result, kReport);
  return render(
      {.row = work.row, .arguments = checked.arguments, .for_server = checked.for_server, .style = style},
      {std::move(*found), {}, {}});
}

Step<Ready> located(const Work& work, Checked checked) {
  auto target = find_target(work.row, std::move(checked.arguments), work.cluster, work.may, work.call.stop);
  if (!target) return std::unexpected(render_error(std::move(target.error())));
  Ready ready{*std::move(target), std::move(checked.for_server), std::move(checked.secrets), {}, {}, {}};
  if (work.row.tool().effect != tool::Effect::None)
    ready.words = wording(work.row, ready.target.arguments, named_guest(ready.target));
  log_redirection(work, ready);
  return ready;
}

Step<Ready> prepared(const Work& work, Ready ready) {
  const auto& row = work.row;
  if (row.tool().prepare == nullptr) return ready;
  auto& arguments = ready.target.arguments;
  Reads reads(work.cluster, arguments, work.may, work.call.stop);
  if (auto done = row.tool().prepare(reads, arguments); !done)
    return std::unexpected(failure(ready, std::move(done.error())));
  auto added = with_fields(row, arguments);
  ready.secrets = secrets_of(added);
  if (auto refusal = check_prepared(row, added, work.limits)) {
    const bool by_scope =
        work.limits.tier.scope_would_do && !check_prepared(row, added, with_all_scopes(work.limits));
    return std::unexpected(refused(without(ready.secrets, *std::move(refusal)), by_scope));
  }
  restore_values(std::move(added), arguments);
  return ready;
}

/// Refuses a change that would take away the server's own access to PVE.
Step<Ready> own_access_kept(const Work& work, Ready ready) {
  auto kept = check_own_access(work.row, ready.target.arguments, work.cluster, work.call.stop);
  if (!kept) return std::unexpected(failure(ready, std::move(kept.error())));
  ready.target.note = joined_notes(ready.target.note, *kept);
  return ready;
}

/// Refuses a change that destroys something for good if the caller asked for none, and the other way round.
Step<Ready> in_lane(const Work& work, const Lane& lane, Ready ready) {
  if (lane.kind == Lane::Kind::Any || work.row.tool().effect == tool::Effect::None) return ready;
  const auto lost = losses_of(work.row, ready.target.arguments, work.cluster, work.call.stop);
  const bool irreversible = lane.kind == Lane::Kind::Irreversible;
  if (irreversible == !lost.empty()) return ready;
  const auto why = irreversible
                       ? fmt::format("it destroys nothing for good. Call it with {}.", lane.other)
                       : fmt::format("it destroys for good: {}. Call it with {} if your user wants that.",
                                     fmt::join(lost, "; "), lane.other);
  return std::unexpected(failure(ready, fmt::format("{} was not called: {}", work.row.tool().name, why)));
}

/// Refuses a change outside the scope and a change of what an operator protects, and asks for the
/// confirmation that the change still needs.
Step<Ready> decided(Work& work, Ready ready) {
  auto kept = keep_within_scope(work.row, ready.target.arguments, work.cluster, work.call.stop);
  if (!kept)
    return std::unexpected(failure(ready, fmt::format("{}: {}.", ready.words.not_sent, kept.error())));
  ready.target.note = joined_notes(ready.target.note, *kept);
  if (auto why = protected_by(work.row, ready.target.arguments, work.cluster, work.may, work.call.stop))
    return std::unexpected(failure(ready, fmt::format("{}: {}.", ready.words.not_sent, *why)));
  if (ready.is_confirmed) return ready;
  return confirmed(work, std::move(ready));
}

/// Waits for the end of the task before a read about it, if the call asks for that.
void await_target(Work& work, const Ready& ready) {
  const auto* upid = ready.target.arguments.if_contains("upid");
  if (ready.for_server.wait.count() == 0 || upid == nullptr || !upid->is_string()) return;
  if (const auto task = pve::parse_upid(std::string_view(upid->get_string())))
    work.cluster.tasks.await(*task, ready.for_server.wait, following(work, ready, "Task"), work.call.stop);
}

mcp::Outcome sent(Work& work, const Lane& lane, Ready ready) {
  await_target(work, ready);
  auto outcome = carry_out(work, ready, !ready.is_confirmed);
  while (!outcome) {
    // The call may go to another guest or node now, and what it changes may have changed.
    auto again = in_lane(work, lane, std::move(ready));
    if (again) again = decided(work, *std::move(again));
    if (!again) return mark_simulated(std::move(again.error()), work.cluster.options.style);
    ready = *std::move(again);
    outcome = carry_out(work, ready, !ready.redirected && !ready.is_confirmed);
  }
  const bool changes = work.row.tool().effect != tool::Effect::None;
  return changes ? mark_simulated(*std::move(outcome), work.cluster.options.style) : *std::move(outcome);
}

}  // namespace

mcp::Outcome run(const Row& row, const Limits& limits, Cluster& cluster, const mcp::Call& call,
                 const Lane& lane) {
  Work work{row, limits, cluster, call, Progress(call.progress)};
  auto arguments = checked(work);
  if (!arguments) return std::move(arguments.error());
  if (row.tool().report != nullptr) return report(work, *arguments);
  if (reads_every_node(row, arguments->arguments)) return read_every_node(work, *std::move(arguments));
  auto target = located(work, *std::move(arguments));
  if (!target) return std::move(target.error());
  auto ready = prepared(work, *std::move(target));
  if (!ready) return std::move(ready.error());
  ready = in_lane(work, lane, *std::move(ready));
  if (!ready) return std::move(ready.error());
  ready = own_access_kept(work, *std::move(ready));
  if (!ready) return std::move(ready.error());
  ready = decided(work, *std::move(ready));
  if (!ready) return mark_simulated(std::move(ready.error()), cluster.options.style);
  raise_limit_for_filter(row, ready->target.arguments, ready->for_server);
  return sent(work, lane, *std::move(ready));
}

}  // namespace engine
