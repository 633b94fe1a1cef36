#include "auth/jwk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/signing.h"
#include "base/base64.h"

namespace {

using auth::Algorithm;
using auth::parse_jwks;
using test::Signer;
using testing::HasSubstr;

std::string set_of(const std::vector<std::string>& keys) {
  std::string text = R"({"keys":[)";
  for (const auto& key : keys) text += (text.ends_with('[') ? "" : ",") + key;
  return text + "]}";
}

TEST(Jwks, KeysOfThreeKindsVerify) {
  const std::vector<std::pair<const Signer*, Algorithm>> signers = {{&test::rsa_signer(), Algorithm::Rs256},
                                                                    {&test::ec_signer(), Algorithm::Es256},
                                                                    {&test::ed_signer(), Algorithm::EdDsa}};
  for (const auto& [signer, algorithm] : signers) {
    SCOPED_TRACE(signer->algorithm());
    const auto keys =
        parse_jwks(set_of({signer->jwk("k1", R"(,"use":"sig","alg":")" + signer->algorithm() + "\"")}));
    ASSERT_TRUE(keys) << keys.error();
    ASSERT_EQ(keys->size(), 1U);
    const auto& key = keys->front();
    EXPECT_EQ(key.kid, "k1");
    EXPECT_EQ(key.algorithm, algorithm);
    const auto signature = signer->sign("text");
    EXPECT_TRUE(auth::verify(key, "text", signature));
    EXPECT_FALSE(auth::verify(key, "texT", signature));
    EXPECT_FALSE(auth::verify(key, "text", ""));
    for (std::size_t i = 0; i < signature.size(); i += 7) {
      auto other = signature;
      other[i] = static_cast<char>(other[i] ^ 1);
      EXPECT_FALSE(auth::verify(key, "text", other)) << i;
    }
    EXPECT_FALSE(auth::verify(key, "text", signature + '\0'));
    EXPECT_FALSE(auth::verify(key, "text", signature.substr(1)));
  }
}

TEST(Jwks, EcdsaIsRawNotDer) {
  const auto keys = parse_jwks(set_of({test::ec_signer().jwk("k")}));
  ASSERT_TRUE(keys);
  EXPECT_FALSE(auth::verify(keys->front(), "text", test::ec_signer().sign_der("text")));
  EXPECT_FALSE(auth::verify(keys->front(), "text", std::string(64, '\0'))) << "the psychic signature";
  EXPECT_FALSE(auth::verify(keys->front(), "text", std::string(64, '\xFF')));
}

TEST(Jwks, KeysThatCannotVerifyAreLeftOut) {
  const auto good = test::ed_signer().jwk("good");
  const auto rsa = test::rsa_signer().jwk("r");
  const auto with = [](std::string jwk, const std::string& from, const std::string& to) {
    const auto at = jwk.find(from);
    if (at == std::string::npos) throw std::runtime_error(from);
    return jwk.replace(at, from.size(), to);
  };
  const std::vector<std::string> bad = {
      Signer::rsa(1024).jwk("short"),
      Signer::ec("secp384r1").jwk("p384"),
      test::rsa_signer().jwk("enc", R"(,"use":"enc")"),
      test::rsa_signer().jwk("use", R"(,"use":1)"),
      test::rsa_signer().jwk("ops", R"(,"key_ops":["sign"])"),
      test::rsa_signer().jwk("alg", R"(,"alg":"RS512")"),
      test::rsa_signer().jwk("pss", R"(,"alg":"PS256")"),
      test::rsa_signer().jwk("confused", R"(,"alg":"HS256")"),
      test::ec_signer().jwk("confused", R"(,"alg":"RS256")"),
      with(rsa, R"("e":"AQAB")", R"("e":"AQ")"),
      with(rsa, R"("e":"AQAB")", R"("e":"Ag")"),
      with(rsa, R"("e":"AQAB")", R"("e":"")"),
      with(rsa, R"("e":"AQAB")", R"("e":"AAAAAAAAAAAAAAAB")"),
      with(rsa, R"("n":")", R"("n":"=)"),
      with(rsa, R"("RSA")", R"("EC")"),
      with(test::ec_signer().jwk("off"), R"("y":")", R"("y":"AA)"),
      R"({"kty":"EC","crv":"P-256","x":")" + base::base64url(std::string(32, '\x01')) + R"(","y":")" +
          base::base64url(std::string(32, '\x01')) + R"("})",
      R"({"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"})",
      R"({"kty":"OKP","crv":"X25519","x":")" + base::base64url(std::string(32, '\x01')) + R"("})",
      R"({"kty":"OKP","crv":"Ed25519","x":"AQ"})",
      R"({"kty":1})",
      "{}",
      "[]",
      "null",
  };
  for (const auto& key : bad) {
    const auto keys = parse_jwks(set_of({key, good}));
    ASSERT_TRUE(keys) << key;
    ASSERT_EQ(keys->size(), 1U) << key;
    EXPECT_EQ(keys->front().kid, "good");
    EXPECT_THAT(parse_jwks(set_of({key})).error(), HasSubstr("has no key for RS256")) << key;
  }
}

TEST(Jwks, RefusesOtherDocuments) {
  for (const auto* bad :
       {"", "{", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[[[[[[[[[[1]]]]]]]]]]})"})
    EXPECT_FALSE(parse_jwks(bad)) << bad;
  EXPECT_THAT(parse_jwks(set_of(std::vector<std::string>(101, "{}"))).error(), HasSubstr("more than 100"));
}

}  // namespace
