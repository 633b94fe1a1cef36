#include "auth/key_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "auth/fake_issuer.h"
#include "auth/signing.h"

namespace {

using namespace std::chrono_literals;
using auth::Algorithm;
using test::kIssuer;
using test::kKeysUrl;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kOAuth = "https://id.example.com/.well-known/oauth-authorization-server/realms/lab";
constexpr const char* kOpenIdInserted = "https://id.example.com/.well-known/openid-configuration/realms/lab";
constexpr const char* kOpenId = "https://id.example.com/realms/lab/.well-known/openid-configuration";

std::string set_of(const std::string& kid) { return R"({"keys":[)" + test::ed_signer().jwk(kid) + "]}"; }

class Keys : public testing::Test {
 protected:
  Keys() {
    issuer_.serve_metadata(kOAuth);
    issuer_.serve(kKeysUrl, set_of("one"));
  }
  // "1": found; "0": not found; else the sentence.
  std::string find(const std::optional<std::string>& kid, bool again = false,
                   Algorithm algorithm = Algorithm::EdDsa) {
    const auto found = keys_.find(kid, algorithm, {}, again);
    return found ? std::to_string(found->size()) : found.error();
  }
  std::size_t fetches() const { return issuer_.asked_for(kKeysUrl); }

  base::ManualClock clock_;
  test::FakeIssuer issuer_;
  auth::KeySource keys_{kIssuer, std::nullopt, issuer_.clients(), clock_};
};

TEST_F(Keys, AreDiscoveredAndKept) {
  EXPECT_THAT(issuer_.asked(), IsEmpty()) << "nothing is asked before a token comes";
  EXPECT_EQ(find("one"), "1");
  EXPECT_THAT(issuer_.asked(), ElementsAre(kOAuth, kKeysUrl));
  EXPECT_EQ(find("one"), "1");
  EXPECT_EQ(find(std::nullopt), "1");
  clock_.advance(59min);
  EXPECT_EQ(find("one"), "1");
  EXPECT_EQ(fetches(), 1U);
  clock_.advance(2min);
  EXPECT_EQ(find("one"), "1");
  EXPECT_EQ(fetches(), 2U) << "an hour is the default";
}

TEST_F(Keys, AKeyIsForItsAlgorithmAlone) {
  EXPECT_EQ(find("one", false, Algorithm::Rs256), "0");
  EXPECT_EQ(find("one", false, Algorithm::EdDsa), "1");
}

TEST_F(Keys, ANewKidIsFetchedAtOnceAndThenOnceAMinute) {
  EXPECT_EQ(find("one"), "1");
  issuer_.serve(kKeysUrl, set_of("two"));
  clock_.advance(1s);
  EXPECT_EQ(find("two"), "1") << "rotation is noticed";
  EXPECT_EQ(fetches(), 2U);
  EXPECT_EQ(find("one"), "0") << "the old key is gone";
  for (int i = 0; i < 50; ++i) EXPECT_EQ(find("stranger-" + std::to_string(i)), "0");
  EXPECT_EQ(fetches(), 2U) << "a stranger's kid does not make us ask";
  clock_.advance(60s);
  EXPECT_EQ(find("stranger"), "0");
  EXPECT_EQ(find("stranger"), "0");
  EXPECT_EQ(fetches(), 3U);
}

TEST_F(Keys, AgainAsksForNewerOnesOnceAMinute) {
  EXPECT_EQ(find(std::nullopt), "1");
  EXPECT_EQ(find(std::nullopt, true), "1");
  EXPECT_EQ(fetches(), 2U);
  EXPECT_EQ(find(std::nullopt, true), "1");
  EXPECT_EQ(fetches(), 2U);
}

TEST_F(Keys, OldOnesAreUsedWhileFetchingFails) {
  EXPECT_EQ(find("one"), "1");
  issuer_.down(true);
  clock_.advance(2h);
  EXPECT_EQ(find("one"), "1");
  EXPECT_THAT(
      find("two"),
      HasSubstr(
          "cannot be fetched now: https://id.example.com/.well-known/oauth-authorization-server/realms/lab "
          "did not answer: connection refused"))
      << "whether the key exists cannot be told";
  clock_.advance(21h);
  EXPECT_EQ(find("one"), "1") << "23 h old";
  clock_.advance(1h);
  EXPECT_THAT(find("one"), HasSubstr("cannot be fetched now")) << "24 h old";
  issuer_.down(false);
  clock_.advance(10s);
  EXPECT_EQ(find("one"), "1") << "and they come back";
}

TEST_F(Keys, AFailureIsNotRepeatedAtOnce) {
  issuer_.down(true);
  EXPECT_THAT(find("one"), HasSubstr("connection refused"));
  const auto asked = issuer_.asked().size();
  EXPECT_THAT(find("one"), HasSubstr("connection refused"));
  EXPECT_EQ(issuer_.asked().size(), asked);
  issuer_.down(false);
  clock_.advance(9s);
  EXPECT_THAT(find("one"), HasSubstr("connection refused"));
  clock_.advance(1s);
  EXPECT_EQ(find("one"), "1");
}

TEST_F(Keys, CacheControlIsBounded) {
  const std::vector<std::pair<const char*, std::chrono::seconds>> cases = {
      {"max-age=7200", 7200s},
      {"public, Max-Age=7200", 7200s},
      {"max-age=1", 300s},
      {"max-age=99999999", 24h},
      {"max-age=9999999999999999999999", 24h},
      {"no-store", 300s},
      {"no-cache, max-age=7200", 300s},
      {"max-age=-1", 1h},
      {"max-age=soon", 1h},
      {"", 1h},
      {"private", 1h},
  };
  for (const auto& [value, lifetime] : cases)
    EXPECT_EQ(auth::lifetime_of({{"Cache-Control", value}}), lifetime) << value;
  EXPECT_EQ(auth::lifetime_of({}), 1h);
  issuer_.serve(kKeysUrl, set_of("one"), {{"Cache-Control", "max-age=7200"}});
  EXPECT_EQ(find("one"), "1");
  clock_.advance(7199s);
  EXPECT_EQ(find("one"), "1");
  EXPECT_EQ(fetches(), 1U);
  clock_.advance(1s);
  EXPECT_EQ(find("one"), "1");
  EXPECT_EQ(fetches(), 2U);
}

TEST_F(Keys, ConcurrentCallersShareOneFetch) {
  issuer_.hold(true);
  std::atomic<int> found = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 16; ++i)
      callers.emplace_back([&, i] {
        found += find(i % 2 == 0 ? std::optional<std::string>("one") : std::nullopt) == "1" ? 1 : 0;
      });
    issuer_.await(1);
    issuer_.hold(false);
  }
  EXPECT_EQ(found, 16);
  EXPECT_THAT(issuer_.asked(), ElementsAre(kOAuth, kKeysUrl));
}

