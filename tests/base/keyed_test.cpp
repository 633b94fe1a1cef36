#include "base/keyed.h"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(Keyed, HmacIsThatOfRfc4231) {
  EXPECT_EQ(base::to_hex(base::hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Keyed, DerivationIsThatOfRfc5869WithoutSalt) {
  const std::string key(22, '\x0b');
  // Test case 3: no salt, no label; the first 32 of its 42 bytes.
  EXPECT_EQ(base::to_hex(base::derived_key(key, "")),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

TEST(Keyed, EachLabelGivesAnotherKey) {
  EXPECT_NE(base::derived_key("key", "one"), base::derived_key("key", "two"));
  EXPECT_NE(base::derived_key("key", "one"), base::derived_key("kez", "one"));
}

}  // namespace
