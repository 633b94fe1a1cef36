// The step before a change is sent: makes the plan of a dry run, and asks for a confirmation if PVE_CONFIRM
// wants one.
#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "engine/answer/answer.h"
#include "engine/answer/render.h"
#include "engine/cluster/request.h"
#include "engine/outcome/sent_as.h"
#include "engine/plan/cut_off.h"
#include "engine/plan/losses.h"
#include "engine/plan/object.h"
#include "engine/plan/plan.h"
#include "engine/step.h"

namespace engine {
namespace {

using Needs = guard::Plans::Needs;
using Verdict = guard::Plans::Verdict;

/// What the decision on one call is based on.
struct Question {
  Object object;
  std::vector<std::string> lost;
  std::vector<std::string> cut_off;
  pve::Call request;
  Needs needs = Needs::Id;
};

mcp::Result with_plan(const Work& work, const Ready& ready, std::string text, base::JsonObject facts) {
  auto result = render_error(without(ready.secrets, std::move(text)));
  result.structured = base::Json(base::JsonObject{{"plan", std::move(facts)}});
  // The tool's outputSchema requires this member.
  if (work.cluster.options.style.output == Output::Structured)
    result.structured->get_object()["message"] = std::get<mcp::Text>(result.content.front()).text;
  replace_unsafe_characters(*result.structured);
  return result;
}

/// Reads what the plan says, and names the object like a change that is sent.
Plan planned(Work& work, Ready& ready, const Question& question) {
  look(work, ready);
  compare(work, ready);
  auto before = ready.before;
  if (ready.state.watched) before.object = ready.state.state;
  return plan_of({work.row, ready.target.arguments, ready.words, before, question.object, question.lost,
                  question.cut_off, question.request},
                 work.cluster, work.may, work.call.stop);
}

/// The tool and its arguments as the caller wrote them, without the parameters of a confirmation.
std::string canonical(const mcp::Call& call) {
  auto arguments = call.arguments;
  arguments.stable_erase("confirm");
  arguments.stable_erase("dry_run");
  return std::string(call.name) + " " + base::write_json_sorted(base::Json(std::move(arguments)));
}

guard::Planned planned_for(const Work& work, const Object& object) {
  return {work.call.caller.identity, canonical(work.call),
          base::write_json_sorted(base::Json(object.identity)), object.state};
}

/// What `mcp-pve plans` shows of it.
guard::PlanText shown(const Work& work, const Ready& ready, const Object& object, const Plan& plan) {
  return {std::string(work.row.tool().name),
          without(ready.secrets, object_text(object.identity, ready.guest)),
          without(ready.secrets, plan.text)};
}

/// Why the id in the call does not confirm it.
std::string refusal(const guard::Plans& plans, const guard::Plans::Spent& spent, const Object& now) {
  switch (spent.verdict) {
    case Verdict::OtherCall:
      return "This id was issued for another tool or other arguments.";
    case Verdict::Changed:
      return "The object has changed since this id was issued.";
    case Verdict::OtherObject: {
      const auto before = base::parse_json(spent.object);
      const auto what = before && before->is_object()
                            ? identity_difference(before->get_object(), now.identity)
                            : std::string();
      return "This is not the object that the id was issued for: " + what + ".";
    }
    case Verdict::Unknown:
    case Verdict::Undecided:
    case Verdict::Rejected:
    case Verdict::Fits:
      break;
  }
  return "This server knows no such id. An id works once, within ten minutes, for the caller that it was "
         "issued to. " +
         plans.reach();
}

/// How a person approves a plan, and what the caller does then.
std::string how_to_approve(std::string_view id) {
  return fmt::format(
      "ask your user to run `mcp-pve approve {0}` on a terminal, and then repeat the call with confirm: "
      "\"{0}\".",
      id);
}

/// The sentences behind a plan: how its call is confirmed.
std::string next_step(const guard::Plans& plans, Needs needs, std::string_view id) {
  constexpr auto kMinutes = guard::Plans::kGoodFor.count();
  if (needs == Needs::Id)
    return fmt::format(
        "To go ahead, repeat the call with confirm: \"{}\" within {} minutes. To see the plan alone, pass "
        "dry_run: true.",
        id, kMinutes);
  if (!plans.are_shared())
    return "A person must approve this, but `mcp-pve approve` cannot reach this server. " + plans.reach();
  return fmt::format(
      "A person must approve this within {} minutes: {} To see the plan alone, pass dry_run: true.", kMinutes,
      how_to_approve(id));
}

/// The error with the plan, and with a new id that confirms the same call.
mcp::Result refused(Work& work, Ready& ready, const Question& question, const std::string& why) {
  auto plan = planned(work, ready, question);
  auto& plans = work.cluster.plans;
  const auto id = plans.issue(planned_for(work, question.object), shown(work, ready, question.object, plan));
  if (!id) return failure(ready, ready.words.not_sent + ": " + id.error());
  plan.facts["confirm"] = *id;
  if (question.needs == Needs::Person) plan.facts["approval"] = kApprovalNames.back();
  auto text = fmt::format("Not done. {}{}\n{}", why.empty() ? why : why + " ", plan.text,
                          next_step(plans, question.needs, *id));
  return with_plan(work, ready, std::move(text), std::move(plan.facts));
}

/// The error without another plan: a person has not decided on this one, or has rejected it.
mcp::Result not_approved(Work& work, Ready& ready, std::string text) {
  look(work, ready);
  compare(work, ready);
  return failure(ready, ready.words.not_sent + ": " + std::move(text));
}

/// Asks the user, or evaluates the user's answer. Returns nullopt if the user has confirmed the change.
std::optional<mcp::Outcome> asked(Work& work, Ready& ready, const Question& question) {
  const auto planned_now = planned_for(work, question.object);
  const auto bound = planned_now.object + "\n" + planned_now.state;
  // The answer is valid only for the object as it was when the user was asked.
  const auto* const prefix = question.needs == Needs::Person ? kAskPerson : kAsk;
  const auto key = prefix + base::to_hex(base::sha256(bound)).substr(0, 16);
  if (mcp::confirmed(work.call.inputs, key)) {
    ready.approval.how = "elicitation";
    return std::nullopt;
  }
  const auto plan = planned(work, ready, question);
  if (work.call.inputs.contains(key))
    return render_error(
        without(ready.secrets, ready.words.not_sent + ": the user was asked and did not say yes."));
  const auto text = work.call.inputs.empty() ? plan.text : "It has changed meanwhile. " + plan.text;
  return mcp::ask_confirmation(key, without(ready.secrets, text) + "\nDo this?");
}

/// Returns nullopt if the call may be sent.
std::optional<mcp::Outcome> stopped(Work& work, Ready& ready, const Question& question) {
  if (work.call.can_confirm) return asked(work, ready, question);
  const auto& id = ready.for_server.confirm;
  if (id.empty()) return refused(work, ready, question, {});
  auto& plans = work.cluster.plans;
  const auto spent = plans.spend(id, planned_for(work, question.object), question.needs);
  if (!spent) return failure(ready, ready.words.not_sent + ": " + spent.error());
  if (spent->verdict == Verdict::Fits) {
    ready.approval = {spent->by.empty() ? "plan" : "approve", id, spent->by};
    return std::nullopt;
  }
  if (spent->verdict == Verdict::Undecided)
    return not_approved(work, ready, "no person has approved this plan yet: " + how_to_approve(id));
  if (spent->verdict == Verdict::Rejected)
    return not_approved(work, ready,
                        fmt::format("{} has rejected this plan. Do not repeat the call unless your user asks "
                                    "for it.",
                                    spent->by.empty() ? "a person" : spent->by));
  const auto why = refusal(plans, *spent, question.object);
  if (spent->verdict != Verdict::OtherObject) return refused(work, ready, question, why);
  look(work, ready);
  compare(work, ready);
  return render_error(without(
      ready.secrets, fmt::format("{}: {} Read it again before you go on.", ready.words.not_sent, why)));
}

/// Lets PVE refuse the change if the configuration has changed since it was confirmed.
void bind_to(const Object& object, const Row& row, base::JsonObject& arguments) {
  const bool has = row.endpoint() != nullptr && row.endpoint()->parameter("digest") != nullptr;
  if (has && row.about().action == tool::Action::Configure && !object.digest.empty() &&
      !arguments.contains("digest"))
    arguments["digest"] = object.digest;
}

/// True if PVE can always read an existing object of this kind. A broken volume or disk may be unreadable,
/// and its deletion must remain possible.
bool is_readable(tool::Subject subject) {
  using enum tool::Subject;
  return subject == Vm || subject == Container || subject == Snapshot || subject == Storage ||
         subject == User || subject == Token || subject == Replication;
}

/// Returns PVE's error if the object does not exist or PVE does not answer, because there is nothing to plan
/// then. Returns nullopt if only this token may not read the object: the confirmation is asked for then too.
std::optional<mcp::Outcome> missing(Work& work, Ready& ready, const Object& object) {
  if (!object.error || work.row.about().action == tool::Action::Create) return std::nullopt;
  const auto& error = *object.error;
  const bool refused = error.kind == pve::Error::Kind::Refused;
  if (refused && (error.status == 403 || !is_readable(work.row.about().subject))) return std::nullopt;
  const pve::Call read{base::Method::Get, object.unread, {}};
  const auto why = explained(error, read, ready.target.arguments, work.cluster, work.may, work.call.stop);
  return failure(ready, ready.words.not_sent + ": " + why);
}

}  // namespace

Step<Ready> confirmed(Work& work, Ready ready) {
  const auto rules = work.cluster.rules.now();
  const auto when = rules->confirm;
  if (work.row.tool().effect == tool::Effect::None || (when == Confirm::Never && !ready.for_server.dry_run))
    return ready;
  auto lost = losses_of(work.row, ready.target.arguments, work.cluster, work.call.stop);
  auto cut_off = cut_off_by(work.row, ready.target.arguments, work.cluster, work.call.stop);
  const bool asks =
      when == Confirm::Changes || (when == Confirm::Irreversible && (!lost.empty() || !cut_off.empty()));
  if (!asks && !ready.for_server.dry_run) return ready;
  auto request = engine::request(sent_as(work.row.tool(), ready.target.arguments), ready.target.arguments);
  if (!request)
    return std::unexpected(
        failure(ready, fmt::format("{} was not called: {}", work.row.tool().name, request.error())));
  Question question{object_of(work.row, ready.target.arguments, work.cluster, work.call.stop),
                    std::move(lost), std::move(cut_off), *std::move(request)};
  const bool is_irreversible = !question.lost.empty() || !question.cut_off.empty();
  if (rules->approval == Approval::Human && is_irreversible) question.needs = Needs::Person;
  if (auto no = missing(work, ready, question.object)) return std::unexpected(*std::move(no));
  if (ready.for_server.dry_run) {
    auto plan = planned(work, ready, question);
    const auto* const next = !asks ? "\nWithout dry_run this call is sent at once."
                             : question.needs == Needs::Person
                                 ? "\nWithout dry_run this call needs the approval of a person first."
                                 : "\nWithout dry_run this call asks for a confirmation first.";
    auto shown =
        with_plan(work, ready, "Dry run, nothing was sent. " + plan.text + next, std::move(plan.facts));
    shown.is_error = false;
    return std::unexpected(std::move(shown));
  }
  // Otherwise the user would be asked, or the id used up, for a change that is not sent.
  if (const auto held = work.cluster.client.held()) {
    look(work, ready);
    compare(work, ready);
    return std::unexpected(failure(ready, ready.words.not_sent + ": " + *held));
  }
  if (auto no = stopped(work, ready, question)) return std::unexpected(*std::move(no));
  bind_to(question.object, work.row, ready.target.arguments);
  ready.identity = std::move(question.object.identity);
  ready.is_confirmed = true;
  return ready;
}

}  // namespace engine
