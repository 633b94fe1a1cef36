// What clients bring back, judged without a connection: answers, seals, traces.
#include "mcp/form.h"

#include <array>
#include <atomic>
#include <thread>

#include "mcp/fixture.h"
#include "mcp/request_meta.h"
#include "mcp/seal.h"

namespace test {
namespace {

using Kind = mcp::InputRequest::Kind;

TEST(Form, AnswersAreJudgedByTheKindOfTheQuestion) {
  struct Row {
    Kind kind;
    std::string_view answer;
    bool fits;
  };
  for (const auto& [kind, answer, fits] :
       std::initializer_list<Row>{{Kind::Roots, R"({"roots":[]})", true},
                                  {Kind::Roots, R"({"roots":{}})", false},
                                  {Kind::Roots, "[]", false},
                                  {Kind::Sampling, R"({"role":"assistant","content":[]})", true},
                                  {Kind::Sampling, R"({"role":"assistant"})", false},
                                  {Kind::Sampling, R"({"role":7,"content":[]})", false},
                                  {Kind::Confirmation, R"({"action":"accept"})", true},
                                  {Kind::Confirmation, R"({"action":"accept","content":7})", true},
                                  {Kind::Confirmation, R"({"action":"ACCEPT"})", false},
                                  {Kind::Confirmation, R"({"action":null})", false},
                                  {Kind::Confirmation, "null", false},
                                  {Kind::Form, R"({"action":"decline"})", true},
                                  {Kind::Form, R"({"action":"cancel","content":7})", true},
                                  {Kind::Form, R"({"action":"accept"})", true},
                                  {Kind::Form, R"({"content":{}})", false},
                                  {Kind::Form, R"("accept")", false}}) {
    EXPECT_EQ(mcp::answers(json(answer), {"k", kind, {}}), fits) << static_cast<int>(kind) << " " << answer;
  }
}

TEST(Form, ContentHasWhatTheSchemaRequires) {
  auto need = mcp::ask_form("k", "Fill in",
                            json(R"({"type":"object","required":["s"],"properties":{
      "s":{"type":"string"},"n":{"type":"number"},"i":{"type":"integer"},"b":{"type":"boolean"},
      "e":{"type":"string","enum":["x","y"]},"m":{"type":"array"},"any":{}}})")
                                .as_object());
  const auto& request = need.requests.front();
  const auto fits = [&](std::string_view content) {
    return mcp::answers(json(R"({"action":"accept","content":)" + std::string(content) + "}"), request);
  };
  for (const auto* const content :
       {R"({"s":""})", R"({"s":"a","n":1})", R"({"s":"a","n":1.5})", R"({"s":"a","i":-3})",
        R"({"s":"a","i":2.0})", R"({"s":"a","i":18446744073709551615})", R"({"s":"a","b":false})",
        R"({"s":"a","e":"y"})", R"({"s":"a","m":[]})", R"({"s":"a","any":null})",
        R"({"s":"a","unknown":{}})"}) {
    EXPECT_TRUE(fits(content)) << content;
  }
  for (const auto* const content :
       {"{}", "null", "[]", R"("s")", R"({"s":null})", R"({"s":7})", R"({"s":"a","n":"1"})",
        R"({"s":"a","i":1.5})", R"({"s":"a","b":1})", R"({"s":"a","e":"z"})", R"({"s":"a","e":["x"]})",
        R"({"s":"a","m":{}})"}) {
    EXPECT_FALSE(fits(content)) << content;
  }
  EXPECT_FALSE(mcp::answers(json(R"({"action":"accept"})"), request)) << "no content at all";
}

TEST(Form, OddSchemasAcceptEveryAnswer) {
  for (const auto* const schema :
       {"{}", R"({"required":7,"properties":[]})", R"({"required":[7,null]})", R"({"properties":{"a":7}})",
        R"({"properties":{"a":{"type":7,"enum":{}}}})"}) {
    const auto need = mcp::ask_form("k", "m", json(schema).as_object());
    EXPECT_TRUE(mcp::answers(json(R"({"action":"accept","content":{"a":1}})"), need.requests.front()))
        << schema;
  }
}

TEST(Form, OnlyAnExplicitYesConfirms) {
  EXPECT_TRUE(
      mcp::confirmed(json(R"({"k":{"action":"accept","content":{"confirm":true}}})").as_object(), "k"));
  for (const auto* const inputs :
       {"{}", R"({"other":{"action":"accept","content":{"confirm":true}}})", R"({"k":null})", R"({"k":true})",
        R"({"k":[]})", R"({"k":{}})", R"({"k":{"content":{"confirm":true}}})", R"({"k":{"action":"accept"}})",
        R"({"k":{"action":"accept","content":null}})", R"({"k":{"action":"accept","content":{}}})",
        R"({"k":{"action":"accept","content":{"confirm":false}}})",
        R"({"k":{"action":"accept","content":{"confirm":"true"}}})",
        R"({"k":{"action":"accept","content":{"confirm":1}}})",
        R"({"k":{"action":"accept","content":[true]}})",
        R"({"k":{"action":"decline","content":{"confirm":true}}})",
        R"({"k":{"action":"cancel","content":{"confirm":true}}})",
        R"({"k":{"action":"Accept","content":{"confirm":true}}})",
        R"({"k":{"action":["accept"],"content":{"confirm":true}}})"}) {
    EXPECT_FALSE(mcp::confirmed(json(inputs).as_object(), "k")) << inputs;
  }
}

