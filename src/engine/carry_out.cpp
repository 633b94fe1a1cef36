#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/json_read.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/answer/answer.h"
#include "engine/answer/diagnosis.h"
#include "engine/answer/render.h"
#include "engine/answer/visibility.h"
#include "engine/busy_lock.h"
#include "engine/cluster/request.h"
#include "engine/cluster/target_words.h"
#include "engine/outcome/follow_up.h"
#include "engine/outcome/outcome.h"
#include "engine/outcome/sent_as.h"
#include "engine/outcome/started.h"
#include "engine/record.h"
#include "engine/step.h"
#include "engine/title.h"
#include "engine/words/guest_name.h"

namespace engine {
namespace {

constexpr std::chrono::seconds kShortestQueue{30};

using Carried = std::expected<mcp::Outcome, SendAgain>;

double seconds(std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); }

/// Puts the notes of the call before the answer, and `after` behind it. In JSON mode both follow as a second
/// block, so that the first one stays valid JSON.
mcp::Result noted(const Work& work, const Ready& ready, mcp::Result result, const std::string& after = {}) {
  const auto note = joined_notes(ready.target.note, ready.audit_note);
  const auto before = result.is_error ? note : joined_notes(heading(work.row, ready.target), note);
  auto* text = result.content.empty() ? nullptr : std::get_if<mcp::Text>(&result.content.front());
  if (text == nullptr || (before.empty() && after.empty())) return result;
  const auto both = before + (before.empty() || after.empty() ? "" : "\n") + after;
  if (work.cluster.options.style.output == Output::Json && !result.is_error) {
    result.content.emplace_back(mcp::Text{both});
    return result;
  }
  if (!before.empty()) text->text = before + "\n" + text->text;
  if (!after.empty()) text->text += "\n" + after;
  if (result.structured && result.structured->is_object() && !result.is_error)
    result.structured->get_object()["note"] = both;
  return result;
}

/// True if the task runs, or if its end could not be read.
bool is_open(const pve::TaskReport& report) {
  return report.state == pve::TaskReport::State::Running || report.state == pve::TaskReport::State::Unknown;
}

void tell(Work& work, const Ready& ready, const std::string& subject, std::chrono::milliseconds waited,
          const std::optional<pve::TaskProgress>& task = {}) {
  if (waited.count() > 0 && !work.call.stop.stop_requested())
    work.progress.tell(subject, ready.queued + waited, task);
}

/// Sends the call to the guest's present node if PVE says that the guest is not on the node of the call.
/// Returns false if PVE says something else, or if the inventory shows no other node.
bool redirect(const Work& work, Ready& ready, std::string_view message) {
  if (!says_not_on_node(message)) return false;
  auto again = find_again(work.row, ready.target, work.cluster, work.may, work.call.stop);
  if (!again) return false;
  ready.target = *std::move(again);
  ready.identity.clear();
  ready.redirected = true;
  log_redirection(work, ready);
  return true;
}

std::string no_slot(const Work& work, const Ready& ready, const std::string& node) {
  const auto& options = work.cluster.options;
  return fmt::format(
      "{}: {} heavy tasks of this server run on {} already ({}) and none ended in {:.0f} s. Try again when "
      "one has ended; PVE_NODE_TASKS allows more.",
      ready.words.not_sent, options.node_tasks, base::printable(node, 60),
      work.cluster.node_slots.holders(node), seconds(std::max(options.wait, kShortestQueue)));
}

/// Waits for a slot for a heavy task on the node. Returns nullopt if the row needs no slot.
std::expected<std::optional<pve::NodeSlot>, mcp::Result> slot_on_node(Work& work, Ready& ready) {
  if (!work.row.tool().heavy) return std::nullopt;
  const auto node = argument_text(ready.target.arguments, "node");
  const auto begin = work.cluster.clock.steady();
  // A call with PVE_WAIT=0 also waits for a slot, so that its task starts.
  const auto limit = std::max(work.cluster.options.wait, kShortestQueue);
  const auto on_wait = [&, subject = "Waiting for a turn on " + base::printable(node, 60)](
                           std::chrono::milliseconds waited) { tell(work, ready, subject, waited); };
  auto slot = work.cluster.node_slots.take(node, limit, on_wait, work.call.stop);
  ready.queued += std::chrono::duration_cast<std::chrono::milliseconds>(work.cluster.clock.steady() - begin);
  if (!slot && work.call.stop.stop_requested())
    return std::unexpected(render_error("Cancelled before anything was sent."));
  if (!slot) return std::unexpected(render_error(no_slot(work, ready, node)));
  if (ready.queued.count() >= 1000) {
    if (auto no = renamed_while_waiting(work.row, ready.target, work.cluster, work.call.stop))
      return std::unexpected(render_error(*std::move(no)));
  }
  if (ready.queued.count() >= 1000)
    work.call.log.write(mcp::LogLevel::Notice,
                        fmt::format("{} waited {:.0f} s for its turn on {}", work.row.tool().name,
                                    seconds(ready.queued), node));
  return slot;
}

std::optional<pve::Upid> started_task(const Row& row, const pve::Answer& answer) {
  const auto* text = answer.data.if_string();
  if (row.tool().effect == tool::Effect::None || text == nullptr) return std::nullopt;
  return pve::parse_upid(std::string_view(*text));
}

/// Describes the change where the row's sentence does not say all. Sets `words.done` if PVE changed nothing.
std::string changed(const Work& work, const Ready& ready, Wording& words) {
  auto told = what_changed(work.row, ready.target.arguments, ready.state, work.cluster, work.call.stop);
  if (change::has_no_effect(told)) {
    words.done =
        without(ready.secrets, fmt::format("{}: {}", words.not_done, fmt::join(told.unchanged, "; ")));
    told.unchanged.clear();
  }
  auto text = without(ready.secrets, change::text(told));
  const auto guest = describe_guest(work.row, ready.before);
  return text + (text.empty() || guest.empty() ? "" : " " + guest);
}

/// Reads and describes what the task does not say: the new guest, HA's work, leftovers of a failed creation.
ChangeText describe_result(Work& work, const Ready& ready, const pve::Upid& upid,
                           const pve::TaskReport& report) {
  using State = pve::TaskReport::State;
  const ChangeTask change{work.row, ready.target.arguments, ready.words, ready.before, upid, report};
  if (report.state == State::Failed) return {leftovers(change, work.cluster, work.call.stop)};
  if (report.state == State::Running) return {describe_unfinished(work.row)};
  if (report.state != State::Done && report.state != State::Warnings) return {};
  const auto left = work.cluster.options.wait - report.waited;
  return follow_up(change, work.cluster, std::max<std::chrono::milliseconds>(left, {}),
                   following(work, ready, ready.words.doing), work.call.stop);
}

/// Returns a success if PVE refused the change because the guest is already in the wanted state.
std::optional<mcp::Result> already(const Work& work, const Ready& ready, std::string_view message) {
  auto text = describe_already(work.row, ready.words, message, ready.before);
  if (text.empty()) return std::nullopt;
  base::JsonObject facts{{"message", text}, {"state", "done"}};
  return render_text(std::move(text), std::move(facts), work.cluster.options.style);
}

mcp::Result ended(Work& work, const Ready& ready, const pve::Upid& upid, const pve::TaskReport& report,
                  bool cancelled) {
  const bool failed = report.state == pve::TaskReport::State::Failed;
  if (failed) {
    if (auto so = already(work, ready, report.exit_status)) return *std::move(so);
  }
  auto better = failed ? diagnose_end(report.exit_status, ready.target.arguments, work.cluster, work.may,
                                      work.call.stop)
                       : std::string{};
  // PVE writes the reason of an HA command only into the task's log.
  for (const auto& words : {report.exit_status, report.log.empty() ? std::string() : report.log.back()}) {
    if (failed && better.empty()) better = describe_remedy(work.row, words, ready.before);
  }
  auto result =
      render_outcome({.words = ready.words,
                      .upid = upid,
                      .report = report,
                      .base_url = work.cluster.client.base_url(),
                      .may = work.may,
                      .remedy = better,
                      .description = cancelled ? ChangeText{} : describe_result(work, ready, upid, report),
                      .queued = ready.queued,
                      .cancelled = cancelled},
                     work.cluster.options.style);
  // PVE's logs may repeat arguments, and these may be secret.
  for (auto& block : result.content) {
    if (auto* text = std::get_if<mcp::Text>(&block))
      text->text = without(ready.secrets, std::move(text->text));
  }
  if (failed)
    work.call.log.write(
        mcp::LogLevel::Warning,
        without(ready.secrets, fmt::format("{}: {}", ready.words.not_done, report.exit_status)));
  if (result.structured)
    result.structured->get_object()["message"] = std::get<mcp::Text>(result.content.front()).text;
  return result;
}

Carried followed(Work& work, Ready& ready, const pve::Upid& upid, bool may_redirect) {
  auto& cluster = work.cluster;
  const auto report = cluster.tasks.follow(upid, cluster.options.wait,
                                           following(work, ready, ready.words.doing), work.call.stop);
  record_task(work, ready, upid, &report);
  const bool cancelled = work.call.stop.stop_requested() && is_open(report);
  // Legacy clients get no reply to a cancelled call, so log it.
  if (cancelled) {
    base::log(base::LogLevel::Info,
              fmt::format("{} was cancelled; its PVE task continues: {}", work.row.tool().name, upid.text));
  }
  if (work.row.about().changes_guest_list) cluster.inventory.forget();
  if (may_redirect && report.state == pve::TaskReport::State::Failed && work.row.about().may_be_repeated &&
      redirect(work, ready, report.exit_status))
    return std::unexpected(SendAgain{});
  if (report.state == pve::TaskReport::State::Failed && waited_for_lock(work, ready, report.exit_status))
    return std::unexpected(SendAgain{});
  const bool done =
      report.state == pve::TaskReport::State::Done || report.state == pve::TaskReport::State::Warnings;
  const auto after = done ? changed(work, ready, ready.words) : std::string();
  return noted(work, ready, ended(work, ready, upid, report, cancelled), after);
}

/// Returns a Task to a client that follows tasks, else waits for the end of the task.
Carried begun(Work& work, Ready& ready, const pve::Upid& upid, pve::Answer answer, bool may_redirect) {
  // The server can remove a secret from the task's log only during the call that holds the secret.
  const bool becomes_task = work.call.may_be_task && ready.secrets.empty();
  // A modern client learns of the task from the Task, so a log message would repeat it.
  if (!becomes_task || work.call.era == mcp::Era::Legacy)
    work.call.log.write(mcp::LogLevel::Info,
                        fmt::format("{}: task {}", ready.words.doing, base::printable(upid.text)));
  const bool waits = !becomes_task && work.cluster.options.wait.count() > 0;
  if (!waits) record_task(work, ready, upid, nullptr);
  if (becomes_task)
    return engine::begun({upid, std::string(work.row.tool().name),
                          worded_arguments(work.row, ready.target.arguments, ready.guest), ready.before},
                         ready.words.doing, joined_notes(ready.target.note, ready.audit_note),
                         work.cluster.clock.wall());
  if (!waits) return answered(work, ready, std::move(answer));
  return followed(work, ready, upid, may_redirect);
}

/// The call, with the digest of the configuration that was read last: PVE refuses the change if somebody else
/// has changed the configuration since then. A digest of the caller, or of a confirmed plan, stays.
pve::Call bound(const Work& work, const Ready& ready, pve::Call wanted) {
  if (ready.target.arguments.contains("digest")) return wanted;
  if (auto digest = digest_of(work.row, ready.target.arguments, ready.state); !digest.empty())
    wanted.parameters.emplace_back("digest", std::move(digest));
  return wanted;
}

/// Renders PVE's error. The text begins with what was not done, unless PVE may still do it.
mcp::Result refused(const Work& work, const Ready& ready, const pve::Call& wanted, const pve::Error& error) {
  const auto why = explained(error, wanted, ready.target.arguments, work.cluster, work.may, work.call.stop);
  const bool certain = error.kind == pve::Error::Kind::Refused && error.status < 596;
  if (!certain || work.row.tool().effect == tool::Effect::None) return failure(ready, why);
  const auto way_out = describe_remedy(work.row, error.message, ready.before);
  return failure(ready, ready.words.not_sent + ": " + why + (way_out.empty() ? "" : " ") + way_out);
}

}  // namespace

