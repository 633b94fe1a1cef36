// A client with a view asks the view, for every call and in every form.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pve/client.h"
#include "support/scripted_pve.h"

namespace {

using namespace std::chrono_literals;
using base::Method;
using pve::Error;
using testing::ElementsAre;
using testing::IsEmpty;

const pve::Credentials kCredentials{"me@pve!t1", "secret-of-mine", {}};

/// Refuses what is below /hidden, and shows nothing but the length of everything else.
class Lengths final : public pve::View {
 public:
  std::expected<pve::Answer, Error> call(const pve::Call& call, const Send& send,
                                         const std::stop_token& /*stop*/) override {
    if (call.path.starts_with("/hidden")) {
      Error error;
      error.kind = Error::Kind::Hidden;
      error.message = "It is hidden.";
      return std::unexpected(std::move(error));
    }
    auto answer = send(call);
    if (answer) answer->data = base::write_json(answer->data).size();
    return answer;
  }
  std::string name() const override { return "PVE_SCOPE"; }
  std::string gaps() const override { return "pve3 did not answer."; }
};

TEST(View, AnswersEveryCallInTheClientsPlace) {
  test::ScriptedPve http;
  http.answer("*", R"({"secret":1})");
  pve::Client whole(http, kCredentials, {"https://pve:8006", 40s, {}});
  Lengths lengths;
  pve::Client limited(whole, lengths);
  for (const auto method : {Method::Get, Method::Post, Method::Put, Method::Delete}) {
    http.clear_asked();
    const auto hidden = limited.call({method, "/hidden/1", {}}, {});
    ASSERT_FALSE(hidden);
    EXPECT_EQ(hidden.error().kind, Error::Kind::Hidden);
    EXPECT_EQ(pve::explain(hidden.error(), "GET /hidden/1", "https://pve:8006"), "It is hidden.");
    EXPECT_FALSE(limited.text({method, "/hidden/1", {}}, {}));
    EXPECT_THAT(http.asked(), IsEmpty());
    EXPECT_EQ(limited.call({method, "/seen", {}}, {})->data, base::Json(12));
    EXPECT_EQ(limited.text({method, "/seen", {}}, {}), R"({"data":12})");
  }
  EXPECT_EQ(limited.limit(), "PVE_SCOPE");
  EXPECT_EQ(limited.gaps(), "pve3 did not answer.");
  EXPECT_EQ(limited.token_id(), whole.token_id());
}

TEST(View, IsNotThereWithoutAScope) {
  test::ScriptedPve http;
  http.answer("*", R"({"secret":1})");
  pve::Client whole(http, kCredentials, {"https://pve:8006", 40s, {}});
  EXPECT_EQ(whole.limit(), "");
  EXPECT_EQ(whole.gaps(), "");
  EXPECT_EQ(whole.text({Method::Get, "/seen", {}}, {}), R"({"data":{"secret":1}})");
  EXPECT_THAT(http.asked(), ElementsAre("GET /seen"));
}

TEST(View, SharesTheHoldAndTheRejectionOfTheWholeClient) {
  test::ScriptedPve http;
  http.answer("*", "null");
  http.refuse("GET /version", 401, "Authentication failed!", "");
  int rejections = 0;
  pve::Client whole(http, kCredentials,
                    {"https://pve:8006", 40s, [&](const std::string&) { ++rejections; },
                     [] { return std::optional<std::string>("changes are frozen."); }});
  Lengths lengths;
  pve::Client limited(whole, lengths);
  EXPECT_EQ(limited.call({Method::Post, "/seen", {}}, {}).error().kind, Error::Kind::Held);
  EXPECT_EQ(limited.call({Method::Get, "/version", {}}, {}).error().kind, Error::Kind::Rejected);
  http.clear_asked();
  EXPECT_EQ(whole.call({Method::Get, "/seen", {}}, {}).error().kind, Error::Kind::Rejected);
  EXPECT_THAT(http.asked(), IsEmpty());
  EXPECT_EQ(rejections, 1);
}

}  // namespace
