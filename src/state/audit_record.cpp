#include "state/audit_record.h"

#include <array>
#include <utility>

#include "base/json_read.h"

namespace state {
namespace {

/// By guard::Ending::Result.
constexpr std::array<std::string_view, 6> kResults{"done",    "running",  "failed",
                                                   "refused", "not sent", "unknown"};

void add(base::JsonObject& object, std::string_view name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

std::string taken(const base::JsonObject& object, std::string_view name) {
  return std::string(base::raw_text(object, name));
}

base::JsonObject taken_object(const base::JsonObject& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  const auto* found = member == nullptr ? nullptr : member->if_object();
  return found == nullptr ? base::JsonObject{} : *found;
}

}  // namespace

std::string attempt_text(const guard::Attempt& attempt, const Origin& origin, std::int64_t at) {
  base::JsonObject record{{"at", at}};
  add(record, "cluster", origin.cluster);
  add(record, "user", origin.user);
  add(record, "caller", attempt.caller);
  record["tool"] = attempt.tool;
  record["arguments"] = attempt.arguments;
  record["object"] = attempt.object;
  record["request"] = attempt.request;
  record["approval"] = attempt.approval.how;
  add(record, "plan", attempt.approval.plan);
  add(record, "approved_by", attempt.approval.by);
  return base::write_json(base::Json(std::move(record)));
}

std::string outcome_text(std::int64_t attempt, const guard::Ending& ending, std::int64_t at) {
  base::JsonObject record{{"at", at}, {"of", attempt}};
  record["result"] = kResults.at(static_cast<std::size_t>(ending.result));
  add(record, "upid", ending.upid);
  add(record, "exit_status", ending.exit_status);
  add(record, "message", ending.message);
  return base::write_json(base::Json(std::move(record)));
}

std::optional<AuditRecord> parse_record(std::string_view text) {
  const auto parsed = base::parse_json(text);
  const auto* object = parsed ? parsed->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  AuditRecord record;
  record.at = base::number(*object, "at", 0);
  record.of = base::number(*object, "of", 0);
  record.origin = {taken(*object, "cluster"), taken(*object, "user")};
  record.attempt = {taken(*object, "caller"),
                    taken(*object, "tool"),
                    taken_object(*object, "arguments"),
                    taken_object(*object, "object"),
                    taken(*object, "request"),
                    {taken(*object, "approval"), taken(*object, "plan"), taken(*object, "approved_by")}};
  record.result = taken(*object, "result");
  record.ending.upid = taken(*object, "upid");
  record.ending.exit_status = taken(*object, "exit_status");
  record.ending.message = taken(*object, "message");
  return record;
}

std::int64_t time_of_record(std::string_view text) {
  const auto parsed = base::parse_json(text);
  const auto* object = parsed ? parsed->if_object() : nullptr;
  return object == nullptr ? 0 : base::number(*object, "at", 0);
}

}  // namespace state