void look(const Work& work, Ready& ready) {
  if (work.row.tool().effect == tool::Effect::None) return;
  const auto& target = ready.target;
  ready.before = read_before(work.row, target.arguments, work.cluster, work.call.stop);
  auto guest = named_guest(target);
  const bool made = work.row.about().guest == tool::GuestKind::None;
  const base::ObjectView names(made ? target.arguments : ready.before.status);
  const auto name = base::raw_text(names, names.member("hostname") != nullptr ? "hostname" : "name");
  const auto vmid = base::number(target.arguments, "vmid");
  if (work.row.tool().starts_task && !name.empty() && vmid) guest = shown_guest(*vmid, name);
  ready.words = wording(work.row, target.arguments, guest);
  ready.guest = std::move(guest);
  if (auto ended = describe_ended_task(work.row, ready.words, ready.before); !ended.empty())
    ready.words.done = std::move(ended);
}

void compare(const Work& work, Ready& ready) {
  ready.state = state_before(work.row, ready.target.arguments, work.cluster, work.call.stop);
  const auto name = guest_named(work.row, ready.state);
  const auto vmid = base::number(ready.target.arguments, "vmid");
  if (name.empty() || !vmid) return;
  ready.guest = shown_guest(*vmid, name);
  ready.words = wording(work.row, ready.target.arguments, ready.guest);
}

