// Describes what a change would do that has not been sent.
#include <fmt/format.h>

#include "base/json_read.h"
#include "change/change.h"
#include "engine/outcome/describe_parts.h"
#include "engine/outcome/guest_state.h"
#include "view/human.h"

namespace engine {
namespace {

using tool::Action;

base::JsonObject running() { return base::JsonObject{{"status", "running"}}; }
base::JsonObject off() { return base::JsonObject{{"status", "stopped"}}; }

base::JsonObject suspended(const Row& row, const base::JsonObject& arguments) {
  if (row.about().guest == tool::GuestKind::Container) return {};
  if (base::flag(arguments, "todisk")) return base::JsonObject{{"status", "stopped"}, {"lock", "suspended"}};
  return base::JsonObject{{"status", "running"}, {"qmpstatus", "paused"}};
}

/// A rollback to a snapshot without RAM leaves the guest off.
base::JsonObject rolled_back(const base::Json& snapshot) {
  if (!snapshot.is_object()) return {};
  return base::raw_text(snapshot, "vmstate").empty() ? off() : running();
}

base::JsonObject expected_status(const Row& row, const base::JsonObject& arguments,
                                 const ObjectState& before) {
  const auto was = power(before.status);
  switch (row.about().action) {
    case Action::Start:
    case Action::Resume:
    case Action::Reboot:
    case Action::Reset:
      return running();
    case Action::Stop:
    case Action::Shutdown:
      return was == Power::OnDisk ? before.status : off();
    case Action::Suspend:
      return suspended(row, arguments);
    case Action::RollBack:
      return rolled_back(before.object);
    case Action::Delete:
    case Action::Create:
      return {};
    default:
      return before.status;
  }
}

/// "it is running now and would be off"
std::string power_clause(const ChangeContext& context) {
  const auto was = power(context.before.status);
  const auto is = power(context.after.status);
  if (was == Power::Unknown) return {};
  const auto now = power_word(context.before.status);
  if (is == Power::Unknown || context.row.about().action == Action::Configure) return "it is " + now + " now";
  if (was != is) return fmt::format("it is {} now and would be {}", now, power_word(context.after.status));
  switch (context.row.about().action) {
    case Action::Start:
    case Action::Resume:
    case Action::Stop:
    case Action::Shutdown:
    case Action::Suspend:
      return fmt::format("it is already {}, so nothing would change", now);
    default:
      return "it is " + now + " now";
  }
}

/// Sentences about the settings that a change would set.
std::string settings(const ChangeContext& context) {
  const auto* endpoint = context.row.endpoint();
  const auto& about = context.row.about();
  if (endpoint == nullptr || context.after.object.is_null() || !change::can_describe(endpoint->method, about))
    return {};
  return change::text(
      change::describe({*endpoint, about, context.arguments, context.before.object, context.after.object}));
}

std::string snapshot_clause(const ChangeContext& context) {
  const auto taken = base::number(context.before.object, "snaptime");
  if (context.row.about().action != Action::RollBack || !taken) return {};
  return "changes since " + view::human_time(*taken) + " would be lost";
}

}  // namespace

ObjectState expected_state(const Row& row, const base::JsonObject& arguments, const ObjectState& before) {
  ObjectState after;
  after.status = expected_status(row, arguments, before);
  if (row.endpoint() != nullptr)
    after.object = change::expected(*row.endpoint(), row.about(), arguments, before.object);
  return after;
}

ChangeText describe_expected(const ChangeContext& context) {
  std::string text;
  for (const auto& clause : {power_clause(context), snapshot_clause(context), describe_loss(context)})
    text += (text.empty() || clause.empty() ? "" : "; ") + clause;
  const auto told = settings(context);
  if (!text.empty()) text += ".";
  text += (text.empty() || told.empty() ? "" : " ") + told;
  return {context.words.doing + (text.empty() ? "." : ": " + text)};
}

}  // namespace engine
