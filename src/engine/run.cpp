#include "engine/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/log.h"
#include "base/text.h"
#include "engine/answer.h"
#include "engine/diagnosis.h"
#include "engine/gate.h"
#include "engine/outcome.h"
#include "engine/own.h"
#include "engine/progress.h"
#include "engine/render.h"
#include "engine/request.h"
#include "engine/sources.h"
#include "engine/started.h"
#include "engine/target.h"
#include "engine/value.h"

namespace engine {
namespace {

/// PVE repeats refused values in its errors: secrets among the arguments are taken out again.
std::string without_secrets(std::string text, const Row& row, const base::JsonObject& arguments) {
  constexpr std::size_t kShortest = 4;
  for (const auto& member : arguments) {
    const auto field = row.field_on_wire(member.key());
    if (!field || !field->marked(facts::kSecret)) continue;
    const auto secret = base::wire_text(member.value());
    if (secret.size() < kShortest) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
      text.replace(at, secret.size(), "***");
    }
  }
  return text;
}

bool carries_secret(const Row& row, const base::JsonObject& arguments) {
  return std::ranges::any_of(arguments, [&](const auto& member) {
    const auto field = row.field_on_wire(member.key());
    return field && field->marked(facts::kSecret);
  });
}

std::expected<void, std::string> prepare(const Row& row, base::JsonObject& arguments, const Limits& limits,
                                         const Cluster& cluster, const std::stop_token& stop) {
  if (row.tool().prepare == nullptr) return {};
  // The hook changes the arguments while it may read: paths are filled from what was checked.
  const auto checked = arguments;
  Reads reads(cluster, checked, stop);
  if (auto prepared = row.tool().prepare(reads, arguments); !prepared) return prepared;
  if (auto refusal = forbidden(row, arguments, limits)) return std::unexpected(*std::move(refusal));
  return {};
}

std::optional<pve::Upid> started_task(const Row& row, const pve::Answer& answer) {
  const auto* text = answer.data.if_string();
  if (row.tool().effect == tool::Effect::None || text == nullptr) return std::nullopt;
  return pve::parse_upid(std::string_view(*text));
}

double seconds(std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); }

/// The answer between what the model should know before it and after it. JSON stays JSON.
mcp::Result noted(const std::string& before, mcp::Result result, const std::string& after, Output output) {
  auto* text = result.content.empty() ? nullptr : std::get_if<mcp::Text>(&result.content.front());
  if (text == nullptr || (before.empty() && after.empty())) return result;
  if (output == Output::Json && !result.is_error) {
    result.content.emplace_back(mcp::Text{before + (before.empty() || after.empty() ? "" : "\n") + after});
    return result;
  }
  if (!before.empty()) text->text = before + "\n" + text->text;
  if (!after.empty()) text->text += "\n" + after;
  if (result.structured && result.structured->is_object() && !result.is_error)
    result.structured->get_object()["note"] = before + (before.empty() || after.empty() ? "" : "\n") + after;
  return result;
}

/// Nobody has seen its end.
bool is_open(const pve::TaskReport& report) {
  return report.state == pve::TaskReport::State::Running || report.state == pve::TaskReport::State::Unknown;
}

constexpr std::chrono::seconds kShortestQueue{30};

/// Bytes: a report is read whole.
constexpr std::size_t kReport = 6000;

/// One call, from the model's arguments to what it reads.
class Run {
 public:
  Run(const Row& row, const Limits& limits, const MayUse& may, Cluster& cluster, const mcp::Call& call)
      : row_(row), limits_(limits), may_(may), cluster_(cluster), call_(call), progress_(call.progress) {}