std::expected<mcp::Outcome, SendAgain> carry_out(Work& work, Ready& ready, bool may_redirect) {
  auto slot = slot_on_node(work, ready);
  if (!slot) return noted(work, ready, std::move(slot.error()));
  const auto& arguments = ready.target.arguments;
  const auto wanted = request(sent_as(work.row.tool(), arguments), arguments);
  if (!wanted)
    return noted(work, ready,
                 failure(ready, fmt::format("{} was not called: {}", work.row.tool().name, wanted.error())));
  look(work, ready);
  if (work.call.stop.stop_requested())
    return noted(work, ready, render_error("Cancelled before anything was sent."));
  compare(work, ready);
  auto answer = send(work, ready, bound(work, ready, *wanted));
  while (!answer && answer.error().kind == pve::Error::Kind::Refused &&
         waited_for_lock(work, ready, answer.error().message)) {
    compare(work, ready);
    answer = send(work, ready, bound(work, ready, *wanted));
  }
  if (!answer) {
    if (answer.error().kind == pve::Error::Kind::Held)
      return noted(work, ready, failure(ready, ready.words.not_sent + ": " + answer.error().message));
    if (answer.error().kind == pve::Error::Kind::Refused) {
      if (auto so = already(work, ready, answer.error().message)) return noted(work, ready, *std::move(so));
    }
    if (may_redirect && answer.error().kind == pve::Error::Kind::Refused &&
        redirect(work, ready, answer.error().message))
      return std::unexpected(SendAgain{});
    const auto remains =
        leftovers_after_error(work.row, arguments, ready.state, answer.error(), work.cluster, work.call.stop);
    return noted(work, ready, refused(work, ready, *wanted, answer.error()), without(ready.secrets, remains));
  }
  if (may_redirect) {
    if (auto other =
            recheck_name(work.row, ready.target, answer->data, work.cluster, work.may, work.call.stop)) {
      if (!*other) return render_error(std::move(other->error()));
      ready.target = *std::move(*other);
      ready.identity.clear();
      ready.redirected = true;
      return std::unexpected(SendAgain{});
    }
  }
  if (work.row.about().changes_guest_list) work.cluster.inventory.forget();
  const auto upid = started_task(work.row, *answer);
  if (!upid) return answered(work, ready, *std::move(answer));
  if (*slot) (*slot)->started(*upid);
  return begun(work, ready, *upid, *std::move(answer), may_redirect);
}

