// Every changing tool of the catalog: its attempt is recorded before the request leaves, and no secret of its
// call reaches the disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "base/text.h"
#include "engine/row/row.h"
#include "sessions/examples.h"
#include "sessions/world.h"
#include "state/audit.h"
#include "state/plans.h"
#include "state/state_folder.h"

namespace {

using sessions::Example;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<Example> changing_tools() {
  auto all = sessions::examples();
  std::erase_if(all, [](const Example& example) {
    return example.tool->report != nullptr || example.tool->call.method == base::Method::Get;
  });
  return all;
}

/// The changes among the requests, as the audit names them.
std::vector<std::string> changes(test::ScriptedPve& pve) {
  std::vector<std::string> lines;
  for (const auto& asked : pve.requests()) {
    if (asked.request.method == base::Method::Get) continue;
    const std::string_view target(asked.request.target);
    const auto path = target.substr(0, target.find('?')).substr(std::string_view("/api2/json").size());
    lines.push_back(std::string(base::name(asked.request.method)) + " " + std::string(path));
  }
  return lines;
}

/// Looks at each attempt what has arrived at PVE until then.
class Witness final : public guard::Audit {
 public:
  explicit Witness(test::ScriptedPve& pve) : pve_(pve) {}

  std::expected<Begun, std::string> begin(const guard::Attempt& attempt) override {
    EXPECT_EQ(changes(pve_), attempts) << "a change arrived before its attempt was recorded";
    EXPECT_EQ(open, 0) << "the attempt before it has no outcome";
    EXPECT_FALSE(attempt.tool.empty());
    EXPECT_FALSE(attempt.object.empty());
    attempts.push_back(attempt.request);
    ++open;
    return Begun{static_cast<std::int64_t>(attempts.size())};
  }
  std::optional<std::string> end(const Begun& begun, const guard::Ending& ending) override {
    EXPECT_EQ(begun.number, static_cast<std::int64_t>(attempts.size()));
    EXPECT_EQ(changes(pve_), attempts) << "it was recorded as over before it arrived";
    results.push_back(ending);
    --open;
    return std::nullopt;
  }

  std::vector<std::string> attempts;
  std::vector<guard::Ending> results;
  int open = 0;

