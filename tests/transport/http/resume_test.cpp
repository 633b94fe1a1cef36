// Streams of a legacy session that were cut off: the rest comes by a GET with Last-Event-ID.
#include "transport/http/fixture.h"

namespace test {
namespace {

using testing::HasSubstr;

class HttpResumeTest : public HttpTest {
 protected:
  HttpResumeTest() {
    tools.more["slow"] = [this](const mcp::Call& call) {
      call.progress.report(1, 2, "begun");
      tools.entered.release();
      tools.release.acquire(call.stop);
      call.progress.report(2, 2, "half");
      return text_result(call.stop.stop_requested() ? "stopped" : "went on");
    };
  }
  /// Reads on behind `last`.
  std::unique_ptr<Visitor> resume(const std::string& session, const std::string& last) const {
    auto visitor = std::make_unique<Visitor>(http->port());
    visitor->send("GET", "/mcp", plus(in_session(session), {{"Last-Event-ID", last}}));
    visitor->head();
    return visitor;
  }
};

TEST_F(HttpResumeTest, GoingDoesNotCancel) {
  start();
  const auto session = open_session();
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(session), legacy_call("slow", "7", true));
  visitor.head();
  const auto first = id_of(visitor.event());
  const auto second = id_of(visitor.event());
  visitor.close();
  const auto cut = resume(session, second);
  // The connection breaks again, and the server has not noticed it.
  const auto rest = resume(session, second);
  EXPECT_EQ(cut->event(), "");
  tools.release.release();
  EXPECT_THAT(rest->event(), HasSubstr("half"));
  EXPECT_THAT(rest->event(), HasSubstr("went on"));
  EXPECT_EQ(rest->event(), "");
  // All of it is kept, for a client that was cut off again.
  const auto again = resume(session, first);
  EXPECT_THAT(again->event(), HasSubstr("begun"));
  EXPECT_THAT(again->event(), HasSubstr("half"));
  EXPECT_THAT(again->event(), HasSubstr("went on"));
  EXPECT_EQ(again->event(), "");
}

TEST_F(HttpResumeTest, AnAnswerWithoutAReaderIsKept) {
  start();
  const auto session = open_session();
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(session), legacy_call("slow", "7", true));
  visitor.head();
  visitor.event();
  const auto last = id_of(visitor.event());
  visitor.close();
  tools.release.release();
  const auto rest = resume(session, last);
  EXPECT_THAT(rest->event(), HasSubstr("half"));
  EXPECT_THAT(rest->event(), HasSubstr("went on"));
}

TEST_F(HttpResumeTest, ALongCallDisconnectsItsReader) {
  tools.more["long"] = [this](const mcp::Call& call) {
    call.progress.pause();
    tools.entered.release();
    tools.release.acquire(call.stop);
    return text_result("went on");
  };
  start();
  const auto session = open_session();
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(session), legacy_call("long", "7"));
  EXPECT_TRUE(visitor.head().is_stream());
  const auto primed = visitor.event();
  EXPECT_EQ(visitor.event(), "");
  const auto rest = resume(session, id_of(primed));
  tools.release.release();
  EXPECT_THAT(rest->event(), HasSubstr("went on"));
  EXPECT_EQ(rest->event(), "");
  // Clients of the revision before do not come back.
  const auto old = open_session("2025-06-18");
  tools.release.release();
  EXPECT_TRUE(post(in_session(old, "2025-06-18"), legacy_call("long", "8")).is_json());
}

TEST_F(HttpResumeTest, TheStreamOfTheSession) {
  start();
  const auto session = open_session();
  Visitor reader(http->port());
  reader.send("GET", "/mcp", in_session(session));
  reader.head();
  reader.event();
  all.changes().tools_changed();
  const auto last = id_of(reader.event());
  reader.close();
  all.changes().prompts_changed();
  EXPECT_THAT(resume(session, last)->event(), HasSubstr("prompts/list_changed"));
}

TEST_F(HttpResumeTest, UnknownIds) {
  start();
  const auto session = open_session();
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(session), legacy_call("progress", "7", true));
  visitor.head();
  const auto known = id_of(visitor.event());
  const auto other = open_session();
  for (const std::string& id : std::vector<std::string>{"x", "-", "-1", "1", known + "x", std::string("99-1"),
                                                        known + "99999999999999999999", known + "000"}) {
    const auto answer = visit("GET", "/mcp", plus(in_session(session), {{"Last-Event-ID", id}}));
    EXPECT_EQ(answer.status, 400U) << id;
  }
  EXPECT_EQ(visit("GET", "/mcp", plus(in_session(other), {{"Last-Event-ID", known}})).status, 400U)
      << "events are of one session";
}

TEST_F(HttpResumeTest, EventsAreBounded) {
  tools.more["talkative"] = [this](const mcp::Call& call) {
    for (int i = 1; i <= 400; ++i) {
      clock.advance(std::chrono::milliseconds(250));
      call.progress.report(i, {}, "");
    }
    return text_result("done");
  };
  start();
  const auto session = open_session();
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(session), legacy_call("talkative", "7", true));
  visitor.head();
  std::vector<std::string> ids;
  for (auto event = visitor.event(); !event.empty(); event = visitor.event()) ids.push_back(id_of(event));
  ASSERT_GT(ids.size(), 300U);
  const auto from = [&](std::size_t left) {
    return plus(in_session(session), {{"Last-Event-ID", ids.at(ids.size() - 1 - left)}});
  };
  const auto gap = visit("GET", "/mcp", from(257));
  EXPECT_EQ(gap.status, 400U) << "what comes next is gone";
  EXPECT_THAT(gap.body, HasSubstr("no longer has the events"));
  const auto rest = resume(session, ids.at(ids.size() - 257));
  std::vector<std::string> events;
  for (auto event = rest->event(); !event.empty(); event = rest->event()) events.push_back(event);
  ASSERT_EQ(events.size(), 256U);
  EXPECT_THAT(events.front(), HasSubstr("id: " + ids.at(ids.size() - 256)));
  EXPECT_THAT(events.back(), HasSubstr("done"));
}

}  // namespace
}  // namespace test
