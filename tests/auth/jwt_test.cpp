#include "auth/jwt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr long kNow = 1'780'000'000;

std::string with_header(const std::string& header) {
  return base::base64url(header) + "." + base::base64url("{}") + ".AAAA";
}

std::string refusal(const std::string& token) {
  const auto jws = auth::parse_jws(token);
  return jws ? "no error" : jws.error();
}

TEST(Jws, IsTakenApart) {
  const std::string token = base::base64url(R"({"typ":"at+JWT","alg":"ES256","kid":"a/b"})") + "." +
                            base::base64url(R"({"x":1})") + ".AQID";
  const auto jws = auth::parse_jws(token);
  ASSERT_TRUE(jws) << jws.error();
  EXPECT_EQ(jws->algorithm, auth::Algorithm::Es256);
  EXPECT_EQ(jws->kid, "a/b");
  EXPECT_EQ(jws->payload, R"({"x":1})");
  EXPECT_EQ(jws->signature, "\x01\x02\x03");
  EXPECT_EQ(std::string(jws->signed_text) + ".AQID", token);
  for (const auto* typ : {"JWT", "jwt", "at+jwt", "application/at+jwt"})
    EXPECT_EQ(refusal(with_header(R"({"alg":"RS256","typ":")" + std::string(typ) + "\"}")), "no error")
        << typ;
}

TEST(Jws, HeadersThatAreRefused) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"alg":"none"})", "must be RS256, ES256 or EdDSA"},
      {R"({"alg":"None"})", "must be RS256"},
      {R"({"alg":"HS256"})", "must be RS256"},
      {R"({"alg":"RS384"})", "must be RS256"},
      {R"({"alg":"PS256"})", "must be RS256"},
      {R"({"alg":"rs256"})", "must be RS256"},
      {R"({"alg":["RS256"]})", "must be RS256"},
      {R"({"alg":null})", "must be RS256"},
      {R"({})", "must be RS256"},
      {R"({"alg":"RS256","crit":["b64"],"b64":false})", "crit"},
      {R"({"alg":"RS256","crit":[]})", "crit"},
      {R"({"alg":"RS256","typ":"dpop+jwt"})", "typ"},
      {R"({"alg":"RS256","typ":"logout+jwt"})", "typ"},
      {R"({"alg":"RS256","typ":7})", "typ"},
      {R"({"alg":"RS256","kid":7})", "kid"},
      {R"({"alg":"RS256","kid":""})", "kid"},
      {R"({"alg":"RS256","kid":")" + std::string(513, 'k') + "\"}", "kid"},
      {R"({"alg":"RS256","alg":"RS256"})", "each member once"},
      {R"({"alg":"RS256","\u0061lg":"none"})", "each member once"},
      {R"(["RS256"])", "one JSON object"},
      {R"("RS256")", "one JSON object"},
      {R"({"alg":"RS256")", "one JSON object"},
      {"{\"alg\":\"RS256\"}\xFF", "one JSON object"},
      {"", "one JSON object"},
      {R"({"alg":"RS256","x":)" + std::string(40, '[') + std::string(40, ']') + "}", "one JSON object"},
  };
  for (const auto& [header, part] : cases)
    EXPECT_THAT(refusal(with_header(header)), HasSubstr(part)) << header;
}

