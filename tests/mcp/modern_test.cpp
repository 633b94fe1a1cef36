// Revision 2026-07-28: every request by itself; and both eras on one connection.
#include <array>

#include "mcp/fixture.h"

namespace test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kServerMeta =
    R"("_meta":{"io.modelcontextprotocol/serverInfo":{"name":"mcp-pve","title":"Proxmox VE","version":"0.1.0"}})";

class Modern : public ConnectionTest {
 protected:
  std::string with_meta(std::string_view meta, std::string_view method = "tools/list") {
    return ask(R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) + R"(","params":{"_meta":)" +
               std::string(meta) + "}}");
  }
};

TEST_F(Modern, IsDiscoveredByTheFirstMessage) {
  EXPECT_EQ(
      ask(modern("server/discover", "0")),
      R"({"jsonrpc":"2.0","id":0,"result":{"resultType":"complete","supportedVersions":["2026-07-28"],)"
      R"("capabilities":{"tools":{"listChanged":true},"logging":{}},"instructions":"Read first.","ttlMs":300000,"cacheScope":"private",)" +
          std::string(kServerMeta) + "}}");
}

TEST_F(Modern, ListsTools) {
  const auto answer = json(ask(modern("tools/list", "1"))).at("result").as_object();
  EXPECT_EQ(answer.at("resultType"), "complete");
  EXPECT_EQ(answer.at("ttlMs"), 300000);
  EXPECT_EQ(answer.at("cacheScope"), "private");
  EXPECT_EQ(answer.at("tools").at(0).at("title"), "Echo");
  EXPECT_THAT(ask(modern("tools/list", "2", R"("cursor":"")")), HasSubstr("\"tools\""));
  EXPECT_THAT(ask(modern("tools/list", "3", R"("cursor":"x")")), HasSubstr("-32602"));
}

TEST_F(Modern, CallsATool) {
  EXPECT_EQ(
      ask(modern("tools/call", R"("a")", R"("name":"echo")")),
      R"({"jsonrpc":"2.0","id":"a","result":{"resultType":"complete","content":[{"type":"text","text":"{}"}],)" +
          std::string(kServerMeta) + "}}");
  EXPECT_THAT(ask(modern("tools/call", "1", R"("name":"structured_list")")),
              HasSubstr(R"("structuredContent":[1])"));
  EXPECT_THAT(ask(modern("tools/call", "2", R"("name":"fails")")), HasSubstr(R"("isError":true)"));
  EXPECT_THAT(ask(modern("tools/call", "3", R"("name":"nonsense")")), HasSubstr("-32602"));
  EXPECT_THAT(ask(modern("tools/call", "4", R"("name":"task")")), HasSubstr("UPID:pve1:1"));
  EXPECT_THAT(ask(modern("tools/call", "5", R"("name":"throws")")), HasSubstr("-32603"));
}

TEST_F(Modern, NeedsVersionAndCapabilitiesOnEachRequest) {
  constexpr auto kVersion = R"("io.modelcontextprotocol/protocolVersion":"2026-07-28")";
  constexpr auto kCapabilities = R"("io.modelcontextprotocol/clientCapabilities":{})";
  const std::string both = std::string(kVersion) + "," + kCapabilities;
  for (const auto& meta :
       {std::string("{") + kVersion + "}", std::string("{") + kCapabilities + "}",
        std::string(R"({"io.modelcontextprotocol/protocolVersion":20260728,)") + kCapabilities + "}",
        std::string("{") + kVersion + R"(,"io.modelcontextprotocol/clientCapabilities":[]})",
        "{" + both + R"(,"io.modelcontextprotocol/clientInfo":{"name":"a"}})",
        "{" + both + R"(,"io.modelcontextprotocol/clientInfo":"a"})",
        "{" + both + R"(,"io.modelcontextprotocol/logLevel":"loud"})",
        "{" + both + R"(,"progressToken":1.5})"}) {
    SCOPED_TRACE(meta);
    EXPECT_THAT(with_meta(meta), HasSubstr(R"("id":1,"error":{"code":-32602)"));
    EXPECT_THAT(with_meta(meta, "nonsense"), HasSubstr("-32602"))
        << "the envelope is judged before the method";
  }
  EXPECT_THAT(
      with_meta("{" + both +
                R"(,"io.modelcontextprotocol/clientInfo":{"name":"a","version":"1"},)"
                R"("io.modelcontextprotocol/logLevel":"debug","progressToken":"t","traceparent":"00-a"})"),
      HasSubstr("\"tools\""));
}

TEST_F(Modern, NamesTheMissingMembersOnceTheClientIsKnown) {
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":1,"method":"server/discover"})"),
              HasSubstr("io.modelcontextprotocol/protocolVersion"));
  ask(modern("server/discover", "2"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":3,"method":"tools/list"})"), HasSubstr("-32602"));
}

