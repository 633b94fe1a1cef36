// The legacy revisions: handshake, lists and results as each revision has them, batches.
#include <array>

#include "mcp/fixture.h"
#include "mcp/legacy.h"

namespace test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array kLegacy{"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"};

class Legacy : public ConnectionTest {
 protected:
  /// A new connection, initialized.
  void begin(std::string_view version, std::string_view capabilities = "{}") {
    connection = open();
    initialize(version, capabilities);
  }
};

TEST_F(Legacy, AgreesOnTheRevisionAskedFor) {
  const std::array<std::array<std::string_view, 2>, 8> table{{{"2024-11-05", "2024-11-05"},
                                                              {"2025-03-26", "2025-03-26"},
                                                              {"2025-06-18", "2025-06-18"},
                                                              {"2025-11-25", "2025-11-25"},
                                                              {"2026-07-28", "2025-11-25"},
                                                              {"2024-10-07", "2025-11-25"},
                                                              {"2099-01-01", "2025-11-25"},
                                                              {"", "2025-11-25"}}};
  for (const auto& [asked, agreed] : table) {
    SCOPED_TRACE(asked);
    connection = open();
    const auto answer = json(initialize(asked)).at("result").as_object();
    EXPECT_EQ(answer.at("protocolVersion"), base::Json(agreed));
    EXPECT_EQ(answer.at("capabilities"), json(R"({"tools":{"listChanged":true},"logging":{}})"));
    EXPECT_EQ(answer.at("instructions"), "Read first.");
    EXPECT_EQ(answer.at("serverInfo").as_object().contains("title"), agreed >= "2025-06-18");
    EXPECT_FALSE(answer.contains("resultType"));
  }
}

TEST_F(Legacy, InitializeNeedsAVersionAndSoundCapabilities) {
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":1,"method":"initialize"})"), HasSubstr("-32602"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":1}})"),
              HasSubstr("-32602"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":3,"method":"initialize",)"
                  R"("params":{"protocolVersion":"2025-11-25","capabilities":[]}})"),
              HasSubstr("-32602"));
  EXPECT_THAT(initialize("2025-11-25"), HasSubstr("serverInfo"));
}

TEST_F(Legacy, InitializesOnce) {
  initialize("2025-06-18");
  EXPECT_THAT(initialize("2025-11-25"), HasSubstr("-32600"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":1,"method":"ping"})"), HasSubstr(R"("result":{})"));
}

TEST_F(Legacy, AnswersPingButNothingElseBeforeInitialize) {
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":1,"method":"ping"})"), R"({"jsonrpc":"2.0","id":1,"result":{}})");
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})"), HasSubstr("-32600"));
  EXPECT_THAT(ask(call("echo", "3")), HasSubstr("not initialized"));
}

TEST_F(Legacy, AnswersPingInEachRevision) {
  for (const auto* const version : kLegacy) {
    begin(version);
    EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":"p","method":"ping"})"),
              R"({"jsonrpc":"2.0","id":"p","result":{}})");
  }
}

TEST_F(Legacy, ListsToolsWithTheMembersOfTheRevision) {
  for (const std::string_view version : kLegacy) {
    SCOPED_TRACE(version);
    begin(version);
    const auto answer =
        json(ask(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})")).at("result").as_object();
    EXPECT_EQ(answer.size(), 1U);
    const auto& echo = answer.at("tools").at(0).as_object();
    const auto& structured = answer.at("tools").at(1).as_object();
    EXPECT_EQ(echo.contains("title"), version >= "2025-06-18");
    ASSERT_EQ(echo.contains("annotations"), version >= "2025-03-26");
    if (version >= "2025-03-26") {
      EXPECT_EQ(echo.at("annotations"), json(R"({"destructiveHint":true})"))
          << "the other hints are the protocol's defaults";
    }
    EXPECT_EQ(structured.contains("outputSchema"), version >= "2025-06-18");
    ASSERT_EQ(structured.contains("annotations"), version >= "2025-03-26");
    if (version >= "2025-03-26") {
      EXPECT_EQ(structured.at("annotations"), json(R"({"readOnlyHint":true,"openWorldHint":false})"));
    }
  }
}

TEST_F(Legacy, KnowsNoCursorButTheEmptyOne) {
  begin("2025-11-25");
  const auto list = [&](std::string_view cursor) {
    return ask(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":)" + std::string(cursor) +
               "}}");
  };
  EXPECT_THAT(list(R"("")"), HasSubstr("\"tools\""));
  EXPECT_THAT(list(R"("x")"), HasSubstr("-32602"));
  EXPECT_THAT(list("null"), HasSubstr("-32602"));
  EXPECT_THAT(list("7"), HasSubstr("-32602"));
}

TEST_F(Legacy, RefusesWhatItDidNotAdvertise) {
  for (const auto* const method :
       {"resources/list", "resources/read", "resources/templates/list", "resources/subscribe", "prompts/list",
        "prompts/get", "completion/complete", "subscriptions/listen", "tasks/get", "server/discover",
        "nonsense", ""}) {
    SCOPED_TRACE(method);
    begin("2025-11-25");
    EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) + R"("})"),
                HasSubstr("-32601"));
  }
}