  mcp::Result result() {
    auto arguments = check(row_, call_.arguments, limits_);
    if (!arguments) return refused(std::move(arguments.error()));
    own_ = take_own(row_.tool().offers, *arguments);
    if (row_.tool().report != nullptr) return report(*arguments);
    auto target = find_target(row_, *std::move(arguments), cluster_, listed_kinds(may_), call_.stop);
    if (!target) return render_error(std::move(target.error()));
    target_ = *std::move(target);
    tell_elsewhere();
    if (auto prepared = prepare(row_, target_.arguments, limits_, cluster_, call_.stop); !prepared) {
      if (lacks_scope_for(target_.arguments)) lacking_ = lacking(tool::Tier::Full, prepared.error());
      return failure(std::move(prepared.error()));
    }
    await_target();
    auto result = carry_out();
    return noted(target_.note, std::move(result), after_, cluster_.options.style.output);
  }

  /// After result(): what stands in its place when the client takes the task instead.
  std::optional<mcp::Task> task() { return std::move(task_); }

  /// After result(): stands in its place where the token's scopes alone forbid an argument.
  std::optional<mcp::InsufficientScope> insufficient_scope() { return std::move(lacking_); }

 private:
  Limits with_all_scopes() const {
    auto wider = limits_;
    wider.tier = tool::Tier::Full;
    return wider;
  }

  mcp::Result refused(std::string sentence) {
    if (limits_.scope_would_do && check(row_, call_.arguments, with_all_scopes()))
      lacking_ = lacking(tool::Tier::Full, sentence);
    return render_error(std::move(sentence));
  }

  bool lacks_scope_for(const base::JsonObject& arguments) const {
    return limits_.scope_would_do && forbidden(row_, arguments, limits_) &&
           !forbidden(row_, arguments, with_all_scopes());
  }

  void tell_elsewhere() const {
    if (!target_.note.empty()) call_.log.write(mcp::LogLevel::Notice, target_.note);
  }

  mcp::Result report(const base::JsonObject& arguments) {
    ParallelReads sources(cluster_, call_.stop);
    auto found = row_.tool().report(sources, arguments);
    if (!found) return render_error(std::move(found.error()));
    auto style = cluster_.options.style;
    style.max_result = std::min(style.max_result, kReport);
    return render({row_, call_.arguments, own_, style, {}}, {std::move(*found), {}, {}});
  }

  mcp::Result failure(std::string text) const {
    return render_error(without_secrets(std::move(text), row_, target_.arguments));
  }

  /// A read about a task may wait for its end first.
  void await_target() {
    const auto* upid = target_.arguments.if_contains("upid");
    if (own_.wait.count() == 0 || upid == nullptr || !upid->is_string()) return;
    if (const auto task = pve::parse_upid(std::string_view(upid->get_string())))
      cluster_.tasks.await(*task, own_.wait, following("Task"), call_.stop);
  }

  void tell(const std::string& subject, std::chrono::milliseconds waited,
            const std::optional<pve::TaskProgress>& task = {}) {
    if (waited.count() > 0 && !call_.stop.stop_requested()) progress_.tell(subject, queued_ + waited, task);
  }

  /// Empty when nobody wants to know, so that no log is read for it.
  pve::Tasks::OnWait following(const std::string& subject) {
    if (!progress_.wanted()) return {};
    return [this, subject](const pve::Waiting& waiting) { tell(subject, waiting.waited, waiting.progress); };
  }

  mcp::Result carry_out() {
    if (!row_.tool().heavy) return send(nullptr);
    const auto node = node_of_target();
    const auto begin = cluster_.clock.steady();
    // Who does not want to wait for the end still wants the beginning.
    const auto limit = std::max(cluster_.options.wait, kShortestQueue);
    const auto on_wait = [this, subject = "Waiting for a turn on " + base::printable(node, 60)](
                             std::chrono::milliseconds waited) { tell(subject, waited); };
    auto turn = cluster_.turns.take(node, limit, on_wait, call_.stop);
    queued_ += std::chrono::duration_cast<std::chrono::milliseconds>(cluster_.clock.steady() - begin);
    if (!turn) return no_turn(node);
    if (queued_.count() >= 1000)
      call_.log.write(mcp::LogLevel::Notice, fmt::format("{} waited {:.0f} s for its turn on {}",
                                                         row_.tool().name, seconds(queued_), node));
    return send(&*turn);
  }

