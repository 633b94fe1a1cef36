#include "auth/authenticator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "auth/fake_issuer.h"
#include "auth/signing.h"
#include "base/base64.h"

namespace {

using namespace std::chrono_literals;
using test::kIssuer;
using test::kKeysUrl;
using test::kResource;
using test::Signer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const auth::Words kWords{{"read-only", "read-execute", "full"}, {"nodes", "qemu"}};

std::string header(const std::string& algorithm, const std::string& kid) {
  return R"({"typ":"at+jwt","alg":")" + algorithm + R"(","kid":")" + kid + "\"}";
}

class Caller : public testing::Test {
 protected:
  Caller() {
    issuer_.serve(kKeysUrl, R"({"keys":[)" + test::rsa_signer().jwk("r") + "," + test::ec_signer().jwk("e") +
                                "," + test::ed_signer().jwk("d") + "]}");
    write_tokens("laptop", "pve_static");
  }
  ~Caller() override { std::filesystem::remove(file_); }

  void write_tokens(const std::string& name, const std::string& token) {
    std::ofstream(file_) << "[[token]]\nname = \"" << name << "\"\nsha256 = \""
                         << base::to_hex(base::sha256(token)) << "\"\ntier = \"read-execute\"\n";
    ::chmod(file_.c_str(), 0600);
  }
  auth::Authenticator& authenticator() {
    if (!authenticator_) {
      auto opened = auth::Authenticator::open(options_, issuer_.clients(), clock_);
      if (!opened) throw std::runtime_error(opened.error());
      authenticator_ = std::move(*opened);
    }
    return *authenticator_;
  }
  std::expected<auth::Principal, auth::Denied> check(const std::string& token) {
    return authenticator().check({{"Host", "x"}, {"Authorization", "Bearer " + token}}, {});
  }
  // "", or status, challenge and sentence.
  std::string refusal(const std::string& token) {
    const auto principal = check(token);
    if (principal) return "";
    const auto& denied = principal.error();
    EXPECT_THAT(denied.challenge + denied.sentence, Not(HasSubstr(token))) << "the token is not repeated";
    return std::to_string(denied.status) + " " + denied.challenge + " " + denied.sentence;
  }
  std::string payload(const std::string& more = R"("scope":"pve:read")",
                      const std::string& audience = kResource) const {
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(clock_.wall().time_since_epoch()).count();
    return R"({"iss":")" + std::string(kIssuer) + R"(","aud":[")" + audience + R"("],"sub":"alice","exp":)" +
           std::to_string(now + 300) + "," + more + "}";
  }

  const std::string file_ = testing::TempDir() + "caller-" + std::to_string(::getpid()) + ".toml";
  base::ManualClock clock_;
  test::FakeIssuer issuer_;
  auth::Options options_{kResource, file_, kIssuer, kKeysUrl, kWords, 2};
  std::unique_ptr<auth::Authenticator> authenticator_;
};

TEST_F(Caller, WithAStaticToken) {
  const auto principal = check("pve_static");
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->identity, "laptop");
  EXPECT_EQ(principal->tier, "read-execute");
  EXPECT_EQ(principal->categories, std::nullopt);
  EXPECT_THAT(principal->scopes, IsEmpty());
  EXPECT_THAT(issuer_.asked(), IsEmpty());
}

TEST_F(Caller, WithAnAccessTokenOfEachAlgorithm) {
  for (const auto* signer : {&test::rsa_signer(), &test::ec_signer(), &test::ed_signer()}) {
    const auto kid = signer->algorithm() == "RS256" ? "r" : signer->algorithm() == "ES256" ? "e" : "d";
    const auto principal =
        check(signer->token(header(signer->algorithm(), kid), payload(R"("scope":"openid pve:execute")")));
    ASSERT_TRUE(principal) << principal.error().sentence;
    EXPECT_EQ(principal->identity, "alice@id.example.com");
    EXPECT_EQ(principal->tier, "read-execute");
    EXPECT_THAT(principal->scopes, ElementsAre("openid", "pve:execute"));
    EXPECT_TRUE(check(signer->token(R"({"alg":")" + signer->algorithm() + "\"}", payload())))
        << "without a kid";
  }
}

TEST_F(Caller, TheHighestScopeGivesTheTier) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("scope":"pve:read")", "read-only"},
      {R"("scope":"pve:full pve:read")", "full"},
      {R"("scp":["pve:execute"])", "read-execute"},
      {R"("scp":"pve:full")", "full"}};
  for (const auto& [scopes, tier] : cases)
    EXPECT_EQ(check(test::ed_signer().token(header("EdDSA", "d"), payload(scopes)))->tier, tier) << scopes;
}

