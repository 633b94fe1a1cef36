// Every tool gives a client of the modern era just what it gives one of the legacy era.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "mcp/connection.h"
#include "mcp/seal.h"
#include "sessions/examples.h"
#include "sessions/world.h"

namespace {

using sessions::Example;

class Last final : public mcp::Sink {
 public:
  void send(std::string_view message) override { text = message; }
  std::string text;
};

/// The result of the example's call on a fresh world, without what only one era has.
base::Json result(const Example& example, bool modern) {
  sessions::World world;
  for (auto& step : example.before()) sessions::perform(world, step);
  const mcp::Server server{
      {world.tools()}, {"mcp-pve", "", "0", ""}, std::make_shared<const mcp::Seal>(), world.clock()};
  const auto inbox = std::make_shared<Last>();
  const auto at_once = [](const std::function<void()>& job) {
    job();
    return true;
  };
  const auto connection = mcp::Connection::open(server, {}, inbox, at_once);
  base::JsonObject params{{"name", example.tool->name}, {"arguments", example.arguments()}};
  if (modern) {
    params["_meta"] = base::JsonObject{{"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
                                       {"io.modelcontextprotocol/clientCapabilities", base::JsonObject{}}};
  } else {
    connection->receive(
        R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",)"
        R"("capabilities":{},"clientInfo":{"name":"c","version":"1"}}})");
    connection->receive(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  }
  connection->receive(base::write_json(base::JsonObject{
      {"jsonrpc", "2.0"}, {"id", 1}, {"method", "tools/call"}, {"params", std::move(params)}}));
  auto answer = base::parse_json(inbox->text).value().as_object();
  EXPECT_EQ(answer.at("id").as_int64(), 1);
  EXPECT_TRUE(answer.contains("result")) << inbox->text;
  if (!answer.contains("result")) return {};
  auto& given = answer.at("result").as_object();
  EXPECT_EQ(given.contains("resultType"), modern);
  given.erase("resultType");
  given.erase("_meta");
  return given;
}

class Eras : public testing::TestWithParam<Example> {};

TEST_P(Eras, GiveTheSame) {
  const auto legacy = base::write_json_sorted(result(GetParam(), false));
  EXPECT_NE(legacy.find(R"("content":[)"), std::string::npos);
  EXPECT_EQ(legacy.find(R"("isError":true)"), std::string::npos) << "the recorded call works: " << legacy;
  EXPECT_EQ(base::write_json_sorted(result(GetParam(), true)), legacy);
}

INSTANTIATE_TEST_SUITE_P(Tools, Eras, testing::ValuesIn(sessions::examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

}  // namespace
