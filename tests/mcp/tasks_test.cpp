// Tasks on the wire: the extension of 2026-07-28, and those of 2025-11-25.
#include <array>

#include "mcp/fakes.h"
#include "mcp/task_methods.h"

namespace test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Status = mcp::TaskState::Status;

constexpr std::string_view kTasks = R"({"extensions":{"io.modelcontextprotocol/tasks":{}}})";
constexpr auto kCreated = mcp::TaskState::Time(std::chrono::seconds(1'780'000'000));

class TaskTest : public OfferTest {
 protected:
  TaskTest() {
    tools.also.push_back({"begin", "", "", R"({"type":"object"})", {}, {}, true});
    tools.more["begin"] = [this](const mcp::Call& call) -> mcp::Outcome {
      if (!call.may_be_task) return text_result("waited for");
      tasks.set("t", working());
      return mcp::Task{"t", working()};
    };
  }
  static mcp::TaskState working() {
    mcp::TaskState state;
    state.message = "cloning";
    state.created = kCreated;
    state.updated = kCreated + std::chrono::milliseconds(61'999);
    state.poll = std::chrono::milliseconds(500);
    return state;
  }
  static mcp::TaskState ended(Status status) {
    auto state = working();
    state.status = status;
    return state;
  }
  static mcp::TaskState completed(bool is_error = false) {
    auto state = ended(Status::Completed);
    auto result = text_result("cloned");
    result.is_error = is_error;
    state.result = std::make_shared<const mcp::Result>(std::move(result));
    return state;
  }
  static mcp::TaskState failed() {
    auto state = ended(Status::Failed);
    state.error = mcp::ProtocolError{-32603, "the host is gone", json(R"({"host":"pve1"})")};
    return state;
  }
  static mcp::TaskState asking() {
    auto state = ended(Status::InputRequired);
    state.requests = mcp::ask_confirmation("sure", "Really?").requests;
    return state;
  }
  std::string id(std::string_view handle = "t", const mcp::Caller& caller = {}) {
    return mcp::task_id(all, caller, handle);
  }
};

class ModernTasks : public TaskTest {
 protected:
  base::JsonObject about(std::string_view method, std::string_view task, std::string_view rest = "",
                         std::string_view capabilities = kTasks) {
    return result(modern("tasks/" + std::string(method), "1",
                         R"("taskId":")" + std::string(task) + "\"" + std::string(rest), capabilities));
  }
};

TEST_F(ModernTasks, AreNamedAmongTheCapabilities) {
  EXPECT_THAT(ask(modern("server/discover", "1")),
              HasSubstr(R"("extensions":{"io.modelcontextprotocol/tasks":{}})"));
  EXPECT_THAT(ask(modern("tools/list", "1")), Not(HasSubstr("execution")));
}

TEST_F(ModernTasks, AreCreatedForClientsThatDeclareThem) {
  const auto created = result(modern("tools/call", "1", R"("name":"begin")", kTasks));
  EXPECT_EQ(created.at("resultType"), "task");
  EXPECT_EQ(created.at("taskId"), base::Json(id()));
  EXPECT_EQ(created.at("status"), "working");
  EXPECT_EQ(created.at("statusMessage"), "cloning");
  EXPECT_EQ(created.at("createdAt"), "2026-05-28T20:26:40Z");
  EXPECT_EQ(created.at("lastUpdatedAt"), "2026-05-28T20:27:41Z");
  EXPECT_TRUE(created.at("ttlMs").is_null());
  EXPECT_EQ(created.at("pollIntervalMs"), 500);
  EXPECT_TRUE(created.at("_meta").as_object().contains("io.modelcontextprotocol/serverInfo"));
  EXPECT_EQ(about("get", id()).at("status"), "working") << "at once";
}

TEST_F(ModernTasks, AreNotForcedOnAnybody) {
  for (const auto* const rest : {"", R"(,"task":{})", R"(,"task":7)"}) {
    const auto answer = result(modern("tools/call", "1", R"("name":"begin")" + std::string(rest)));
    EXPECT_EQ(answer.at("resultType"), "complete");
    EXPECT_EQ(answer.at("content").at(0).at("text"), "waited for");
  }
  EXPECT_EQ(result(modern("tools/call", "1", R"("name":"echo")", kTasks)).at("resultType"), "complete")
      << "a result is always welcome";
}

TEST_F(ModernTasks, AreToldAsTheyStand) {
  tasks.set("t", working());
  auto state = about("get", id());
  EXPECT_EQ(state.at("resultType"), "complete");
  EXPECT_FALSE(state.contains("result"));
  tasks.set("t", completed());
  state = about("get", id());
  EXPECT_EQ(state.at("status"), "completed");
  EXPECT_EQ(state.at("result").at("resultType"), "complete");
  EXPECT_EQ(state.at("result").at("content").at(0).at("text"), "cloned");
  EXPECT_FALSE(state.contains("pollIntervalMs"));
  tasks.set("t", completed(true));
  state = about("get", id());
  EXPECT_EQ(state.at("status"), "completed") << "only an error of the protocol is a failure";
  EXPECT_EQ(state.at("result").at("isError"), true);
  tasks.set("t", failed());
  state = about("get", id());
  EXPECT_EQ(state.at("status"), "failed");
  EXPECT_EQ(state.at("error"),
            json(R"({"code":-32603,"message":"the host is gone","data":{"host":"pve1"}})"));
  tasks.set("t", ended(Status::Cancelled));
  EXPECT_EQ(about("get", id()).at("status"), "cancelled");
  auto kept = asking();
  kept.ttl = std::chrono::hours(1);
  tasks.set("t", kept);
  state = about("get", id());
  EXPECT_EQ(state.at("status"), "input_required");
  EXPECT_EQ(state.at("inputRequests").at("sure").at("params").at("mode"), "form");
  EXPECT_EQ(state.at("ttlMs"), 3'600'000);
}

TEST_F(ModernTasks, AreCancelledAndHeardTwice) {
  tasks.set("t", working());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(about("cancel", id()).at("resultType"), "complete");
  EXPECT_THAT(tasks.cancelled, ElementsAre("t", "t"));
  EXPECT_EQ(about("get", id()).at("status"), "working") << "until it has ended";
  tasks.set("t", completed());
  EXPECT_EQ(about("cancel", id()).at("resultType"), "complete") << "too late, but no error";
  EXPECT_EQ(about("get", id()).at("status"), "completed");
}

TEST_F(ModernTasks, TakeAnswers) {
  tasks.set("t", asking());
  EXPECT_EQ(about("update", id(), R"(,"inputResponses":{"sure":{"action":"decline"}})").at("resultType"),
            "complete");
  EXPECT_THAT(tasks.updates, ElementsAre(R"({"sure":{"action":"decline"}})"));
  for (const auto* const rest : {"", R"(,"inputResponses":null)", R"(,"inputResponses":[])"})
    EXPECT_EQ(about("update", id(), rest).at("error").at("code"), -32602) << rest;
}

TEST_F(ModernTasks, TakeAnswersThatFitTheQuestion) {
  auto both = asking();
  both.requests.push_back(
      mcp::ask_form("name", "Which name?",
                    json(R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"]})")
                        .as_object())
          .requests.front());
  tasks.set("t", both);
  for (const auto* const answers :
       {R"({"sure":5})", R"({"sure":"yes"})", R"({"sure":null})", R"({"sure":{}})",
        R"({"sure":{"action":5}})", R"({"name":{"action":"accept"}})",
        R"({"name":{"action":"accept","content":{"name":7}}})",
        R"({"sure":{"action":"decline"},"name":[]})"}) {
    const auto refused = about("update", id(), R"(,"inputResponses":)" + std::string(answers));
    ASSERT_TRUE(refused.contains("error")) << answers;
    EXPECT_EQ(refused.at("error").at("code"), -32602) << answers;
  }
  EXPECT_THAT(tasks.updates, IsEmpty()) << "all or nothing";
  EXPECT_EQ(about("update", id(), R"(,"inputResponses":{"other":5,"another":{"action":"accept"}})")
                .at("resultType"),
            "complete");
  EXPECT_THAT(tasks.updates, IsEmpty()) << "nobody asked";
  about("update", id(), R"(,"inputResponses":{"other":5,"sure":{"action":"accept","content":{}}})");
  EXPECT_THAT(tasks.updates, ElementsAre(R"({"sure":{"action":"accept","content":{}}})"));
  EXPECT_EQ(about("update", id(), R"(,"inputResponses":{"sure":5})").at("resultType"), "complete")
      << "answered before";
}

TEST_F(ModernTasks, AreTheCallersOwn) {
  tasks.set("t", working());
  for (const auto* const method : {"get", "cancel", "update"}) {
    for (const auto& other :
         {id("t", {.identity = "alice"}), mcp::task_id(server, {}, "t"), id("unknown"), std::string("t"),
          std::string(), id() + "A", seal->seal("task ", ""), seal->seal("task", "ht")}) {
      EXPECT_EQ(about(method, other, R"(,"inputResponses":{})").at("error").at("code"), -32602)
          << method << other;
    }
    EXPECT_THAT(ask(modern("tasks/" + std::string(method), "1", "", kTasks)), HasSubstr("-32602"));
    EXPECT_THAT(ask(modern("tasks/" + std::string(method), "1", R"("taskId":7)", kTasks)),
                HasSubstr("-32602"));
  }
  EXPECT_THAT(tasks.cancelled, IsEmpty());
  EXPECT_THAT(tasks.updates, IsEmpty());
  connection = open(all, {.identity = "alice"});
  EXPECT_EQ(about("get", id("t", {.identity = "alice"})).at("status"), "working");
  EXPECT_EQ(about("get", id()).at("error").at("code"), -32602);
}

TEST_F(ModernTasks, NeedTheExtension) {
  tasks.set("t", working());
  for (const auto* const method : {"get", "cancel", "update"}) {
    for (const auto* const capabilities : {"{}", R"({"tasks":{}})", R"({"extensions":{}})",
                                           R"({"extensions":["io.modelcontextprotocol/tasks"]})",
                                           R"({"extensions":{"io.modelcontextprotocol/tasks":null}})",
                                           R"({"extensions":{"io.modelcontextprotocol/tasks":true}})"}) {
      const auto answer = about(method, id(), R"(,"inputResponses":{})", capabilities);
      ASSERT_TRUE(answer.contains("error")) << method << capabilities;
      EXPECT_EQ(answer.at("error").at("code"), -32021);
      EXPECT_EQ(answer.at("error").at("data"),
                json(R"({"requiredCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}})"));
    }
  }
}

TEST_F(ModernTasks, HaveNoResultMethod) {
  EXPECT_EQ(about("result", id()).at("error").at("code"), -32601);
  EXPECT_EQ(about("list", id()).at("error").at("code"), -32601);
}

class LegacyTasks : public TaskTest {
 protected:
  LegacyTasks() { begin("2025-11-25", R"({"elicitation":{}})"); }
  base::JsonObject about(std::string_view method, std::string_view task) {
    return result(legacy("tasks/" + std::string(method), "1", R"("taskId":")" + std::string(task) + "\""));
  }
  std::string started(std::string_view tool) {
    const auto answer = result(call(tool, "1", R"(,"task":{"ttl":60000})"));
    return std::string(answer.at("task").at("taskId").as_string());
  }
};

