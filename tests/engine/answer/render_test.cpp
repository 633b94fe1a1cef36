#include "engine/answer/render.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/check/arguments.h"
#include "engine/rows.h"

namespace {

using engine::Row;

mcp::Result result_of(const tool::Tool& tool, std::string_view arguments, pve::Answer answer,
                      engine::Style style = {engine::Output::Json}) {
  const facts::Facts facts;
  const Row row(tool, "x", facts);
  auto given = base::parse_json(arguments)->as_object();
  auto checked = engine::with_fields(row, given);
  const auto for_server = engine::take_server_arguments(checked);
  const auto wire = engine::on_wire(std::move(checked));
  return engine::render({.row = row,
                         .arguments = wire,
                         .for_server = for_server,
                         .style = style,
                         .words = engine::wording(row, wire)},
                        std::move(answer));
}

std::string rendered(const tool::Tool& tool, std::string_view arguments, pve::Answer answer,
                     engine::Style style = {engine::Output::Json}) {
  const auto result = result_of(tool, arguments, std::move(answer), style);
  EXPECT_FALSE(result.is_error);
  EXPECT_EQ(result.content.size(), 1U);
  return std::get<mcp::Text>(result.content.front()).text;
}

base::Json json(std::string_view text) { return *base::parse_json(text); }

TEST(Render, WritesPvesDataAsJsonWithSortedKeys) {
  EXPECT_EQ(rendered(test::kListResources, "{}", {json(R"([{"b":1,"a":"x"}])"), {}, {}}),
            R"([{"a":"x","b":1}])");
  EXPECT_EQ(rendered(test::kListResources, "{}", {json(R"("100")"), {}, {}}), R"("100")");
  EXPECT_EQ(rendered(test::kListResources, "{}", {nullptr, {}, {}}), "null");
}

TEST(Render, KeepsTotalAndChanges) {
  EXPECT_EQ(rendered(test::kListResources, "{}", {json("[]"), 7, {}}), R"({"data":[],"total":7})");
  EXPECT_EQ(rendered(test::kListResources, "{}", {json("[]"), {}, "+x\n"}),
            R"({"changes":"+x\n","data":[]})");
}

TEST(Render, ShowsAChangeAsASentenceWithItsTask) {
  EXPECT_EQ(rendered(test::kStart, R"({"node":"pve1","vmid":100})", {json(R"("UPID:pve1:0:")"), {}, {}}),
            "Starting VM 100 on pve1: the task is running. PVE's task list shows when it has ended. Task: "
            "UPID:pve1:0:");
  EXPECT_EQ(rendered(test::kUpdate, R"({"vmid":"100"})", {nullptr, {}, {}}), "VM 100 changed.");
  EXPECT_EQ(rendered(test::kUpdate, R"({"vmid":100})", {json(R"({"b":1,"a":2})"), {}, {}}),
            "VM 100 changed.\n{\"a\":2,\"b\":1}");
  EXPECT_EQ(rendered(test::kService, R"({"service":"a\nb\u001b","command":null})", {json(R"("")"), {}, {}}),
            "Service a b\xEF\xBF\xBD ed.");
}

TEST(Render, MasksSecrets) {
  EXPECT_EQ(
      rendered(test::kListResources, "{}",
               {json(R"({"cipassword":"x","n":[{"password":"y","username":"u"}],"keyring":""})"), {}, {}}),
      R"({"cipassword":"***","keyring":"","n":[{"password":"***","username":"u"}]})");
  EXPECT_EQ(rendered(test::kUser, R"({"userid":"a@pve","password":"hunter22"})", {nullptr, {}, {}}),
            "User a@pve created with .");
}

constexpr auto kText = engine::Style{};

TEST(Render, ShowsAnObjectAsKeysAndValues) {
  EXPECT_EQ(rendered(test::kListResources, "{}",
                     {json(R"({"mem":1073741824,"name":"web\u001b","list":["a",1],"none":null,"empty":"",)"
                           R"("cpuinfo":{"cores":8,"model":"X"},"rows":[{"a":1},{"a":2}]})"),
                      {},
                      {}},
                     kText),
            "cpuinfo: cores 8, model X\nlist: a, 1\nmem: 1 GiB\nname: web\xEF\xBF\xBD\nrows: 2 items\n  "
            "a\n  1\n  2");
  EXPECT_EQ(rendered(test::kListResources, "{}", {json("{}"), {}, {}}, kText), "(nothing)");
  EXPECT_EQ(rendered(test::kListResources, "{}", {nullptr, {}, {}}, kText), "PVE has no data for this.");
  EXPECT_EQ(rendered(test::kListResources, "{}", {json("\"119\""), {}, {}}, kText), "119");
}

TEST(Render, MasksSecretsInEveryForm) {
  for (const auto form : {engine::Output::Text, engine::Output::Json, engine::Output::Structured}) {
    const auto result =
        result_of(test::kListResources, "{}", {json(R"([{"password":"hunter22"}])"), {}, {}}, {form});
    EXPECT_EQ(std::get<mcp::Text>(result.content.front()).text.find("hunter22"), std::string::npos);
    EXPECT_EQ(base::write_json(result.structured.value_or(nullptr)).find("hunter22"), std::string::npos);
  }
}

TEST(Render, ReplacesMisleadingCharactersInEveryForm) {
  constexpr auto kFooling = "a\\u202eb\\u200b\\u2028\\u001b";
  const auto object = fmt::format(R"({{"description":"{0}\n2","in {0}":["{0}"]}})", kFooling);
  for (const auto form : {engine::Output::Text, engine::Output::Json, engine::Output::Structured}) {
    for (const auto& tool : {test::kListResources, test::kUpdate}) {
      for (const auto& data : {object, "[" + object + "]", fmt::format(R"("{}")", kFooling)}) {
        const auto result = result_of(tool, "{}", {json(data), {}, {}}, {form});
        const auto shown = std::get<mcp::Text>(result.content.front()).text +
                           base::write_json(result.structured.value_or(nullptr));
        EXPECT_FALSE(base::disarmed(shown)) << shown;
        EXPECT_EQ(shown.find("\\u00"), std::string::npos) << shown;
      }
    }
  }
  const auto kept =
      result_of(test::kListResources, "{}", {json(object), {}, {}}, {engine::Output::Structured});
  EXPECT_NE(base::write_json(kept.structured.value_or(nullptr)).find("\\n2\""), std::string::npos);
}

TEST(Render, PutsTheSameFactsIntoStructuredContent) {
  const auto change = result_of(test::kStart, R"({"node":"pve1","vmid":100})",
                                {json(R"("UPID:pve1:0:")"), {}, {}}, {engine::Output::Structured});
  ASSERT_TRUE(change.structured);
  EXPECT_EQ(
      base::write_json(*change.structured),
      R"({"message":"Starting VM 100 on pve1: the task is running. PVE's task list shows when it has ended. Task: UPID:pve1:0:","upid":"UPID:pve1:0:","state":"running"})");
  EXPECT_FALSE(result_of(test::kStart, "{}", {nullptr, {}, {}}, kText).structured);
}

TEST(Render, KeepsToTheBudget) {
  const std::string longer(50'000, 'x');
  for (const auto form : {engine::Output::Text, engine::Output::Json}) {
    for (const auto& data : {base::Json(longer), base::Json(base::JsonObject{{"a", longer}, {"b", longer}}),
                             base::Json(base::JsonArray(3000, base::JsonObject{{"name", "guest"}}))}) {
      EXPECT_LE(rendered(test::kListResources, "{}", {data, {}, {}}, {form, 4000}).size(), 4300U)
          << static_cast<int>(form);
    }
  }
}

TEST(Render, CutsAnInnerTableAtARow) {
  base::JsonArray members;
  for (int i = 0; i < 1000; ++i) members.emplace_back(base::JsonObject{{"vmid", 100 + i}, {"name", "guest"}});
  const base::JsonArray numbers(3000, 7);
  const auto text =
      rendered(test::kListResources, "{}",
               {base::JsonObject{{"members", members}, {"numbers", numbers}, {"poolid", "big"}}, {}, {}},
               {engine::Output::Text, 6000});
  EXPECT_LE(text.size(), 6000U);
  EXPECT_NE(text.find("members: 1000 items"), std::string::npos) << text.substr(0, 300);
  EXPECT_NE(text.find("more left out"), std::string::npos);
  EXPECT_NE(text.find("\npoolid: big"), std::string::npos) << text.substr(text.size() - 300);
}

}  // namespace