TEST_F(Caller, MayBeLimitedByScopesThatAreTerms) {
  options_.words.scope_misfit = [](std::span<const std::string> terms) -> std::optional<std::string> {
    return terms.front() == "tag:ci" ? std::nullopt : std::optional<std::string>("it is not a term");
  };
  const auto token = [&](const std::string& scope) {
    return test::ed_signer().token(header("EdDSA", "d"), payload("\"scope\":\"" + scope + "\""));
  };
  EXPECT_EQ(check(token("pve:read"))->scope, std::nullopt);
  EXPECT_THAT(check(token("pve:read pve:scope:tag:ci pve:scope:vmid:100-199"))->scope,
              testing::Optional(ElementsAre("tag:ci", "vmid:100-199")));
  EXPECT_THAT(refusal(token("pve:read pve:scope:cats")), HasSubstr("it is not a term"));
}

TEST_F(Caller, WithoutAScopeOfThisServer) {
  for (const auto* scopes : {R"("scope":"openid profile")", R"("scope":"")", R"("x":1)"}) {
    EXPECT_THAT(
        refusal(test::ed_signer().token(header("EdDSA", "d"), payload(scopes))),
        AllOf(HasSubstr("403 Bearer error=\"insufficient_scope\""), HasSubstr("scope=\"pve:read\""),
              HasSubstr(
                  "resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\"")));
  }
}

TEST_F(Caller, ForgeriesAreRefused) {
  const auto good = test::rsa_signer().token(header("RS256", "r"), payload());
  ASSERT_EQ(refusal(good), "");
  const auto last = good.rfind('.');
  const auto unsigned_part = good.substr(0, last);
  const auto first = good.find('.');
  auto tampered = base::base64url(payload(R"("scope":"pve:full")"));
  const std::vector<std::pair<std::string, std::string>> cases = {
      {base::base64url(R"({"alg":"none"})") + "." + good.substr(first + 1, last - first), "no signature"},
      {base::base64url(R"({"alg":"none"})") + "." + good.substr(first + 1), "must be RS256"},
      {test::hmac_token(header("HS256", "r"), payload(), test::rsa_signer().pem()), "must be RS256"},
      {test::hmac_token(header("RS256", "r"), payload(), test::rsa_signer().pem()), "signature is invalid"},
      {test::ec_signer().token(header("RS256", "r"), payload()), "signature is invalid"},
      {test::ec_signer().token(header("RS256", "e"), payload()), "key that its issuer does not publish"},
      {test::rsa_signer().token(header("ES256", "r"), payload()), "key that its issuer does not publish"},
      {Signer::ed25519().token(header("EdDSA", "d"), payload()), "signature is invalid"},
      {test::rsa_signer().token(header("RS256", "stranger"), payload()),
       "key that its issuer does not publish"},
      {good.substr(0, first + 1) + tampered + good.substr(last), "signature is invalid"},
      {unsigned_part + "." + base::base64url(test::ec_signer().sign_der(unsigned_part)),
       "signature is invalid"},
      {good.substr(0, good.size() - 6), "signature is invalid"},
      {unsigned_part, "not a JWT (three parts)"},
      {unsigned_part + ".", "no signature"},
      {good + ".x", "not a JWT (three parts)"},
      {"pve_unknown", "Unknown token"},
      {std::string(20'000, 'a'), "longer than 16 KiB"},
  };
  for (const auto& [token, part] : cases)
    EXPECT_THAT(refusal(token), AllOf(HasSubstr("401 Bearer error=\"invalid_token\""), HasSubstr(part)));
}

TEST_F(Caller, EcdsaSignaturesInDerAreRefused) {
  const auto text = base::base64url(header("ES256", "e")) + "." + base::base64url(payload());
  EXPECT_EQ(refusal(text + "." + base::base64url(test::ec_signer().sign(text))), "");
  EXPECT_THAT(refusal(text + "." + base::base64url(test::ec_signer().sign_der(text))),
              HasSubstr("signature is invalid"));
}

TEST_F(Caller, ATokenForAnotherServerIsRefused) {
  EXPECT_THAT(refusal(test::ed_signer().token(
                  header("EdDSA", "d"), payload(R"("scope":"pve:full")", "https://other.example.com/mcp"))),
              AllOf(HasSubstr("401"), HasSubstr("is for 'https://other.example.com/mcp'")));
}

TEST_F(Caller, ATokenEndsWhenItExpires) {
  const auto token = test::ed_signer().token(header("EdDSA", "d"), payload());
  EXPECT_EQ(refusal(token), "");
  clock_.advance(299s);
  EXPECT_EQ(refusal(token), "");
  clock_.advance(1s);
  EXPECT_THAT(refusal(token), HasSubstr("401 Bearer error=\"invalid_token\""));
}

TEST_F(Caller, AReplacedKeyWithoutAKidIsNoticed) {
  const auto fresh = Signer::ed25519();
  EXPECT_EQ(refusal(test::ed_signer().token(R"({"alg":"EdDSA"})", payload())), "");
  issuer_.serve(kKeysUrl, R"({"keys":[)" + fresh.jwk("d") + "]}");
  EXPECT_EQ(refusal(fresh.token(R"({"alg":"EdDSA"})", payload())), "");
  EXPECT_THAT(refusal(test::ed_signer().token(R"({"alg":"EdDSA"})", payload())),
              HasSubstr("signature is invalid"));
}

TEST_F(Caller, WithoutKeysTheAnswerIs503) {
  issuer_.down(true);
  const auto denied = check(test::ed_signer().token(header("EdDSA", "d"), payload()));
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().status, 503U);
  EXPECT_EQ(denied.error().challenge, "");
  EXPECT_THAT(denied.error().sentence, HasSubstr("cannot be fetched now"));
  EXPECT_TRUE(check("pve_static")) << "static tokens need no issuer";
}

TEST_F(Caller, WithoutAToken) {
  const auto none = authenticator().check({}, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().status, 401U);
  EXPECT_THAT(none.error().challenge, Not(HasSubstr("error=")));
  EXPECT_EQ(authenticator().check({{"Authorization", "Basic YTpi"}}, {}).error().status, 401U);
  EXPECT_EQ(authenticator().check({{"Authorization", "Bearer"}}, {}).error().status, 400U);
  const auto twice = authenticator().check(
      {{"Authorization", "Bearer pve_static"}, {"authorization", "Bearer pve_static"}}, {});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().status, 400U);
  EXPECT_THAT(twice.error().challenge, HasSubstr("error=\"invalid_request\""));
}

