#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/state_folder.h"
#include "state/audit.h"
#include "state/audit_text.h"

namespace cli {
namespace {

int failed(std::string_view sentence, int code) {
  base::log(base::LogLevel::Error, sentence);
  return code;
}

bool put(const std::string& text) { return print(STDOUT_FILENO, shown(text, ::isatty(STDOUT_FILENO) == 1)); }

/// Nothing: not set. The error is a sentence.
std::expected<std::optional<std::int64_t>, std::string> time_of(std::string_view flag,
                                                                const std::string& text, std::int64_t now) {
  if (text.empty()) return std::nullopt;
  if (const auto time = base::parse_time(text, now)) return time;
  return std::unexpected(
      fmt::format("{} is \"{}\", but must be a time, such as 2026-11-28, '2026-11-28 10:00' or 7d.", flag,
                  base::printable(text, 60)));
}

std::expected<state::AuditFilter, std::string> filter_of(const Arguments& arguments, std::int64_t now) {
  const auto& audit = arguments.audit;
  state::AuditFilter filter{{}, {}, audit.caller, audit.object, audit.tool};
  auto since = time_of("--since", audit.since, now);
  if (!since) return std::unexpected(std::move(since.error()));
  auto until = time_of("--until", audit.until, now);
  if (!until) return std::unexpected(std::move(until.error()));
  filter.since = *since;
  filter.until = *until;
  return filter;
}

/// Pairs attempts with their outcomes, which follow them somewhere.
class Listing {
 public:
  Listing(state::AuditFilter filter, bool as_json) : filter_(std::move(filter)), as_json_(as_json) {}

  bool take(const state::StoredRecord& stored) {
    const auto record = state::parse_record(stored.record);
    if (!record) return as_json_ ? put(state::record_json(stored) + "\n") : unreadable(stored.number);
    if (record->of != 0) return outcome(stored, *record);
    if (!state::selects(filter_, *record)) return true;
    if (as_json_) {
      open_.emplace(stored.number, std::nullopt);
      return put(state::record_json(stored) + "\n");
    }
    open_.emplace(stored.number, *record);
    return true;
  }

  /// Shows the changes, the oldest first.
  bool finish() {
    for (const auto& [number, attempt] : open_) {
      if (!attempt) continue;
      const auto found = outcomes_.find(number);
      if (!put(state::change_text(number, *attempt, found == outcomes_.end() ? nullptr : &found->second)))
        return false;
    }
    return true;
  }

  bool is_empty() const { return open_.empty(); }

 private:
  bool unreadable(std::int64_t number) {
    base::log(base::LogLevel::Warning,
              fmt::format("record {} cannot be read. Run mcp-pve audit verify.", number));
    return true;
  }
  bool outcome(const state::StoredRecord& stored, const state::AuditRecord& record) {
    if (!open_.contains(record.of)) return true;
    if (as_json_) return put(state::record_json(stored) + "\n");
    // The last one counts: a task may be recorded as running first.
    outcomes_.insert_or_assign(record.of, record);
    return true;
  }

  const state::AuditFilter filter_;
  const bool as_json_;
  std::map<std::int64_t, std::optional<state::AuditRecord>> open_;
  std::map<std::int64_t, state::AuditRecord> outcomes_;
};

int show(const Arguments& arguments, state::Database& database, const std::string& folder, std::int64_t now) {
  auto filter = filter_of(arguments, now);
  if (!filter) return failed(filter.error(), kUsage);
  Listing listing(*std::move(filter), arguments.as_json);
  bool written = true;
  const auto read = state::read_audit(database, [&](const state::StoredRecord& stored) {
    written = listing.take(stored);
    return written;
  });
  if (!read && !read.error().absent) return failed(read.error().text, kFailed);
  if (!written || !listing.finish()) return kFailed;
  if (listing.is_empty() && !arguments.as_json)
    base::log(base::LogLevel::Info, fmt::format("the audit in {} has no such change.", folder));
  return kDone;
}

std::string records_words(const state::Verified& verified) {
  if (verified.records == 0) return "no records";
  const auto first = verified.head.number - verified.records + 1;
  return verified.records == 1 ? fmt::format("record {}", first)
                               : fmt::format("records {} to {}", first, verified.head.number);
}

int verify(const Arguments& arguments, state::Database& database, const state::RecordKey& key,
           const std::string& folder) {
  std::optional<state::Head> head;
  if (const auto& text = arguments.audit.head; !text.empty()) {
    head = state::parse_head(text);
    if (!head)
      return failed(
          fmt::format("--head is \"{}\", but must be NUMBER:HASH, as a line of the system's log has "
                      "it.",
                      base::printable(text, 100)),
          kUsage);
  }
  const auto verified = state::verify_audit(database, key, head);
  if (!verified && verified.error().absent)
    return failed(
        fmt::format("there is no audit in {}: no change was recorded, or the database was removed.", folder),
        kFailed);
  if (!verified) return failed(verified.error().text, kFailed);
  if (!verified->findings.empty()) {
    for (const auto& finding : verified->findings) base::log(base::LogLevel::Error, finding);
    const auto more = verified->count - static_cast<std::int64_t>(verified->findings.size());
    if (more > 0) base::log(base::LogLevel::Error, fmt::format("and {} more.", more));
    return kFailed;
  }
  auto text = fmt::format("The audit in {} is whole: {}", folder, records_words(*verified));
  if (verified->expired > 0) text += fmt::format(" (up to {} they have expired)", verified->expired);
  text += ".";
  if (verified->head.number > 0)
    text += fmt::format(" Its newest record is {}:{}.", verified->head.number, verified->head.hash);
  if (!head) text += "\nIf newer records were removed, only --head with a line of the system's log can tell.";
  return put(text + "\n") ? kDone : kFailed;
}

}  // namespace

int audit(const Arguments& arguments, const config::Settings& settings, const Variables& variables,
          const base::Clock& clock) {
  const auto surroundings = surroundings_of(settings, variables);
  auto folder = state::folder(surroundings);
  if (!folder)
    return failed(
        "there is no state folder, because neither PVE_STATE_DIR nor HOME is set. Set PVE_STATE_DIR "
        "to the state folder of the servers.",
        kUsage);
  const auto finder = [&] { return folder; };
  state::Database database(finder);
  const state::RecordKey key(settings.state_key, finder);
  const auto name = base::printable(folder->path.string());
  if (const auto other =
          about_service(surroundings, *folder, arguments.audit.verify ? "audit verify" : "audit");
      !other.empty())
    base::log(base::LogLevel::Info, base::trim(other));
  if (arguments.audit.verify) return verify(arguments, database, key, name);
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.wall()).time_since_epoch().count();
  return show(arguments, database, name, now);
}

}  // namespace cli