TEST_F(Keys, TheNumberOfWaitersIsLimited) {
  issuer_.hold(true);
  std::atomic<std::size_t> found = 0;
  constexpr std::ptrdiff_t kMore = 5;
  std::latch turned_away(kMore);
  {
    std::vector<std::jthread> callers;
    for (std::size_t i = 0; i < auth::KeySource::kMostWaiting + kMore; ++i)
      callers.emplace_back([&] {
        const auto keys = keys_.find("one", Algorithm::EdDsa, {});
        if (keys) {
          ++found;
        } else {
          EXPECT_THAT(keys.error(), HasSubstr("Too many requests are waiting"));
          turned_away.count_down();
        }
      });
    turned_away.wait();
    issuer_.hold(false);
  }
  EXPECT_EQ(found, auth::KeySource::kMostWaiting);
}

TEST_F(Keys, ACancelledWaitDoesNotEndTheFetch) {
  issuer_.hold(true);
  std::string patient;
  std::string gone;
  std::stop_source stop;
  std::jthread first([&] {
    const auto found = keys_.find("one", Algorithm::EdDsa, stop.get_token());
    gone = found ? "found" : found.error();
  });
  issuer_.await(1);
  std::jthread second([&] { patient = find("one"); });
  stop.request_stop();
  first.join();
  EXPECT_THAT(gone, HasSubstr("was cancelled"));
  issuer_.hold(false);
  second.join();
  EXPECT_EQ(patient, "1");
  EXPECT_EQ(fetches(), 1U);
}

TEST_F(Keys, TheEndDoesNotWaitForTheIssuer) {
  issuer_.hold(true);
  std::stop_source stop;
  std::string gone;
  {
    auth::KeySource keys(kIssuer, std::nullopt, issuer_.clients(), clock_);
    std::jthread caller([&] {
      const auto found = keys.find("one", Algorithm::EdDsa, stop.get_token());
      gone = found ? "found" : found.error();
    });
    issuer_.await(1);
    stop.request_stop();
  }
  EXPECT_THAT(gone, HasSubstr("was cancelled"));
}

