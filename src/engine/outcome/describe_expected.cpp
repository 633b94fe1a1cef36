// A change that nobody has sent: what would become of its object.
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

/// A snapshot without RAM leaves the guest off.
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
std::string power_clause(const Deed& deed) {
  const auto was = power(deed.before.status);
  const auto is = power(deed.after.status);
  if (was == Power::Unknown) return {};
  const auto now = power_word(deed.before.status);
  if (is == Power::Unknown || deed.row.about().action == Action::Configure) return "it is " + now + " now";
  if (was != is) return fmt::format("it is {} now and would be {}", now, power_word(deed.after.status));
  switch (deed.row.about().action) {
    case Action::Start:
    case Action::Resume:
    case Action::Stop:
    case Action::Shutdown:
    case Action::Suspend:
      return fmt::format("it is {} already, so nothing would change", now);
    default:
      return "it is " + now + " now";
  }
}

/// What a change of settings would set; sentences.
std::string settings(const Deed& deed) {
  const auto* endpoint = deed.row.endpoint();
  const auto& about = deed.row.about();
  if (endpoint == nullptr || deed.after.object.is_null() || !change::tells(endpoint->method, about))
    return {};
  return change::text(
      change::tell({*endpoint, about, deed.arguments, deed.before.object, deed.after.object}));
}

std::string snapshot_clause(const Deed& deed) {
  const auto taken = base::number(deed.before.object, "snaptime");
  if (deed.row.about().action != Action::RollBack || !taken) return {};
  return "what came after " + view::human_time(*taken) + " would be lost";
}

}  // namespace

ObjectState expected_state(const Row& row, const base::JsonObject& arguments, const ObjectState& before) {
  ObjectState after;
  after.status = expected_status(row, arguments, before);
  if (row.endpoint() != nullptr)
    after.object = change::expected(*row.endpoint(), row.about(), arguments, before.object);
  return after;
}

Story describe_expected(const Deed& deed) {
  std::string text;
  for (const auto& clause : {power_clause(deed), snapshot_clause(deed), describe_loss(deed)})
    text += (text.empty() || clause.empty() ? "" : "; ") + clause;
  const auto told = settings(deed);
  if (!text.empty()) text += ".";
  text += (text.empty() || told.empty() ? "" : " ") + told;
  return {deed.words.doing + (text.empty() ? "." : ": " + text)};
}

}  // namespace engine
