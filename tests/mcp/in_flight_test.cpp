// Calls while they run: concurrency, cancellation, progress, questions to the client.
#include <array>

#include "mcp/fixture.h"

namespace test {
namespace {

using testing::HasSubstr;
using testing::Not;

class InFlightTest : public ConnectionTest {
 protected:
  void SetUp() override {
    initialize("2025-11-25", R"({"elicitation":{}})");
    use_threads();
  }
  ~InFlightTest() override { join(); }

  void cancel(std::string_view id) {
    send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + std::string(id) +
         R"(,"reason":"changed my mind"}})");
  }
};

TEST_F(InFlightTest, OneCallDelaysNoOther) {
  send(call("block", "1"));
  tools.entered.acquire();
  send(call("echo", "2"));
  EXPECT_THAT(inbox->at(1), HasSubstr(R"("id":2,"result")"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":3,"method":"ping"})"), HasSubstr(R"("id":3)"));
  tools.release.release();
  EXPECT_THAT(inbox->at(3), HasSubstr("released"));
}

TEST_F(InFlightTest, SendsNothingAfterCancellation) {
  for (const auto* const id : {"1", R"("1")"}) {
    const auto before = inbox->messages().size();
    send(call("block", id, R"(,"_meta":{"progressToken":"t"})"));
    tools.entered.acquire();
    cancel(id);
    tools.stopped.acquire();
    join();
    EXPECT_EQ(inbox->messages().size(), before);
  }
}

TEST_F(InFlightTest, CancelsModernCallsLikewise) {
  const auto before = inbox->messages().size();
  send(modern("tools/call", "1", R"("name":"block")"));
  tools.entered.acquire();
  cancel("1");
  join();
  EXPECT_EQ(inbox->messages().size(), before);
}

TEST_F(InFlightTest, SilencesACallThatDoesNotListen) {
  const auto before = inbox->messages().size();
  send(call("stubborn", "1"));
  tools.entered.acquire();
  cancel("1");
  tools.release.release();
  join();
  EXPECT_EQ(inbox->messages().size(), before);
}

TEST_F(InFlightTest, CancelsOnlyTheIdOfThatType) {
  send(call("block", "1"));
  tools.entered.acquire();
  cancel(R"("1")");
  cancel("2");
  tools.release.release();
  EXPECT_THAT(inbox->at(1), HasSubstr("released"));
}

TEST_F(InFlightTest, RefusesAnIdThatIsInFlight) {
  send(call("block", "1"));
  tools.entered.acquire();
  EXPECT_THAT(ask(call("echo", "1")), HasSubstr(R"("id":1,"error":{"code":-32600)"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":1,"method":"ping"})"), HasSubstr("-32600"));
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":"1","method":"ping"})"), HasSubstr("\"result\""))
      << "another type";
  tools.release.release();
  EXPECT_THAT(inbox->at(4), HasSubstr("released"));
  join();
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":1,"method":"ping"})"), HasSubstr("\"result\"")) << "free again";
}

TEST_F(InFlightTest, LetsACancelledIdBeUsedAgain) {
  send(call("stubborn", "1"));
  tools.entered.acquire();
  cancel("1");
  send(call("echo", "1"));
  EXPECT_THAT(inbox->at(1), HasSubstr(R"("text":"{}")"));
  tools.release.release();
  join();
  EXPECT_EQ(inbox->messages().size(), 2U);
}

TEST_F(InFlightTest, CancelsEverythingAtTheEndButStillAnswers) {
  send(call("block", "1"));
  send(call("block", "2"));
  tools.entered.acquire();
  tools.entered.acquire();
  connection->cancel_all();
  join();
  EXPECT_EQ(inbox->messages().size(), 3U);
}

TEST_F(InFlightTest, RefusesACallWhenAllWorkersAreBusy) {
  refuse_jobs = true;
  const auto answer = ask(call("echo", "1"));
  EXPECT_THAT(answer, HasSubstr(R"("isError":true)"));
  EXPECT_THAT(answer, HasSubstr("busy"));
  EXPECT_THAT(ask(modern("tools/call", "1", R"("name":"echo")")), HasSubstr("resultType"));
  refuse_jobs = false;
  send(call("echo", "1"));
  EXPECT_THAT(inbox->at(3), HasSubstr(R"("text":"{}")")) << "the id is free again";
}