 private:
  test::ScriptedPve& pve_;
};

TEST(RefusedChange, OfATaskOutsideTheScopeIsNotRecorded) {
  sessions::World world;
  Witness witness(world.asked());
  world.record(&witness, nullptr);
  world.scope("tag:lab");
  const auto told =
      world.call("pve_stop_task", {{"upid", "UPID:pve1:00000407:120BC040:6A18A500:vzdump:105:root@pam:"}});
  EXPECT_THAT(told.text, HasSubstr("this task is not in PVE_SCOPE, or does not exist"));
  EXPECT_THAT(witness.attempts, IsEmpty());
}

class Refusing final : public guard::Audit {
 public:
  std::expected<Begun, std::string> begin(const guard::Attempt& /*attempt*/) override {
    return std::unexpected("the audit cannot record it: the disk is full. Free some space.");
  }
  std::optional<std::string> end(const Begun& /*begun*/, const guard::Ending& /*ending*/) override {
    ADD_FAILURE() << "nothing has begun";
    return std::nullopt;
  }
};

class AuditedChange : public testing::TestWithParam<Example> {
 protected:
  void prepare(sessions::World& world) const {
    for (auto& step : GetParam().before()) sessions::perform(world, step);
    world.asked().clear_asked();
  }
};

TEST_P(AuditedChange, IsRecordedBeforeItLeavesAndOnceItHasEnded) {
  for (const auto* const wait : {"0s", "30s"}) {
    sessions::World world;
    prepare(world);
    world.wait(wait);
    Witness witness(world.asked());
    world.record(&witness, nullptr);
    const auto told = world.call(GetParam().tool->name, GetParam().arguments());
    // Some tasks of the simulated cluster fail, as they do on a node without CRIU.
    EXPECT_TRUE(!told.is_error || !witness.results.back().upid.empty()) << told.text;
    EXPECT_EQ(changes(world.asked()), witness.attempts);
    EXPECT_FALSE(witness.attempts.empty());
    EXPECT_EQ(witness.results.size(), witness.attempts.size());
    EXPECT_EQ(witness.open, 0);
  }
}

TEST_P(AuditedChange, OfWhichTheAnswerIsLostHasAnUnknownOutcome) {
  sessions::World world;
  prepare(world);
  Witness witness(world.asked());
  world.record(&witness, nullptr);
  world.asked().fail("POST *", net::Failure::Kind::Closed, false);
  world.asked().fail("PUT *", net::Failure::Kind::Closed, false);
  world.asked().fail("DELETE *", net::Failure::Kind::Closed, false);
  EXPECT_TRUE(world.call(GetParam().tool->name, GetParam().arguments()).is_error);
  ASSERT_FALSE(witness.results.empty());
  EXPECT_EQ(witness.results.back().result, guard::Ending::Result::Unknown);
}

TEST_P(AuditedChange, ThatCannotBeRecordedIsNotSent) {
  sessions::World world;
  prepare(world);
  Refusing refusing;
  world.record(&refusing, nullptr);
  const auto told = world.call(GetParam().tool->name, GetParam().arguments());
  EXPECT_TRUE(told.is_error);
  EXPECT_THAT(told.text, HasSubstr("the audit cannot record it: the disk is full. Free some space."));
  EXPECT_THAT(changes(world.asked()), IsEmpty());
}

constexpr auto kPlanted = "planted-S3cret";

/// Parameters that are not secret themselves, with a value that holds a secret.
std::map<std::string, std::string> with_secret_parts() {
  const std::string planted(kPlanted);
  return {{"http_proxy", "http://ann:" + planted + "@proxy:3128"},
          {"env", "DB_PASSWORD=" + planted},
          {"options", "vers=3.0,password=" + planted},
          {"description", "See https://ann:" + planted + "@wiki/"},
          {"comment", "See https://ann:" + planted + "@wiki/"}};
}

/// The parameters of the row that PVE keeps secret, a family by one of its members, or that may hold a
/// secret.
std::set<std::string> secrets_of(const engine::Row& row) {
  std::set<std::string> names;
  for (const auto& field : row.fields()) {
    if (field.marked(facts::kSecret)) names.emplace(field.name);
  }
  for (const auto& [name, value] : with_secret_parts()) {
    if (row.field(name)) names.insert(name);
  }
  if (!row.open() || row.endpoint() == nullptr) return names;
  for (const auto& fact : row.endpoint()->parameters) {
    const auto name = std::string(fact.name) + (fact.indexed ? "0" : "");
    const auto field = row.field(name);
    if (field && field->marked(facts::kSecret)) names.insert(name);
  }
  return names;
}

TEST_P(AuditedChange, LeavesNoSecretOnTheDisk) {
  const engine::Row row(*GetParam().tool, GetParam().category, sessions::facts());
  const auto names = secrets_of(row);
  std::size_t reached = 0;
  for (const auto& name : names) {
    SCOPED_TRACE(name);
    const test::StateFolder folder;
    sessions::World world;
    prepare(world);
    state::Database database(folder.finder());
    const state::RecordKey key("", folder.finder());
    state::AuditLog audit(database, key, world.clock(), {});
    state::StoredPlans plans(database, key, world.clock(), "simulated", nullptr);
    world.record(&audit, &plans);
    world.confirm("changes");
    auto arguments = GetParam().arguments();
    const auto parts = with_secret_parts();
    arguments[name] = parts.contains(name) ? parts.at(name) : kPlanted;
    auto told = world.call(GetParam().tool->name, arguments);
    EXPECT_THAT(told.text, Not(HasSubstr(kPlanted)));
    arguments["confirm"] = "ID";
    told = world.call(GetParam().tool->name, arguments);
    EXPECT_THAT(told.text, Not(HasSubstr(kPlanted)));
    if (!database.exists()) continue;
    ++reached;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      EXPECT_EQ(bytes.find(kPlanted), std::string::npos) << entry.path();
    }
  }
  EXPECT_TRUE(names.empty() || reached > 0) << "no call was valid";
}

INSTANTIATE_TEST_SUITE_P(Audit, AuditedChange, testing::ValuesIn(changing_tools()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

}  // namespace
