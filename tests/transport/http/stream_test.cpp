// Answers to one POST: one JSON text or a stream of events, and what the client's going means.
#include "transport/http/fixture.h"

namespace test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class HttpStreamTest : public HttpTest {
 protected:
  HttpStreamTest() {
    tools.more["slow"] = [this](const mcp::Call& call) {
      call.progress.report(1, 2, "begun");
      tools.entered.release();
      tools.release.acquire(call.stop);
      const bool stopped = call.stop.stop_requested();
      if (stopped) tools.stopped.release();
      return text_result(stopped ? "stopped" : "went on");
    };
  }
  std::string listen(std::string_view id, std::string_view filter) const {
    return modern("subscriptions/listen", id, R"("notifications":{)" + std::string(filter) + "}");
  }
};

TEST_F(HttpStreamTest, JsonWithoutProgress) {
  start();
  const auto answer = post(modern_headers("tools/call", "progress"), modern_call("progress", "7"));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_TRUE(answer.is_json());
  const auto session = open_session();
  EXPECT_TRUE(post(in_session(session), legacy_call("progress", "8")).is_json());
}

TEST_F(HttpStreamTest, EventsWithProgress) {
  start();
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", modern_headers("tools/call", "progress"), modern_call("progress", "7", true));
  const auto head = visitor.head();
  EXPECT_EQ(head.status, 200U);
  EXPECT_TRUE(head.is_stream());
  EXPECT_EQ(head.header("Cache-Control"), "no-cache");
  EXPECT_EQ(head.header("X-Accel-Buffering"), "no");
  std::vector<std::string> events;
  for (auto event = visitor.event(); !event.empty(); event = visitor.event()) events.push_back(event);
  ASSERT_EQ(events.size(), 3U);
  // No ids: nothing can be resumed in this era.
  EXPECT_THAT(events[0], StartsWith(R"(data: {"jsonrpc":"2.0","method":"notifications/progress")"));
  EXPECT_THAT(events[1], HasSubstr(R"("progress":2.5)"));
  EXPECT_EQ(json(data_of(events[2])).at("id").as_int64(), 7);
}

TEST_F(HttpStreamTest, EventsOfALegacySession) {
  start();
  for (const std::string_view version : {"2025-03-26", "2025-06-18", "2025-11-25"}) {
    SCOPED_TRACE(version);
    const auto session = open_session(version);
    Visitor visitor(http->port());
    visitor.send("POST", "/mcp", in_session(session, version), legacy_call("progress", "7", true));
    EXPECT_TRUE(visitor.head().is_stream());
    std::set<std::string> ids;
    auto event = visitor.event();
    if (version == "2025-11-25") {
      // An id to come back with before anything else, and how soon.
      EXPECT_EQ(event, "id: " + id_of(event) + "\nretry: 500\ndata: ");
      ids.insert(id_of(event));
      event = visitor.event();
    }
    std::string last;
    for (; !event.empty(); event = visitor.event()) {
      EXPECT_TRUE(ids.insert(id_of(event)).second) << "ids differ";
      last = event;
    }
    EXPECT_EQ(ids.size(), version == "2025-11-25" ? 4U : 3U);
    EXPECT_EQ(json(data_of(last)).at("id").as_int64(), 7);
  }
}

TEST_F(HttpStreamTest, AClientWithoutEventsGetsTheAnswerAlone) {
  start();
  auto headers = modern_headers("tools/call", "progress");
  headers[1].second = "application/json";
  const auto answer = post(headers, modern_call("progress", "7", true));
  EXPECT_TRUE(answer.is_json());
  EXPECT_EQ(json(answer.body).at("id").as_int64(), 7);
}

TEST_F(HttpStreamTest, AClientWithoutJsonGetsEvents) {
  start();
  const auto only_events = [](net::Headers headers) {
    headers[1].second = "text/event-stream";
    return headers;
  };
  const auto modern_one = post(only_events(modern_headers("tools/list")), modern("tools/list", "7"));
  EXPECT_EQ(modern_one.status, 200U);
  EXPECT_TRUE(modern_one.is_stream());
  EXPECT_EQ(json(data_of(modern_one.body)).at("id").as_int64(), 7);
  const auto failed = post(only_events(modern_headers("tools/call", "nothing")), modern_call("nothing", "7"));
  EXPECT_TRUE(failed.is_stream());
  EXPECT_THAT(failed.body, HasSubstr("-32602"));
  const auto begun = post(only_events(common()), hello("2025-06-18"));
  EXPECT_TRUE(begun.is_stream());
  EXPECT_THAT(begun.body, HasSubstr("serverInfo"));
  const auto session = begun.header("Mcp-Session-Id");
  ASSERT_NE(session, "");
  const auto answered = post(only_events(in_session(session, "2025-06-18")), legacy_call("echo", "7"));
  EXPECT_TRUE(answered.is_stream());
  EXPECT_EQ(json(data_of(answered.body)).at("id").as_int64(), 7);
  // The status is the only sign, because no event is sent.
  const auto ask = post(only_events(modern_headers("tools/call", "ask")), modern_call("ask", "7"));
  EXPECT_EQ(ask.status, 400U);
  EXPECT_EQ(ask.code(), -32021);
}

