#include "engine/record.h"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/cluster/target_words.h"
#include "engine/fetch.h"
#include "engine/plan/object.h"
#include "engine/words/guest_name.h"
#include "facts/facts.h"
#include "facts/secret_parts.h"

namespace engine {
namespace {

using Result = guard::Ending::Result;

/// Bytes of one argument and of PVE's message. A record stays small, whatever a call contains.
constexpr std::size_t kLongest = 2000;

std::string cut(std::string text) {
  if (text.size() <= kLongest) return text;
  const auto bytes = text.size();
  return fmt::format("{} ({} bytes)", base::printable(text, kLongest), bytes);
}

/// Text without the values of the call's secrets.
base::Json recordable(std::string_view name, base::Json value, const Secrets& secrets) {
  if (const auto* text = value.if_string())
    return base::Json(cut(without(secrets, facts::without_secret_parts(name, std::string_view(*text)))));
  if (auto* items = value.if_array()) {
    for (auto& item : *items) item = recordable(name, std::move(item), secrets);
  } else if (auto* members = value.if_object()) {
    for (auto& member : *members)
      member.value() = recordable(member.key(), std::move(member.value()), secrets);
  }
  return value;
}

base::JsonObject recordable_arguments(const Row& row, const Ready& ready) {
  base::JsonObject arguments;
  for (const auto& [name, value] : ready.target.arguments) {
    const auto field = row.field_on_wire(name);
    const bool is_secret = facts::secret_name(name) || (field && field->marked(facts::kSecret));
    arguments[name] = is_secret ? base::Json(facts::kMask) : recordable(name, value, ready.secrets);
  }
  return arguments;
}

std::string request_text(const pve::Call& call) {
  return fmt::format("{} {}", base::name(call.method), base::printable(call.path, 500));
}

/// Reads what identifies a guest, if the step that asks for a confirmation has not read it.
base::JsonObject identity(const Work& work, Ready& ready) {
  if (ready.identity.empty())
    ready.identity = identity_of(work.row, ready.target.arguments, work.cluster, work.call.stop);
  auto object = ready.identity;
  // The name tells people, not the server, which guest it was.
  if (const auto name = ready.guest; !name.empty() && object.contains("vmid")) object["guest"] = name;
  return object;
}

guard::Attempt attempt_of(const Work& work, Ready& ready, const pve::Call& wanted) {
  guard::Attempt attempt;
  attempt.caller = work.call.caller.identity;
  attempt.tool = work.row.tool().name;
  attempt.arguments = recordable_arguments(work.row, ready);
  attempt.object = identity(work, ready);
  attempt.request = without(ready.secrets, request_text(wanted));
  attempt.approval = ready.approval;
  return attempt;
}

pve::Error held(std::string why) {
  pve::Error error;
  error.kind = pve::Error::Kind::Held;
  error.message = std::move(why);
  return error;
}

Result result_of(const pve::Error& error) {
  using enum pve::Error::Kind;
  // Hidden: the scope has kept the request back.
  if (error.kind == Held || error.kind == Hidden || (error.failure && error.failure->nothing_sent))
    return Result::NotSent;
  // Of the states from 596 on the proxy of PVE tells, which does not know what the node has done.
  if (error.kind == Rejected || (error.kind == Refused && error.status < 596)) return Result::Refused;
  return Result::Unknown;
}

guard::Ending ending_of(const pve::Error& error) {
  guard::Ending ending{result_of(error)};
  ending.message = error.message;
  for (const auto& [name, problem] : error.errors) ending.message += fmt::format("\n{}: {}", name, problem);
  ending.message = cut(base::printable(ending.message, kLongest));
  return ending;
}

std::optional<pve::Upid> task_of(const pve::Answer& answer) {
  const auto* text = answer.data.if_string();
  return text == nullptr ? std::nullopt : pve::parse_upid(std::string_view(*text));
}

Result result_of(pve::TaskReport::State state) {
  using enum pve::TaskReport::State;
  switch (state) {
    case Running:
      return Result::Running;
    case Done:
    case Warnings:
      return Result::Done;
    case Failed:
      return Result::Failed;
    case Unknown:
      break;
  }
  return Result::Unknown;
}

void end(const Work& work, Ready& ready, guard::Ending ending) {
  ending.message = without(ready.secrets, std::move(ending.message));
  ending.exit_status = without(ready.secrets, std::move(ending.exit_status));
  if (const auto problem = work.cluster.audit->end(std::exchange(ready.begun, {}), ending))
    ready.audit_note = joined_notes(ready.audit_note, *problem);
}

}  // namespace

std::expected<pve::Answer, pve::Error> send(Work& work, Ready& ready, const pve::Call& wanted) {
  auto* const audit = work.cluster.audit;
  if (audit == nullptr || wanted.method == base::Method::Get) return fetch(work, ready, wanted);
  // Nothing would be sent, so nothing is recorded.
  if (auto why = work.cluster.client.held()) return std::unexpected(held(*std::move(why)));
  auto begun = audit->begin(attempt_of(work, ready, wanted));
  if (!begun) return std::unexpected(held(std::move(begun.error())));
  ready.audit_note = joined_notes(ready.audit_note, begun->note);
  ready.begun = *std::move(begun);
  auto answer = fetch(work, ready, wanted);
  if (!answer) end(work, ready, ending_of(answer.error()));
  if (answer && !task_of(*answer)) end(work, ready, {Result::Done});
  return answer;
}

void record_task(const Work& work, Ready& ready, const pve::Upid& upid, const pve::TaskReport* report) {
  if (work.cluster.audit == nullptr) return;
  guard::Ending ending{report == nullptr ? Result::Running : result_of(report->state), upid.text};
  if (report != nullptr) ending.exit_status = report->exit_status;
  if (ending.exit_status.empty() && ready.secrets.empty())
    work.cluster.open_records.add(upid.text, ready.begun);
  end(work, ready, std::move(ending));
}

void record_end(Cluster& cluster, const std::string& upid, const std::string& exit_status) {
  if (cluster.audit == nullptr) return;
  const auto begun = cluster.open_records.take(upid);
  // The answer of a read has no place for a sentence about the audit.
  if (begun)
    (void)cluster.audit->end(*begun, {result_of(pve::state_of(exit_status)), upid, cut(exit_status)});
}

void record_end(const Work& work, const Ready& ready, const pve::Answer& answer) {
  if (work.row.tool().effect != tool::Effect::None || !work.row.about().in_path("upid")) return;
  const auto exit_status = base::text(answer.data, "exitstatus");
  if (!exit_status.empty())
    record_end(work.cluster, base::text(ready.target.arguments, "upid", kLongest), exit_status);
}

std::expected<pve::Answer, pve::Error> send_recorded(Cluster& cluster, const guard::Attempt& attempt,
                                                     const pve::Call& wanted, const std::stop_token& stop) {
  if (cluster.audit == nullptr) return cluster.client.call(wanted, stop);
  if (auto why = cluster.client.held()) return std::unexpected(held(*std::move(why)));
  const auto begun = cluster.audit->begin(attempt);
  if (!begun) return std::unexpected(held(begun.error()));
  auto answer = cluster.client.call(wanted, stop);
  // The caller gets PVE's answer in any case.
  (void)cluster.audit->end(*begun, answer ? guard::Ending{Result::Done} : ending_of(answer.error()));
  return answer;
}

}  // namespace engine
