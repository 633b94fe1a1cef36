#include "base/base64.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

std::string plain(std::string_view bytes) {
  std::string out;
  base::append_base64(bytes, out);
  return out;
}

TEST(Base64, WritesTheVectorsOfTheStandard) {
  const std::array<std::array<std::string_view, 3>, 8> table{{{"", "", ""},
                                                              {"f", "Zg==", "Zg"},
                                                              {"fo", "Zm8=", "Zm8"},
                                                              {"foo", "Zm9v", "Zm9v"},
                                                              {"foob", "Zm9vYg==", "Zm9vYg"},
                                                              {"fooba", "Zm9vYmE=", "Zm9vYmE"},
                                                              {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
                                                              {"\xFB\xFF\xFE", "+//+", "-__-"}}};
  for (const auto& [bytes, padded, url] : table) {
    EXPECT_EQ(plain(bytes), padded);
    EXPECT_EQ(base::base64url(bytes), url);
    EXPECT_EQ(base::from_base64(padded), std::string(bytes));
    EXPECT_EQ(base::from_base64url(url), std::string(bytes));
  }
}

TEST(Base64, AppendsAndLosesNoByte) {
  std::string out = "before:";
  base::append_base64(std::string_view("\0\0", 2), out);
  EXPECT_EQ(out, "before:AAA=");
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all += static_cast<char>(i);
    EXPECT_EQ(base::from_base64(plain(all)), all);
    EXPECT_EQ(base::from_base64url(base::base64url(all)), all);
  }
}

TEST(Base64, ReadsNothingButWhatItWrites) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=", "==", "====", "Z===", "Zg==Zg==", "Zm9v\n", " Zm9v",
        "Zm 9v", "Zm9v====", "-__-", "Zm9*", "Zg=v", "Z"}) {
    EXPECT_FALSE(base::from_base64(text)) << text;
  }
  for (const std::string_view text :
       {"Zg==", "Zm8=", "Zh", "Zm9", "Z", "Zm9vY", "+//+", "Zg\n", "Zm9v ", "=", "Z.g"}) {
    EXPECT_FALSE(base::from_base64url(text)) << text;
  }
  EXPECT_FALSE(base::from_base64(std::string_view("Zm9\0", 4)));
  EXPECT_FALSE(base::from_base64url("\xC3\xA9"));
}

}  // namespace
