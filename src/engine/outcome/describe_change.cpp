#include "engine/outcome/describe_change.h"

#include <fmt/format.h>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/cluster/request.h"
#include "engine/outcome/describe_parts.h"
#include "engine/outcome/guest_state.h"
#include "engine/outcome/outcome.h"

namespace engine {
namespace {

using tool::Action;

/// Adds the state that systemd reports for the service now: "running", "dead".
std::optional<ChangeText> describe_service(const ChangeContext& context) {
  if (context.row.about().subject != tool::Subject::Service) return std::nullopt;
  const auto state = base::text(context.after.object, "state", 40);
  return ChangeText{context.words.done + took(context) + (state.empty() ? "." : "; it is " + state + ".")};
}

/// Describes a change that HA carries out. HA's task ends before the guest is in the wanted state, so the
/// text is about the guest.
ChangeText describe_ha(const ChangeContext& context) {
  using State = FollowUp::State;
  const auto& follow_up = context.follow_up;
  if (follow_up.state == State::Failed)
    return {fmt::format("{}: HA accepted the request, but {}.", context.words.not_done, follow_up.why), true};
  if (follow_up.state == State::Done) {
    const auto action = context.row.about().action;
    const auto was = power(context.before.status);
    if (action == Action::Start && was == Power::Running)
      return {context.words.subject + " runs already; HA was asked to keep it running."};
    if ((action == Action::Stop || action == Action::Shutdown) && was == Power::Off)
      return {context.words.subject + " was off already; HA was asked to keep it off."};
    const auto where = follow_up.node.empty() ? std::string{} : "; it is on " + follow_up.node + " now";
    return {context.words.done + " by HA" + where + "."};
  }
  return {context.words.doing + ": requested; HA has not carried it out yet.", false, true};
}

}  // namespace

std::string took(const ChangeContext& context) {
  return context.report == nullptr ? std::string{} : long_duration(context.report->waited);
}

std::string said(const ChangeContext& context, std::string_view name) {
  return base::printable(argument_text(context.arguments, name), 100);
}

ChangeText describe_change(const ChangeContext& context) {
  if (context.expected) return describe_expected(context);
  if (context.by_ha) return describe_ha(context);
  for (const auto part :
       {describe_power, describe_created, describe_deleted, describe_backup, describe_service}) {
    if (auto description = part(context)) return *std::move(description);
  }
  return {context.words.done + took(context) + "."};
}

std::string describe_already(const Row& row, const Wording& words, std::string_view message,
                             const ObjectState& before) {
  const auto action = row.about().action;
  const auto was = power(before.status);
  if ((action == Action::Start || action == Action::Resume) &&
      message.find("already running") != std::string_view::npos &&
      (was == Power::Running || was == Power::Unknown))
    return words.subject + " runs already; nothing was changed.";
  if ((action == Action::Stop || action == Action::Shutdown) &&
      message.find("not running") != std::string_view::npos && (was == Power::Off || was == Power::Unknown))
    return words.subject + " was off already; nothing was changed.";
  return {};
}

std::string describe_remedy(const Row& row, std::string_view message, const ObjectState& before) {
  if (message.find("must be disabled and fixed first") != std::string_view::npos)
    return "HA holds the guest in the state error: set its HA state to disabled, remove the cause, then set "
           "it "
           "to "
           "started.";
  const auto was = power(before.status);
  const bool runs = message.find("already running") != std::string_view::npos;
  if (row.about().action != Action::Start || !runs || was == Power::Running || was == Power::Unknown)
    return {};
  return fmt::format("It is {}{}; resume it instead.", power_word(before.status), power_hint(was));
}

std::string describe_guest(const Row& row, const ObjectState& state) {
  if (row.about().action != Action::Configure || power(state.status) == Power::Unknown) return {};
  return fmt::format("The {} is {}.", tool::noun(row.about().guest), power_word(state.status));
}

std::string describe_ended_task(const Row& row, const Wording& words, const ObjectState& before) {
  if (row.about().locator != tool::Locator::Task || base::raw_text(before.object, "status") != "stopped")
    return {};
  const auto end = base::text(before.object, "exitstatus", 100);
  return fmt::format("{} had ended already{}; nothing was stopped", words.subject,
                     end.empty() ? "" : " (" + end + ")");
}

}  // namespace engine
