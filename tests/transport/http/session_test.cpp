// Sessions of the legacy era: their owner, their number, their end, and the events of their GET.
#include "transport/http/fixture.h"

namespace test {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

constexpr std::string_view kPing = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

class HttpSessionTest : public HttpTest {
 protected:
  static std::string without_comments(Visitor& visitor) {
    auto event = visitor.event();
    while (event == ":") event = visitor.event();
    return event;
  }
  /// Reads the stream of the session until it goes.
  std::unique_ptr<Visitor> attend(const std::string& session, const net::Headers& also = {}) const {
    auto visitor = std::make_unique<Visitor>(http->port());
    visitor->send("GET", "/mcp", plus(in_session(session), also));
    EXPECT_TRUE(visitor->head().is_stream());
    EXPECT_THAT(visitor->event(), HasSubstr("retry: ")) << "an id to come back with";
    return visitor;
  }
};

TEST_F(HttpSessionTest, NamesCannotBeGuessed) {
  start();
  const auto one = open_session();
  const auto other = open_session();
  EXPECT_NE(one, other);
  EXPECT_EQ(one.size(), 43U) << "256 bits";
  EXPECT_EQ(one.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
  EXPECT_TRUE(ping(one).is_json());
  EXPECT_EQ(ping(one).header("Mcp-Session-Id"), "");
}

TEST_F(HttpSessionTest, HasToBeNamed) {
  start();
  const auto session = open_session();
  for (const auto* const verb : {"POST", "GET", "DELETE"}) {
    const std::string_view body = verb == std::string_view("POST") ? kPing : "";
    EXPECT_EQ(visit(verb, "/mcp", common(), body).status, 400U) << verb;
    EXPECT_EQ(visit(verb, "/mcp", in_session(""), body).status, 404U) << verb;
    EXPECT_EQ(visit(verb, "/mcp", in_session(session + "x"), body).status, 404U) << verb;
    EXPECT_EQ(visit(verb, "/mcp", plus(in_session(session), {{"Mcp-Session-Id", session}}), body).status,
              400U);
    EXPECT_EQ(visit(verb, "/mcp", in_session(session, "2099-01-01"), body).status, 400U) << verb;
    EXPECT_EQ(visit(verb, "/mcp", in_session(session, ""), body).status, 400U) << verb;
  }
  // Older clients do not name the revision.
  EXPECT_EQ(post(plus(common(), {{"Mcp-Session-Id", session}}), kPing).status, 200U);
}

TEST_F(HttpSessionTest, OneThatIsUnknownHasItsOwnCode) {
  start();
  const auto session = open_session();
  EXPECT_EQ(visit("DELETE", "/mcp", in_session(session)).status, 200U);
  const auto gone = ping(session);
  EXPECT_EQ(gone.status, 404U);
  EXPECT_THAT(gone.body, HasSubstr(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32001,)"));
  for (const auto* const verb : {"GET", "DELETE"}) {
    const auto answer = visit(verb, "/mcp", in_session(session));
    EXPECT_EQ(answer.code(), -32001) << verb;
    EXPECT_THAT(answer.body, testing::Not(HasSubstr("\"id\""))) << verb;
  }
  // Another revision knows no sessions.
  const auto headers = plus(modern_headers("tools/list"), {{"Mcp-Session-Id", session}});
  EXPECT_EQ(post(headers, modern("tools/list", "1")).status, 200U);
  EXPECT_EQ(visit("DELETE", "/mcp", plus(modern_headers("x"), {{"Mcp-Session-Id", session}})).code(), 405);
}

TEST_F(HttpSessionTest, InitializeInOneThatHasEndedBeginsAnother) {
  start();
  const auto session = open_session();
  visit("DELETE", "/mcp", in_session(session));
  for (const auto& dead : {session, session + "x"}) {
    const auto anew = post(in_session(dead), hello("2025-11-25"));
    EXPECT_EQ(anew.status, 200U) << anew.body;
    EXPECT_NE(anew.header("Mcp-Session-Id"), dead);
    EXPECT_EQ(ping(anew.header("Mcp-Session-Id")).status, 200U);
  }
}

TEST_F(HttpSessionTest, BelongsToItsCaller) {
  start(named_callers());
  const auto session = open_session("2025-11-25", caller("alice", "operate"));
  EXPECT_EQ(ping(session, caller("alice", "operate")).status, 200U);
  EXPECT_EQ(ping(session, caller("bob", "operate")).status, 404U);
  EXPECT_EQ(ping(session, caller("alice", "read-only")).status, 404U);
  EXPECT_EQ(ping(session, caller("alice")).status, 404U);
  EXPECT_EQ(visit("DELETE", "/mcp", plus(in_session(session), caller("bob"))).status, 404U);
  EXPECT_EQ(visit("GET", "/mcp", plus(in_session(session), caller("bob"))).status, 404U);
  EXPECT_EQ(ping(session, caller("alice", "operate")).status, 200U);
}

TEST_F(HttpSessionTest, StaysWhenATokenIsRenewedWithTheSameRights) {
  auto options = named_callers();
  options.authenticate = [inner = options.authenticate](const net::Headers& headers,
                                                        const std::stop_token& asked) {
    auto found = inner(headers, asked);
    const auto scopes = net::find_header(headers, "scopes").value_or("");
    for (const auto scope : base::split(scopes, ' ')) {
      if (!scope.empty()) found->scopes.emplace_back(scope);
    }
    return found;
  };
  start(options);
  const auto with = [](std::string scopes) {
    return plus(caller("alice", "operate"), {{"Scopes", std::move(scopes)}});
  };
  const auto session = open_session("2025-11-25", with("read operate"));
  EXPECT_EQ(ping(session, with("operate read")).status, 200U) << "the tier says what they grant";
  EXPECT_EQ(ping(session, with("operate read mail")).status, 200U);
  EXPECT_EQ(ping(session, with("")).status, 404U) << "that is another kind of token";
}

TEST_F(HttpSessionTest, EndsByDelete) {
  start();
  const auto session = open_session();
  const auto reader = attend(session);
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(session), legacy_call("block", "7"));
  tools.entered.acquire();
  EXPECT_EQ(visit("DELETE", "/mcp", in_session(session)).status, 200U);
  tools.stopped.acquire();
  EXPECT_EQ(visitor.answer().status, 200U) << "what runs is answered";
  EXPECT_EQ(reader->event(), "");
  EXPECT_EQ(ping(session).status, 404U);
  EXPECT_EQ(visit("DELETE", "/mcp", in_session(session)).status, 404U);
}

TEST_F(HttpSessionTest, EndsWhenIdle) {
  start();
  const auto idle = open_session();
  const auto read = open_session();
  const auto busy = open_session();
  const auto reader = attend(read);
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(busy), legacy_call("block", "7"));
  tools.entered.acquire();
  clock.advance(minutes(29));
  await_beat();
  EXPECT_EQ(ping(idle).status, 200U) << "which is use";
  clock.advance(minutes(29));
  await_beat();
  EXPECT_EQ(ping(idle).status, 200U);
  clock.advance(minutes(30));
  await_beat();
  EXPECT_EQ(ping(idle).status, 404U);
  EXPECT_EQ(ping(read).status, 200U);
  EXPECT_EQ(ping(busy).status, 200U) << "a call is in flight";
  tools.release.release();
  EXPECT_THAT(visitor.answer().body, HasSubstr("released"));
}

TEST_F(HttpSessionTest, TheOldestIdleOneMakesRoom) {
  auto options = named_callers();
  options.max_sessions_of_caller = 3;
  start(options);
  const auto alice = caller("alice");
  const auto busy = open_session("2025-11-25", alice);
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", plus(in_session(busy), alice), legacy_call("block", "7"));
  tools.entered.acquire();
  clock.advance(minutes(1));
  const auto first = open_session("2025-11-25", alice);
  clock.advance(minutes(1));
  const auto second = open_session("2025-11-25", alice);
  clock.advance(minutes(1));
  EXPECT_EQ(ping(first, alice).status, 200U);
  clock.advance(minutes(1));
  const auto others = open_session("2025-11-25", caller("bob"));
  const auto third = open_session("2025-11-25", alice);
  EXPECT_EQ(ping(second, alice).status, 404U);
  EXPECT_EQ(ping(first, alice).status, 200U);
  EXPECT_EQ(ping(third, alice).status, 200U);
  EXPECT_EQ(ping(busy, alice).status, 200U) << "a call is in flight";
  EXPECT_EQ(ping(others, caller("bob")).status, 200U);
  tools.release.release();
  EXPECT_THAT(visitor.answer().body, HasSubstr("released"));
}

TEST_F(HttpSessionTest, TooManyInUse) {
  auto options = named_callers();
  options.max_sessions = 2;
  options.max_sessions_of_caller = 1;
  start(options);
  const auto one = open_session("2025-11-25", caller("alice"));
  const auto reader = attend(one, caller("alice"));
  const auto begin = [&](const std::string& name) {
    return post(plus(common(), caller(name)), hello("2025-11-25"));
  };
  const auto refused = begin("alice");
  EXPECT_EQ(refused.status, 429U);
  EXPECT_NE(refused.header("Retry-After"), "");
  EXPECT_EQ(refused.header("Mcp-Session-Id"), "");
  const auto two = open_session("2025-11-25", caller("bob"));
  // A caller below its limit keeps its sessions.
  EXPECT_EQ(begin("carol").status, 429U);
  EXPECT_EQ(ping(two, caller("bob")).status, 200U);
  reader->close();
}

TEST_F(HttpSessionTest, AFailedHandshakeMakesNoSession) {
  start();
  const auto answer = post(common(), R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})");
  EXPECT_EQ(answer.code(), -32602);
  EXPECT_EQ(answer.header("Mcp-Session-Id"), "");
}