TEST_F(Legacy, IgnoresUnexpectedNotificationsAndResponses) {
  begin("2025-11-25");
  const auto before = inbox->messages().size();
  for (const auto* const line :
       {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
        R"({"jsonrpc":"2.0","method":"nonsense"})", R"({"jsonrpc":"2.0","method":"tools/list"})",
        R"({"jsonrpc":"2.0","id":1,"result":{}})", R"({"jsonrpc":"2.0","method":"notifications/cancelled"})",
        R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}})",
        R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}})"}) {
    send(line);
  }
  EXPECT_EQ(inbox->messages().size(), before);
}

TEST_F(Legacy, CallsATool) {
  for (const auto* const version : kLegacy) {
    begin(version);
    EXPECT_EQ(ask(call("echo", R"("1")", R"(,"arguments":{"a":0.42})")),
              R"({"jsonrpc":"2.0","id":"1","result":{"content":[{"type":"text","text":"{\"a\":0.42}"}]}})");
    EXPECT_THAT(ask(call("echo", "2")), HasSubstr(R"("text":"{}")")) << "arguments may be absent";
    EXPECT_THAT(ask(call("echo", "2", R"(,"arguments":null)")), HasSubstr(R"("text":"{}")"));
    EXPECT_THAT(ask(call("fails", "3")), HasSubstr(R"("isError":true)"));
    EXPECT_THAT(ask(call("image", "4")),
                HasSubstr(R"({"type":"image","data":"iVBORw==","mimeType":"image/png"})"));
    EXPECT_THAT(ask(call("task", "5")), HasSubstr("UPID:pve1:1"));
  }
}

TEST_F(Legacy, SeparatesErrorsOfTheRequestFromErrorsOfTheTool) {
  begin("2025-11-25");
  EXPECT_THAT(ask(call("nonsense", "1")),
              HasSubstr(R"("error":{"code":-32602,"message":"Unknown tool: nonsense"})"));
  EXPECT_THAT(ask(call("echo", "2", R"(,"arguments":[1])")), HasSubstr("-32602"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":7}})"),
              HasSubstr("-32602"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":4,"method":"tools/call"})"), HasSubstr("-32602"));
  EXPECT_THAT(ask(call("echo", "5", R"(,"_meta":{"progressToken":[]})")), HasSubstr("-32602"));
}

TEST_F(Legacy, HidesTheTextOfAnException) {
  begin("2025-06-18");
  for (const auto* const tool : {"throws", "throws_int"}) {
    testing::internal::CaptureStderr();
    const auto answer = ask(call(tool, "1"));
    const auto log = testing::internal::GetCapturedStderr();
    EXPECT_THAT(answer, HasSubstr("-32603"));
    EXPECT_THAT(answer, Not(HasSubstr("secret")));
    EXPECT_THAT(log, HasSubstr("request 1"));
    EXPECT_THAT(log,
                HasSubstr(std::string_view(tool) == "throws" ? "the inner secret" : "unknown exception"));
  }
}

TEST_F(Legacy, GivesStructuresToRevisionsThatHaveThem) {
  for (const std::string_view version : kLegacy) {
    SCOPED_TRACE(version);
    begin(version);
    const auto object = ask(call("structured", "1"));
    EXPECT_EQ(object.contains(R"("structuredContent":{"a":1})"), version >= "2025-06-18");
    EXPECT_THAT(object, HasSubstr(R"("text":"{\"a\":1}")"));
    const auto list = ask(call("structured_list", "2"));
    EXPECT_THAT(list, Not(HasSubstr("structuredContent"))) << "only objects until 2025-11-25";
    EXPECT_THAT(list, HasSubstr(R"("text":"[1]")"));
  }
}

TEST_F(Legacy, SendsValidUtf8WhateverAToolSays) {
  begin("2025-11-25");
  EXPECT_THAT(ask(call("bad_bytes", "1")), HasSubstr("caf\xEF\xBF\xBD \xC3\xA9"));
}

TEST_F(Legacy, AnswersABatchAsOne) {
  begin("2025-03-26");
  EXPECT_EQ(
      ask(R"([{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"},)" +
          call("echo", R"("two")") + R"(,{"jsonrpc":"2.0","id":3,"method":"nonsense"}])"),
      R"([{"jsonrpc":"2.0","id":1,"result":{}},)"
      R"({"jsonrpc":"2.0","id":"two","result":{"content":[{"type":"text","text":"{}"}]}},)"
      R"({"jsonrpc":"2.0","id":3,"error":{"code":-32601,"message":"Method not found: nonsense"}}])");
}

TEST_F(Legacy, AnswersNothingToABatchOfNotifications) {
  begin("2025-03-26");
  EXPECT_EQ(ask(R"([{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}])"), "");
}

