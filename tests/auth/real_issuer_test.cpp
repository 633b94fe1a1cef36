// A token of a real authorization server: glewlwyd.mjs runs this test once for each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "auth/authenticator.h"
#include "net/client.h"

namespace {

using testing::HasSubstr;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

TEST(RealIssuer, ItsTokenGivesWhatIsExpected) {
  const auto issuer = variable("REAL_ISSUER");
  if (issuer.empty()) GTEST_SKIP() << "glewlwyd.mjs sets REAL_ISSUER";
  const base::SystemClock clock;
  const auth::Words words{{"read-only", "read-execute", "full"}, {}};
  const auto clients = [](const net::Url& origin) -> std::unique_ptr<net::HttpClient> {
    net::ClientOptions options;
    options.url = origin;
    options.max_body = auth::kMaxDocument;
    return std::make_unique<net::Client>(options);
  };
  const auto opened =
      auth::Authenticator::open({variable("REAL_RESOURCE"), "", issuer, "", words, 2}, clients, clock);
  ASSERT_TRUE(opened) << opened.error();
  const auto principal = (*opened)->check({{"Authorization", "Bearer " + variable("REAL_TOKEN")}}, {});
  const auto result = principal ? principal->identity + " " + principal->tier.value_or("")
                                : std::to_string(principal.error().status) + " " + principal.error().sentence;
  EXPECT_THAT(result, HasSubstr(variable("REAL_RESULT")));
}

}  // namespace
