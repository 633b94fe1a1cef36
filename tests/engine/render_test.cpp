#include "engine/render.h"

#include <gtest/gtest.h>

#include "rows.h"

namespace {

using engine::Row;

std::string rendered(const tool::Tool& tool, std::string_view arguments, pve::Answer answer) {
  const facts::Facts facts;
  const Row row(tool, "x", facts);
  const auto result = engine::render(row, base::parse_json(arguments)->as_object(), std::move(answer));
  EXPECT_FALSE(result.is_error);
  EXPECT_EQ(result.content.size(), 1U);
  return std::get<mcp::Text>(result.content.front()).text;
}

base::Json json(std::string_view text) { return *base::parse_json(text); }

TEST(Render, AReadIsItsDataWithSortedKeys) {
  EXPECT_EQ(rendered(test::kListResources, "{}", {json(R"([{"b":1,"a":"x"}])"), {}, {}}),
            R"([{"a":"x","b":1}])");
  EXPECT_EQ(rendered(test::kListResources, "{}", {json(R"("100")"), {}, {}}), R"("100")");
  EXPECT_EQ(rendered(test::kListResources, "{}", {nullptr, {}, {}}), "null");
}

TEST(Render, TotalAndChangesAreKept) {
  EXPECT_EQ(rendered(test::kListResources, "{}", {json("[]"), 7, {}}), R"({"data":[],"total":7})");
  EXPECT_EQ(rendered(test::kListResources, "{}", {json("[]"), {}, "+x\n"}),
            R"({"changes":"+x\n","data":[]})");
}

TEST(Render, AChangeIsASentenceAndItsTask) {
  EXPECT_EQ(rendered(test::kStart, R"({"node":"pve1","vmid":100})", {json(R"("UPID:pve1:0:")"), {}, {}}),
            "VM 100 start requested on node pve1. Task: UPID:pve1:0:");
  EXPECT_EQ(rendered(test::kUpdate, R"({"vmid":"100"})", {nullptr, {}, {}}), "VM 100 updated.");
  EXPECT_EQ(rendered(test::kUpdate, R"({"vmid":100})", {json(R"({"b":1,"a":2})"), {}, {}}),
            "VM 100 updated.\n{\"a\":2,\"b\":1}");
  EXPECT_EQ(rendered(test::kService, R"({"service":"a\nb\u001b","command":null})", {json(R"("")"), {}, {}}),
            "Service a b\xEF\xBF\xBD  requested.");
}

TEST(Render, SecretsAreMasked) {
  EXPECT_EQ(
      rendered(test::kListResources, "{}",
               {json(R"({"cipassword":"x","n":[{"password":"y","username":"u"}],"keyring":""})"), {}, {}}),
      R"({"cipassword":"***","keyring":"","n":[{"password":"***","username":"u"}]})");
  EXPECT_EQ(rendered(test::kUser, R"({"userid":"a@pve","password":"hunter22"})", {nullptr, {}, {}}),
            "User a@pve created with .");
}

}  // namespace
