// Questions of the server: by requests in sessions, by rounds of one request in revision 2026-07-28.
#include "mcp/rounds.h"

#include <array>
#include <atomic>
#include <thread>

#include "mcp/fakes.h"

namespace test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kAsk = R"({"elicitation":{}})";
constexpr std::string_view kYes = R"({"action":"accept","content":{"confirm":true}})";

class Rounds : public OfferTest {
 protected:
  Rounds() {
    tools.more["confirm"] = [](const mcp::Call& call) -> mcp::Outcome {
      if (!call.inputs.contains("sure")) return mcp::ask_confirmation("sure", "Delete guest 101?");
      return text_result(mcp::confirmed(call.inputs, "sure") ? "deleted" : "left alone");
    };
    // Several questions at once, and another one after them.
    tools.more["several"] = [](const mcp::Call& call) -> mcp::Outcome {
      auto need = mcp::ask_form("name", "Which name?", name_schema());
      need.requests.push_back(ask_plainly("node", "Which node?").requests.front());
      std::erase_if(need.requests, [&](const auto& asked) { return call.inputs.contains(asked.key); });
      if (!need.requests.empty()) return need;
      if (!call.inputs.contains("sure")) return mcp::ask_confirmation("sure", "Really?");
      return text_result(base::write_json_sorted(base::Json(call.inputs)));
    };
    tools.more["summary"] = one(
        {"text", mcp::InputRequest::Kind::Sampling, json(R"({"messages":[],"maxTokens":10})").as_object()});
    tools.more["roots"] = one({"roots", mcp::InputRequest::Kind::Roots, {}});
  }

  static base::JsonObject name_schema() {
    return json(R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"]})")
        .as_object();
  }
  static std::function<mcp::Outcome(const mcp::Call&)> one(mcp::InputRequest request) {
    return [request = std::move(request)](const mcp::Call& call) -> mcp::Outcome {
      if (!call.inputs.contains(request.key)) return mcp::NeedInput{{request}};
      return text_result(base::write_json(call.inputs.at(request.key)));
    };
  }

  /// A modern tools/call; `rest` are further members of its params.
  std::string call_line(std::string_view tool, std::string_view rest = "",
                        std::string_view capabilities = kAsk) {
    const auto params =
        R"("name":")" + std::string(tool) + "\"" + (rest.empty() ? "" : ",") + std::string(rest);
    return modern("tools/call", "1", params, capabilities);
  }
  base::JsonObject round(std::string_view tool, std::string_view rest = "",
                         std::string_view capabilities = kAsk) {
    return result(call_line(tool, rest, capabilities));
  }
  static std::string with(const base::JsonObject& asked, std::string_view answers) {
    return R"("requestState":)" + base::write_json(asked.at("requestState")) + R"(,"inputResponses":)" +
           std::string(answers);
  }
  static std::string text(const base::JsonObject& answer) {
    return answer.contains("content") ? std::string(answer.at("content").at(0).at("text").as_string())
                                      : base::write_json(base::Json(answer));
  }
};

TEST_F(Rounds, ModernAsksOnceAndTakesTheAnswer) {
  const auto asked = round("confirm");
  EXPECT_EQ(asked.at("resultType"), "input_required");
  EXPECT_EQ(base::write_json(asked.at("inputRequests")),
            R"({"sure":{"method":"elicitation/create","params":{"mode":"form","message":"Delete guest 101?",)"
            R"("requestedSchema":{"type":"object","properties":{"confirm":{"type":"boolean",)"
            R"("title":"Yes, do it","default":false}},"required":["confirm"]}}}})");
  for (const auto& [answer, expected] : std::array<std::array<std::string, 2>, 5>{
           {{std::string(kYes), "deleted"},
            {R"({"action":"accept","content":{"confirm":false}})", "left alone"},
            {R"({"action":"accept"})", "left alone"},
            {R"({"action":"decline"})", "left alone"},
            {R"({"action":"cancel"})", "left alone"}}}) {
    EXPECT_EQ(text(round("confirm", with(round("confirm"), R"({"sure":)" + answer + "}"))), expected)
        << answer;
  }
}

