// Subscriptions in both eras.
#include "mcp/subscriptions.h"

#include "mcp/fakes.h"
#include "mcp/task_methods.h"

namespace test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kTasks = R"({"extensions":{"io.modelcontextprotocol/tasks":{}}})";
constexpr std::string_view kEverything =
    R"({"toolsListChanged":true,"promptsListChanged":true,"resourcesListChanged":true,)"
    R"("resourceSubscriptions":["pve://a","pve://b"]})";

class Listening : public OfferTest {
 protected:
  /// Opens a stream and gives its acknowledgement, or the error.
  std::string listen(std::string_view id, std::string_view filter, std::string_view capabilities = "{}") {
    return ask(modern("subscriptions/listen", id, R"("notifications":)" + std::string(filter), capabilities));
  }
  static std::string told(std::string_view method, std::string_view id, std::string_view rest = "") {
    return R"({"jsonrpc":"2.0","method":"notifications/)" + std::string(method) +
           R"(","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":)" + std::string(id) + "}" +
           std::string(rest) + "}}";
  }
  static std::string ended(std::string_view id) {
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) +
           R"(,"result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":)" +
           std::string(id) +
           R"(,"io.modelcontextprotocol/serverInfo":{"name":"mcp-pve","title":"Proxmox VE","version":"0.1.0"}}}})";
  }
  void cancel(std::string_view id) {
    send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + std::string(id) +
         "}}");
  }
  /// What comes while `change` runs.
  std::vector<std::string> during(const std::function<void()>& change) {
    const auto before = inbox->messages().size();
    change();
    return since(before);
  }
  std::string task(const std::string& handle) { return mcp::task_id(all, {}, handle); }
};