TEST_F(HttpStreamTest, TheMostSpecificRangeOfAcceptDecides) {
  start();
  auto headers = modern_headers("tools/call", "progress");
  headers[1].second = "text/event-stream;q=0, */*";
  EXPECT_TRUE(post(headers, modern_call("progress", "7", true)).is_json());
  headers[1].second = "application/json;q=1;ext=q=0";
  EXPECT_TRUE(post(headers, modern_call("progress", "7")).is_json());
  headers[1].second = "*/*, application/json;q=0, text/event-stream;q=0";
  EXPECT_EQ(post(headers, modern_call("progress", "7")).status, 406U);
}

TEST_F(HttpStreamTest, GoingCancels) {
  start();
  for (const bool stream : {false, true}) {
    Visitor visitor(http->port());
    visitor.send("POST", "/mcp", modern_headers("tools/call", "slow"), modern_call("slow", "7", stream));
    tools.entered.acquire();
    visitor.close();
    tools.stopped.acquire();
  }
}

TEST_F(HttpStreamTest, GoingBeforeTheCallBeganCancelsToo) {
  Gate asked;
  HttpOptions options;
  // The only worker is free again when the call has ended.
  options.workers = 1;
  options.authenticate =
      [&](const net::Headers& headers,
          const std::stop_token& stop_asked) -> std::expected<mcp::Caller, transport::Refusal> {
    if (net::find_header(headers, "x-known")) return mcp::Caller{};
    Gate never;
    asked.release();
    never.acquire(stop_asked);
    return mcp::Caller{};
  };
  start(options);
  // Often, because whether the call or the news of the end comes first is left to chance.
  for (int i = 0; i < 30; ++i) {
    Visitor visitor(http->port());
    visitor.send("POST", "/mcp", modern_headers("tools/call", "slow"), modern_call("slow", "7"));
    asked.acquire();
    visitor.close();
    const auto next = plus(modern_headers("tools/list"), {{"X-Known", "yes"}});
    ASSERT_EQ(post(next, modern("tools/list", "1")).status, 200U);
  }
}

TEST_F(HttpStreamTest, ACancelledLegacyCallLeavesNothingOpen) {
  start();
  const auto session = open_session();
  constexpr auto kCancel = R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}})";
  const auto cancelled = [&](const net::Headers& headers, bool progress) {
    auto visitor = std::make_unique<Visitor>(http->port());
    visitor->send("POST", "/mcp", headers, legacy_call("slow", "7", progress));
    tools.entered.acquire();
    EXPECT_EQ(post(in_session(session), kCancel).status, 202U);
    tools.stopped.acquire();
    return visitor;
  };
  const auto told = cancelled(in_session(session), true);
  told->head();
  told->event();
  EXPECT_THAT(told->event(), HasSubstr("begun"));
  EXPECT_EQ(told->event(), "") << "the stream ends without an answer";
  const auto untold = cancelled(in_session(session), false);
  const auto head = untold->head();
  EXPECT_EQ(head.status, 200U) << "202 is for what has no answer";
  EXPECT_TRUE(head.is_stream());
  EXPECT_EQ(untold->event(), "") << "without an id nobody comes back for the rest";
  auto only_json = in_session(session);
  only_json[1].second = "application/json";
  const auto nothing = cancelled(only_json, false)->answer();
  EXPECT_EQ(nothing.status, 204U);
  EXPECT_EQ(nothing.body, "");
}

TEST_F(HttpStreamTest, ABatchOfCancelledCallsLeavesNothingOpen) {
  start();
  const auto session = open_session("2025-03-26");
  const auto headers = in_session(session, "2025-03-26");
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", headers,
               "[" + legacy_call("slow", "7") + "," + legacy_call("slow", "8") + "]");
  for (const std::string id : {"7", "8"}) {
    tools.entered.acquire();
    post(headers,
         R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + id + "}}");
    tools.stopped.acquire();
  }
  EXPECT_TRUE(visitor.head().is_stream());
  EXPECT_EQ(visitor.event(), "");
}

