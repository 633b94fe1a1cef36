// Resources, prompts and completion as each revision has them, and what both eras have in common.
#include <array>

#include "mcp/fakes.h"

namespace test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array<std::string_view, 4> kLegacy{"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"};

class Offered : public OfferTest {
 protected:
  /// In every revision; `check` gets its name and the result, or the answer when it is an error.
  void everywhere(std::string_view method, std::string_view params,
                  const std::function<void(std::string_view, const base::JsonObject&)>& check) {
    for (const auto version : kLegacy) {
      SCOPED_TRACE(version);
      begin(version);
      const auto answer = result(legacy(method, "1", params));
      for (const auto* const member : {"resultType", "_meta", "ttlMs", "cacheScope"})
        EXPECT_FALSE(answer.contains(member)) << member;
      check(version, answer);
    }
    SCOPED_TRACE("2026-07-28");
    connection = open(all);
    check("2026-07-28", result(modern(method, "1", params)));
  }
};

TEST_F(Offered, CapabilitiesAreWhatIsOffered) {
  for (const auto version : kLegacy) {
    connection = open(all);
    const auto answer = json(initialize(version)).at("result").at("capabilities").as_object();
    EXPECT_EQ(answer.at("resources"), json(R"({"subscribe":true,"listChanged":true})"));
    EXPECT_EQ(answer.at("prompts"), json(R"({"listChanged":true})"));
    EXPECT_EQ(answer.contains("completions"), version >= "2025-03-26");
    EXPECT_EQ(answer.contains("tasks"), version == "2025-11-25");
    EXPECT_FALSE(answer.contains("extensions"));
  }
  connection = open(all);
  EXPECT_EQ(result(modern("server/discover", "1")).at("capabilities"),
            json(R"({"tools":{"listChanged":true},"resources":{"subscribe":true,"listChanged":true},)"
                 R"("prompts":{"listChanged":true},"completions":{},"logging":{},)"
                 R"("extensions":{"io.modelcontextprotocol/tasks":{}}})"));
}