TEST_F(LegacyTasks, AreNamedAmongTheCapabilities) {
  for (const std::string_view version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
    connection = open(all);
    const auto answer = initialize(version);
    EXPECT_EQ(answer.contains(R"("tasks":{"cancel":{},"requests":{"tools":{"call":{}}}})"),
              version == "2025-11-25");
    EXPECT_EQ(ask(legacy("tools/list", "1")).contains(R"("execution":{"taskSupport":"optional"})"),
              version == "2025-11-25");
  }
}

TEST_F(LegacyTasks, AreCreatedWhenAskedFor) {
  const auto created = result(call("begin", "1", R"(,"task":{})"));
  EXPECT_EQ(base::write_json(created.at("task")),
            R"({"taskId":")" + id() +
                R"(","status":"working","statusMessage":"cloning","createdAt":"2026-05-28T20:26:40Z",)"
                R"("lastUpdatedAt":"2026-05-28T20:27:41Z","ttl":null,"pollInterval":500})");
  EXPECT_EQ(created.size(), 1U);
  EXPECT_EQ(result(call("begin", "1")).at("content").at(0).at("text"), "waited for");
  EXPECT_THAT(ask(call("begin", "1", R"(,"task":7)")), HasSubstr("-32602"));
  for (const auto* const ttl : {R"("x")", "-1", "-0.5", "true", "[]", "{}", "1e400"})
    EXPECT_THAT(ask(call("begin", "1", R"(,"task":{"ttl":)" + std::string(ttl) + "}")), HasSubstr("-32602"))
        << ttl;
  // An older SDK says "for ever" by null.
  for (const auto* const ttl : {"0", "60000", "1.0", "null"})
    EXPECT_TRUE(result(call("begin", "1", R"(,"task":{"ttl":)" + std::string(ttl) + "}")).contains("task"))
        << ttl;
  EXPECT_THAT(ask(call("echo", "1", R"(,"task":{})")), HasSubstr("-32601")) << "it never is one";
  EXPECT_THAT(ask(call("nonsense", "1", R"(,"task":{})")), HasSubstr("-32602"));
}

