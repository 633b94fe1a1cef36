// The second factor of a login.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/setup/access_control.h"
#include "net/http.h"

namespace {

using testing::HasSubstr;

/// A PVE that asks for a second factor, and takes any.
class Asking final : public net::HttpClient {
 public:
  Asking(std::string challenge, std::vector<std::string>& bodies)
      : challenge_(std::move(challenge)), bodies_(bodies) {}

  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions&) override {
    bodies_.push_back(request.body);
    const bool first = bodies_.size() == 1;
    net::Response response;
    response.status = 200;
    response.body =
        first ? R"({"data":{"username":"ann@pve","NeedTFA":1,"ticket":"PVE:!tfa!)" + challenge_ + R"("}})"
              : R"({"data":{"username":"ann@pve","ticket":"PVE:ann","CSRFPreventionToken":"x"}})";
    return response;
  }

 private:
  std::string challenge_;
  std::vector<std::string>& bodies_;
};

TEST(SecondFactor, IsACodeOfAnAppOrARecoveryCode) {
  const struct {
    std::string challenge;
    std::string code;
    std::string sent;
  } rows[] = {
      {"{%22totp%22%3Atrue}", "123456", "password=totp%3A123456&"},
      {"{%22totp%22%3Atrue}", "12345678", "password=totp%3A12345678&"},
      {"{%22totp%22%3Atrue%2C%22recovery%22%3A[0]}", "01ab-23cd-45ef-6789",
       "password=recovery%3A01ab-23cd-45ef-6789&"},
      {"{%22recovery%22%3A[0]}", "01ab-23cd-45ef-6789", "password=recovery%3A01ab-23cd-45ef-6789&"},
  };
  for (const auto& row : rows) {
    std::vector<std::string> bodies;
    const auto access = cli::log_in(std::make_unique<Asking>(row.challenge, bodies),
                                    {"ann@pve", "hunter2", [&] { return row.code; }});
    ASSERT_TRUE(access) << access.error();
    ASSERT_EQ(bodies.size(), 2U);
    EXPECT_THAT(bodies[1], HasSubstr(row.sent));
  }
  std::vector<std::string> bodies;
  const auto other = cli::log_in(std::make_unique<Asking>("{%22webauthn%22%3A{}}", bodies),
                                 {"ann@pve", "hunter2", [] { return std::string("123456"); }});
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error(), HasSubstr("neither a code of an authenticator app nor a recovery code"));
  EXPECT_EQ(bodies.size(), 1U);
}

TEST(SecondFactor, RecoveryCodesHaveOneForm) {
  EXPECT_TRUE(cli::is_recovery_code("01ab-23cd-45ef-6789"));
  for (const auto* code : {"", "123456", "01ab-23cd-45ef", "01ab-23cd-45ef-678", "01ab-23cd-45ef-678g",
                           "01ab-23cd-45ef-6789-0000", "01AB-23CD-45EF-6789"})
    EXPECT_FALSE(cli::is_recovery_code(code)) << code;
}

}  // namespace