TEST_F(Rounds, ModernTakesAConfirmationOnce) {
  int deeds = 0;
  tools.more["deed"] = [&](const mcp::Call& call) -> mcp::Outcome {
    if (!call.inputs.contains("sure")) return mcp::ask_confirmation("sure", "Really?");
    if (mcp::confirmed(call.inputs, "sure")) ++deeds;
    return text_result("done");
  };
  const auto asked = round("deed");
  const auto line = call_line("deed", with(asked, R"({"sure":)" + std::string(kYes) + "}"));
  EXPECT_EQ(text(result(line)), "done");
  for (int i = 0; i < 2; ++i) {
    const auto again = ask(line);
    EXPECT_THAT(again, HasSubstr("-32602"));
    EXPECT_THAT(again, HasSubstr("send the request without it"));
  }
  EXPECT_EQ(deeds, 1);
  EXPECT_THAT(ask(call_line("deed", R"("requestState":)" + base::write_json(asked.at("requestState")))),
              HasSubstr("input_required"))
      << "without an answer nothing is done, but asked again";
  const auto other = round("deed");
  EXPECT_EQ(text(round("deed", with(other, R"({"sure":{"action":"decline"}})"))), "done");
  EXPECT_THAT(ask(call_line("deed", with(other, R"({"sure":)" + std::string(kYes) + "}"))),
              HasSubstr("-32602"))
      << "a no is an answer as well";
  EXPECT_EQ(deeds, 1);
}

TEST_F(Rounds, ModernTakesAConfirmationOnceThroughLaterRoundsToo) {
  int deeds = 0;
  tools.more["deed"] = [&](const mcp::Call& call) -> mcp::Outcome {
    if (!call.inputs.contains("sure")) return mcp::ask_confirmation("sure", "Really?");
    if (!call.inputs.contains("name")) return mcp::ask_form("name", "Which name?", name_schema());
    ++deeds;
    return text_result("done");
  };
  const auto first = round("deed");
  const auto second = round("deed", with(first, R"({"sure":)" + std::string(kYes) + "}"));
  ASSERT_TRUE(second.contains("inputRequests"));
  const auto third = round("deed", with(second, R"({"name":{"action":"accept"}})"));
  ASSERT_TRUE(third.contains("inputRequests")) << "a form that is not filled in";
  const auto line = call_line("deed", with(third, R"({"name":{"action":"accept","content":{"name":"a"}}})"));
  EXPECT_EQ(text(result(line)), "done");
  EXPECT_THAT(ask(line), HasSubstr("-32602"));
  for (const auto* const earlier : {&first, &second}) {
    const auto both = R"({"sure":)" + std::string(kYes) + R"(,"name":{"action":"decline"}})";
    EXPECT_THAT(ask(call_line("deed", with(*earlier, both))), HasSubstr("-32602"));
  }
  EXPECT_EQ(deeds, 1);
}

TEST_F(Rounds, ModernTakesAConfirmationOnceFromManyThreads) {
  std::atomic<int> deeds = 0;
  tools.more["deed"] = [&](const mcp::Call& call) -> mcp::Outcome {
    if (!call.inputs.contains("sure")) return mcp::ask_confirmation("sure", "Really?");
    ++deeds;
    return text_result("done");
  };
  const auto asked = round("deed");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        const auto params = R"("name":"deed",)" + with(asked, R"({"sure":)" + std::string(kYes) + "}");
        send(modern("tools/call", std::to_string(i), params, kAsk));
      });
    }
  }
  EXPECT_EQ(deeds, 1);
}

TEST_F(Rounds, ModernTakesAnswersToFormsAgain) {
  const auto asked = result(modern("prompts/get", "1", R"("name":"ask")", kAsk));
  for (int i = 0; i < 2; ++i) {
    const auto params = R"("name":"ask",)" + with(asked, R"({"why":{"action":"decline"}})");
    EXPECT_TRUE(result(modern("prompts/get", "1", params, kAsk)).contains("messages"));
  }
}