  std::string node_of_target() const {
    const auto* node = target_.arguments.if_contains("node");
    return node == nullptr ? std::string{} : base::wire_text(*node);
  }

  mcp::Result no_turn(const std::string& node) const {
    if (call_.stop.stop_requested()) return render_error("Cancelled before anything was sent.");
    return render_error(
        fmt::format("{} was not started: {} heavy tasks of this server run on {} already ({}) and none ended "
                    "in {:.0f} s. "
                    "Try again when one has ended; PVE_NODE_TASKS allows more.",
                    sentence(row_, shown_arguments()), cluster_.options.node_tasks, base::printable(node, 60),
                    cluster_.turns.holders(node), seconds(std::max(cluster_.options.wait, kShortestQueue))));
  }

  mcp::Result send(pve::Turn* turn) {
    const auto wanted = request(row_.tool().call, target_.arguments);
    if (!wanted) return failure(fmt::format("{} was not called: {}", row_.tool().name, wanted.error()));
    if (call_.stop.stop_requested()) return render_error("Cancelled before anything was sent.");
    auto answer = fetch(*wanted);
    if (!answer) {
      if (answer.error().kind == pve::Error::Kind::Refused && turn_back(answer.error().message)) {
        // The turn was the other node's.
        if (turn != nullptr) turn->give_back();
        return carry_out();
      }
      return failure(explained(answer.error(), *wanted, target_.arguments, cluster_, may_, call_.stop));
    }
    if (row_.about().changes_guest_list) cluster_.guests.forget();
    const auto upid = started_task(row_, *answer);
    if (upid && turn != nullptr) turn->started(*upid);
    if (upid) {
      const auto subject = sentence(row_, shown_arguments());
      // What the end says of a secret can only be taken out while the secret is known.
      const bool becomes_task = call_.may_be_task && !carries_secret(row_, target_.arguments);
      // The modern era hears of a task through the task alone.
      if (!becomes_task || call_.era == mcp::Era::Legacy)
        call_.log.write(mcp::LogLevel::Info,
                        fmt::format("{}: {} started", subject, base::printable(upid->text)));
      if (becomes_task) {
        task_ = begun({*upid, std::string(row_.tool().name), subject}, target_.note, cluster_.clock.wall());
        return {};
      }
    }
    if (!upid || cluster_.options.wait.count() == 0) {
      const auto given = shown_arguments();
      after_ = put_right(row_.tool(), target_.arguments, answer->data, cluster_, call_.stop).note;
      return render({row_, given, own_, cluster_.options.style, title()}, *std::move(answer));
    }
    return outcome(*upid);
  }

  /// A log is read from its end, unless the model wants another part.
  std::expected<pve::Answer, pve::Error> fetch(const pve::Call& wanted) {
    constexpr std::int64_t kFirst = 500;
    constexpr std::int64_t kMost = 5000;
    const bool whole = row_.tool().view.kind == tool::View::Kind::Log &&
                       !target_.arguments.contains("start") && !target_.arguments.contains("limit");
    if (!whole) return cluster_.client.call(wanted, call_.stop);
    auto first = wanted;
    first.parameters.emplace_back("limit", std::to_string(kFirst));
    auto answer = cluster_.client.call(first, call_.stop);
    if (!answer || answer->total.value_or(0) <= kFirst) return answer;
    auto last = wanted;
    last.parameters.emplace_back("start", std::to_string(std::max<std::int64_t>(0, *answer->total - kMost)));
    last.parameters.emplace_back("limit", std::to_string(kMost));
    return cluster_.client.call(last, call_.stop);
  }

