// Header values and the guard against foreign pages, one by one.
#include "transport/http/header.h"

#include <gtest/gtest.h>

#include "transport/http/guard.h"

namespace transport {
namespace {

TEST(HttpHeader, OneThatMayBeThereOnce) {
  const net::Headers headers{{"A", " x\t"}, {"b", "1"}, {"B", "2"}, {"c", ""}};
  EXPECT_EQ(single_header(headers, "a").value(), "x");
  EXPECT_EQ(single_header(headers, "C").value(), "");
  EXPECT_EQ(single_header(headers, "d").value(), std::nullopt);
  EXPECT_EQ(single_header(headers, "b").error(), "b is given twice");
}

TEST(HttpHeader, DecodesValues) {
  struct Row {
    std::string_view given;
    std::optional<std::string> meant;
  };
  for (const auto& row : {
           Row{"plain", "plain"},
           Row{"", ""},
           Row{"=?base64?Y2Fmw6k=?=", "caf\xC3\xA9"},
           Row{"=?base64?"
               "?=",
               ""},
           // What looks like the encoding itself comes encoded.
           Row{"=?base64?PT9iYXNlNjQ/YT89?=", "=?base64?a?="},
           // The markers are lower case exactly: this is a plain value.
           Row{"=?BASE64?Y2Fmw6k=?=", "=?BASE64?Y2Fmw6k=?="},
           Row{"=?base64?", "=?base64?"},
           Row{"=?base64?=", "=?base64?="},
           Row{"=?base64?a?=", std::nullopt},
           Row{"=?base64?****?=", std::nullopt},
           Row{"=?base64?/w==?=", std::nullopt},
           // Values that are not plain ASCII must be encoded.
           Row{"a\tb c~", "a\tb c~"},
           Row{"caf\xC3\xA9", std::nullopt},
           Row{"a\x7F", std::nullopt},
           Row{"a\x01", std::nullopt},
           Row{"\xFF", std::nullopt},
       })
    EXPECT_EQ(decode_value(row.given), row.meant) << row.given;
}

TEST(HttpHeader, Accepts) {
  const auto admits = [](std::vector<std::string> values, std::string_view wanted) {
    net::Headers headers;
    for (auto& value : values) headers.emplace_back("ACCEPT", std::move(value));
    return accepts(headers, wanted);
  };
  EXPECT_TRUE(admits({}, "application/json"));
  EXPECT_TRUE(admits({"*/*"}, "application/json"));
  EXPECT_TRUE(admits({"application/*;q=0.1"}, "application/json"));
  EXPECT_TRUE(admits({"text/html, Application/JSON ; charset=utf-8"}, "application/json"));
  EXPECT_TRUE(admits({"text/html", "text/event-stream"}, "text/event-stream"));
  EXPECT_TRUE(admits({"application/json;q=0.001"}, "application/json"));
  EXPECT_FALSE(admits({"text/event-stream"}, "application/json"));
  EXPECT_FALSE(admits({"application/jsonp"}, "application/json"));
  EXPECT_FALSE(admits({""}, "application/json"));
  EXPECT_FALSE(admits({"application/json;q=0"}, "application/json"));
  EXPECT_FALSE(admits({"application/json; q=0.000"}, "application/json"));
  EXPECT_FALSE(admits({"application/json;Q=0"}, "application/json"));
}

TEST(HttpHeader, AcceptsByTheMostSpecificRange) {
  const auto admits = [](std::string value, std::string_view wanted) {
    return accepts({{"Accept", std::move(value)}}, wanted);
  };
  EXPECT_FALSE(admits("text/event-stream;q=0, */*", "text/event-stream"));
  EXPECT_TRUE(admits("text/event-stream;q=0, */*", "application/json"));
  EXPECT_FALSE(admits("*/*, application/json;q=0", "application/json"));
  EXPECT_FALSE(admits("*/*, application/*;q=0", "application/json"));
  EXPECT_TRUE(admits("application/*;q=0, application/json;q=0.2, */*;q=0", "application/json"));
  EXPECT_FALSE(accepts({{"Accept", "*/*"}, {"accept", "application/json;q=0"}}, "application/json"));
  // One that asks for a profile of the type is not about the type.
  EXPECT_TRUE(admits("application/json;profile=x;q=0, application/json", "application/json"));
  EXPECT_TRUE(admits("application/json;charset=utf-8, */*;q=0", "application/json"));
}

TEST(HttpHeader, AQualityIsAParameterOfItsOwn) {
  const auto admits = [](std::string value) {
    return accepts({{"Accept", std::move(value)}}, "application/json");
  };
  EXPECT_TRUE(admits("application/json;q=1;ext=q=0"));
  EXPECT_TRUE(admits("application/json;seq=0"));
  EXPECT_TRUE(admits(R"(application/json;a=";q=0, b;q=0")"));
  EXPECT_TRUE(admits(R"(application/json;a="\";q=0")"));
  EXPECT_FALSE(admits(R"(application/json;a=", ";q=0)"));
  EXPECT_FALSE(admits("application/json; q=0 ;ext=1"));
  EXPECT_FALSE(admits(R"(text/html;a=", application/json")"));
  // Not a number: as if it were not there.
  EXPECT_TRUE(admits("application/json;q="));
  EXPECT_TRUE(admits("application/json;q=0x"));
  EXPECT_TRUE(admits("application/json;q=-0"));
}

TEST(HttpHeader, IsJson) {
  const auto json = [](std::string value) { return is_json({{"content-type", std::move(value)}}); };
  EXPECT_TRUE(json("application/json"));
  EXPECT_TRUE(json("Application/JSON; charset=utf-8"));
  EXPECT_FALSE(json("text/plain"));
  EXPECT_FALSE(json("application/json-patch+json"));
  EXPECT_FALSE(json(""));
  EXPECT_FALSE(is_json({}));
}

class HttpGuardTest : public testing::Test {
 protected:
  bool host(std::string value) const { return guard.check_host({{"Host", std::move(value)}}).has_value(); }
  bool origin(std::string value) const {
    return guard.check_origin({{"Origin", std::move(value)}}).has_value();
  }
  HttpGuard guard{{"PVE.example", "exact.example:8443", "fd00::1"}, {"https://App.example"}};
};

TEST_F(HttpGuardTest, Hosts) {
  for (const auto* const own : {"localhost", "LOCALHOST:3000", "127.0.0.1:1", "[::1]", "[::1]:3000",
                                "pve.example", "pve.example:99", "exact.example:8443", "[fd00::1]:80"})
    EXPECT_TRUE(host(own)) << own;
  for (const auto* const foreign :
       {"", "evil.example", "localhost.evil.example", "evil.localhost", "exact.example", "exact.example:1",
        "127.0.0.2", "[::2]", "localhost:80:80", "localhost:evil.example", "[::1]evil.example", "[::1]:evil",
        "[::1", "::1"})
    EXPECT_FALSE(host(foreign)) << foreign;
  EXPECT_FALSE(guard.check_host({}));
  EXPECT_FALSE(guard.check_host({{"Host", "localhost"}, {"Host", "localhost"}}));
  EXPECT_EQ(guard.check_host({{"Host", "evil\r.example"}}).error(),
            "The Host \"evil .example\" is not a name of this server; add it with --http-hosts.");
}

TEST_F(HttpGuardTest, Origins) {
  for (const auto* const own : {"http://localhost:6274", "https://127.0.0.1", "https://app.example",
                                "HTTPS://APP.EXAMPLE", "https://pve.example:443", "http://[::1]:5"})
    EXPECT_TRUE(origin(own)) << own;
  for (const auto* const foreign :
       {"", "null", "http://app.example", "https://app.example:1", "https://evil.example", "localhost",
        "file://localhost", "http://localhost.evil.example", "http://localhost:1@evil.example",
        "http://localhost/evil", "http://[::1].evil.example", "https://app.example, http://localhost"})
    EXPECT_FALSE(origin(foreign)) << foreign;
  EXPECT_FALSE(guard.check_origin({{"Origin", "http://localhost"}, {"Origin", "x"}}));
}

TEST_F(HttpGuardTest, CorsHeadersForAnAcceptedOrigin) {
  EXPECT_TRUE(guard.cors({{"Host", "localhost"}}).empty());
  const auto cors = guard.cors({{"origin", "https://App.example"}});
  EXPECT_EQ(net::find_header(cors, "Access-Control-Allow-Origin"), "https://App.example");
  EXPECT_EQ(net::find_header(cors, "Vary"), "Origin");
}

}  // namespace
}  // namespace transport