TEST_F(Rounds, ModernCountsAConfirmationOnlyWithAState) {
  const auto unasked = round("confirm", R"("inputResponses":{"sure":)" + std::string(kYes) + "}");
  EXPECT_EQ(unasked.at("resultType"), "input_required");
}

TEST_F(Rounds, ModernCountsAConfirmationOnlyOnceItWasAsked) {
  const auto forms = round("several");
  const auto answers =
      R"({"name":{"action":"accept","content":{"name":"a"}},"node":{"action":"decline"},"sure":)" +
      std::string(kYes) + "}";
  const auto early = round("several", with(forms, answers));
  ASSERT_EQ(early.at("resultType"), "input_required") << "the state is from before that question";
  EXPECT_TRUE(early.at("inputRequests").as_object().contains("sure"));
  EXPECT_THAT(text(round("several", with(early, R"({"sure":)" + std::string(kYes) + "}"))),
              HasSubstr("confirm"));
}

TEST_F(Rounds, ModernTakesSeveralAnswersInOneRoundOrMore) {
  const auto asked = round("several");
  EXPECT_EQ(asked.at("inputRequests").as_object().size(), 2U);
  const auto half = round("several", with(asked, R"({"node":{"action":"decline"},"unknown":7})"));
  const auto& open = half.at("inputRequests").as_object();
  EXPECT_TRUE(open.contains("name") && open.size() == 1U) << "only what is still missing";
  const auto rest = round("several", with(half, R"({"name":{"action":"accept","content":{"name":"a"}}})"));
  ASSERT_TRUE(rest.contains("inputRequests"));
  EXPECT_EQ(text(round("several", with(rest, R"({"sure":{"action":"cancel"},"node":{"action":"cancel"}})"))),
            R"({"name":{"action":"accept","content":{"name":"a"}},"node":{"action":"decline"},)"
            R"("sure":{"action":"cancel"}})")
      << "an answer taken stays";
}

TEST_F(Rounds, ModernTakesFormsWithoutAState) {
  const auto asked =
      round("several", R"("inputResponses":{"name":{"action":"decline"},"node":{"action":"decline"}})");
  EXPECT_TRUE(asked.at("inputRequests").as_object().contains("sure"));
}

TEST_F(Rounds, ModernRefusesAnInvalidAnswer) {
  const auto form = round("several");
  const auto confirmation = round("confirm");
  const auto roots = round("roots", "", R"({"roots":{}})");
  for (const std::string answer : {"null", "7", "[]", "{}", R"("yes")", "true", R"({"action":"yes"})",
                                   R"({"action":5})", R"({"content":{"confirm":true}})"}) {
    EXPECT_THAT(ask(call_line("several", with(form, R"({"name":)" + answer + "}"))), HasSubstr("-32602"))
        << answer;
    const auto line = call_line("confirm", with(confirmation, R"({"sure":)" + answer + "}"));
    EXPECT_THAT(ask(line),
                HasSubstr(R"(-32602,"message":"Invalid params: the answer \"sure\" is not a valid)"))
        << answer;
    EXPECT_THAT(ask(call_line("roots", with(roots, R"({"roots":)" + answer + "}"), R"({"roots":{}})")),
                HasSubstr("-32602"))
        << answer;
  }
  EXPECT_THAT(ask(call_line("confirm", R"("inputResponses":{"sure":7})")), HasSubstr("-32602"))
      << "without a state too";
  EXPECT_EQ(text(round("confirm", with(confirmation, R"({"sure":)" + std::string(kYes) + "}"))), "deleted")
      << "none of it used the state up";
}

TEST_F(Rounds, ModernAsksAgainForAFormThatIsNotFilledIn) {
  const auto asked = round("several");
  for (const auto* const answer : {R"({"action":"accept"})", R"({"action":"accept","content":{"name":7}})",
                                   R"({"action":"accept","content":7})"}) {
    const auto again = round("several", with(asked, R"({"name":)" + std::string(answer) + "}"));
    ASSERT_TRUE(again.contains("inputRequests")) << answer;
    EXPECT_TRUE(again.at("inputRequests").as_object().contains("name")) << answer;
  }
}