TEST_F(LegacyTasks, AreUnknownToOlderRevisions) {
  for (const auto* const version : {"2024-11-05", "2025-03-26", "2025-06-18"}) {
    begin(version);
    EXPECT_EQ(result(call("begin", "1", R"(,"task":{})")).at("content").at(0).at("text"), "waited for");
    EXPECT_EQ(result(call("echo", "1", R"(,"task":7)")).at("content").at(0).at("text"), "{}");
    for (const auto* const method : {"get", "cancel", "result", "update", "list"})
      EXPECT_EQ(about(method, id()).at("error").at("code"), -32601) << method;
  }
}

TEST_F(LegacyTasks, AreToldAsTheyStand) {
  tasks.set("t", working());
  EXPECT_EQ(about("get", id()).at("status"), "working");
  tasks.set("t", completed());
  const auto state = about("get", id());
  EXPECT_EQ(state.at("status"), "completed");
  EXPECT_FALSE(state.contains("result") || state.contains("resultType") || state.contains("pollInterval"));
  tasks.set("t", completed(true));
  EXPECT_EQ(about("get", id()).at("status"), "failed") << "so this revision wants it";
  tasks.set("t", failed());
  EXPECT_EQ(about("get", id()).at("status"), "failed");
  EXPECT_FALSE(about("get", id()).contains("error"));
  tasks.set("t", asking());
  EXPECT_EQ(about("get", id()).at("status"), "input_required");
  EXPECT_EQ(about("update", id()).at("error").at("code"), -32601);
}

