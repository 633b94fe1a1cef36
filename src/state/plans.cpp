#include "state/plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/keyed.h"
#include "base/text.h"

namespace state {
namespace {

using Verdict = guard::Plans::Verdict;

constexpr std::array<std::string_view, 4> kDecisions{"open", "approved", "rejected", "spent"};

std::string_view name(Decision decision) { return kDecisions.at(static_cast<std::size_t>(decision)); }

/// Of a text that is none of them: nobody may use such a plan.
Decision decision_named(std::string_view text) {
  const auto* const found = std::ranges::find(kDecisions, text);
  return found == kDecisions.end() ? Decision::Spent : static_cast<Decision>(found - kDecisions.begin());
}

#define MCP_PVE_PLAN \
  "SELECT id,caller,tool,object,text,issued,until,decision,decided_by,decided_at FROM plans "

Plan plan_of(const Statement& row) {
  return {row.text(0), row.text(1),   row.text(2),   row.text(3),
          row.text(4), row.number(5), row.number(6), decision_named(row.text(7)),
          row.text(8), row.number(9)};
}

std::optional<Plan> find(Connection& connection, std::string_view id, std::int64_t now) {
  Statement found(connection, MCP_PVE_PLAN "WHERE id=? AND until>?");
  found.with(id).with(now);
  return found.step() ? std::optional(plan_of(found)) : std::nullopt;
}

void decide(Connection& connection, std::string_view id, Decision decision, std::string_view by,
            std::int64_t now) {
  Statement(connection, "UPDATE plans SET decision=?,decided_by=?,decided_at=? WHERE id=?")
      .with(name(decision))
      .with(by)
      .with(now)
      .with(id)
      .run();
}

std::int64_t count(Connection& connection, std::string_view where, std::optional<std::string_view> caller) {
  Statement counted(connection, std::string("SELECT count(*) FROM plans ").append(where));
  if (caller) counted.with(*caller);
  return counted.step() ? counted.number(0) : 0;
}

/// Also a plan that was spent counts until its time is over.
void make_room(Connection& connection, std::string_view caller, std::int64_t now) {
  Statement(connection, "DELETE FROM plans WHERE until<=?").with(now).run();
  if (count(connection, "WHERE caller=?", caller) >= static_cast<std::int64_t>(guard::Plans::kMostOfOne))
    Statement(connection,
              "DELETE FROM plans WHERE id=(SELECT id FROM plans WHERE caller=? ORDER BY rank LIMIT 1)")
        .with(caller)
        .run();
  if (count(connection, "", {}) >= static_cast<std::int64_t>(guard::Plans::kMostOfAll))
    connection.run("DELETE FROM plans WHERE id=(SELECT id FROM plans ORDER BY rank LIMIT 1)");
}

struct Kept {
  std::string call;
  std::string identity;
  std::string state;
};

std::optional<Kept> kept(Connection& connection, std::string_view id) {
  Statement found(connection, "SELECT call,identity,state FROM plans WHERE id=?");
  found.with(id);
  if (!found.step()) return std::nullopt;
  return Kept{found.text(0), found.text(1), found.text(2)};
}

/// Takes the same time wherever they differ.
bool equal(std::string_view kept, const base::Digest& now) {
  base::Digest digest{};
  if (kept.size() != digest.size()) return false;
  std::ranges::copy(kept, digest.begin());
  return base::equal_in_constant_time(digest, now);
}

}  // namespace

std::expected<std::vector<Plan>, DatabaseError> list_plans(Database& database, std::int64_t now) {
  auto plans = database.change_existing([&](Connection& connection) {
    std::vector<Plan> found;
    Statement rows(connection, MCP_PVE_PLAN "WHERE until>? AND decision<>'spent' ORDER BY rank");
    rows.with(now);
    while (rows.step()) found.push_back(plan_of(rows));
    return found;
  });
  if (!plans && plans.error().absent) return std::vector<Plan>{};
  return plans;
}

std::expected<std::optional<Plan>, DatabaseError> find_plan(Database& database, std::string_view id,
                                                            std::int64_t now) {
  auto plan = database.change_existing([&](Connection& connection) { return find(connection, id, now); });
  if (!plan && plan.error().absent) return std::optional<Plan>{};
  return plan;
}

std::expected<std::optional<Plan>, DatabaseError> decide_plan(Database& database, std::string_view id,
                                                              Decision decision, std::string_view by,
                                                              std::int64_t now) {
  auto plan = database.change_existing([&](Connection& connection) {
    auto before = find(connection, id, now);
    const bool open = before && before->decision == Decision::Open;
    const bool revoked = before && before->decision == Decision::Approved && decision == Decision::Rejected;
    if (open || revoked) decide(connection, id, decision, by, now);
    return before;
  });
  if (!plan && plan.error().absent) return std::optional<Plan>{};
  return plan;
}

std::int64_t StoredPlans::now() const {
  return std::chrono::floor<std::chrono::seconds>(clock_.wall()).time_since_epoch().count();
}

std::expected<StoredPlans::Hashes, std::string> StoredPlans::hashes(const guard::Planned& planned) const {
  const auto key = key_.derive("mcp-pve plans 1", true);
  if (!key) return std::unexpected(key.error());
  const auto hash = [&](std::string_view kind, const std::string& text) {
    return base::hmac_sha256(base::bytes_of(*key),
                             fmt::format("{} {}:{}{}", kind, cluster_.size(), cluster_, text));
  };
  return Hashes{hash("call", planned.call), hash("state", planned.state)};
}

std::expected<std::string, std::string> StoredPlans::issue(const guard::Planned& planned,
                                                           const guard::PlanText& shown) {
  auto id = guard::new_plan_id();
  auto hash = hashes(planned);
  const auto at = now();
  auto issued = hash ? database_.change([&](Connection& connection) {
    make_room(connection, planned.caller, at);
    Statement(connection,
              "INSERT INTO plans(id,caller,call,identity,state,tool,object,text,issued,until) "
              "VALUES(?,?,?,?,?,?,?,?,?,?)")
        .with(id)
        .with(planned.caller)
        .with_blob(base::bytes_of(hash->call))
        .with(planned.object)
        .with_blob(base::bytes_of(hash->state))
        .with(shown.tool)
        .with(shown.object)
        .with(shown.text)
        .with(at)
        .with(at + std::chrono::seconds(kGoodFor).count())
        .run();
  })
                     : std::expected<void, DatabaseError>(
                           std::unexpected(DatabaseError{!database_.exists(), std::move(hash.error())}));
  if (issued) return id;
  if (issued.error().absent && otherwise_ != nullptr) return otherwise_->issue(planned, shown);
  return std::unexpected(std::move(issued.error().text));
}

std::expected<StoredPlans::Spent, std::string> StoredPlans::spend(std::string_view id,
                                                                  const guard::Planned& planned,
                                                                  Needs needs) {
  if (!database_.exists())
    return otherwise_ == nullptr ? std::expected<Spent, std::string>(Spent{})
                                 : otherwise_->spend(id, planned, needs);
  const auto hash = hashes(planned);
  if (!hash) return std::unexpected(hash.error());
  const auto at = now();
  auto spent = database_.change([&](Connection& connection) -> Spent {
    const auto plan = find(connection, id, at);
    if (!plan || plan->caller != planned.caller || plan->decision == Decision::Spent) return {};
    const auto before = kept(connection, id).value_or(Kept{});
    if (!equal(before.call, hash->call)) return {Verdict::OtherCall};
    if (plan->decision == Decision::Rejected) return {Verdict::Rejected, {}, plan->by};
    if (plan->decision == Decision::Open && needs == Needs::Person) return {Verdict::Undecided};
    decide(connection, id, Decision::Spent, plan->by, plan->by.empty() ? 0 : plan->at);
    if (before.identity != planned.object) return {Verdict::OtherObject, before.identity, plan->by};
    return {equal(before.state, hash->state) ? Verdict::Fits : Verdict::Changed, {}, plan->by};
  });
  if (!spent) return std::unexpected(std::move(spent.error().text));
  // It may have been issued before there was a database.
  if (spent->verdict == Verdict::Unknown && otherwise_ != nullptr)
    return otherwise_->spend(id, planned, needs);
  return *std::move(spent);
}

bool StoredPlans::are_shared() const { return otherwise_ == nullptr || database_.exists(); }

std::string StoredPlans::reach() const {
  if (!are_shared()) return otherwise_->reach();
  const auto path = database_.path();
  return fmt::format("Every server that uses the state folder {} accepts it.",
                     path ? base::printable(path->parent_path().string()) : "");
}

}  // namespace state