TEST_F(HttpStreamTest, AQuestionOfALegacySession) {
  start();
  const auto session = open_session("2025-11-25", {}, R"({"elicitation":{}})");
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", in_session(session), legacy_call("ask", "7"));
  visitor.head();
  visitor.event();
  const auto question = json(data_of(visitor.event()));
  EXPECT_EQ(question.at("method").as_string(), "elicitation/create");
  const auto reply = R"({"jsonrpc":"2.0","id":)" + base::write_json(question.at("id")) +
                     R"(,"result":{"action":"accept","content":{"confirm":true}}})";
  EXPECT_EQ(post(in_session(session), reply).status, 202U);
  EXPECT_THAT(visitor.event(), HasSubstr("accept"));
  EXPECT_EQ(visitor.event(), "");
}

TEST_F(HttpStreamTest, AClientWithoutEventsIsNotAsked) {
  start();
  const auto session = open_session("2025-11-25", {}, R"({"elicitation":{}})");
  auto headers = in_session(session);
  headers[1].second = "application/json";
  const auto answer = post(headers, legacy_call("ask", "7"));
  EXPECT_TRUE(answer.is_json());
  EXPECT_THAT(answer.body, HasSubstr("does not accept text/event-stream"));
}

TEST_F(HttpStreamTest, Listening) {
  start();
  Visitor visitor(http->port());
  visitor.send("POST", "/mcp", modern_headers("subscriptions/listen"),
               listen("\"s\"", R"("toolsListChanged":true)"));
  EXPECT_TRUE(visitor.head().is_stream());
  const auto acknowledged = json(data_of(visitor.event()));
  EXPECT_EQ(acknowledged.at("method").as_string(), "notifications/subscriptions/acknowledged");
  all.changes().prompts_changed();
  all.changes().tools_changed();
  const auto told = json(data_of(visitor.event()));
  EXPECT_EQ(told.at("method").as_string(), "notifications/tools/list_changed");
  EXPECT_EQ(told.at("params").at("_meta").at("io.modelcontextprotocol/subscriptionId").as_string(), "s");
  std::thread ending([this] { end(); });
  const auto last = json(data_of(visitor.event()));
  EXPECT_EQ(last.at("id").as_string(), "s");
  EXPECT_EQ(last.at("result").at("resultType").as_string(), "complete");
  EXPECT_EQ(visitor.event(), "");
  ending.join();
  EXPECT_EQ(exit_code, 0);
}

TEST_F(HttpStreamTest, ADisconnectEndsTheSubscription) {
  start();
  for (int i = 0; i < 3; ++i) {
    Visitor visitor(http->port());
    visitor.send("POST", "/mcp", modern_headers("subscriptions/listen"),
                 listen("1", R"("resourceSubscriptions":["pve://)" +
                                 std::string(1, static_cast<char>('a' + i)) + R"("])"));
    visitor.head();
    EXPECT_THAT(visitor.event(), HasSubstr("acknowledged"));
    visitor.close();
  }
  const auto deadline = std::chrono::steady_clock::now() + kForever;
  while (all.subscriptions().open_streams() != 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(all.subscriptions().open_streams(), 0U);
}

TEST_F(HttpStreamTest, ListenErrorsAreNoStream) {
  start();
  const auto answer = post(modern_headers("subscriptions/listen"), modern("subscriptions/listen", "1"));
  EXPECT_TRUE(answer.is_json());
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.code(), -32602);
}

TEST_F(HttpStreamTest, StreamsOfACallerAreBounded) {
  auto options = named_callers();
  options.max_streams_of_caller = 1;
  start(options);
  const auto headers = [&](const std::string& name) {
    return plus(modern_headers("subscriptions/listen"), caller(name));
  };
  Visitor first(http->port());
  first.send("POST", "/mcp", headers("alice"), listen("1", ""));
  first.head();
  first.event();
  const auto second = post(headers("alice"), listen("1", ""));
  EXPECT_EQ(second.status, 429U);
  EXPECT_NE(second.header("Retry-After"), "");
  Visitor other(http->port());
  other.send("POST", "/mcp", headers("bob"), listen("1", ""));
  EXPECT_EQ(other.head().status, 200U);
}

TEST_F(HttpStreamTest, StreamsOfACallerAreBoundedThoughTheyComeAtOnce) {
  HttpOptions options;
  options.max_streams_of_caller = 3;
  start(options);
  std::vector<std::unique_ptr<Visitor>> visitors;
  for (int i = 0; i < 32; ++i) visitors.push_back(std::make_unique<Visitor>(http->port()));
  for (const auto& each : visitors)
    each->send("POST", "/mcp", modern_headers("subscriptions/listen"), listen("1", ""));
  const auto let_in = std::ranges::count_if(visitors, [](auto& each) { return each->head().status == 200; });
  EXPECT_EQ(let_in, 3);
}