TEST(Jws, ShapesThatAreRefused) {
  const auto good = with_header(R"({"alg":"RS256"})");
  EXPECT_EQ(refusal(good), "no error");
  const auto first = good.substr(0, good.find('.'));
  for (const auto& bad : {std::string(), std::string("a"), std::string("pve_abc"), std::string(".."),
                          good + ".", good + ".AAAA", first, first + ".e30", first + ".e30.",
                          first + ".e30=.AAAA", first + ".e30.AAA=", first + ".e3 0.AAAA", "=" + good,
                          good.substr(0, good.size() - 3), std::string(1000, '.')})
    EXPECT_NE(refusal(bad), "no error") << bad;
  EXPECT_THAT(refusal(first + "." + std::string(17'000, 'A') + ".AAAA"), HasSubstr("longer than 16 KiB"));
}

std::expected<auth::Claims, std::string> claims(const std::string& payload,
                                                const char* resource = "https://mcp.example.com/mcp",
                                                const std::vector<std::string>& audiences = {}) {
  const auto location = *auth::parse_location(resource);
  const base::Clock::Wall now{std::chrono::seconds{kNow}};
  return auth::check_claims(payload, {"https://id.example.com/", location, audiences, now});
}

// Members of `changes` replace or, with "-", remove those of a good payload.
std::string payload(const std::map<std::string, std::string>& changes = {}) {
  std::map<std::string, std::string> members = {{"iss", "\"https://id.example.com/\""},
                                                {"aud", "\"https://mcp.example.com/mcp\""},
                                                {"exp", std::to_string(kNow + 60)},
                                                {"sub", "\"alice\""},
                                                {"scope", "\"pve:read\""}};
  for (const auto& [name, value] : changes) members[name] = value;
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (value != "-") text += (text == "{" ? "\"" : ",\"") + name + "\":" + value;
  }
  return text + "}";
}

std::string refused(const std::map<std::string, std::string>& changes) {
  const auto checked = claims(payload(changes));
  return checked ? "no error" : checked.error();
}

TEST(Claims, AreRead) {
  const auto checked =
      claims(payload({{"scope", "\"openid  pve:read pve:full pve:read\""}, {"scp", R"(["pve:execute"])"}}));
  ASSERT_TRUE(checked) << checked.error();
  EXPECT_EQ(checked->subject, "alice");
  EXPECT_THAT(checked->scopes, ElementsAre("openid", "pve:read", "pve:full", "pve:execute"));
  EXPECT_THAT(claims(payload({{"scope", "-"}, {"scp", "\"a b\""}}))->scopes, ElementsAre("a", "b"));
  EXPECT_THAT(claims(payload({{"scope", "-"}}))->scopes, ElementsAre());
}

TEST(Claims, AreCheckedOneByOne) {
  const auto at = [](long seconds) { return std::to_string(kNow + seconds); };
  const std::vector<std::map<std::string, std::string>> good = {
      {{"aud", R"(["https://other.example.com","https://mcp.example.com/mcp"])"}},
      {{"aud", "\"https://mcp.example.com/mcp/\""}},
      {{"exp", at(1)}},
      {{"exp", std::to_string(kNow) + ".5"}},
      {{"exp", "18446744073709551615"}},
      {{"nbf", at(60)}, {"iat", at(60)}},
      {{"nbf", "0"}},
      {{"nested", R"({"a":{"b":[{"c":1}]},"exp":1})"}},
      {{"sub", "\"Ärzte 7\""}},
  };
  for (const auto& changes : good) EXPECT_EQ(refused(changes), "no error") << payload(changes);
  const std::vector<std::pair<std::map<std::string, std::string>, std::string>> bad = {
      {{{"iss", "-"}}, "iss is not"},
      {{{"iss", "\"https://id.example.com\""}}, "iss is not"},
      {{{"iss", "\"HTTPS://id.example.com/\""}}, "iss is not"},
      {{{"iss", R"(["https://id.example.com/"])"}}, "iss is not"},
      {{{"aud", "-"}}, "has no aud"},
      {{{"aud", "[]"}}, "has no aud"},
      {{{"aud", "7"}}, "has no aud"},
      {{{"aud", "\"https://mcp.example.com/\""}},
       "is for 'https://mcp.example.com/', but must be for https://mcp.example.com/mcp"},
      {{{"aud", "\"https://mcp.example.com/mcp//\""}}, "is for"},
      {{{"aud", "\"/\""}}, "is for"},
      {{{"aud", "\"https://mcp.example.com/mcp2\""}}, "is for"},
      {{{"aud", R"(["a",["https://mcp.example.com/mcp"]])"}}, "is for 'a'"},
      {{{"exp", "-"}}, "exp is missing"},
      {{{"exp", "\"" + at(60) + "\""}}, "exp is missing"},
      {{{"exp", "1e400"}}, ""},
      {{{"exp", at(0)}}, "expired"},
      {{{"exp", at(-1)}}, "expired"},
      {{{"exp", "-5"}}, "expired"},
      {{{"nbf", at(61)}}, "nbf is in the future"},
      {{{"nbf", "\"0\""}}, "nbf is not a number"},
      {{{"iat", at(61)}}, "iat is in the future"},
      {{{"sub", "-"}}, "no sub"},
      {{{"sub", "\"\""}}, "no sub"},
      {{{"sub", "7"}}, "no sub"},
      {{{"sub", R"("a\nb")"}}, "no sub"},
      {{{"sub", R"("a\u202Eb")"}}, "no sub"},
      {{{"sub", "\"" + std::string(256, 'a') + "\""}}, "no sub"},
      {{{"scope", "7"}}, "scope is neither"},
      {{{"scp", "{}"}}, "scope is neither"},
  };
  for (const auto& [changes, part] : bad) {
    EXPECT_THAT(refused(changes), HasSubstr(part)) << payload(changes);
    EXPECT_NE(refused(changes), "no error") << payload(changes);
  }
}

TEST(Claims, ATwiceGivenOneIsRefused) {
  const auto twice = [](const std::string& more) {
    auto text = payload();
    text.insert(1, more + ",");
    const auto checked = claims(text);
    return checked ? "no error" : checked.error();
  };
  EXPECT_THAT(twice(R"("exp":1)"), HasSubstr("each member once"));
  EXPECT_THAT(twice(R"("au\u0064":"x")"), HasSubstr("each member once"));
  EXPECT_EQ(twice(R"("x":{"exp":1},"y":"a:b,\"c\":{","z":[{"exp":2}])"), "no error");
}

TEST(Claims, AResourceWithoutAPathHasTwoSpellings) {
  for (const auto* aud : {"\"https://mcp.example.com\"", "\"https://mcp.example.com/\""})
    EXPECT_TRUE(claims(payload({{"aud", aud}}), "https://mcp.example.com")) << aud;
  EXPECT_FALSE(claims(payload({{"aud", "\"https://mcp.example.com//\""}}), "https://mcp.example.com"));
}

TEST(Claims, FurtherAudiencesAreComparedAsTheyAre) {
  const std::vector<std::string> further = {"api://pve", "0oa1b2c3/"};
  const auto told = [&](const std::string& audience) {
    const auto checked = claims(payload({{"aud", audience}}), "https://mcp.example.com/mcp", further);
    return checked ? "no error" : checked.error();
  };
  for (const auto* const ours : {R"("api://pve")", R"("api://pve/")", R"("0oa1b2c3")", R"(["x","0oa1b2c3/"])",
                                 R"("https://mcp.example.com/mcp")"})
    EXPECT_EQ(told(ours), "no error") << ours;
  for (const auto* const other : {R"("api://PVE")", R"("api://pve2")", R"("")", R"("/")", R"("*")", "[]"})
    EXPECT_THAT(told(other), HasSubstr("https://mcp.example.com/mcp or a further audience.")) << other;
}

TEST(Claims, PayloadsThatAreRefused) {
  for (const auto& bad :
       {std::string(), std::string("null"), std::string("[]"), std::string("{"), std::string("{}"),
        payload({{"x", std::string(64, '[') + std::string(64, ']')}}), payload() + "x"})
    EXPECT_FALSE(claims(bad)) << bad;
}

}  // namespace
