#include "pve/path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "base/text.h"

namespace {

std::expected<std::string, std::string> fill(std::string_view value) {
  return pve::fill_path("/access/users/{userid}/token", [&](std::string_view) { return std::string(value); });
}

struct Row {
  std::string_view value;
  std::string_view path;  ///< "" when it must be refused
};

class Value : public testing::TestWithParam<Row> {};

TEST_P(Value, IsOneSegmentOrRefused) {
  const auto path = fill(GetParam().value);
  EXPECT_EQ(path.value_or(""), GetParam().path);
  EXPECT_EQ(pve::segment_misfit(GetParam().value).has_value(), GetParam().path.empty());
  if (!path) {
    EXPECT_TRUE(path.error().starts_with("userid '")) << path.error();
    EXPECT_FALSE(base::has_control(path.error())) << path.error();
    return;
  }
  // PVE decodes once, then splits.
  const std::string decoded = base::percent_decode(*path);
  EXPECT_EQ(std::ranges::count(decoded, '/'), 4);
  EXPECT_EQ(decoded, "/access/users/" + std::string(GetParam().value) + "/token");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Value,
    testing::Values(
        Row{"root@pam", "/access/users/root%40pam/token"}, Row{"pve1", "/access/users/pve1/token"},
        Row{"UPID:pve1:0000:qmstart:100:root@pam!t:",
            "/access/users/UPID%3Apve1%3A0000%3Aqmstart%3A100%3Aroot%40pam%21t%3A/token"},
        Row{"a?b=c", "/access/users/a%3Fb%3Dc/token"}, Row{"a#b", "/access/users/a%23b/token"},
        Row{"%2e%2e%2f", "/access/users/%252e%252e%252f/token"}, Row{"a;b", "/access/users/a%3Bb/token"},
        Row{"a b+c&d", "/access/users/a%20b%2Bc%26d/token"}, Row{"...", "/access/users/.../token"},
        Row{"\xC3\xBC", "/access/users/%C3%BC/token"}, Row{"{userid}", "/access/users/%7Buserid%7D/token"},
        Row{"", ""}, Row{".", ""}, Row{"..", ""}, Row{"../x", ""}, Row{"a/b", ""}, Row{"/", ""},
        Row{"x@pve/token/t", ""}, Row{"a\\b", ""}, Row{"a\nb", ""}, Row{"a\r", ""}, Row{"\t", ""},
        Row{"a\x7f", ""}, Row{std::string_view("a\0b", 3), ""}, Row{std::string_view("\0", 1), ""},
        Row{"\xC2\x85", ""}, Row{"\xFF", ""}, Row{"\xC0\xAF", ""}));

TEST(Path, FillsSeveral) {
  const std::map<std::string, std::string, std::less<>> values = {{"node", "pve1"}, {"vmid", "100"}};
  const auto value_of = [&](std::string_view name) { return values.find(name)->second; };
  EXPECT_EQ(pve::fill_path("/nodes/{node}/qemu/{vmid}/status/current", value_of),
            "/nodes/pve1/qemu/100/status/current");
  EXPECT_EQ(pve::fill_path("/version", value_of), "/version");
  EXPECT_EQ(pve::fill_path("", value_of), "");
  EXPECT_FALSE(pve::fill_path("/nodes/{node", value_of));
}

TEST(Path, LongValuesAreShortenedInTheError) {
  const auto path = fill(std::string(5000, 'x') + "/");
  ASSERT_FALSE(path);
  EXPECT_LT(path.error().size(), 300U);
}

}  // namespace