  mcp::Result outcome(const pve::Upid& upid) {
    const auto subject = sentence(row_, shown_arguments());
    const auto report = cluster_.tasks.follow(upid, cluster_.options.wait, following(subject), call_.stop);
    const bool cancelled = call_.stop.stop_requested() && is_open(report);
    // Who has cancelled a call is not answered in every era.
    if (cancelled) {
      base::log(base::LogLevel::Info,
                fmt::format("{} was cancelled; its PVE task goes on: {}", row_.tool().name, upid.text));
    }
    if (row_.about().changes_guest_list) cluster_.guests.forget();
    if (report.state == pve::TaskReport::State::Failed && row_.about().may_be_repeated &&
        turn_back(report.exit_status))
      return carry_out();
    const auto waited = queued_.count() < 1000 ? std::string{}
                                               : fmt::format(" (after {:.0f} s in the queue of {})",
                                                             seconds(queued_), upid.node);
    const auto better = report.state == pve::TaskReport::State::Failed
                            ? diagnose_end(report.exit_status, target_.arguments, cluster_, may_, call_.stop)
                            : std::string{};
    auto result =
        render_outcome({subject + waited, upid, report, cluster_.client.base_url(), better, cancelled},
                       cluster_.options.style);
    // PVE's logs may repeat what the call said.
    for (auto& block : result.content) {
      if (auto* text = std::get_if<mcp::Text>(&block))
        text->text = without_secrets(std::move(text->text), row_, target_.arguments);
    }
    if (report.state == pve::TaskReport::State::Failed)
      call_.log.write(mcp::LogLevel::Warning,
                      without_secrets(fmt::format("{} failed: {}", subject, report.exit_status), row_,
                                      target_.arguments));
    if (result.structured)
      result.structured->get_object()["message"] = std::get<mcp::Text>(result.content.front()).text;
    return result;
  }

  /// Once: when PVE says that the guest is not there and it is elsewhere, the call goes there.
  bool turn_back(std::string_view message) {
    if (turned_ || !says_elsewhere(message)) return false;
    auto again = find_again(row_, target_, cluster_, call_.stop);
    if (!again) return false;
    turned_ = true;
    target_ = *std::move(again);
    tell_elsewhere();
    return true;
  }

  /// What statistics are of, with the guest's name where somebody has just looked it up.
  std::string title() {
    if (row_.tool().view.kind != tool::View::Kind::Statistics) return {};
    const auto text = [&](std::string_view name) {
      const auto* value = target_.arguments.if_contains(name);
      return value == nullptr ? std::string{} : base::wire_text(*value);
    };
    const auto& about = row_.about();
    if (about.subject == tool::Subject::Storage)
      return fmt::format("Storage {} on {}", text("storage"), text("node"));
    if (about.guest == tool::GuestKind::None) return "Node " + text("node");
    const auto* vmid = target_.arguments.if_contains("vmid");
    const auto list = target_.list ? target_.list : cluster_.guests.remembered();
    const auto* guest = list && vmid->is_int64() ? pve::find(*list, vmid->get_int64()) : nullptr;
    const auto kind = tool::noun(about.guest);
    if (guest == nullptr || guest->name.empty()) return fmt::format("{} {}", kind, text("vmid"));
    return fmt::format("{} ({} {})", guest->name, kind, guest->vmid);
  }

  /// As the model wrote them, with what was found out.
  base::JsonObject shown_arguments() const {
    auto shown = call_.arguments;
    for (const auto* name : {"node", "vmid"}) {
      if (const auto* found = target_.arguments.if_contains(name)) shown[name] = *found;
    }
    return shown;
  }

  const Row& row_;
  const Limits& limits_;
  const MayUse& may_;
  Cluster& cluster_;
  const mcp::Call& call_;
  Own own_;
  Target target_;
  Progress progress_;
  std::optional<mcp::Task> task_;
  std::optional<mcp::InsufficientScope> lacking_;
  std::string after_;  ///< ends the answer
  std::chrono::milliseconds queued_{0};
  bool turned_ = false;
};

}  // namespace

mcp::Outcome run(const Row& row, const Limits& limits, const MayUse& may, Cluster& cluster,
                 const mcp::Call& call) {
  Run work(row, limits, may, cluster, call);
  auto result = work.result();
  if (auto scope = work.insufficient_scope()) return *std::move(scope);
  if (auto task = work.task()) return *std::move(task);
  return result;
}

}  // namespace engine