TEST_F(Keys, KnownOnesAreNotHeldUpByAFetchAfterAFailure) {
  EXPECT_EQ(find("one"), "1");
  clock_.advance(2h);
  issuer_.down(true);
  EXPECT_EQ(find("one"), "1");
  issuer_.hold(true);
  clock_.advance(60s);
  const auto asked = issuer_.asked().size();
  EXPECT_EQ(find("one"), "1") << "answers while the fetch hangs";
  issuer_.await(asked + 1);
  issuer_.hold(false);
}

// The documents that are requested in turn if none exists.
TEST(Discovery, TriesTheThreePlaces) {
  test::FakeIssuer issuer;
  const auto where = auth::discover_keys(kIssuer, issuer.clients(), {});
  ASSERT_FALSE(where);
  EXPECT_THAT(where.error(), HasSubstr(std::string(kOpenId) + " answered 404"));
  EXPECT_THAT(issuer.asked(), ElementsAre(kOAuth, kOpenIdInserted, kOpenId));
  issuer.serve_metadata(kOpenId);
  EXPECT_EQ(auth::discover_keys(kIssuer, issuer.clients(), {})->text(), kKeysUrl);
}

TEST(Discovery, OfAnIssuerWithoutAPath) {
  test::FakeIssuer issuer;
  EXPECT_FALSE(auth::discover_keys("https://id.example.com/", issuer.clients(), {}));
  EXPECT_THAT(issuer.asked(), ElementsAre("https://id.example.com/.well-known/oauth-authorization-server",
                                          "https://id.example.com/.well-known/openid-configuration"));
}

TEST(Discovery, MetadataOfAnotherIssuerDoNotCount) {
  for (const auto* other : {"https://id.example.com/realms/lab/", "https://evil.example.com",
                            "HTTPS://id.example.com/realms/lab", ""}) {
    test::FakeIssuer issuer;
    issuer.serve_metadata(kOAuth, other);
    const auto where = auth::discover_keys(kIssuer, issuer.clients(), {});
    ASSERT_FALSE(where) << other;
    EXPECT_THAT(where.error(), HasSubstr("belongs to the issuer \"" + std::string(other)));
    issuer.serve_metadata(kOpenId);
    EXPECT_TRUE(auth::discover_keys(kIssuer, issuer.clients(), {})) << "a later place may be right";
  }
}

TEST(Discovery, KeysComeOverHttps) {
  const auto refused = [](const std::string& keys, const std::string& issuer_url = kIssuer) {
    test::FakeIssuer issuer;
    issuer.serve_metadata(auth::parse_location(issuer_url)->origin_text() +
                              "/.well-known/oauth-authorization-server" +
                              auth::parse_location(issuer_url)->path,
                          issuer_url, keys);
    const auto where = auth::discover_keys(issuer_url, issuer.clients(), {});
    return where ? "no error" : where.error();
  };
  EXPECT_THAT(refused("http://id.example.com/keys"), HasSubstr("does not begin with https://"));
  EXPECT_THAT(refused("http://127.0.0.1/keys"), HasSubstr("does not begin with https://"))
      << "an issuer elsewhere has no keys here";
  EXPECT_THAT(refused("/keys"), HasSubstr("has a jwks_uri that has no scheme"));
  EXPECT_EQ(refused("https://elsewhere.example.com/keys"), "no error");
  EXPECT_EQ(refused("http://127.0.0.1:4593/keys", "http://127.0.0.1:4593"), "no error");
  EXPECT_THAT(refused("http://192.0.2.1/keys", "http://127.0.0.1:4593"),
              HasSubstr("does not begin with https://"));
}

TEST(Discovery, BrokenDocuments) {
  for (const auto* body :
       {"", "[]", "{", "{}", R"({"issuer":7})", R"({"issuer":"https://id.example.com/realms/lab"})",
        R"({"issuer":"https://id.example.com/realms/lab","jwks_uri":7})"}) {
    test::FakeIssuer issuer;
    issuer.serve(kOAuth, body);
    EXPECT_FALSE(auth::discover_keys(kIssuer, issuer.clients(), {})) << body;
  }
  test::FakeIssuer large;
  large.serve(kOAuth, std::string(300'000, ' '));
  EXPECT_THAT(auth::discover_keys(kIssuer, large.clients(), {}).error(), HasSubstr("larger than 256 KiB"));
  test::FakeIssuer redirect;
  redirect.answer(kOAuth, {302, "Found", {{"Location", "https://evil.example.com"}}, ""});
  EXPECT_THAT(auth::discover_keys(kIssuer, redirect.clients(), {}).error(), HasSubstr("answered 302"));
}

}  // namespace