TEST_F(LegacyTasks, AreCancelledOnce) {
  tasks.set("t", working());
  const auto cancelled = about("cancel", id());
  EXPECT_EQ(cancelled.at("status"), "cancelled");
  EXPECT_EQ(cancelled.at("statusMessage"), "The task was asked to stop.");
  EXPECT_THAT(tasks.cancelled, ElementsAre("t"));
  for (const auto& state : {completed(), completed(true), failed(), ended(Status::Cancelled)}) {
    tasks.set("t", state);
    EXPECT_EQ(about("cancel", id()).at("error").at("code"), -32602);
  }
  EXPECT_THAT(tasks.cancelled, ElementsAre("t"));
}

TEST_F(LegacyTasks, GiveTheirResult) {
  tasks.set("t", completed(true));
  const auto answer = about("result", id());
  EXPECT_EQ(answer.at("content").at(0).at("text"), "cloned");
  EXPECT_EQ(answer.at("isError"), true);
  EXPECT_EQ(answer.at("_meta").at("io.modelcontextprotocol/related-task").at("taskId"), base::Json(id()));
  tasks.set("t", failed());
  EXPECT_EQ(base::write_json(about("result", id()).at("error")),
            R"({"code":-32603,"message":"the host is gone","data":{"host":"pve1"}})");
  tasks.set("t", ended(Status::Cancelled));
  EXPECT_EQ(about("result", id()).at("error").at("code"), -32602);
  EXPECT_THAT(base::write_json(about("result", id()).at("error")), HasSubstr("(cloning)")) << "the message";
}