TEST_F(HttpStreamTest, CallsWithProgressAreNoStreamsOfTheCaller) {
  HttpOptions options;
  options.max_streams_of_caller = 1;
  start(options);
  Visitor calling(http->port());
  calling.send("POST", "/mcp", modern_headers("tools/call", "slow"), modern_call("slow", "7", true));
  tools.entered.acquire();
  Visitor listening(http->port());
  listening.send("POST", "/mcp", modern_headers("subscriptions/listen"), listen("1", ""));
  EXPECT_EQ(listening.head().status, 200U);
  tools.release.release();
}

TEST_F(HttpStreamTest, AStreamEndsWithTheRightsItWasOpenedBy) {
  start(named_callers());
  const auto listens = [&](const net::Headers& who) {
    auto visitor = std::make_unique<Visitor>(http->port());
    visitor->send("POST", "/mcp", plus(modern_headers("subscriptions/listen"), who),
                  listen("\"a\\\"b\"", R"("toolsListChanged":true)"));
    visitor->head();
    visitor->event();
    return visitor;
  };
  const auto alice = listens(caller("alice"));
  const auto bob = listens(caller("bob"));
  const auto slow = std::make_unique<Visitor>(http->port());
  slow->send("POST", "/mcp", plus(modern_headers("tools/call", "block"), caller("alice")),
             modern_call("block", "7"));
  tools.entered.acquire();
  ban("alice");
  clock.advance(std::chrono::seconds(6));
  const auto last = json(data_of(alice->event()));
  EXPECT_EQ(last.at("method").as_string(), "notifications/cancelled");
  const auto& params = last.at("params");
  EXPECT_EQ(params.at("requestId").as_string(), "a\"b");
  EXPECT_EQ(params.at("_meta").at("io.modelcontextprotocol/subscriptionId").as_string(), "a\"b");
  EXPECT_THAT(params.at("reason").as_string(), HasSubstr("rights"));
  EXPECT_EQ(alice->event(), "");
  all.changes().tools_changed();
  EXPECT_THAT(bob->event(), HasSubstr("notifications/tools/list_changed"));
  // What was begun with good rights is answered.
  tools.release.release();
  EXPECT_THAT(slow->answer().body, HasSubstr("released"));
}

TEST_F(HttpStreamTest, RightsThatCouldNotBeCheckedAreCheckedAgain) {
  std::atomic<bool> broken = false;
  auto options = named_callers();
  options.authenticate = [&, inner = options.authenticate](const net::Headers& headers,
                                                           const std::stop_token& asked) {
    if (broken.exchange(false)) throw std::runtime_error("out of memory");
    return inner(headers, asked);
  };
  start(options);
  Visitor listening(http->port());
  listening.send("POST", "/mcp", plus(modern_headers("subscriptions/listen"), caller("alice")),
                 listen("1", R"("toolsListChanged":true)"));
  listening.head();
  listening.event();
  broken = true;
  clock.advance(std::chrono::seconds(6));
  await_beat();
  while (broken) await_beat();
  ban("alice");
  clock.advance(std::chrono::seconds(6));
  EXPECT_THAT(listening.event(), HasSubstr("notifications/cancelled"));
  EXPECT_EQ(listening.event(), "");
}

TEST_F(HttpStreamTest, OneCallerDoesNotTakeEveryWorker) {
  auto options = named_callers();
  options.max_calls_of_caller = 1;
  start(options);
  const auto calls = [&](std::string_view tool, const std::string& who) {
    return post(plus(modern_headers("tools/call", tool), caller(who)), modern_call(tool, "8"));
  };
  Visitor blocked(http->port());
  blocked.send("POST", "/mcp", plus(modern_headers("tools/call", "block"), caller("alice")),
               modern_call("block", "7"));
  tools.entered.acquire();
  const auto refused = calls("echo", "alice");
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_EQ(calls("echo", "bob").status, 200U);
  tools.release.release();
  EXPECT_THAT(blocked.answer().body, HasSubstr("released"));
  EXPECT_EQ(calls("echo", "alice").status, 200U);
}

TEST_F(HttpStreamTest, KeepAliveComments) {
  start();
  Visitor listening(http->port());
  listening.send("POST", "/mcp", modern_headers("subscriptions/listen"), listen("1", ""));
  listening.head();
  listening.event();
  const auto session = open_session();
  Visitor general(http->port());
  general.send("GET", "/mcp", in_session(session));
  general.head();
  general.event();
  Visitor calling(http->port());
  calling.send("POST", "/mcp", in_session(session), legacy_call("slow", "7", true));
  calling.head();
  calling.event();
  calling.event();
  clock.advance(std::chrono::seconds(15));
  EXPECT_EQ(listening.event(), ":");
  EXPECT_EQ(general.event(), ":");
  EXPECT_EQ(calling.event(), ":");
  tools.release.release();
  EXPECT_THAT(calling.event(), HasSubstr("went on"));
}

}  // namespace
}  // namespace test