TEST_F(InFlightTest, AnswersABatchWhenItsLastCallEnds) {
  connection = open();
  initialize("2025-03-26");
  send("[" + call("block", "1") + "," + call("echo", "2") + R"(,{"jsonrpc":"2.0","id":3,"method":"ping"}])");
  tools.entered.acquire();
  EXPECT_EQ(inbox->messages().size(), 2U);
  tools.release.release();
  const auto batch = json(inbox->at(2));
  EXPECT_EQ(batch.as_array().size(), 3U);
}

TEST_F(InFlightTest, AnswersABatchWithoutTheCancelledCall) {
  connection = open();
  initialize("2025-03-26");
  send("[" + call("stubborn", "1") + R"(,{"jsonrpc":"2.0","id":3,"method":"ping"}])");
  tools.entered.acquire();
  cancel("1");
  EXPECT_EQ(inbox->at(2), R"([{"jsonrpc":"2.0","id":3,"result":{}}])");
  tools.release.release();
}

TEST(Progress, GrowsAndStopsBeforeTheAnswer) {
  struct Bare final : ConnectionTest {
    void TestBody() override {}
    std::vector<std::string> run(std::string_view version) {
      initialize(version);
      send(call("progress", "1", R"(,"_meta":{"progressToken":7})"));
      return inbox->messages();
    }
  };
  const std::string head =
      R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,)";
  for (const std::string_view version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
    const auto messages = Bare().run(version);
    ASSERT_EQ(messages.size(), 4U);
    const auto* const text = version == "2024-11-05" ? "" : R"(,"message":"one")";
    EXPECT_EQ(messages[1], head + R"("progress":1,"total":4)" + text + "}}");
    EXPECT_EQ(messages[2], head + R"("progress":2.5}})");
    EXPECT_THAT(messages[3], HasSubstr("done"));
  }
}

TEST_F(InFlightTest, SendsProgressOnlyWhenAskedTo) {
  send(call("progress", "1"));
  EXPECT_THAT(inbox->at(1), HasSubstr("done"));
  send(modern("tools/call", "2", R"("name":"progress")"));
  EXPECT_THAT(inbox->at(2), HasSubstr("done"));
}

TEST(Progress, IsWantedWithAToken) {
  const base::ManualClock clock;
  mcp::Envelope envelope;
  EXPECT_FALSE(mcp::InFlight(jsonrpc::Id(std::int64_t{1}), envelope, clock, nullptr, nullptr).wanted());
  envelope.progress_token = jsonrpc::Id(std::int64_t{0});
  EXPECT_TRUE(mcp::InFlight(jsonrpc::Id(std::int64_t{1}), envelope, clock, nullptr, nullptr).wanted());
}

TEST_F(InFlightTest, SendsProgressToModernClients) {
  send(
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"progress","_meta":{"progressToken":"t",)"
      R"("io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}})");
  EXPECT_THAT(inbox->at(1), HasSubstr(R"("progressToken":"t")"));
  EXPECT_THAT(inbox->at(3), HasSubstr("done"));
}

