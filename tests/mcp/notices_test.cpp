// Progress and logs of calls.
#include <array>

#include "mcp/fakes.h"
#include "mcp/in_flight.h"

namespace test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Notices : public OfferTest {
 protected:
  Notices() {
    tools.more["log"] = [](const mcp::Call& call) -> mcp::Outcome {
      for (int i = 0; i < 8; ++i) {
        const auto level = static_cast<mcp::LogLevel>(i);
        call.log.write(level, call.log.wants(level) ? "wanted" : "unwanted");
      }
      return text_result("done");
    };
  }
  std::vector<std::string> during(std::string_view line) {
    const auto before = inbox->messages().size();
    send(line);
    auto messages = since(before);
    EXPECT_THAT(messages.back(), HasSubstr("\"id\""));
    messages.pop_back();
    return messages;
  }
  std::vector<std::string> levels(std::string_view line) {
    std::vector<std::string> found;
    for (const auto& message : during(line)) {
      const auto fields = json(message).as_object();
      EXPECT_EQ(fields.at("method"), "notifications/message");
      EXPECT_EQ(fields.at("params").at("data"), "wanted");
      EXPECT_EQ(fields.at("params").at("logger"), "mcp-pve");
      found.emplace_back(fields.at("params").at("level").as_string());
    }
    return found;
  }
  static std::string modern_log(std::string_view level) {
    return R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"log","_meta":{)"
           R"("io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},)"
           R"("io.modelcontextprotocol/logLevel":)" +
           std::string(level) + "}}}";
  }
};

TEST_F(Notices, LegacyLogsWaitForALevel) {
  for (const auto* const version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
    begin(version);
    EXPECT_THAT(levels(call("log", "1")), IsEmpty());
    EXPECT_EQ(ask(legacy("logging/setLevel", "2", R"("level":"critical")")),
              R"({"jsonrpc":"2.0","id":2,"result":{}})");
    EXPECT_THAT(levels(call("log", "3")), ElementsAre("critical", "alert", "emergency"));
    ask(legacy("logging/setLevel", "4", R"("level":"debug")"));
    EXPECT_THAT(levels(call("log", "5")), SizeIs(8));
  }
  begin("2025-11-25");
  EXPECT_THAT(levels(call("log", "1")), IsEmpty()) << "another session";
}

TEST_F(Notices, LevelsAreThoseOfTheStandard) {
  begin("2025-11-25");
  for (const auto* const params :
       {"", R"("level":"loud")", R"("level":"")", R"("level":3)", R"("level":"Error")"})
    EXPECT_THAT(ask(legacy("logging/setLevel", "1", params)), HasSubstr("-32602")) << params;
  EXPECT_THAT(ask(modern("logging/setLevel", "1", R"("level":"error")")), HasSubstr("-32601"));
}

TEST_F(Notices, ModernLogsAreAskedForByEachRequest) {
  EXPECT_THAT(levels(modern("tools/call", "1", R"("name":"log")")), IsEmpty());
  EXPECT_THAT(levels(modern_log(R"("alert")")), ElementsAre("alert", "emergency"));
  EXPECT_THAT(levels(modern("tools/call", "1", R"("name":"log")")), IsEmpty());
  begin("2025-11-25");
  ask(legacy("logging/setLevel", "2", R"("level":"debug")"));
  EXPECT_THAT(levels(modern("tools/call", "1", R"("name":"log")")), IsEmpty())
      << "the session's level is its own";
}

TEST_F(Notices, LogsOfACancelledCallAreNotSent) {
  begin("2025-11-25");
  ask(legacy("logging/setLevel", "1", R"("level":"debug")"));
  tools.more["late"] = [this](const mcp::Call& call) -> mcp::Outcome {
    connection->receive(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}})");
    call.log.write(mcp::LogLevel::Emergency, "late");
    call.progress.report(1, {}, "late");
    return text_result("late");
  };
  const auto before = inbox->messages().size();
  send(call("late", "7", R"(,"_meta":{"progressToken":1})"));
  EXPECT_THAT(since(before), IsEmpty());
}

class Lines final : public mcp::Sink {
 public:
  void send(std::string_view message) override { lines.emplace_back(message); }
  std::vector<std::string> lines;
};

