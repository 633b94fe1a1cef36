#include "state/audit.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/keyed.h"
#include "base/text.h"

namespace state {
namespace {

constexpr auto kLabel = "mcp-pve audit 1";
constexpr std::int64_t kDay = 24LL * 60 * 60 * 1000;
/// How often a process looks for records that have expired, in milliseconds.
constexpr std::int64_t kLookEvery = 60LL * 60 * 1000;
/// How many records expire at once at most, so that no change waits long for it.
constexpr int kExpireAtOnce = 2000;
/// Bytes of a record on an exported line. Longer datagrams do not reach every system log.
constexpr std::size_t kExported = 4000;

StoredRecord record_of(const Statement& row) {
  return {row.number(0), row.text(1), row.text(2), row.text(3)};
}

std::optional<Checkpoint> checkpoint_of(Connection& connection) {
  Statement row(connection, "SELECT number,at,head,key,mac FROM expired ORDER BY number DESC LIMIT 1");
  if (!row.step()) return std::nullopt;
  return Checkpoint{row.number(0), row.number(1), row.text(2), row.text(3), row.text(4)};
}

/// The number and mac that the next record follows.
std::pair<std::int64_t, std::string> head_of(Connection& connection) {
  Statement row(connection, "SELECT number,mac FROM audit ORDER BY number DESC LIMIT 1");
  if (row.step()) return {row.number(0), row.text(1)};
  if (auto checkpoint = checkpoint_of(connection)) return {checkpoint->number, std::move(checkpoint->head)};
  return {0, chain_start()};
}

/// Removes records from before `limit`, epoch milliseconds, and writes the checkpoint. One that was altered
/// stays, with all that follow it: otherwise its removal would hide what happened to it.
void expire(Connection& connection, const base::Digest& key, std::int64_t limit, std::int64_t now) {
  ChainCheck check(key);
  if (const auto checkpoint = checkpoint_of(connection)) check.begin(*checkpoint);
  Checkpoint last;
  {
    Statement rows(connection, "SELECT number,record,key,mac FROM audit ORDER BY number LIMIT ?");
    rows.with(std::int64_t{kExpireAtOnce});
    while (rows.step()) {
      const auto stored = record_of(rows);
      check.add(stored);
      if (check.count() > 0 || check.unchecked() > 0 || time_of_record(stored.record) >= limit) break;
      last.number = stored.number;
      last.head = stored.mac;
    }
  }
  if (last.number == 0) return;
  last.at = now / 1000;
  last.key = key_id(key);
  last.mac = checkpoint_mac(key, last);
  Statement(connection, "DELETE FROM audit WHERE number<=?").with(last.number).run();
  connection.run("DELETE FROM expired");
  Statement(connection, "INSERT INTO expired(number,at,head,key,mac) VALUES(?,?,?,?,?)")
      .with(last.number)
      .with(last.at)
      .with_blob(last.head)
      .with(last.key)
      .with_blob(last.mac)
      .run();
}

std::string exported_line(const StoredRecord& stored) {
  return fmt::format("audit {}:{} {}", stored.number, hash_text(stored.mac),
                     base::printable(stored.record, kExported));
}

}  // namespace

AuditLog::AuditLog(Database& database, const RecordKey& key, const base::Clock& clock, AuditOptions options)
    : database_(database), key_(key), clock_(clock), options_(std::move(options)) {}

std::int64_t AuditLog::now() const { return clock_.wall().time_since_epoch().count(); }

std::expected<std::int64_t, DatabaseError> AuditLog::append(const std::string& record) {
  const auto key = key_.derive(kLabel, true);
  if (!key) return std::unexpected(DatabaseError{!database_.exists(), key.error()});
  const auto at = now();
  const bool looks = at - expired_at_.load() >= kLookEvery;
  const auto stored = database_.change([&](Connection& connection) {
    if (looks) expire(connection, *key, at - options_.days * kDay, at);
    const auto [number, before] = head_of(connection);
    StoredRecord next{number + 1, record, key_id(*key), record_mac(*key, number + 1, before, record)};
    Statement(connection, "INSERT INTO audit(number,record,key,mac) VALUES(?,?,?,?)")
        .with(next.number)
        .with(next.record)
        .with(next.key)
        .with_blob(next.mac)
        .run();
    return next;
  });
  if (!stored) return std::unexpected(stored.error());
  if (looks) expired_at_.store(at);
  if (options_.exported) options_.exported(exported_line(*stored));
  return stored->number;
}

std::expected<guard::Audit::Begun, std::string> AuditLog::begin(const guard::Attempt& attempt) {
  auto asked = attempt;
  if (asked.approval.how == "elicitation") asked.approval.how = options_.asked_by;
  const auto number = append(attempt_text(asked, options_.origin, now()));
  if (number) return Begun{*number};
  if (!number.error().absent || options_.required)
    return std::unexpected("the audit cannot record it: " + number.error().text);
  if (warned_.exchange(true)) return Begun{};
  auto sentence = "Changes are not recorded: " + number.error().text;
  if (options_.warn) options_.warn(sentence);
  return Begun{0, std::move(sentence)};
}

std::optional<std::string> AuditLog::end(const Begun& begun, const guard::Ending& ending) {
  if (begun.number == 0) return std::nullopt;
  const auto number = append(outcome_text(begun.number, ending, now()));
  if (number) return std::nullopt;
  return "The audit has recorded the attempt, but not its result: " + number.error().text;
}

std::expected<void, DatabaseError> read_audit(Database& database,
                                              const std::function<bool(const StoredRecord&)>& take) {
  return database.read([&](Connection& connection) {
    Statement rows(connection, "SELECT number,record,key,mac FROM audit ORDER BY number");
    while (rows.step() && take(record_of(rows))) {
    }
  });
}

std::expected<Verified, DatabaseError> verify_audit(Database& database, const RecordKey& key,
                                                    const std::optional<Head>& head) {
  if (!database.exists()) return database.read([](Connection&) { return Verified{}; });
  const auto derived = key.derive(kLabel, false);
  if (!derived) return std::unexpected(DatabaseError{false, derived.error()});
  return database.read([&](Connection& connection) {
    ChainCheck check(*derived);
    Verified verified;
    if (head) check.expect(*head);
    if (const auto checkpoint = checkpoint_of(connection)) {
      check.begin(*checkpoint);
      verified.expired = checkpoint->number;
    }
    Statement rows(connection, "SELECT number,record,key,mac FROM audit ORDER BY number");
    while (rows.step()) check.add(record_of(rows));
    check.end();
    verified.findings = check.findings();
    verified.count = check.count();
    verified.records = check.records();
    if (check.last() > 0) verified.head = {check.last(), hash_text(check.head())};
    return verified;
  });
}

}  // namespace state