TEST_F(HttpSessionTest, ANewReaderOfTheStreamTakesOver) {
  start();
  const auto session = open_session();
  const auto lost = attend(session);
  const auto reader = attend(session);
  EXPECT_EQ(lost->event(), "") << "its connection may be dead without anybody knowing";
  all.changes().tools_changed();
  EXPECT_THAT(reader->event(), HasSubstr("notifications/tools/list_changed"));
  std::thread ending([this] { end(); });
  EXPECT_EQ(reader->event(), "") << "a drain ends it";
  ending.join();
}

TEST_F(HttpSessionTest, ARevokedTokenEndsTheStream) {
  start(named_callers());
  const auto session = open_session("2025-11-25", caller("alice"));
  const auto reader = attend(session, caller("alice"));
  const auto other = attend(open_session("2025-11-25", caller("bob")), caller("bob"));
  ban("alice");
  clock.advance(minutes(1));
  EXPECT_EQ(without_comments(*reader), "");
  all.changes().tools_changed();
  EXPECT_THAT(without_comments(*other), HasSubstr("notifications/tools/list_changed"));
}

TEST_F(HttpSessionTest, TheCallerWithMostSessionsMakesRoom) {
  auto options = named_callers();
  options.max_sessions = 4;
  start(options);
  const auto oldest = open_session("2025-11-25", caller("alice"));
  clock.advance(minutes(1));
  for (int i = 0; i < 3; ++i) open_session("2025-11-25", caller("alice"));
  const auto bobs = open_session("2025-11-25", caller("bob"));
  EXPECT_EQ(ping(oldest, caller("alice")).status, 404U);
  EXPECT_EQ(ping(bobs, caller("bob")).status, 200U);
}