TEST_F(LegacyTasks, AFailureWithoutAReasonIsNoCancellation) {
  tasks.set("t", ended(Status::Failed));
  const auto error = about("result", id()).at("error").as_object();
  EXPECT_THAT(base::write_json(error.at("message")), Not(HasSubstr("cancelled")));
  EXPECT_EQ(error.at("code"), -32603);
}

TEST_F(LegacyTasks, AResultIsWaitedFor) {
  tasks.set("t", working());
  use_threads();
  const auto before = inbox->messages().size();
  send(legacy("tasks/result", "1", R"("taskId":")" + id() + "\""));
  tasks.awaited.acquire();
  EXPECT_EQ(inbox->messages().size(), before);
  tasks.set("t", completed());
  EXPECT_THAT(inbox->at(before), HasSubstr("cloned"));
}

TEST_F(LegacyTasks, TheWaitEndsWithItsCancellationAndTheTaskGoesOn) {
  tasks.set("t", working());
  use_threads();
  const auto before = inbox->messages().size();
  send(legacy("tasks/result", "1", R"("taskId":")" + id() + "\""));
  tasks.awaited.acquire();
  send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
  join();
  EXPECT_EQ(inbox->messages().size(), before);
  EXPECT_THAT(tasks.cancelled, IsEmpty());
}

TEST_F(LegacyTasks, TheWaitEndsWithItsSessionAndIsNoFaultOfTheRequest) {
  tasks.set("t", working());
  use_threads();
  const auto before = inbox->messages().size();
  send(legacy("tasks/result", "1", R"("taskId":")" + id() + "\""));
  tasks.awaited.acquire();
  connection->cancel_all();
  EXPECT_THAT(inbox->at(before), HasSubstr("-32603"));
  EXPECT_THAT(inbox->at(before), HasSubstr("the task continues"));
}

TEST_F(LegacyTasks, TheWaitingClientIsAskedTheTasksQuestions) {
  tasks.set("t", asking());
  use_threads();
  const auto before = inbox->messages().size();
  send(legacy("tasks/result", "1", R"("taskId":")" + id() + "\""));
  const auto asked = json(inbox->at(before)).as_object();
  EXPECT_EQ(asked.at("method"), "elicitation/create");
  EXPECT_EQ(asked.at("params").at("_meta").at("io.modelcontextprotocol/related-task").at("taskId"),
            base::Json(id()));
  send(R"({"jsonrpc":"2.0","id":)" + base::write_json(asked.at("id")) + R"(,"result":{"action":"decline"}})");
  EXPECT_THAT(inbox->at(before + 1), HasSubstr("decline"));
  join();
  EXPECT_THAT(tasks.updates, ElementsAre(R"({"sure":{"action":"decline"}})"));
  tasks.set("t", asking());
  begin("2025-11-25");
  send(legacy("tasks/result", "2", R"("taskId":")" + id() + "\""));
  join();
  const auto refused = json(inbox->messages().back()).at("error").as_object();
  EXPECT_EQ(refused.at("code"), -32603) << "-32021 is another revision's";
  EXPECT_FALSE(refused.contains("data"));
  EXPECT_THAT(std::string(refused.at("message").as_string()), HasSubstr("did not declare elicitation"));
}