TEST_F(Rounds, ModernRefusesAnswersOfTheWrongShape) {
  const auto asked = round("confirm");
  for (const auto* const answers : {"null", "[]", "7", R"("sure")"})
    EXPECT_THAT(ask(call_line("confirm", with(asked, answers))), HasSubstr("-32602")) << answers;
}

TEST_F(Rounds, ModernBindsTheStateToTheRequest) {
  constexpr std::string_view kArguments = R"("arguments":{"a":1,"b":{"c":[1,2],"d":null}},)";
  const auto asked = round("confirm", std::string(kArguments) + R"("inputResponses":{})");
  const auto answer = with(asked, R"({"sure":)" + std::string(kYes) + "}");
  for (const auto* const other :
       {"", R"("arguments":{},)", R"("arguments":{"a":2,"b":{"c":[1,2],"d":null}},)",
        R"("arguments":{"a":1,"b":{"c":[2,1],"d":null}},)",
        R"("arguments":{"a":"1","b":{"c":[1,2],"d":null}},)"}) {
    EXPECT_THAT(ask(call_line("confirm", other + answer)), HasSubstr("-32602")) << other;
  }
  EXPECT_THAT(ask(call_line("several", std::string(kArguments) + answer)), HasSubstr("-32602"))
      << "another tool";
  EXPECT_THAT(ask(modern("prompts/get", "1", R"("name":"confirm",)" + answer, kAsk)), HasSubstr("-32602"));
  EXPECT_EQ(text(round("confirm", R"("arguments":{"b":{"d":null,"c":[1,2]},"a":1},)" + answer)), "deleted")
      << "the order of members says nothing";
}

TEST_F(Rounds, ModernBindsTheStateToTheCaller) {
  const auto asked = round("confirm");
  const auto answer = with(asked, R"({"sure":)" + std::string(kYes) + "}");
  connection = open(all, {.identity = "alice"});
  EXPECT_THAT(ask(call_line("confirm", answer)), HasSubstr("not issued by this server"));
  const auto own = round("confirm");
  connection = open(all, {.identity = "bob"});
  EXPECT_THAT(ask(call_line("confirm", with(own, "{}"))), HasSubstr("-32602"));
  connection = open(all, {.identity = "alice"});
  EXPECT_EQ(text(round("confirm", with(own, R"({"sure":)" + std::string(kYes) + "}"))), "deleted");
}

TEST_F(Rounds, ModernTakesAStateForTenMinutes) {
  const auto asked = round("confirm");
  const auto answer = call_line("confirm", with(asked, R"({"sure":)" + std::string(kYes) + "}"));
  clock.advance(std::chrono::minutes(10));
  EXPECT_EQ(text(result(answer)), "deleted");
  clock.advance(std::chrono::seconds(1));
  EXPECT_THAT(ask(answer), HasSubstr("expired"));
}

TEST_F(Rounds, ModernRefusesStatesThatAreNotItsOwn) {
  const auto asked = round("confirm");
  const std::string state(asked.at("requestState").as_string());
  for (std::size_t at = 0; at < state.size(); at += 7) {
    auto changed = state;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_THAT(ask(call_line("confirm", R"("requestState":")" + changed + "\"")), HasSubstr("-32602")) << at;
  }
  const std::string purpose = R"(["requestState","","tools/call"]{"arguments":{},"name":"confirm"})";
  const std::string payload = R"({"until":99999999999,"inputs":{}})";
  ASSERT_TRUE(seal->open(purpose, state)) << "or the next lines show nothing";
  EXPECT_THAT(ask(call_line("confirm", R"("requestState":")" + mcp::Seal().seal(purpose, payload) + "\"")),
              HasSubstr("-32602"))
      << "another key";
  for (const std::string other : {"", "task ", R"(["requestState","","tools/call"]{"name":"confirm"})"}) {
    EXPECT_THAT(ask(call_line("confirm", R"("requestState":")" + seal->seal(other, payload) + "\"")),
                HasSubstr("-32602"))
        << other;
  }
  for (const auto* const value : {"null", "7", "{}", R"("")", R"(".")", R"("..")", R"("a.b")"})
    EXPECT_THAT(ask(call_line("confirm", R"("requestState":)" + std::string(value))), HasSubstr("-32602"))
        << value;
}