TEST(Seal, OpensWhatItSealedForThatPurpose) {
  const mcp::Seal seal;
  const std::string all("\0.\xFF\n-_", 6);
  for (const std::string& payload : {std::string(), std::string("a"), all, std::string(100'000, 'x')}) {
    for (const std::string& purpose : {std::string(), std::string("p"), all}) {
      const auto sealed = seal.seal(purpose, payload);
      EXPECT_EQ(sealed.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
                std::string::npos);
      EXPECT_EQ(seal.open(purpose, sealed), payload);
      EXPECT_FALSE(seal.open(purpose + "x", sealed));
    }
  }
  EXPECT_FALSE(seal.open("a", seal.seal("ab", "c"))) << "the border does not move";
  EXPECT_FALSE(seal.open("ab", seal.seal("a", "bc")));
}

TEST(Seal, OpensNothingThatWasChanged) {
  const mcp::Seal seal;
  const auto sealed = seal.seal("p", "payload");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    for (const char c : {'A', '_', '.', '=', '\0'}) {
      auto changed = sealed;
      if (changed[at] == c) continue;
      changed[at] = c;
      EXPECT_FALSE(seal.open("p", changed)) << at << c;
    }
    EXPECT_FALSE(seal.open("p", sealed.substr(0, at))) << at;
  }
  for (const auto& text :
       {sealed + "A", sealed + ".", "." + sealed, sealed + "=", std::string("."), std::string()})
    EXPECT_FALSE(seal.open("p", text)) << text;
}

TEST(Seal, ProcessesWithOneKeyUnderstandEachOther) {
  const auto key = [] { return std::string(32, 'k'); };
  const auto sealed = mcp::Seal(key).seal("p", "payload");
  EXPECT_EQ(mcp::Seal(key).open("p", sealed), "payload");
  EXPECT_EQ(sealed, "cGF5bG9hZA.0-_7AeYvmf8YOQNP1wdq-Yb3upRK17IIUP4Ek7c8iIk")
      << "by HMAC-SHA-256 of 1:ppayload";
  EXPECT_FALSE(mcp::Seal([] { return std::string(32, 'l'); }).open("p", sealed));
  EXPECT_FALSE(mcp::Seal().open("p", sealed));
  EXPECT_FALSE(mcp::Seal().open("p", mcp::Seal().seal("p", "payload")));
}

TEST(Seal, AsksForItsKeyOnceAndOnlyWhenNeeded) {
  std::atomic<int> asked = 0;
  const mcp::Seal seal([&] {
    ++asked;
    return std::string(32, 'k');
  });
  EXPECT_FALSE(seal.open("p", "no seal at all"));
  EXPECT_EQ(asked, 0);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] { EXPECT_EQ(seal.open("p", seal.seal("p", "a")), "a"); });
  }
  EXPECT_EQ(asked, 1);
}

TEST(Seal, TakesNoShortKey) {
  const mcp::Seal seal([] { return std::string(31, 'k'); });
  EXPECT_ANY_THROW(seal.seal("p", "a"));
  EXPECT_ANY_THROW(seal.seal("p", "a")) << "not even the second time";
}

TEST(Trace, IsReadStrictly) {
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const std::string good = "00-" + trace + "-b7ad6b7169203331-01";
  const auto with = [&](std::size_t at, char c) {
    auto changed = good;
    changed[at] = c;
    return changed;
  };
  for (const auto& text : {good, with(54, '0'), with(53, 'f'), with(1, '1'), "cc" + good.substr(2) + "-more"})
    EXPECT_EQ(mcp::trace_of(text), trace) << text;
  for (const auto& text : {std::string(),
                           std::string("00"),
                           good.substr(0, 54),
                           good + "-more",
                           good + "0",
                           "ff" + good.substr(2),
                           "01" + good.substr(2) + "more",
                           "zz" + good.substr(2),
                           "0A" + good.substr(2),
                           with(0, '-'),
                           with(2, '_'),
                           with(3, 'A'),
                           with(34, 'g'),
                           with(35, '0'),
                           with(36, 'B'),
                           with(52, '0'),
                           with(53, 'z'),
                           with(54, 'F'),
                           "00-" + std::string(32, '0') + "-b7ad6b7169203331-01",
                           "00-" + trace + "-0000000000000000-01",
                           "00-" + trace + "-b7ad6b7169203331-0\n"}) {
    EXPECT_EQ(mcp::trace_of(text), "") << text;
  }
  EXPECT_EQ(mcp::trace_in(json(R"({"traceparent":7})").as_object()), "");
  EXPECT_EQ(mcp::trace_in(json(R"({"traceparent":")" + good + R"("})").as_object()), trace);
}

}  // namespace
}  // namespace test