TEST_F(HttpSessionTest, MessagesWithoutAnAnswerGet202) {
  start();
  const auto session = open_session();
  for (const auto* const body :
       {R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}})",
        R"({"jsonrpc":"2.0","method":"notifications/nothing"})",
        R"({"jsonrpc":"2.0","id":99,"result":{}})"}) {
    const auto answer = post(in_session(session), body);
    EXPECT_EQ(answer.status, 202U) << body;
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(post(common(), body).status, 400U) << body;
  }
}

TEST_F(HttpSessionTest, Unreadable) {
  start();
  const auto session = open_session();
  const auto unreadable = post(in_session(session), "{");
  EXPECT_EQ(unreadable.status, 400U);
  EXPECT_EQ(unreadable.code(), -32700);
  EXPECT_EQ(post(in_session(session), "1").code(), -32600);
  EXPECT_EQ(post(in_session(session), "").code(), -32700);
  EXPECT_EQ(post(in_session(session), R"({"jsonrpc":"2.0","id":1,"method":"nothing"})").code(), -32601);
}

TEST_F(HttpSessionTest, BatchesInOneRevision) {
  start();
  const auto batch =
      R"([{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"},)"
      R"({"jsonrpc":"2.0","id":2,"method":"ping"}])";
  const auto old = open_session("2025-03-26");
  const auto answer = post(in_session(old, "2025-03-26"), batch);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(json(answer.body).as_array().size(), 2U);
  EXPECT_EQ(post(in_session(old, "2025-03-26"), R"([{"jsonrpc":"2.0","method":"notifications/x"}])").status,
            202U);
  EXPECT_EQ(post(in_session(old, "2025-03-26"), "[]").status, 400U);
  EXPECT_EQ(post(in_session(old, "2025-03-26"), "[1]").status, 400U);
  EXPECT_EQ(post(in_session(old, "2025-03-26"), R"([1,{"jsonrpc":"2.0","id":1,"method":"ping"}])").status,
            200U);
  EXPECT_EQ(post(common(), "[" + hello("2025-03-26") + "]").status, 400U);
  for (const std::string_view version : {"2024-11-05", "2025-06-18", "2025-11-25"}) {
    const auto session = open_session(version);
    for (const auto* const body : {batch, R"([{"jsonrpc":"2.0","method":"notifications/x"}])"}) {
      const auto refused = post(in_session(session, version), body);
      EXPECT_EQ(refused.status, 400U) << version;
      EXPECT_EQ(refused.code(), -32600) << version;
    }
  }
}