TEST_F(Rounds, ModernMakesEachStateAnew) {
  EXPECT_NE(round("confirm").at("requestState"), round("confirm").at("requestState"));
}

TEST_F(Rounds, ModernAsksForSamplingAndRoots) {
  const auto summary = round("summary", "", R"({"sampling":{}})");
  EXPECT_EQ(base::write_json(summary.at("inputRequests")),
            R"({"text":{"method":"sampling/createMessage","params":{"messages":[],"maxTokens":10}}})");
  EXPECT_THAT(
      text(round("summary",
                 with(summary, R"({"text":{"role":"assistant","content":{"type":"text","text":"short"}}})"),
                 R"({"sampling":{}})")),
      HasSubstr("short"));
  const auto roots = round("roots", "", R"({"roots":{}})");
  EXPECT_EQ(base::write_json(roots.at("inputRequests")), R"({"roots":{"method":"roots/list","params":{}}})");
  EXPECT_EQ(text(round("roots", with(roots, R"({"roots":{"roots":[]}})"), R"({"roots":{}})")),
            R"({"roots":[]})");
}

TEST_F(Rounds, ModernSaysWhichCapabilityIsMissing) {
  for (const auto* const capabilities : {"{}", R"({"elicitation":{"url":{}}})", R"({"elicitation":[]})"}) {
    const auto refused = round("confirm", "", capabilities);
    ASSERT_TRUE(refused.contains("isError")) << "a user who cannot be asked is a no";
    EXPECT_THAT(text(refused), HasSubstr("Delete guest 101?"));
    EXPECT_THAT(text(refused), HasSubstr("did not declare elicitation"));
  }
  for (const auto& [tool, capability] : std::array<std::array<std::string_view, 2>, 3>{
           {{"several", R"("requiredCapabilities":{"elicitation":{"form":{}}})"},
            {"summary", R"("requiredCapabilities":{"sampling":{}})"},
            {"roots", R"("requiredCapabilities":{"roots":{}})"}}}) {
    const auto answer = ask(call_line(tool, "", "{}"));
    EXPECT_THAT(answer, HasSubstr("-32021")) << tool;
    EXPECT_THAT(answer, HasSubstr(std::string(capability))) << tool;
  }
  EXPECT_THAT(ask(modern("prompts/get", "1", R"("name":"ask")")), HasSubstr("-32021"));
  EXPECT_THAT(ask(modern("resources/read", "1", R"("uri":"pve://ask")")), HasSubstr("-32021"));
}

TEST_F(Rounds, ModernAsksForPromptsAndResourcesToo) {
  const auto why = R"({"why":{"action":"decline"}})";
  const auto prompt = result(modern("prompts/get", "1", R"("name":"ask")", kAsk));
  EXPECT_TRUE(
      result(modern("prompts/get", "1", R"("name":"ask",)" + with(prompt, why), kAsk)).contains("messages"));
  const auto asked = result(modern("resources/read", "1", R"("uri":"pve://ask")", kAsk));
  const auto read = result(modern("resources/read", "1", R"("uri":"pve://ask",)" + with(asked, why), kAsk));
  EXPECT_EQ(read.at("ttlMs"), 0) << "an answer of the user went into it";
  EXPECT_THAT(ask(modern("resources/read", "1", R"("uri":"pve://a",)" + with(asked, why), kAsk)),
              HasSubstr("-32602"));
}

class LegacyRounds : public Rounds {
 protected:
  /// Calls and gives the question.
  base::JsonObject question(std::string_view tool, std::string_view version = "2025-11-25",
                            std::string_view capabilities = kAsk) {
    use_threads();
    begin(version, capabilities);
    next_ = inbox->messages().size();
    send(call(tool, "1"));
    return next();
  }
  base::JsonObject next() { return json(inbox->at(next_++)).as_object(); }
  void reply(const base::JsonObject& asked, std::string_view rest) {
    send(R"({"jsonrpc":"2.0","id":)" + base::write_json(asked.at("id")) + "," + std::string(rest) + "}");
  }

 private:
  std::size_t next_ = 0;
};

TEST_F(LegacyRounds, ReadsYesAndNo) {
  for (const auto& [answer, expected] : std::array<std::array<std::string, 2>, 7>{
           {{R"("result":)" + std::string(kYes), "deleted"},
            {R"("result":{"action":"accept","content":{"confirm":false}})", "left alone"},
            {R"("result":{"action":"accept","content":{"confirm":"true"}})", "left alone"},
            {R"("result":{"action":"accept"})", "left alone"},
            {R"("result":{"action":"decline"})", "left alone"},
            {R"("result":{"action":"cancel"})", "left alone"},
            {R"("result":{"action":"perhaps"})", "Nothing was changed"}}}) {
    reply(question("confirm"), answer);
    EXPECT_THAT(base::write_json(base::Json(next())), HasSubstr(expected)) << answer;
    join();
  }
}

TEST_F(LegacyRounds, ReadsNoAnswerAsNo) {
  reply(question("confirm"), R"("error":{"code":-1,"message":"no dialog"})");
  EXPECT_THAT(base::write_json(base::Json(next())), HasSubstr("Nothing was changed"));
  question("confirm");
  connection->end_of_input();
  EXPECT_THAT(base::write_json(base::Json(next())), HasSubstr("Nothing was changed"));
}

TEST_F(LegacyRounds, AsksSeveralQuestionsOneAfterTheOther) {
  const auto name = question("several");
  EXPECT_EQ(name.at("params").at("message"), "Which name?");
  reply(name, R"("result":{"action":"accept","content":{"name":"a"}})");
  const auto node = next();
  EXPECT_EQ(node.at("params").at("message"), "Which node?");
  reply(node, R"("result":{"action":"cancel"})");
  reply(next(), R"("result":)" + std::string(kYes));
  EXPECT_THAT(base::write_json(base::Json(next())), HasSubstr(R"(\"node\":{\"action\":\"cancel\"})"));
}

TEST_F(LegacyRounds, AsksForSamplingAndRoots) {
  const auto sampling = question("summary", "2024-11-05", R"({"sampling":{}})");
  EXPECT_EQ(sampling.at("method"), "sampling/createMessage");
  reply(sampling, R"("result":{"role":"assistant","model":"m","content":{"type":"text","text":"short"}})");
  EXPECT_THAT(base::write_json(base::Json(next())), HasSubstr("short"));
  const auto roots = question("roots", "2025-03-26", R"({"roots":{}})");
  EXPECT_EQ(roots.at("method"), "roots/list");
  reply(roots, R"("result":{"nothing":[]})");
  EXPECT_THAT(base::write_json(base::Json(next())), HasSubstr("the answer is invalid"));
}

TEST_F(LegacyRounds, KeepsDefaultsFromRevisionsThatDoNotKnowThem) {
  tools.more["form"] = [](const mcp::Call& call) -> mcp::Outcome {
    if (call.inputs.contains("f")) return text_result("done");
    return mcp::ask_form("f", "Fill in",
                         json(R"({"type":"object","properties":{
        "s":{"type":"string","default":"a"},"n":{"type":"number","default":1.5},"b":{"type":"boolean","default":true},
        "e":{"type":"string","enum":["x"],"default":"x"}}})")
                             .as_object());
  };
  for (const std::string_view version : {"2025-06-18", "2025-11-25"}) {
    const auto asked = question("form", version);
    const auto& properties = asked.at("params").at("requestedSchema").at("properties").as_object();
    for (const auto* const name : {"s", "n", "e"})
      EXPECT_EQ(properties.at(name).as_object().contains("default"), version == "2025-11-25") << name;
    EXPECT_EQ(properties.at("b").at("default"), true);
    EXPECT_EQ(asked.at("params").as_object().contains("mode"), version == "2025-11-25");
    reply(asked, R"("result":{"action":"cancel"})");
    EXPECT_THAT(base::write_json(base::Json(next())), HasSubstr("done"));
    join();
  }
}

class OlderForms : public LegacyRounds {
 protected:
  void form(std::string_view schema) {
    tools.more["form"] = [schema = json(schema).as_object()](const mcp::Call& call) -> mcp::Outcome {
      if (!call.inputs.contains("f")) return mcp::ask_form("f", "Fill in", schema);
      return text_result(base::write_json(call.inputs.at("f")));
    };
  }
};

TEST_F(OlderForms, NameTheirChoicesAsTheRevisionDoes) {
  form(R"({"type":"object","properties":{
      "size":{"type":"string","title":"Size","oneOf":[{"const":"s","title":"Small"},{"const":"l"}],"default":"s"},
      "plain":{"type":"string","enum":["x"],"enumNames":["X"]}},"required":["size"]})");
  const auto asked = question("form", "2025-06-18");
  EXPECT_EQ(asked.at("params").at("requestedSchema"), json(R"({"type":"object","properties":{
      "size":{"type":"string","title":"Size","enum":["s","l"],"enumNames":["Small","l"]},
      "plain":{"type":"string","enum":["x"],"enumNames":["X"]}},"required":["size"]})"));
  reply(asked, R"("result":{"action":"accept","content":{"size":"l"}})");
  EXPECT_THAT(base::write_json(base::Json(next())), HasSubstr(R"({\"size\":\"l\"})"));
  join();
  const auto newer = question("form", "2025-11-25");
  EXPECT_TRUE(
      newer.at("params").at("requestedSchema").at("properties").at("size").as_object().contains("oneOf"));
  reply(newer, R"("result":{"action":"decline"})");
}

TEST_F(OlderForms, FormsThatTheRevisionLacksAreNotSent) {
  patience.limit = std::chrono::milliseconds(0);
  for (const auto* const property :
       {R"({"type":"array","items":{"type":"string","enum":["a","b"]}})", R"({"type":"object"})", "7",
        R"({"type":"null"})", "{}", R"({"type":"string","oneOf":[{"title":"no value"}]})",
        R"({"type":"string","oneOf":[{"const":7}]})", R"({"type":"string","oneOf":7})",
        R"({"type":"string","anyOf":[{"const":"a"}]})"}) {
    form(R"({"type":"object","properties":{"a":)" + std::string(property) + "}}");
    begin("2025-06-18", kAsk);
    const auto refused = result(call("form", "1"));
    ASSERT_TRUE(refused.contains("isError")) << property;
    EXPECT_THAT(text(refused), HasSubstr("revision 2025-06-18 has no form for \"a\"")) << property;
  }
}

TEST_F(LegacyRounds, AQuestionWithoutAnAnswerIsANo) {
  patience = {std::chrono::milliseconds(30), std::chrono::milliseconds(10)};
  tools.more["late"] = [](const mcp::Call& call) -> mcp::Outcome {
    call.progress.report(5, 10, "half of it");
    return mcp::ask_confirmation("sure", "Delete guest 101?");
  };
  connection = open(all);
  initialize("2025-11-25", kAsk);
  send(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  for (const auto* const tool : {"confirm", "late"}) {
    const bool late = tool == std::string_view("late");
    auto at = inbox->messages().size();
    send(call(tool, "1", R"(,"_meta":{"progressToken":"p"})"));
    if (late) ++at;
    const auto asked = json(inbox->at(at)).as_object();
    EXPECT_EQ(asked.at("method"), "elicitation/create");
    double told = late ? 5 : 0;
    for (std::size_t i = at + 1; i < at + 3; ++i) {
      const auto params = json(inbox->at(i)).at("params").as_object();
      EXPECT_EQ(params.at("progressToken"), "p");
      EXPECT_GT(params.at("progress").to_number<double>(), told) << "else clients drop it";
      told = params.at("progress").to_number<double>();
      EXPECT_LT(told, late ? 5.1 : 0.1);
      EXPECT_EQ(params.at("message"), "Waiting for the user's answer");
    }
    EXPECT_EQ(json(inbox->at(at + 3)).at("params").at("requestId"), asked.at("id"));
    const auto refused = json(inbox->at(at + 4)).at("result").as_object();
    EXPECT_EQ(refused.at("isError"), true);
    EXPECT_EQ(text(refused),
              "Nothing was changed: this call needs an answer from the user first (\"Delete guest 101?\"), "
              "and asking failed: no answer came within 1 s.");
  }
}

TEST_F(LegacyRounds, TheClientIsNotAskedBeforeItIsReady) {
  use_threads();
  for (const auto* const version : {"2025-06-18", "2025-11-25"}) {
    join();
    connection = open(all);
    initialize(version, kAsk);
    use_threads();
    const auto before = inbox->messages().size();
    send(call("confirm", "1"));
    const auto answer = inbox->at(before);
    ASSERT_THAT(answer, HasSubstr("Nothing was changed"));
    EXPECT_THAT(answer, HasSubstr("notifications/initialized"));
    send(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    send(call("confirm", "2"));
    const auto asked = json(inbox->at(before + 1)).as_object();
    ASSERT_TRUE(asked.contains("method")) << base::write_json(base::Json(asked));
    reply(asked, R"("result":)" + std::string(kYes));
    EXPECT_THAT(inbox->at(before + 2), HasSubstr("deleted"));
  }
}

TEST_F(LegacyRounds, IgnoresTheWordsOfTheOtherEra) {
  begin("2025-11-25");
  const auto answer = result(
      call("confirm", "1", R"(,"inputResponses":{"sure":)" + std::string(kYes) + R"(},"requestState":"x")"));
  EXPECT_TRUE(answer.contains("isError")) << text(answer);
  EXPECT_THAT(ask(legacy("prompts/get", "2", R"("name":"ask")")), HasSubstr("-32603"));
  EXPECT_THAT(ask(legacy("resources/read", "3", R"("uri":"pve://ask")")), HasSubstr("did not declare"));
}

TEST(CanBeAsked, NeedsTheCapabilityOfTheRevision) {
  using enum mcp::Revision;
  using enum mcp::InputRequest::Kind;
  struct Row {
    mcp::Revision revision;
    std::string_view capabilities;
    mcp::InputRequest::Kind kind;
    bool can;
  };
  for (const auto& row :
       std::initializer_list<Row>{{R2024_11_05, R"({"elicitation":{}})", Form, false},
                                  {R2025_03_26, R"({"elicitation":{}})", Form, false},
                                  {R2025_06_18, R"({"elicitation":{}})", Form, true},
                                  {R2025_06_18, R"({"elicitation":{"x":{}}})", Form, true},
                                  {R2025_06_18, "{}", Confirmation, false},
                                  {R2025_11_25, R"({"elicitation":{}})", Confirmation, true},
                                  {R2025_11_25, R"({"elicitation":{"url":{}}})", Form, false},
                                  {R2025_11_25, R"({"elicitation":{"form":{},"url":{}}})", Form, true},
                                  {R2026_07_28, R"({"elicitation":{"form":{}}})", Confirmation, true},
                                  {R2026_07_28, R"({"elicitation":null})", Form, false},
                                  {R2026_07_28, R"({"elicitation":5})", Form, false},
                                  {R2026_07_28, R"({"elicitation":{"form":5}})", Form, false},
                                  {R2025_11_25, R"({"elicitation":{"form":null}})", Confirmation, false},
                                  {R2024_11_05, R"({"sampling":{}})", Sampling, true},
                                  {R2026_07_28, R"({"sampling":true})", Sampling, false},
                                  {R2026_07_28, R"({"roots":{"listChanged":true}})", Roots, true},
                                  {R2025_11_25, R"({"sampling":{}})", Roots, false}}) {
    mcp::Envelope envelope;
    envelope.revision = row.revision;
    envelope.client_capabilities = json(row.capabilities).as_object();
    EXPECT_EQ(mcp::can_be_asked(envelope, row.kind), row.can)
        << name(row.revision) << " " << row.capabilities << " " << static_cast<int>(row.kind);
  }
}

}  // namespace
}  // namespace test