TEST_F(Offered, WithoutAWatchNothingCanBeSubscribedTo) {
  const mcp::Server blind{{tools, &resources}, kInfo, seal, clock};
  connection = open(blind);
  EXPECT_THAT(initialize("2025-11-25"), HasSubstr(R"("resources":{"listChanged":true})"));
  EXPECT_THAT(ask(legacy("resources/subscribe", "1", R"("uri":"pve://a")")), HasSubstr("-32601"));
  EXPECT_THAT(ask(legacy("prompts/list", "1")), HasSubstr("-32601"));
  EXPECT_THAT(
      ask(modern("subscriptions/listen", "1", R"("notifications":{"resourceSubscriptions":["pve://a"]})")),
      HasSubstr(R"("notifications":{})"));
  connection.reset();
}

TEST_F(Offered, ResourcesAreListed) {
  everywhere("resources/list", "", [](std::string_view version, const base::JsonObject& answer) {
    const std::string title = version >= "2025-06-18" ? R"("title":"The A",)" : "";
    EXPECT_EQ(base::write_json(answer.at("resources")),
              R"([{"uri":"pve://a","name":"a",)" + title +
                  R"("description":"First.","mimeType":"text/plain"},{"uri":"pve://b","name":"b"}])");
    if (version == "2026-07-28") {
      EXPECT_EQ(answer.at("ttlMs"), 300'000);
      EXPECT_EQ(answer.at("cacheScope"), "private");
    }
  });
  everywhere("resources/templates/list", R"("cursor":"")",
             [](std::string_view version, const base::JsonObject& answer) {
               const std::string title = version >= "2025-06-18" ? R"("title":"Guest",)" : "";
               EXPECT_EQ(base::write_json(answer.at("resourceTemplates")),
                         R"([{"uriTemplate":"pve://guest/{vmid}","name":"guest",)" + title +
                             R"("description":"One guest.","mimeType":"application/json"}])");
             });
  for (const auto* const method : {"resources/list", "resources/templates/list", "prompts/list"}) {
    everywhere(method, R"("cursor":"1")", [](std::string_view, const base::JsonObject& answer) {
      EXPECT_EQ(answer.at("error").at("code"), -32602);
    });
  }
}

TEST_F(Offered, ResourcesAreRead) {
  everywhere("resources/read", R"("uri":"pve://a")",
             [](std::string_view version, const base::JsonObject& answer) {
               EXPECT_EQ(base::write_json(answer.at("contents")),
                         R"([{"uri":"pve://a","mimeType":"text/plain","text":"text of a"},)"
                         R"({"uri":"pve://a/2","mimeType":"image/png","blob":"iVBORwA="}])");
               if (version == "2026-07-28") {
                 EXPECT_EQ(answer.at("ttlMs"), 30'000);
                 EXPECT_EQ(answer.at("cacheScope"), "private");
               }
             });
  everywhere("resources/read", R"("uri":"pve://empty")",
             [](std::string_view, const base::JsonObject& answer) {
               EXPECT_EQ(base::write_json(answer.at("contents")), "[]");
             });
}

TEST_F(Offered, ResourcesThatAreNotThereSaySo) {
  everywhere("resources/read", R"("uri":"pve://c")",
             [](std::string_view version, const base::JsonObject& answer) {
               EXPECT_EQ(base::write_json(answer.at("error")),
                         R"({"code":)" + std::string(version == "2026-07-28" ? "-32602" : "-32002") +
                             R"(,"message":"There is no such resource.","data":{"uri":"pve://c"}})");
             });
  everywhere("resources/read", R"("uri":"pve://wrong")",
             [](std::string_view, const base::JsonObject& answer) {
               EXPECT_EQ(base::write_json(answer.at("error")),
                         R"({"code":-32602,"message":"a bad one","data":{"at":1}})");
             });
  everywhere("resources/read", R"("uri":"pve://scope")",
             [](std::string_view, const base::JsonObject& answer) {
               EXPECT_EQ(base::write_json(answer.at("error")),
                         R"({"code":403,"message":"more scope","data":{"scopes":["pve:read"]}})");
             });
  for (const auto* const params : {"", R"("uri":null)", R"("uri":["pve://a"])"}) {
    everywhere("resources/read", params, [](std::string_view, const base::JsonObject& answer) {
      EXPECT_EQ(answer.at("error").at("code"), -32602);
    });
  }
}

TEST_F(Offered, AnswersToQuestionsAreNeverKept) {
  constexpr std::string_view kAsk = R"({"elicitation":{}})";
  connection = open(all);
  const auto first = result(modern(
      "resources/read", "1", R"("uri":"pve://ask","inputResponses":{"why":{"action":"decline"}})", kAsk));
  EXPECT_EQ(first.at("ttlMs"), 0);
  // A state that holds the answer already.
  const auto state = seal->seal(R"(["requestState","","resources/read"]{"uri":"pve://ask"})",
                                R"({"until":99999999999,"nonce":"n","once":false,"asked":[],)"
                                R"("inputs":{"why":{"action":"decline"}}})");
  const auto later =
      result(modern("resources/read", "2", R"("uri":"pve://ask","requestState":")" + state + "\"", kAsk));
  ASSERT_TRUE(later.contains("contents")) << base::write_json(base::Json(later));
  EXPECT_EQ(later.at("ttlMs"), 0);
}

TEST_F(Offered, PromptsAreListed) {
  everywhere("prompts/list", "", [](std::string_view version, const base::JsonObject& answer) {
    const bool titled = version >= "2025-06-18";
    EXPECT_EQ(base::write_json(answer.at("prompts")),
              std::string(R"([{"name":"check",)") + (titled ? R"("title":"Check up",)" : "") +
                  R"("description":"Looks at a guest.","arguments":[{"name":"vmid",)" +
                  (titled ? R"("title":"Guest",)" : "") +
                  R"("description":"Its number.","required":true},{"name":"mood","required":false}]},)"
                  R"({"name":"bare"}])");
  });
}

TEST_F(Offered, PromptsAreGiven) {
  everywhere(
      "prompts/get", R"("name":"check","arguments":{"vmid":"101"})",
      [](std::string_view version, const base::JsonObject& answer) {
        const std::string audio =
            version == "2024-11-05"
                ? R"x({"type":"text","text":"(audio/wav that this revision of the protocol cannot carry)"})x"
                : R"({"type":"audio","data":"UklGRg==","mimeType":"audio/wav"})";
        EXPECT_EQ(answer.at("description"), "Looks at a guest.");
        EXPECT_EQ(base::write_json(answer.at("messages")),
                  R"([{"role":"user","content":{"type":"text","text":"{\"vmid\":\"101\"}"}},)"
                  R"({"role":"assistant","content":{"type":"text","text":"Certainly."}},)"
                  R"({"role":"user","content":)" +
                      audio +
                      R"(},{"role":"user","content":{"type":"resource","resource":)"
                      R"({"uri":"pve://a","mimeType":"text/plain","text":"text of a"}}}])");
      });
  for (const auto* const params : {R"("name":"bare")", R"("name":"bare","arguments":null)"}) {
    everywhere("prompts/get", params, [](std::string_view, const base::JsonObject& answer) {
      EXPECT_EQ(base::write_json(answer.at("messages")), "[]");
      EXPECT_FALSE(answer.contains("description"));
    });
  }
  for (const auto* const params :
       {"", R"("name":7)", R"("name":"nonsense")", R"("name":"check","arguments":[])",
        R"("name":"check","arguments":{"vmid":101})"}) {
    everywhere("prompts/get", params, [&](std::string_view, const base::JsonObject& answer) {
      ASSERT_TRUE(answer.contains("error")) << params;
      EXPECT_EQ(answer.at("error").at("code"), -32602) << params;
    });
  }
  everywhere("prompts/get", R"("name":"scope")", [](std::string_view, const base::JsonObject& answer) {
    EXPECT_EQ(answer.at("error").at("code"), 403);
  });
}

TEST_F(Offered, ArgumentsAreCompleted) {
  everywhere("completion/complete",
             R"("ref":{"type":"ref/prompt","name":"check"},"argument":{"name":"vmid","value":"1"},)"
             R"("context":{"arguments":{"node":"pve1"}})",
             [](std::string_view, const base::JsonObject& answer) {
               EXPECT_EQ(base::write_json(answer.at("completion")),
                         R"({"values":["prompt","check","1","{\"node\":\"pve1\"}"],"hasMore":false})");
             });
  everywhere(
      "completion/complete",
      R"("ref":{"type":"ref/resource","uri":"pve://guest/{vmid}"},"argument":{"name":"vmid","value":""})",
      [](std::string_view, const base::JsonObject& answer) {
        EXPECT_EQ(base::write_json(answer.at("completion")),
                  R"({"values":["resource","pve://guest/{vmid}","","{}"],"hasMore":false})");
      });
  everywhere("completion/complete",
             R"("ref":{"type":"ref/prompt","name":"a"},"argument":{"name":"many","value":""})",
             [](std::string_view, const base::JsonObject& answer) {
               const auto& completion = answer.at("completion").as_object();
               EXPECT_EQ(completion.at("values").as_array().size(), 100U);
               EXPECT_EQ(completion.at("total"), 500);
               EXPECT_EQ(completion.at("hasMore"), true);
             });
  everywhere("completion/complete",
             R"("ref":{"type":"ref/prompt","name":"a"},"argument":{"name":"none","value":""})",
             [](std::string_view, const base::JsonObject& answer) {
               EXPECT_EQ(base::write_json(answer.at("completion")), R"({"values":[],"hasMore":false})");
             });
}

TEST_F(Offered, CompletionJudgesItsParams) {
  const std::string ref = R"("ref":{"type":"ref/prompt","name":"a"})";
  const std::string argument = R"("argument":{"name":"x","value":""})";
  for (const auto& params :
       {std::string(), ref, argument, R"("ref":7,)" + argument, R"("ref":{},)" + argument,
        R"("ref":{"type":"ref/tool","name":"a"},)" + argument,
        R"("ref":{"type":"ref/prompt","uri":"a"},)" + argument,
        R"("ref":{"type":"ref/resource","name":"a"},)" + argument,
        R"("ref":{"type":7,"name":"a"},)" + argument, ref + R"(,"argument":"x")",
        ref + R"(,"argument":{"name":"x"})", ref + R"(,"argument":{"name":7,"value":""})",
        ref + R"(,"argument":{"name":"x","value":null})", ref + "," + argument + R"(,"context":[])",
        ref + "," + argument + R"(,"context":{"arguments":{"a":1}})",
        R"("ref":{"type":"ref/prompt","name":"unknown"},)" + argument}) {
    everywhere("completion/complete", params, [&](std::string_view, const base::JsonObject& answer) {
      ASSERT_TRUE(answer.contains("error")) << params;
      EXPECT_EQ(answer.at("error").at("code"), -32602) << params;
    });
  }
}

TEST_F(Offered, ContentIsWhatTheRevisionCanCarry) {
  tools.more["all"] = [](const mcp::Call&) -> mcp::Outcome {
    mcp::Result result = text_result("words");
    result.content.emplace_back(mcp::Audio{"RIFF", "audio/wav"});
    result.content.emplace_back(mcp::EmbeddedResource{{"pve://a", "", "\x01\xFF", true}});
    result.content.emplace_back(mcp::EmbeddedResource{{"pve://b", "text/plain", "caf\xE9"}});
    return result;
  };
  everywhere("tools/call", R"("name":"all")", [](std::string_view version, const base::JsonObject& answer) {
    const auto& content = answer.at("content").as_array();
    ASSERT_EQ(content.size(), 4U);
    EXPECT_EQ(content.at(1).at("type"), version == "2024-11-05" ? "text" : "audio");
    EXPECT_EQ(base::write_json(content.at(2)),
              R"({"type":"resource","resource":{"uri":"pve://a","blob":"Af8="}})");
    EXPECT_EQ(content.at(3).at("resource").at("text"), "caf\xEF\xBF\xBD");
  });
}

TEST_F(Offered, ScopesThatAreMissingAreNamed) {
  tools.more["scope"] = [](const mcp::Call&) -> mcp::Outcome {
    return mcp::InsufficientScope{{"pve:operate", "pve:admin"}, "This needs more scope"};
  };
  everywhere("tools/call", R"("name":"scope")", [](std::string_view, const base::JsonObject& answer) {
    EXPECT_EQ(
        base::write_json(answer.at("error")),
        R"({"code":403,"message":"This needs more scope","data":{"scopes":["pve:operate","pve:admin"]}})");
  });
}

TEST_F(Offered, BusyWorkersAnswerInTheWordsOfTheMethod) {
  refuse_jobs = true;
  everywhere("tools/call", R"("name":"echo")",
             [](std::string_view, const base::JsonObject& answer) { EXPECT_EQ(answer.at("isError"), true); });
  for (const auto& [method, params] : std::array<std::array<std::string_view, 2>, 3>{
           {{"resources/read", R"("uri":"pve://a")"},
            {"prompts/get", R"("name":"check")"},
            {"completion/complete",
             R"("ref":{"type":"ref/prompt","name":"a"},"argument":{"name":"x","value":""})"}}}) {
    everywhere(method, params, [&](std::string_view, const base::JsonObject& answer) {
      ASSERT_TRUE(answer.contains("error")) << base::write_json(base::Json(answer));
      EXPECT_EQ(answer.at("error").at("code"), -32603);
      EXPECT_THAT(base::write_json(answer.at("error")), HasSubstr("busy"));
    });
  }
  begin("2025-11-25");
  EXPECT_THAT(ask(call("echo", "1", R"(,"task":{})")), testing::Not(HasSubstr("isError")));
}

TEST_F(Offered, BothErasGiveTheSamePayload) {
  const std::array<std::array<std::string_view, 2>, 17> calls{
      {{"tools/call", R"("name":"echo","arguments":{"b":1,"a":[true,null,0.5]})"},
       {"tools/call", R"("name":"fails")"},
       {"tools/call", R"("name":"image")"},
       {"tools/call", R"("name":"structured")"},
       {"tools/call", R"("name":"bad_bytes")"},
       {"tools/call", R"("name":"throws")"},
       {"tools/call", R"("name":"nonsense")"},
       {"tools/call", R"("arguments":{})"},
       {"resources/list", ""},
       {"resources/templates/list", ""},
       {"resources/read", R"("uri":"pve://a")"},
       {"resources/read", R"("uri":"pve://wrong")"},
       {"prompts/list", ""},
       {"prompts/get", R"("name":"check","arguments":{"vmid":"1"})"},
       {"prompts/get", R"("name":"nonsense")"},
       {"completion/complete",
        R"("ref":{"type":"ref/prompt","name":"a"},"argument":{"name":"many","value":""})"},
       {"tools/list", ""}}};
  for (const auto& [method, params] : calls) {
    SCOPED_TRACE(method);
    begin("2025-11-25");
    const auto old_one = result(legacy(method, "1", params));
    auto new_one = result(modern(method, "1", params));
    for (const auto* const member : {"resultType", "_meta", "ttlMs", "cacheScope"}) new_one.erase(member);
    EXPECT_EQ(base::write_json_sorted(base::Json(new_one)), base::write_json_sorted(base::Json(old_one)));
  }
}

}  // namespace
}  // namespace test