TEST_F(HttpSessionTest, AReconnectingReaderGetsEveryEvent) {
  start();
  const auto session = open_session();
  all.changes().tools_changed();
  auto reader = std::make_unique<Visitor>(http->port());
  reader->send("GET", "/mcp", in_session(session));
  EXPECT_TRUE(reader->head().is_stream());
  EXPECT_THAT(reader->event(), HasSubstr("tools/list_changed")) << "from before anybody read";
  const auto primed = reader->event();
  EXPECT_THAT(primed, HasSubstr("retry: "));
  ASSERT_NE(id_of(primed), "");
  reader.reset();
  all.changes().prompts_changed();
  reader = std::make_unique<Visitor>(http->port());
  reader->send("GET", "/mcp", plus(in_session(session), {{"Last-Event-ID", id_of(primed)}}));
  EXPECT_TRUE(reader->head().is_stream());
  EXPECT_THAT(reader->event(), HasSubstr("prompts/list_changed"));
}

TEST_F(HttpSessionTest, AReaderOfARevisionWithoutEmptyEventsGetsNone) {
  start();
  const auto session = open_session("2025-06-18");
  Visitor reader(http->port());
  reader.send("GET", "/mcp", in_session(session, "2025-06-18"));
  EXPECT_TRUE(reader.head().is_stream());
  all.changes().tools_changed();
  EXPECT_THAT(reader.event(), HasSubstr("tools/list_changed"));
}

TEST_F(HttpSessionTest, IsInitializedOnce) {
  start();
  const auto session = open_session();
  const auto again = post(in_session(session), hello("2025-11-25"));
  EXPECT_EQ(again.status, 400U);
  EXPECT_EQ(again.code(), -32600);
  EXPECT_THAT(again.body, HasSubstr("already initialized"));
  EXPECT_EQ(again.header("Mcp-Session-Id"), "");
  EXPECT_TRUE(ping(session).is_json());
  EXPECT_EQ(post(plus(in_session(session), {{"Mcp-Session-Id", session}}), hello("2025-11-25")).status, 400U);
}

TEST_F(HttpSessionTest, ABatchIsBounded) {
  start();
  const auto session = open_session("2025-03-26");
  const auto pings = [](std::size_t count) {
    std::string batch;
    for (std::size_t i = 0; i < count; ++i)
      batch +=
          (i == 0 ? "[" : ",") + (R"({"jsonrpc":"2.0","id":)" + std::to_string(i)) + R"(,"method":"ping"})";
    return batch + "]";
  };
  const auto most = post(in_session(session, "2025-03-26"), pings(64));
  EXPECT_EQ(json(most.body).as_array().size(), 64U);
  const auto more = post(in_session(session, "2025-03-26"), pings(65));
  EXPECT_EQ(more.status, 400U);
  EXPECT_THAT(more.body, HasSubstr("send at most 64"));
}

TEST_F(HttpSessionTest, ProgressInABatch) {
  start();
  const auto session = open_session("2025-03-26");
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(session, "2025-03-26"),
               "[" + legacy_call("progress", "7", true) + "," + legacy_call("echo", "8") + "]");
  EXPECT_TRUE(visitor.head().is_stream());
  EXPECT_THAT(visitor.event(), HasSubstr("notifications/progress"));
  EXPECT_THAT(visitor.event(), HasSubstr("notifications/progress"));
  EXPECT_EQ(json(data_of(visitor.event())).as_array().size(), 2U);
  EXPECT_EQ(visitor.event(), "");
}

}  // namespace
}  // namespace test