/// A tool's thread may report for a moment longer than its call lasts.
TEST_F(Notices, NothingIsSaidAfterTheAnswer) {
  mcp::Envelope envelope;
  envelope.progress_token = "t";
  envelope.log_level = mcp::LogLevel::Debug;
  for (const bool answered : {true, false}) {
    const auto notices = std::make_shared<Lines>();
    const auto answers = std::make_shared<Lines>();
    mcp::InFlight kept(std::int64_t{1}, envelope, clock, notices, answers);
    kept.report(1, {}, "early");
    kept.write(mcp::LogLevel::Info, "early");
    EXPECT_THAT(notices->lines, ElementsAre(HasSubstr("notifications/progress"), HasSubstr("early")));
    if (answered) {
      kept.answer(std::string("{}"));
    } else {
      kept.silence();
    }
    clock.advance(std::chrono::seconds(60));
    kept.report(2, {}, "late");
    kept.write(mcp::LogLevel::Emergency, "late");
    kept.notify("notifications/message", "{}");
    kept.answer(std::string("{}"));
    EXPECT_THAT(notices->lines, SizeIs(2)) << answered;
    EXPECT_THAT(answers->lines, SizeIs(answered ? 1 : 0));
  }
}

class ProgressRate : public Notices {
 protected:
  /// Reports these values, with the pause in milliseconds before each, and gives what came through.
  std::vector<double> came(const std::vector<std::pair<int, double>>& reports) {
    tools.more["reports"] = [&](const mcp::Call& call) -> mcp::Outcome {
      EXPECT_TRUE(call.progress.wanted());
      for (const auto& [pause, value] : reports) {
        clock.advance(std::chrono::milliseconds(pause));
        call.progress.report(value, {}, "");
      }
      return text_result("done");
    };
    begin("2025-11-25");
    std::vector<double> values;
    for (const auto& message : during(call("reports", "1", R"(,"_meta":{"progressToken":"t"})")))
      values.push_back(json(message).at("params").at("progress").to_number<double>());
    return values;
  }
};

TEST_F(ProgressRate, EightAtOnce) {
  std::vector<std::pair<int, double>> reports;
  for (int i = 1; i <= 100; ++i) reports.emplace_back(0, i);
  EXPECT_THAT(came(reports), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST_F(ProgressRate, ThenFourASecond) {
  std::vector<std::pair<int, double>> reports;
  for (int i = 1; i <= 8; ++i) reports.emplace_back(0, i);
  for (int i = 1; i <= 40; ++i) reports.emplace_back(50, 8 + i);
  EXPECT_THAT(came(reports), SizeIs(8 + 8)) << "two seconds later";
}

TEST_F(ProgressRate, SavesUpNoMoreThanEight) {
  std::vector<std::pair<int, double>> reports;
  for (int i = 1; i <= 8; ++i) reports.emplace_back(0, i);
  for (int i = 1; i <= 20; ++i) reports.emplace_back(i == 1 ? 3'600'000 : 0, 8 + i);
  EXPECT_THAT(came(reports), SizeIs(16));
}

TEST_F(ProgressRate, DroppedProgressMayBeReportedLater) {
  std::vector<std::pair<int, double>> reports;
  for (int i = 1; i <= 9; ++i) reports.emplace_back(0, i);
  reports.emplace_back(250, 9);
  reports.emplace_back(1000, 9);
  reports.emplace_back(0, 8.5);
  reports.emplace_back(0, std::numeric_limits<double>::infinity());
  reports.emplace_back(0, 9.5);
  EXPECT_THAT(came(reports), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 9.5));
}

TEST_F(ProgressRate, IsNotWantedWithoutAToken) {
  tools.more["asks"] = [](const mcp::Call& call) -> mcp::Outcome {
    return text_result(call.progress.wanted() ? "wanted" : "unwanted");
  };
  begin("2025-11-25");
  EXPECT_THAT(ask(call("asks", "1")), HasSubstr("unwanted"));
  EXPECT_THAT(ask(call("asks", "1", R"(,"_meta":{"progressToken":null})")), HasSubstr("unwanted"));
  EXPECT_THAT(ask(call("asks", "1", R"(,"_meta":{"progressToken":0})")), HasSubstr("\"wanted"));
}

}  // namespace
}  // namespace test
