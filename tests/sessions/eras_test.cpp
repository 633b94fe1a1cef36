// Every tool gives a client of the modern era just what it gives one of the legacy era, whichever revision
// that speaks: where it works and where it fails, as text and as structured output.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/connection.h"
#include "mcp/revision.h"
#include "mcp/seal.h"
#include "sessions/examples.h"
#include "sessions/world.h"

namespace {

using mcp::Revision;
using sessions::Example;
using sessions::Step;

class Last final : public mcp::Sink {
 public:
  void send(std::string_view message) override { text = message; }
  std::string text;
};

/// A recorded call and what goes before it.
struct Recorded {
  std::vector<Step> before;
  Step call;
};

/// The first call of the tool that worked, or the first that failed.
Recorded recorded(const Example& example, bool failing) {
  auto steps = sessions::parse(sessions::read_file(sessions::file_of(example)));
  const auto call = std::ranges::find_if(steps, [&](const Step& step) {
    return step.kind == Step::Kind::Call && step.text == example.tool->name && step.is_error == failing;
  });
  if (call == steps.end()) throw std::runtime_error(sessions::file_of(example) + " has no such call");
  return {{steps.begin(), call}, *call};
}

base::JsonObject modern_meta() {
  return {{"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
          {"io.modelcontextprotocol/clientCapabilities", base::JsonObject{}}};
}

void begin_session(mcp::Connection& connection, Revision revision) {
  connection.receive(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":")" +
                     std::string(mcp::name(revision)) +
                     R"(","capabilities":{},"clientInfo":{"name":"c","version":"1"}}})");
  connection.receive(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
}

/// The call as a client of this revision makes it in this world: the answer.
base::JsonObject answer(sessions::World& world, const Step& call, Revision revision) {
  const mcp::Server server{
      {world.tools()}, {"mcp-pve", "", "0", ""}, std::make_shared<const mcp::Seal>(), world.clock()};
  const auto inbox = std::make_shared<Last>();
  const auto at_once = [](const std::function<void()>& job) {
    job();
    return true;
  };
  const auto connection = mcp::Connection::open(server, {}, inbox, at_once);
  base::JsonObject params{{"name", call.text}, {"arguments", base::parse_json(call.arguments).value()}};
  if (mcp::era(revision) == mcp::Era::Modern) {
    params["_meta"] = modern_meta();
  } else {
    begin_session(*connection, revision);
    EXPECT_NE(inbox->text.find(mcp::name(revision)), std::string::npos) << inbox->text;
  }
  connection->receive(base::write_json(base::JsonObject{
      {"jsonrpc", "2.0"}, {"id", 1}, {"method", "tools/call"}, {"params", std::move(params)}}));
  return base::parse_json(inbox->text).value().as_object();
}

/// What the recorded call gives on a fresh world, without what only one era has.
base::JsonObject result(const Recorded& recorded, Revision revision, engine::Output output) {
  sessions::World world;
  for (auto step : recorded.before) sessions::perform(world, step);
  world.style({output});
  auto all = answer(world, recorded.call, revision);
  EXPECT_EQ(all.at("id").as_int64(), 1);
  if (!all.contains("result")) {
    ADD_FAILURE() << base::write_json(all);
    return {};
  }
  auto given = all.at("result").as_object();
  EXPECT_EQ(given.contains("resultType"), revision == Revision::R2026_07_28);
  given.erase("resultType");
  given.erase("_meta");
  return given;
}

void expect_the_same(const Recorded& recorded, engine::Output output) {
  const auto modern = result(recorded, Revision::R2026_07_28, output);
  ASSERT_TRUE(modern.contains("content"));
  EXPECT_EQ(modern.contains("isError"), recorded.call.is_error) << base::write_json(modern);
  const bool structured = output == engine::Output::Structured && !recorded.call.is_error;
  EXPECT_EQ(modern.contains("structuredContent"), structured) << base::write_json(modern);
  for (const auto revision :
       {Revision::R2024_11_05, Revision::R2025_03_26, Revision::R2025_06_18, Revision::R2025_11_25}) {
    auto expected = modern;
    // It came with 2025-06-18.
    if (revision < Revision::R2025_06_18) expected.erase("structuredContent");
    EXPECT_EQ(base::write_json_sorted(result(recorded, revision, output)), base::write_json_sorted(expected))
        << mcp::name(revision);
  }
}

class Eras : public testing::TestWithParam<Example> {};

TEST_P(Eras, GiveTheSame) { expect_the_same(recorded(GetParam(), false), engine::Output::Text); }

TEST_P(Eras, GiveTheSameStructure) {
  expect_the_same(recorded(GetParam(), false), engine::Output::Structured);
}

TEST_P(Eras, FailTheSame) {
  for (const auto output : {engine::Output::Text, engine::Output::Structured})
    expect_the_same(recorded(GetParam(), true), output);
}

INSTANTIATE_TEST_SUITE_P(Tools, Eras, testing::ValuesIn(sessions::examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

}  // namespace
