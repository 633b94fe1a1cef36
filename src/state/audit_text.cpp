#include "state/audit_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/json_read.h"
#include "base/pattern.h"
#include "base/text.h"
#include "base/when.h"

namespace state {
namespace {

constexpr std::size_t kShort = 120;
constexpr std::size_t kLong = 500;

std::string name_of_caller(const AuditRecord& attempt) {
  if (!attempt.attempt.caller.empty()) return base::printable(attempt.attempt.caller, kShort);
  return base::printable(attempt.origin.user, kShort) + " (no bearer token)";
}

std::string object_words(const base::JsonObject& object) {
  const auto vmid = base::text(object, "vmid", kShort);
  if (vmid.empty()) return base::text(object, "path", kLong);
  const auto guest = base::text(object, "guest", kShort);
  return fmt::format("{} {} on {}", base::raw_text(object, "type") == "lxc" ? "container" : "VM",
                     guest.empty() ? vmid : guest, base::text(object, "node", kShort));
}

std::string approval_words(const guard::Approval& approval) {
  const auto plan = base::printable(approval.plan, kShort);
  if (approval.how == "not asked") return "no confirmation was needed";
  if (approval.how == "elicitation") return "the client's user said yes";
  if (approval.how == "terminal") return "confirmed on the terminal";
  if (approval.how == "--yes") return "confirmed with --yes";
  if (approval.how == "plan") return "confirmed with the id of plan " + plan;
  if (approval.how == "approve")
    return fmt::format("plan {} was approved by {}", plan, base::printable(approval.by, kShort));
  return "confirmed: " + base::printable(approval.how, kShort);
}

std::string result_words(const AuditRecord* outcome) {
  if (outcome == nullptr) return "no outcome was recorded, so PVE may have carried it out";
  if (outcome->result == "running") return "PVE has started it";
  if (outcome->result == "refused") return "PVE refused it";
  if (outcome->result == "unknown") return "PVE did not answer, and may have carried it out";
  return base::printable(outcome->result, kShort);
}

std::string arguments_words(const base::JsonObject& arguments) {
  std::string text;
  for (const auto& [name, value] : arguments)
    text +=
        fmt::format(" {}={}", base::printable(name, kShort), base::printable(base::wire_text(value), kLong));
  return text;
}

}  // namespace

bool selects(const AuditFilter& filter, const AuditRecord& attempt) {
  const auto fits = [](const std::string& pattern, std::string_view text) {
    return pattern.empty() || base::fits_pattern(pattern, text);
  };
  const auto seconds = attempt.at / 1000;
  if (filter.since && seconds < *filter.since) return false;
  if (filter.until && seconds >= *filter.until) return false;
  // Without a bearer token the caller is the user of the process.
  const auto& caller = attempt.attempt.caller.empty() ? attempt.origin.user : attempt.attempt.caller;
  if (!fits(filter.caller, caller) || !fits(filter.tool, attempt.attempt.tool)) return false;
  if (filter.object.empty()) return true;
  const auto& object = attempt.attempt.object;
  const auto any = [&](const base::JsonObject& members) {
    return std::ranges::any_of(
        members, [&](const auto& member) { return fits(filter.object, base::wire_text(member.value())); });
  };
  if (fits(filter.object, object_words(object)) || any(object)) return true;
  // What is not a guest is named by an argument: a user, a storage.
  return !object.contains("vmid") && any(attempt.attempt.arguments);
}

std::string change_text(std::int64_t number, const AuditRecord& attempt, const AuditRecord* outcome) {
  auto text = fmt::format(
      "{} UTC  #{} {} {}: {}\n  by {} on {}; {}\n  {}{}\n", base::date_text(attempt.at / 1000), number,
      base::printable(attempt.attempt.tool, kShort), object_words(attempt.attempt.object),
      result_words(outcome), name_of_caller(attempt), base::printable(attempt.origin.cluster, kShort),
      approval_words(attempt.attempt.approval), base::printable(attempt.attempt.request, kLong),
      arguments_words(attempt.attempt.arguments));
  if (outcome == nullptr) return text;
  const auto& [result, upid, exit_status, message] = outcome->ending;
  if (!upid.empty())
    text += fmt::format("  {}{}\n", base::printable(upid, kLong),
                        exit_status.empty() ? "" : fmt::format(" ({})", base::printable(exit_status, kLong)));
  if (!message.empty()) text += fmt::format("  {}\n", base::printable(message, kLong));
  return text;
}

std::string record_json(const StoredRecord& stored) {
  base::JsonObject line{{"number", stored.number}, {"hash", hash_text(stored.mac)}};
  const auto parsed = base::parse_json(stored.record);
  if (const auto* members = parsed ? parsed->if_object() : nullptr) {
    for (const auto& [name, value] : *members) {
      if (!line.contains(name)) line[name] = value;
    }
  } else {
    line["unreadable"] = base::printable(stored.record, 10'000);
  }
  return base::write_json(base::Json(std::move(line)));
}

}  // namespace state