class Elicitation : public InFlightTest {
 protected:
  void SetUp() override { use_threads(); }
  /// Calls the tool and gives the server's question.
  base::JsonObject question(std::string_view tool, std::string_view version, std::string_view capabilities) {
    initialize(version, capabilities);
    send(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    send(call(tool, "1"));
    return json(inbox->at(1)).as_object();
  }
  void answer(const base::JsonObject& asked, std::string_view rest) {
    send(R"({"jsonrpc":"2.0","id":)" + base::write_json(asked.at("id")) + "," + std::string(rest) + "}");
  }
};

TEST_F(Elicitation, AsksAndCallsAgainWithTheAnswer) {
  for (const std::string_view version : {"2025-06-18", "2025-11-25"}) {
    inbox = std::make_shared<Inbox>(recorder);
    connection = open();
    const auto asked = question("ask", version, R"({"elicitation":{}})");
    EXPECT_EQ(asked.at("method"), "elicitation/create");
    EXPECT_EQ(asked.at("params").as_object().contains("mode"), version == "2025-11-25");
    answer(asked, R"("result":{"action":"accept","content":{"confirm":true}})");
    EXPECT_THAT(inbox->at(2), HasSubstr(R"({\"action\":\"accept\",\"content\":{\"confirm\":true}})"));
    join();
  }
}

TEST_F(Elicitation, AsksAsOftenAsTheToolNeeds) {
  const auto first = question("ask_twice", "2025-11-25", R"({"elicitation":{"form":{}}})");
  answer(first, R"("result":{"action":"accept","content":{"confirm":true}})");
  const auto second = json(inbox->at(2)).as_object();
  EXPECT_NE(second.at("id"), first.at("id"));
  answer(second, R"("result":{"action":"decline"})");
  EXPECT_THAT(inbox->at(3), HasSubstr(R"(\"second\":{\"action\":\"decline\"})"));
}

TEST_F(Elicitation, GivesUpOnAToolThatAsksForever) {
  auto asked = question("ask_forever", "2025-11-25", R"({"elicitation":{}})");
  for (std::size_t i = 2; i < 10; ++i) {
    answer(asked, R"("result":{"action":"cancel"})");
    asked = json(inbox->at(i)).as_object();
  }
  answer(asked, R"("result":{"action":"cancel"})");
  EXPECT_THAT(inbox->at(10), HasSubstr("too many questions"));
}

TEST_F(Elicitation, SaysWhyThereIsNoAnswer) {
  const std::array<std::array<std::string_view, 2>, 4> table{
      {{R"("error":{"code":-1,"message":"no dialog here"})", "no dialog here"},
       {R"("result":{})", "does not match the form"},
       {R"("result":{"action":"maybe"})", "does not match the form"},
       {R"("result":[])", "does not match the form"}}};
  for (const auto& [given, expected] : table) {
    inbox = std::make_shared<Inbox>(recorder);
    connection = open();
    answer(question("ask", "2025-11-25", R"({"elicitation":{}})"), given);
    EXPECT_THAT(inbox->at(2), HasSubstr(std::string(expected)));
    EXPECT_THAT(inbox->at(2), HasSubstr(R"("isError":true)"));
    join();
  }
}

TEST_F(Elicitation, DoesNotAskAClientThatDidNotDeclareIt) {
  const std::array<std::array<std::string_view, 2>, 4> table{{{"2025-11-25", "{}"},
                                                              {"2025-11-25", R"({"elicitation":{"url":{}}})"},
                                                              {"2025-03-26", R"({"elicitation":{}})"},
                                                              {"2024-11-05", R"({"elicitation":{}})"}}};
  for (const auto& [version, capabilities] : table) {
    inbox = std::make_shared<Inbox>(recorder);
    connection = open();
    initialize(version, capabilities);
    send(call("ask", "1"));
    EXPECT_THAT(inbox->at(1), HasSubstr("did not declare elicitation"));
    join();
  }
}

TEST_F(Elicitation, WithdrawsTheQuestionOfACancelledCall) {
  const auto asked = question("ask", "2025-11-25", R"({"elicitation":{}})");
  cancel("1");
  EXPECT_EQ(inbox->at(2), R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" +
                              base::write_json(asked.at("id")) + "}}");
  join();
  answer(asked, R"("result":{"action":"accept"})");
  EXPECT_EQ(inbox->messages().size(), 3U);
}

TEST_F(Elicitation, EndsWithTheInput) {
  question("ask", "2025-11-25", R"({"elicitation":{}})");
  connection->end_of_input();
  EXPECT_THAT(inbox->at(2), HasSubstr("sends no more"));
}

TEST_F(Elicitation, WaitsNoLongerThanItsPatience) {
  patience.limit = std::chrono::milliseconds(0);
  connection = open();
  question("ask", "2025-11-25", R"({"elicitation":{}})");
  EXPECT_THAT(inbox->at(2), HasSubstr("notifications/cancelled"));
  EXPECT_THAT(inbox->at(3), HasSubstr("no answer came within 0 s"));
}

}  // namespace
}  // namespace test