TEST_F(Listening, AcknowledgesWhatItHonours) {
  EXPECT_EQ(listen("7", kEverything),
            told("subscriptions/acknowledged", "7", R"(,"notifications":)" + std::string(kEverything)));
  EXPECT_EQ(listen(R"("7")", "{}"), told("subscriptions/acknowledged", R"("7")", R"(,"notifications":{})"))
      << "another id";
  EXPECT_EQ(
      listen("8",
             R"({"toolsListChanged":false,"unknown":7,"promptsListChanged":true,)"
             R"("resourceSubscriptions":["pve://none","file:///etc/passwd","pve://b","pve://alice",""]})"),
      told("subscriptions/acknowledged", "8",
           R"(,"notifications":{"promptsListChanged":true,"resourceSubscriptions":["pve://b"]})"));
  EXPECT_EQ(all.subscriptions().open_streams(), 3U);
}

TEST_F(Listening, HonoursNothingThatIsNotOffered) {
  connection = open();
  EXPECT_EQ(listen("1", kEverything),
            told("subscriptions/acknowledged", "1", R"(,"notifications":{"toolsListChanged":true})"));
  EXPECT_THAT(during([&] {
                server.changes().prompts_changed();
                server.changes().resources_changed();
                server.changes().resource_updated("pve://a");
                server.changes().task_updated("t", {});
              }),
              IsEmpty());
  EXPECT_THAT(during([&] { server.changes().tools_changed(); }), SizeIs(1));
}

TEST_F(Listening, RefusesFiltersOfTheWrongShape) {
  EXPECT_THAT(ask(modern("subscriptions/listen", "1")), HasSubstr("-32602"));
  for (const auto* const filter : {"null", "[]", "true", R"({"toolsListChanged":1})",
                                   R"({"promptsListChanged":null})", R"({"resourceSubscriptions":"pve://a"})",
                                   R"({"resourceSubscriptions":[7]})", R"({"resourceSubscriptions":null})"}) {
    EXPECT_THAT(listen("1", filter), HasSubstr("-32602")) << filter;
  }
  EXPECT_THAT(listen("1", R"({"taskIds":[7]})", kTasks), HasSubstr("-32602"));
  EXPECT_EQ(all.subscriptions().open_streams(), 0U);
  EXPECT_THAT(watch.told(), IsEmpty());
  EXPECT_THAT(listen("1", "{}"), HasSubstr("acknowledged")) << "the id is free";
}

TEST_F(Listening, TellsWhatTheFilterNames) {
  listen("1", R"({"toolsListChanged":true,"resourceSubscriptions":["pve://a"]})");
  listen(R"("two")", kEverything);
  auto& changes = all.changes();
  EXPECT_THAT(
      during([&] { changes.tools_changed(); }),
      testing::UnorderedElementsAre(told("tools/list_changed", "1"), told("tools/list_changed", R"("two")")));
  EXPECT_THAT(during([&] { changes.prompts_changed(); }),
              ElementsAre(told("prompts/list_changed", R"("two")")));
  EXPECT_THAT(during([&] { changes.resources_changed(); }),
              ElementsAre(told("resources/list_changed", R"("two")")));
  EXPECT_THAT(during([&] { changes.resource_updated("pve://a"); }),
              testing::UnorderedElementsAre(told("resources/updated", "1", R"(,"uri":"pve://a")"),
                                            told("resources/updated", R"("two")", R"(,"uri":"pve://a")")));
  EXPECT_THAT(during([&] { changes.resource_updated("pve://b"); }),
              ElementsAre(told("resources/updated", R"("two")", R"(,"uri":"pve://b")")));
  EXPECT_THAT(during([&] { changes.resource_updated("pve://c"); }), IsEmpty());
}

TEST_F(Listening, EndsWithItsCancellationAndNoAnswer) {
  listen("1", kEverything);
  listen("2", R"({"toolsListChanged":true})");
  EXPECT_THAT(during([&] { cancel("1"); }), IsEmpty());
  EXPECT_EQ(all.subscriptions().open_streams(), 1U);
  EXPECT_THAT(during([&] { all.changes().tools_changed(); }), ElementsAre(told("tools/list_changed", "2")));
  EXPECT_THAT(listen("1", "{}"), HasSubstr("acknowledged")) << "the id is free again";
}

TEST_F(Listening, RefusesAnIdThatIsInUse) {
  listen("1", "{}");
  EXPECT_THAT(listen("1", kEverything), HasSubstr("-32600"));
  EXPECT_THAT(ask(modern("tools/list", "1")), HasSubstr("-32600"));
  EXPECT_EQ(all.subscriptions().open_streams(), 1U);
}

TEST_F(Listening, CloseGivesEachStreamItsLastAnswer) {
  listen("1", kEverything);
  listen(R"("b")", "{}");
  EXPECT_THAT(during([&] { all.subscriptions().close(); }),
              testing::UnorderedElementsAre(ended("1"), ended(R"("b")")));
  EXPECT_THAT(during([&] {
                all.changes().tools_changed();
                all.subscriptions().close();
                cancel("1");
              }),
              IsEmpty());
  EXPECT_THAT(listen("3", "{}"), HasSubstr("The server is shutting down."));
  EXPECT_EQ(watch.told().back(), mcp::Watched{});
}

TEST_F(Listening, CancelAllEndsTheStreams) {
  listen("1", kEverything);
  connection->cancel_all();
  EXPECT_EQ(all.subscriptions().open_streams(), 0U);
  EXPECT_EQ(watch.told().back(), mcp::Watched{});
}

TEST_F(Listening, WatchIsToldOfEachNewSetOnce) {
  tasks.set("t", {});
  listen("1", R"({"toolsListChanged":true})");
  EXPECT_THAT(watch.told(), IsEmpty()) << "lists need nobody to look";
  listen("2", R"({"resourceSubscriptions":["pve://b","pve://a","pve://a"]})");
  ASSERT_THAT(watch.told(), SizeIs(1));
  EXPECT_THAT(watch.told()[0].resources, ElementsAre("pve://a", "pve://b"));
  listen("3", R"({"resourceSubscriptions":["pve://a"]})");
  EXPECT_THAT(watch.told(), SizeIs(1)) << "nothing new";
  listen("4", R"({"taskIds":[")" + task("t") + R"("]})", kTasks);
  ASSERT_THAT(watch.told(), SizeIs(2));
  EXPECT_THAT(watch.told()[1].tasks, ElementsAre("t"));
  cancel("3");
  EXPECT_THAT(watch.told(), SizeIs(2));
  cancel("2");
  ASSERT_THAT(watch.told(), SizeIs(3));
  EXPECT_THAT(watch.told()[2].resources, IsEmpty());
  cancel("4");
  cancel("1");
  EXPECT_THAT(watch.told(), SizeIs(4));
  EXPECT_EQ(watch.told().back(), mcp::Watched{});
}

TEST_F(Listening, HasLimits) {
  const auto many = [](std::size_t count) {
    std::string uris;
    for (std::size_t i = 0; i < count; ++i)
      uris += (i > 0 ? "," : "") + ("\"pve://" + std::to_string(i) + "\"");
    return R"({"resourceSubscriptions":[)" + uris + "]}";
  };
  EXPECT_THAT(listen("1", many(257)), HasSubstr("more than 256"));
  EXPECT_THAT(listen("1", many(256)), HasSubstr("acknowledged"));
  for (int i = 2; i <= 1024; ++i)
    send(modern("subscriptions/listen", std::to_string(i), R"("notifications":{})"));
  EXPECT_EQ(all.subscriptions().open_streams(), 1024U);
  EXPECT_THAT(listen("2000", "{}"), HasSubstr("Too many subscriptions"));
  cancel("1");
  EXPECT_THAT(listen("2000", "{}"), HasSubstr("acknowledged"));
}

TEST_F(Listening, ACallerHasALimitOverAllOfItsStreams) {
  std::string uris;
  for (int i = 0; i < 256; ++i) uris += (i > 0 ? "," : "") + ("\"pve://" + std::to_string(i) + "\"");
  const auto many = R"({"resourceSubscriptions":[)" + uris + "]}";
  for (const auto* id : {"1", "2", "3", "4"}) EXPECT_THAT(listen(id, many), HasSubstr("acknowledged"));
  const auto refused = listen("5", R"({"resourceSubscriptions":["pve://a"]})");
  EXPECT_THAT(refused, HasSubstr("more than 1024 resources and tasks; close some"));
  EXPECT_THAT(listen("6", R"({"toolsListChanged":true})"), HasSubstr("acknowledged")) << "names nothing";
  const auto own = std::exchange(connection, open(all, {.identity = "alice"}));
  EXPECT_THAT(listen("7", R"({"resourceSubscriptions":["pve://a"]})"), HasSubstr("acknowledged"))
      << "of another caller";
  connection = own;
  cancel("1");
  EXPECT_THAT(listen("8", R"({"resourceSubscriptions":["pve://a"]})"), HasSubstr("acknowledged"));
}

TEST_F(Listening, ATaskWithoutAReadableStateIsReportedLater) {
  tasks.set("t", {});
  listen("1", R"({"taskIds":[")" + task("t") + R"("]})", kTasks);
  EXPECT_TRUE(all.changes().task_updated("t", {}));
  EXPECT_TRUE(all.changes().task_updated("of nobody", {}));
  tasks.hide("t");
  EXPECT_FALSE(all.changes().task_updated("t", {}));
  tasks.hide("");
  tasks.forget("t");
  EXPECT_TRUE(all.changes().task_updated("t", {})) << "it will not come";
  tasks.hide("t");
  cancel("1");
  EXPECT_TRUE(all.changes().task_updated("t", {})) << "nobody listens any more";
}

TEST_F(Listening, TellsTheStateOfTasks) {
  tasks.set("t", {.message = "cloning"});
  tasks.set("u", {});
  const auto id = task("t");
  const auto foreign = mcp::task_id(all, {.identity = "alice"}, "u");
  EXPECT_EQ(listen("1", R"({"taskIds":[")" + id + R"(","forged",")" + foreign + R"("]})", kTasks),
            told("subscriptions/acknowledged", "1", R"(,"notifications":{"taskIds":[")" + id + R"("]})"));
  const auto messages = during([&] {
    all.changes().task_updated("t", {});
    all.changes().task_updated("u", {});
  });
  ASSERT_THAT(messages, SizeIs(1));
  const auto params = json(messages[0]).at("params").as_object();
  EXPECT_EQ(json(messages[0]).at("method"), "notifications/tasks");
  EXPECT_EQ(params.at("taskId"), base::Json(id));
  EXPECT_EQ(params.at("status"), "working");
  EXPECT_EQ(params.at("statusMessage"), "cloning");
  EXPECT_EQ(params.at("_meta").at("io.modelcontextprotocol/subscriptionId"), 1);
  mcp::TaskState done;
  done.status = mcp::TaskState::Status::Completed;
  done.result = std::make_shared<const mcp::Result>(text_result("cloned"));
  tasks.set("t", done);
  EXPECT_THAT(during([&] { all.changes().task_updated("t", {}); }),
              ElementsAre(HasSubstr(R"("text":"cloned")")));
}

TEST_F(Listening, TasksNeedTheExtension) {
  EXPECT_THAT(listen("1", R"({"taskIds":[]})"), HasSubstr("-32021"));
  EXPECT_THAT(listen("1", R"({"taskIds":[]})"),
              HasSubstr(R"("extensions":{"io.modelcontextprotocol/tasks":{}})"));
}

TEST_F(Listening, AcknowledgesAResourceOnce) {
  EXPECT_EQ(listen("1", R"({"resourceSubscriptions":["pve://b","pve://a","pve://b","pve://a"]})"),
            told("subscriptions/acknowledged", "1",
                 R"(,"notifications":{"resourceSubscriptions":["pve://b","pve://a"]})"));
  EXPECT_THAT(during([&] { all.changes().resource_updated("pve://a"); }), SizeIs(1));
}

TEST_F(Listening, ForbiddenResourcesCauseNoNotification) {
  listen("1", R"({"resourceSubscriptions":["pve://a"]})");
  const auto modern_one = std::exchange(connection, open(all));
  initialize("2025-11-25");
  send(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  ask(legacy("resources/subscribe", "1", R"("uri":"pve://a")"));
  const auto update = [&] { all.changes().resource_updated("pve://a"); };
  EXPECT_THAT(during(update), SizeIs(2));
  resources.closed = true;
  EXPECT_THAT(during(update), IsEmpty());
}

TEST_F(Listening, UpdatesBeforeASessionIsReadyAreSentWhenItIs) {
  const std::string updated =
      R"({"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"pve://a"}})";
  for (const auto* const version : {"2024-11-05", "2025-11-25"}) {
    connection = open(all);
    initialize(version);
    for (const auto* const uri : {"pve://a", "pve://b", "pve://c"})
      EXPECT_THAT(ask(legacy("resources/subscribe", "1", R"("uri":")" + std::string(uri) + "\"")),
                  HasSubstr(R"("result":{})"));
    EXPECT_THAT(during([&] {
                  for (const auto* const uri : {"pve://a", "pve://b", "pve://a", "pve://d"})
                    all.changes().resource_updated(uri);
                }),
                IsEmpty());
    ask(legacy("resources/unsubscribe", "2", R"("uri":"pve://b")"));
    const std::string ready = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";
    EXPECT_THAT(during([&] { send(ready); }), ElementsAre(updated)) << "once, and only what is still wanted";
    EXPECT_THAT(during([&] { send(ready); }), IsEmpty());
    EXPECT_THAT(during([&] { all.changes().resource_updated("pve://a"); }), ElementsAre(updated));
  }
}

TEST_F(Listening, LegacySessionsAreToldOfListsOnceTheyAreReady) {
  initialize("2025-06-18");
  EXPECT_THAT(during([&] { all.changes().tools_changed(); }), IsEmpty());
  send(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  EXPECT_THAT(during([&] {
                all.changes().tools_changed();
                all.changes().prompts_changed();
                all.changes().resources_changed();
              }),
              ElementsAre(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})",
                          R"({"jsonrpc":"2.0","method":"notifications/prompts/list_changed"})",
                          R"({"jsonrpc":"2.0","method":"notifications/resources/list_changed"})"));
}

TEST_F(Listening, InitializedWithoutInitializeMakesNoSession) {
  send(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  EXPECT_THAT(during([&] { all.changes().tools_changed(); }), IsEmpty());
}

TEST_F(Listening, LegacySessionsSubscribeToResources) {
  for (const auto* const version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
    begin(version);
    EXPECT_EQ(ask(legacy("resources/subscribe", "1", R"("uri":"pve://a")")),
              R"({"jsonrpc":"2.0","id":1,"result":{}})");
    EXPECT_EQ(ask(legacy("resources/subscribe", "2", R"("uri":"pve://a")")),
              R"({"jsonrpc":"2.0","id":2,"result":{}})");
    EXPECT_THAT(
        during([&] {
          all.changes().resource_updated("pve://a");
          all.changes().resource_updated("pve://b");
        }),
        ElementsAre(
            R"({"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"pve://a"}})"));
    EXPECT_THAT(ask(legacy("resources/unsubscribe", "3", R"("uri":"pve://a")")), HasSubstr(R"("result":{})"));
    EXPECT_THAT(ask(legacy("resources/unsubscribe", "4", R"("uri":"pve://a")")), HasSubstr(R"("result":{})"));
    EXPECT_THAT(during([&] { all.changes().resource_updated("pve://a"); }), IsEmpty());
    EXPECT_EQ(watch.told().back(), mcp::Watched{});
  }
  EXPECT_THAT(
      ask(legacy("resources/subscribe", "5", R"("uri":"pve://none")")),
      HasSubstr(
          R"("code":-32002,"message":"There is no such resource to subscribe to","data":{"uri":"pve://none"})"));
  EXPECT_THAT(
      ask(legacy("resources/subscribe", "6", R"("uri":"pve://fixed")")),
      HasSubstr(
          R"("code":-32602,"message":"This resource never changes, so it has no subscriptions; read it instead)"));
  EXPECT_THAT(ask(legacy("resources/subscribe", "6")), HasSubstr("-32602"));
  EXPECT_THAT(ask(legacy("resources/unsubscribe", "7", R"("uri":7)")), HasSubstr("-32602"));
}

TEST_F(Listening, LegacySessionsHaveALimitToo) {
  begin("2025-11-25");
  for (int i = 0; i < 256; ++i)
    ask(legacy("resources/subscribe", "1", R"("uri":"pve://)" + std::to_string(i) + "\""));
  EXPECT_THAT(ask(legacy("resources/subscribe", "1", R"("uri":"pve://more")")),
              HasSubstr("Too many subscriptions"));
  EXPECT_THAT(ask(legacy("resources/subscribe", "1", R"("uri":"pve://7")")), HasSubstr(R"("result":{})"));
}

TEST_F(Listening, ASessionThatIsGoneIsForgotten) {
  begin("2025-11-25");
  ask(legacy("resources/subscribe", "1", R"("uri":"pve://a")"));
  connection = open(all);
  EXPECT_EQ(watch.told().back(), mcp::Watched{});
  EXPECT_THAT(during([&] {
                all.changes().tools_changed();
                all.changes().resource_updated("pve://a");
              }),
              IsEmpty());
}

TEST_F(Listening, BothErasShareTheWatch) {
  begin("2025-11-25");
  ask(legacy("resources/subscribe", "1", R"("uri":"pve://a")"));
  listen("2", R"({"resourceSubscriptions":["pve://a"]})");
  EXPECT_THAT(watch.told(), SizeIs(1));
  EXPECT_THAT(during([&] { all.changes().resource_updated("pve://a"); }), SizeIs(2));
}

TEST_F(Listening, IsSafeFromManyThreads) {
  begin("2025-11-25");
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([this, t] {
        for (int i = 0; i < 50; ++i) {
          const auto id = std::to_string(1000 * t + i);
          connection->receive(
              modern("subscriptions/listen", id, R"("notifications":)" + std::string(kEverything)));
          connection->receive(
              R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + id + "}}");
        }
      });
    }
    threads.emplace_back([this] {
      for (int i = 0; i < 100; ++i) {
        all.changes().tools_changed();
        all.changes().resource_updated("pve://a");
      }
    });
  }
  EXPECT_EQ(all.subscriptions().open_streams(), 0U);
  EXPECT_EQ(watch.told().back(), mcp::Watched{});
  std::set<std::string> acknowledged;
  for (const auto& message : inbox->messages()) {
    const auto params = json(message).as_object();
    const auto* const inner = params.contains("params") ? params.at("params").if_object() : nullptr;
    if (inner == nullptr || !inner->contains("_meta")) continue;
    const auto id = base::write_json(inner->at("_meta"));
    if (message.contains("acknowledged")) acknowledged.insert(id);
    EXPECT_TRUE(acknowledged.contains(id)) << "told before the acknowledgement: " << message;
  }
  EXPECT_THAT(acknowledged, SizeIs(100));
}

}  // namespace
}  // namespace test