TEST_F(Caller, TokensAreReadAgain) {
  EXPECT_TRUE(check("pve_static"));
  write_tokens("phone", "pve_other");
  ASSERT_TRUE(authenticator().reload());
  EXPECT_FALSE(check("pve_static"));
  EXPECT_EQ(check("pve_other")->identity, "phone");
  std::ofstream(file_) << "[[token]]\nname = \"x\"\n";
  const auto broken = authenticator().reload();
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error(), AllOf(HasSubstr("sha256 is missing"),
                                    HasSubstr("The tokens that were read before stay valid.")));
  EXPECT_TRUE(check("pve_other"));
}

TEST_F(Caller, WithStaticTokensAlone) {
  options_.issuer.clear();
  options_.jwks_url.clear();
  EXPECT_TRUE(check("pve_static"));
  EXPECT_THAT(refusal("pve_unknown"), AllOf(HasSubstr("401 Bearer error=\"invalid_token\", realm="),
                                            HasSubstr("does not know the token")));
  EXPECT_EQ(authenticator().metadata(), std::nullopt);
  EXPECT_EQ(authenticator().check({}, {}).error().challenge, "Bearer realm=\"mcp-pve\"");
}

TEST_F(Caller, AnotherTierNeedsItsScopes) {
  const auto denied = authenticator().insufficient_scope(1);
  EXPECT_EQ(denied.status, 403U);
  EXPECT_THAT(denied.challenge, HasSubstr("scope=\"pve:read pve:execute\""));
}

TEST_F(Caller, MetadataNameNoScopeAboveTheServersTier) {
  options_.highest_tier = 0;
  EXPECT_THAT(*authenticator().metadata(), HasSubstr(R"("scopes_supported":["pve:read"])"));
  EXPECT_EQ(authenticator().paths().inserted, "/.well-known/oauth-protected-resource/mcp");
}

TEST_F(Caller, RefusesUnusableOptions) {
  const auto told = [&](const auth::Options& options) {
    const auto opened = auth::Authenticator::open(options, issuer_.clients(), clock_);
    return opened ? "no error" : opened.error();
  };
  auto options = options_;
  EXPECT_EQ(told(options), "no error");
  options.issuer = "http://id.example.com";
  EXPECT_THAT(told(options), HasSubstr("The issuer \"http://id.example.com\" must begin with https://"));
  options.issuer = "https://id.example.com?x";
  EXPECT_THAT(told(options), HasSubstr("no query"));
  options = options_;
  options.jwks_url = "http://id.example.com/keys";
  EXPECT_THAT(told(options), HasSubstr("must begin with https://"));
  options = options_;
  options.resource = "mcp.example.com";
  EXPECT_THAT(told(options), HasSubstr("has no scheme"));
  options.issuer.clear();
  EXPECT_EQ(told(options), "no error") << "static tokens are for no URL";
  options = options_;
  options.token_file = "/nonexistent/file";
  EXPECT_THAT(told(options), HasSubstr("cannot be opened"));
  EXPECT_THAT(told({kResource, "", "", "", kWords, 2}), HasSubstr("would refuse every request"));
}

}  // namespace
