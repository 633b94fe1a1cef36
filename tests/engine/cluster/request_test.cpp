#include "engine/cluster/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "engine/rows.h"

namespace {

using testing::ElementsAre;
using testing::Pair;

base::JsonObject object(std::string_view json) { return base::parse_json(json)->as_object(); }

TEST(Request, FillsThePathAndSendsTheRestAsParameters) {
  const auto call = engine::request(
      test::kCreate.call, object(R"({"node":"pve1","vmid":100,"start":true,"onboot":false,"cpulimit":0.42,)"
                                 R"("net0":"virtio,bridge=vmbr0","x":null,"list":["a","b c"]})"));
  ASSERT_TRUE(call) << call.error();
  EXPECT_EQ(call->method, base::Method::Post);
  EXPECT_EQ(call->path, "/nodes/pve1/qemu");
  EXPECT_THAT(call->parameters, ElementsAre(Pair("vmid", "100"), Pair("start", "1"), Pair("onboot", "0"),
                                            Pair("cpulimit", "0.42"), Pair("net0", "virtio,bridge=vmbr0"),
                                            Pair("list", "a"), Pair("list", "b c")));
}

TEST(Request, EncodesAUserAsOneSegment) {
  const auto call =
      engine::request({base::Method::Get, "/access/users/{userid}"}, object(R"({"userid":"root@pam!x"})"));
  ASSERT_TRUE(call);
  EXPECT_EQ(base::percent_decode(call->path), "/access/users/root@pam!x");
  EXPECT_TRUE(call->parameters.empty());
}

constexpr std::string_view kHostile[] = {
    "",        ".",    "..",     "../x", "a/b",   "x@pve/token/t", "a?b=c", "a#b",   "%2e%2e%2f", "%2F",
    "..%2f..", "a\\b", "a\nb",   "a\rb", "a b",   "a;b",           "a&b=c", "a%00b", "\xC3\xA4",  "a//b",
    "/",       "a%",   "{node}", "a\tb", "%252f", "\x7f",          "..;/",  "a@b",
};

/// PVE routes by the whole path, which it decodes once.
std::size_t segments_after_decoding(std::string_view path) {
  const auto decoded = base::percent_decode(path.substr(0, path.find_first_of("?#")));
  return static_cast<std::size_t>(std::ranges::count(decoded, '/'));
}

TEST(Request, KeepsTheShapeOfThePathForHostileValues) {
  auto values = std::vector<std::string>(std::begin(kHostile), std::end(kHostile));
  values.emplace_back("a\0b", 3);
  values.emplace_back("\xff");
  for (const auto* tool : {&test::kRrd, &test::kStart, &test::kService, &test::kDelete}) {
    const auto slashes = static_cast<std::size_t>(std::ranges::count(tool->call.path, '/'));
    for (const auto& param : tool->params) {
      for (const auto& value : values) {
        base::JsonObject arguments;
        for (const auto& other : tool->params) arguments[other.name] = "ok";
        arguments[param.name] = value;
        const auto call = engine::request(tool->call, arguments);
        if (!call) {
          EXPECT_THAT(call.error(), testing::HasSubstr(param.name));
          continue;
        }
        EXPECT_EQ(segments_after_decoding(call->path), slashes) << tool->name << " " << call->path;
        EXPECT_EQ(call->path.find_first_of("?# \\"), std::string::npos) << call->path;
        const auto decoded = base::percent_decode(call->path);
        EXPECT_EQ(decoded.find("/../"), std::string::npos) << decoded;
        EXPECT_FALSE(decoded.ends_with("/..")) << decoded;
        EXPECT_FALSE(base::has_control(decoded)) << decoded;
      }
    }
  }
}

}  // namespace