TEST_F(LegacyTasks, ACallThatEndedAtOnceIsATaskToo) {
  tools.more["quick"] = [](const mcp::Call&) -> mcp::Outcome { return text_result("so fast"); };
  tools.more["bad"] = [](const mcp::Call&) -> mcp::Outcome {
    auto result = text_result("so bad");
    result.is_error = true;
    return result;
  };
  const auto good = started("quick");
  EXPECT_EQ(about("get", good).at("status"), "completed");
  EXPECT_EQ(about("get", good).at("createdAt"), "2026-05-28T20:26:40Z");
  const auto answer = about("result", good);
  EXPECT_EQ(base::write_json(answer.at("content")), R"([{"type":"text","text":"so fast"}])");
  EXPECT_EQ(answer.at("_meta").at("io.modelcontextprotocol/related-task").at("taskId"), base::Json(good));
  EXPECT_EQ(about("cancel", good).at("error").at("code"), -32602);
  const auto bad = started("bad");
  EXPECT_EQ(about("get", bad).at("status"), "failed");
  EXPECT_EQ(about("result", bad).at("isError"), true);
  begin("2025-11-25", "{}", {.identity = "alice"});
  for (const auto* const method : {"get", "result", "cancel"})
    EXPECT_EQ(about(method, good).at("error").at("code"), -32602) << "another caller";
}

TEST_F(LegacyTasks, ContentAboutErrorsIsNotAnError) {
  tools.more["odd"] = [](const mcp::Call&) -> mcp::Outcome {
    mcp::Result result = text_result(R"("isError":true)");
    result.structured = json(R"({"a":1,"isError":true})");
    return result;
  };
  EXPECT_EQ(about("get", started("odd")).at("status"), "completed");
}

TEST_F(LegacyTasks, AFinishedCallIsNoTaskOfTheExtension) {
  tools.more["quick"] = [](const mcp::Call&) -> mcp::Outcome { return text_result("so fast"); };
  const auto quick = started("quick");
  for (const auto* const method : {"tasks/get", "tasks/cancel", "tasks/update"}) {
    EXPECT_THAT(ask(modern(method, "1", R"("inputResponses":{},"taskId":")" + quick + "\"", kTasks)),
                HasSubstr("-32602"));
  }
}

TEST_F(LegacyTasks, AClientThatCannotBeAskedGetsAFailedTask) {
  tools.more["confirm"] = [](const mcp::Call&) -> mcp::Outcome {
    return mcp::ask_confirmation("k", "Really?");
  };
  begin("2025-11-25");
  const auto task = started("confirm");
  EXPECT_EQ(about("get", task).at("status"), "failed");
  EXPECT_THAT(base::write_json(about("result", task).at("content")), HasSubstr("Nothing was changed"));
}

TEST_F(LegacyTasks, AreGivenTheEraOfTheRequest) {
  tasks.set("t", working());
  ask(modern("tasks/get", "1", R"("taskId":")" + id() + "\"", kTasks));
  ask(modern("tasks/cancel", "1", R"("taskId":")" + id() + "\"", kTasks));
  ask(modern("subscriptions/listen", "2", R"("notifications":{"taskIds":[")" + id() + R"("]})", kTasks));
  EXPECT_TRUE(all.changes().task_updated("t", {}));
  EXPECT_THAT(std::exchange(tasks.asked_by, {}), ElementsAre(mcp::Era::Modern));
  about("get", id());
  about("cancel", id());
  tasks.set("t", completed());
  about("result", id());
  EXPECT_THAT(tasks.asked_by, ElementsAre(mcp::Era::Legacy));
}

TEST_F(TaskTest, HandlesComeBackToTheirCallerAlone) {
  const mcp::Caller alice{.identity = "alice"};
  EXPECT_EQ(mcp::handle_of(all, alice, id("UPID:pve1:1", alice)), "UPID:pve1:1");
  EXPECT_EQ(mcp::handle_of(all, {}, id("UPID:pve1:1", alice)), std::nullopt);
  EXPECT_EQ(mcp::handle_of(all, alice, "UPID:pve1:1"), std::nullopt);
  EXPECT_EQ(mcp::handle_of(all, {}, seal->seal("task ", "rresult")), std::nullopt);
}

}  // namespace
}  // namespace test