TEST_F(Modern, RefusesOtherVersionsBeforeAnythingElse) {
  for (const auto* const version : {"2025-11-25", "2027-01-01", "2026-7-28", ""}) {
    for (const auto* const method : {"tools/list", "nonsense", "initialize"}) {
      const auto answer = with_meta(R"({"io.modelcontextprotocol/protocolVersion":")" + std::string(version) +
                                        R"(","io.modelcontextprotocol/clientCapabilities":{}})",
                                    method);
      EXPECT_EQ(answer,
                R"({"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"Unsupported protocol version",)"
                R"("data":{"supported":["2026-07-28"],"requested":")" +
                    std::string(version) + R"("}}})");
    }
  }
}

TEST_F(Modern, HasNoLegacyMethods) {
  for (const auto* const method : {"initialize", "ping", "logging/setLevel", "resources/subscribe",
                                   "resources/list", "prompts/get", "nonsense"}) {
    EXPECT_THAT(ask(modern(method, "1")), HasSubstr("-32601")) << method;
  }
}

TEST_F(Modern, TakesErrorsWithoutIdAndNoBatches) {
  ask(modern("server/discover", "0"));
  EXPECT_THAT(ask("nonsense"), HasSubstr("-32700"));
  EXPECT_THAT(ask("[" + modern("tools/list", "1") + "]"), HasSubstr("-32600"));
  connection->unreadable({jsonrpc::kInvalidRequest, "too long", {}});
  EXPECT_EQ(inbox->messages().back(), R"({"jsonrpc":"2.0","error":{"code":-32600,"message":"too long"}})");
}

TEST_F(Modern, MixesWithLegacyInAnyOrder) {
  EXPECT_THAT(ask(modern("server/discover", "0")), HasSubstr("supportedVersions"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":1,"method":"ping"})"), HasSubstr(R"("result":{})"));
  EXPECT_THAT(initialize("2025-06-18"), HasSubstr("2025-06-18"));
  EXPECT_THAT(ask(modern("tools/list", "2")), HasSubstr("resultType"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":3,"method":"tools/list"})"), Not(HasSubstr("resultType")));
  EXPECT_THAT(ask(modern("server/discover", "4")), HasSubstr("supportedVersions"));
  EXPECT_EQ(ask("nonsense"), "") << "the session decides about errors without id";
}

TEST_F(Modern, GivesTheSamePayloadAsLegacy) {
  initialize("2025-11-25");
  for (const auto* const tool : {"echo", "fails", "image", "structured", "task", "bad_bytes"}) {
    const auto old_one = json(ask(call(tool, "1"))).at("result").as_object();
    auto new_one = json(ask(modern("tools/call", "2", R"("name":")" + std::string(tool) + "\"")))
                       .at("result")
                       .as_object();
    new_one.stable_erase(new_one.find("resultType"));
    new_one.stable_erase(new_one.find("_meta"));
    EXPECT_EQ(new_one, old_one) << tool;
  }
}

TEST_F(Modern, AsksTheUserByAnInputRequiredResult) {
  const auto first = json(ask(modern("tools/call", "1", R"("name":"ask")", R"({"elicitation":{}})")))
                         .at("result")
                         .as_object();
  EXPECT_EQ(first.at("resultType"), "input_required");
  EXPECT_EQ(
      first.at("inputRequests"),
      json(R"({"confirm":{"method":"elicitation/create","params":{"mode":"form","message":"Delete VM 101?",)"
           R"("requestedSchema":{"type":"object","properties":{"confirm":{"type":"boolean"}},)"
           R"("required":["confirm"]}}}})"));
  EXPECT_FALSE(first.contains("content"));
  EXPECT_THAT(
      ask(modern("tools/call", "2",
                 R"("name":"ask","inputResponses":{"confirm":{"action":"accept","content":{"confirm":true}},)"
                 R"("other":{}})",
                 R"({"elicitation":{"form":{}}})")),
      HasSubstr(R"("text":"{\"action\":\"accept\",\"content\":{\"confirm\":true}}")"));
}

TEST_F(Modern, SaysThatAClientCannotAsk) {
  for (const auto* const capabilities : {"{}", R"({"elicitation":{"url":{}}})", R"({"elicitation":true})"}) {
    const auto answer = ask(modern("tools/call", "1", R"("name":"ask")", capabilities));
    EXPECT_THAT(answer, HasSubstr(R"("code":-32021)"));
    EXPECT_THAT(answer, HasSubstr(R"("requiredCapabilities":{"elicitation":{"form":{}}})"));
  }
}

TEST_F(Modern, RefusesBrokenAnswersAndForeignStates) {
  for (const auto* const rest : {R"("inputResponses":[])", R"("inputResponses":null)",
                                 R"("requestState":"v1.forged")", R"("requestState":7)"}) {
    EXPECT_THAT(
        ask(modern("tools/call", "1", R"("name":"ask",)" + std::string(rest), R"({"elicitation":{}})")),
        HasSubstr("-32602"))
        << rest;
  }
}

}  // namespace
}  // namespace test