TEST_F(Legacy, ABatchThatIsTooLongIsRefusedRequestByRequest) {
  begin("2025-03-26");
  std::string batch = R"([{"jsonrpc":"2.0","method":"a"})";
  for (int i = 0; i < 64; ++i)
    batch += R"(,{"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"ping"})";
  const auto answers = json(ask(batch + "]"));
  ASSERT_EQ(answers.as_array().size(), 64U);
  for (const auto& answer : answers.as_array())
    EXPECT_EQ(answer.at("error").at("message").as_string(),
              "Invalid request: a batch of 65 messages; send at most 64");
}

TEST_F(Legacy, HasNoIdlessErrorsInABatch) {
  begin("2025-03-26");
  EXPECT_EQ(ask(R"([7,{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2}])"),
            R"([{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"error":{"code":-32600,)"
            R"("message":"Invalid request: \"method\" is missing"}}])");
}

TEST_F(Legacy, TakesNoRequestOfTheModernEraInABatch) {
  begin("2025-03-26");
  const auto answers = json(ask("[" + modern("ping", "1") + "," + modern("tools/list", R"("2")") + "," +
                                modern("tools/call", "3", R"("name":"echo")") +
                                R"(,{"jsonrpc":"2.0","id":4,"method":"ping"},)" +
                                R"({"jsonrpc":"2.0","id":5,"method":"server/discover","params":{"_meta":)" +
                                R"({"io.modelcontextprotocol/protocolVersion":7}}}])"));
  ASSERT_EQ(answers.as_array().size(), 5U);
  for (const std::size_t at : {0U, 1U, 2U, 4U}) {
    EXPECT_EQ(answers.at(at).at("error").at("code"), -32600) << at;
    EXPECT_THAT(std::string(answers.at(at).at("error").at("message").as_string()), HasSubstr("by itself"));
  }
  EXPECT_EQ(answers.at(1).at("id"), "2");
  EXPECT_EQ(answers.at(3).at("result"), json("{}"));
  EXPECT_THAT(ask(modern("tools/list", "6")), HasSubstr("resultType")) << "by itself it is served";
}

TEST_F(Legacy, TakesNoInitializeInABatch) {
  begin("2025-03-26");
  EXPECT_THAT(
      ask(R"([{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}])"),
      HasSubstr("-32600"));
}

TEST_F(Legacy, TakesBatchesInNoOtherRevision) {
  constexpr auto kBatch = R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])";
  EXPECT_EQ(ask(kBatch), "") << "before initialize";
  for (const std::string_view version : kLegacy) {
    if (version == "2025-03-26") continue;
    SCOPED_TRACE(version);
    begin(version);
    const auto answer = ask(kBatch);
    if (version == "2025-11-25") {
      EXPECT_THAT(answer, HasSubstr("-32600"));
    } else {
      EXPECT_EQ(answer, "");
    }
  }
}

TEST_F(Legacy, SendsErrorsWithoutIdOnlyWhereTheyMayBeLeftOut) {
  EXPECT_EQ(ask("nonsense"), "");
  for (const std::string_view version : kLegacy) {
    SCOPED_TRACE(version);
    begin(version);
    for (const auto* const line :
         {"nonsense", "{\"a\":\"\xFF\"}", R"({"jsonrpc":"2.0","id":null,"method":"ping"})",
          R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})"}) {
      const auto answer = ask(line);
      EXPECT_EQ(answer.empty(), version != "2025-11-25") << answer;
      EXPECT_THAT(answer, Not(HasSubstr("\"id\"")));
    }
    EXPECT_THAT(ask(R"({"jsonrpc":"1.0","id":7,"method":"ping"})"), HasSubstr(R"("id":7,"error")"));
  }
}

TEST(LegacySession, KeepsOfTheCapabilitiesWhatIsLookedAtLater) {
  const auto kept = [](const std::string& capabilities) {
    const auto params =
        base::parse_json(R"({"protocolVersion":"2025-11-25","capabilities":)" + capabilities + "}");
    return base::write_json(base::Json(mcp::legacy::initialize(params->as_object())->client_capabilities));
  };
  EXPECT_EQ(kept("{}"), "{}");
  EXPECT_EQ(kept(R"({"x":{"y":"z"},"roots":{"listChanged":true},"sampling":7})"),
            R"({"roots":{"listChanged":null}})");
  EXPECT_EQ(kept(R"({"elicitation":{"form":{"x":"y"},"url":{}}})"),
            R"({"elicitation":{"form":{},"url":{}}})");
  EXPECT_EQ(kept(R"({"elicitation":{"form":7}})"), R"({"elicitation":{"form":null}})");
  std::string many = R"("x":{})";
  for (int i = 0; i < 1000; ++i) many += ",\"" + std::to_string(i) + std::string(100, 'x') + "\":{}";
  EXPECT_LT(kept(R"({"elicitation":{)" + many + "}}").size(), 2000U);
}

}  // namespace
}  // namespace test
