#include "facts/secret_parts.h"

#include <gtest/gtest.h>

namespace {

using namespace std::string_literals;

struct Masked {
  std::string_view name;
  std::string text, shown;
};

TEST(SecretParts, AreMasked) {
  for (const auto& [name, text, shown] : std::vector<Masked>{
           {"http_proxy", "http://ann:s3cret@proxy:3128", "http://***@proxy:3128"},
           {"http_proxy", "http://ann:p@ss:w@proxy:3128/x@y", "http://***@proxy:3128/x@y"},
           {"http_proxy", "http://proxy:3128", "http://proxy:3128"},
           {"description", "See https://a:b@x/ or https://y/ (mail c@d)",
            "See https://***@x/ or https://y/ (mail c@d)"},
           {"env", "DB_PASSWORD=a,b =c\0TZ=Europe/Vienna\0EMPTY="s, "DB_PASSWORD=***\0TZ=***\0EMPTY="s},
           {"options", "username=ann,password=s3cret,vers=3.0", "username=ann,password=***,vers=3.0"},
           {"options", "password=s3cret", "password=***"},
           {"options", "vers=3.0,soft", "vers=3.0,soft"},
           {"comment", "password=s3cret", "password=s3cret"},
           {"description", "", ""},
       }) {
    EXPECT_EQ(facts::without_secret_parts(name, text), shown);
    EXPECT_EQ(facts::without_secret_parts(name, shown), shown) << "a masked text stays as it is";
    EXPECT_FALSE(facts::has_masked_part(name, text)) << text;
    EXPECT_EQ(facts::has_masked_part(name, shown), text != shown);
  }
}

}  // namespace