mcp::Outcome answered(const Work& work, const Ready& ready, pve::Answer answer) {
  record_end(work, ready, answer);
  auto& cluster = work.cluster;
  const auto& tool = work.row.tool();
  const auto& arguments = ready.target.arguments;
  // Nothing is known yet of a task that still runs.
  auto words = ready.words;
  const auto told = started_task(work.row, answer) ? std::string() : changed(work, ready, words);
  // The description of the change replaces the data with which PVE repeats the call.
  if (!told.empty() || words.done != ready.words.done) answer.data = nullptr;
  const auto after =
      joined_notes(told, revise(tool, arguments, answer.data, cluster, work.may, work.call.stop).note);
  const auto shape = shape_of(answer.data);
  auto result = render({.row = work.row,
                        .arguments = arguments,
                        .for_server = ready.for_server,
                        .style = cluster.options.style,
                        .words = std::move(words),
                        .title = title(work.row, ready.target, cluster),
                        .may = work.may,
                        .now = cluster.now()},
                       std::move(answer));
  // This call comes after render() because PVE's list of the token's rights can be as large as the rendered
  // list, whose memory render() has freed.
  const auto omissions = omission_note(tool.view, arguments, shape, cluster, work.call.stop);
  return noted(work, ready, std::move(result), joined_notes(after, omissions));
}

mcp::Result failure(const Ready& ready, std::string text) {
  return render_error(without(ready.secrets, std::move(text)));
}

pve::Tasks::OnWait following(Work& work, const Ready& ready, const std::string& subject) {
  if (!work.progress.wanted()) return {};
  return [&work, &ready, subject](const pve::Waiting& waiting) {
    tell(work, ready, subject, waiting.waited, waiting.progress);
  };
}

void log_redirection(const Work& work, const Ready& ready) {
  if (!ready.target.note.empty()) work.call.log.write(mcp::LogLevel::Notice, ready.target.note);
}

}  // namespace engine
