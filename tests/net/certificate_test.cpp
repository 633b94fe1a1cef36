#include "net/certificate.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/text.h"

namespace {

const std::string kShown =
    "40:6E:A7:4B:E4:6E:E7:81:21:38:A9:85:A5:8F:D8:3F:E4:4C:D6:37:E2:53:F6:19:75:D6:3C:94:98:27:F6:29";

TEST(Fingerprint, ReadsWhatPeoplePaste) {
  std::string bare = kShown;
  std::erase(bare, ':');
  for (const auto& text : {kShown, base::lower_ascii(kShown), bare, base::lower_ascii(bare),
                           " " + kShown + "\n", "sha256 Fingerprint=" + kShown, "SHA256:" + bare}) {
    const auto fingerprint = net::parse_fingerprint(text);
    ASSERT_TRUE(fingerprint) << text << fingerprint.error();
    EXPECT_EQ(net::to_text(*fingerprint), kShown);
  }
}

TEST(Fingerprint, RefusesTheRest) {
  const std::string sha1 = kShown.substr(0, 59);
  for (const auto& text :
       {std::string(), std::string("x"), sha1, kShown + ":00", kShown.substr(0, 94), kShown + ":",
        ":" + kShown, "4" + kShown, "40::" + kShown.substr(3), "4:06E" + kShown.substr(5)})
    EXPECT_FALSE(net::parse_fingerprint(text)) << text;
  EXPECT_NE(net::parse_fingerprint(sha1).error().find("SHA-1"), std::string::npos);
}

TEST(Certificate, IsMadeAndRecognised) {
  const std::array<std::string, 3> names = {"pve1", "127.0.0.1", "::1"};
  const auto made = net::make_certificate(names);
  ASSERT_TRUE(made) << made.error();
  EXPECT_TRUE(made->certificate_pem.starts_with("-----BEGIN CERTIFICATE-----"));
  EXPECT_TRUE(made->key_pem.starts_with("-----BEGIN PRIVATE KEY-----"));
  EXPECT_EQ(net::fingerprint_of_pem(made->certificate_pem), made->fingerprint);
  EXPECT_FALSE(net::make_certificate({}));
  EXPECT_FALSE(net::fingerprint_of_pem("nothing"));
}

}  // namespace
