// A guest by number and name: the name must be the one it has.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "resource/lab.h"

namespace {

using testing::Each;
using testing::StartsWith;

TEST(GuestInUri, ANumberWithTheNameOfAnotherGuestIsRefused) {
  lab::Lab lab;
  EXPECT_THAT(lab.text("pve://guests/100%20(WEB01)/status"), StartsWith("{"));
  lab.http.clear_asked();
  for (const auto* what : {"status", "config", "snapshots/before-upgrade"}) {
    EXPECT_THAT(lab.text(fmt::format("pve://guests/100%20(web02)/{}", what)),
                StartsWith("none: Guest 100 is called web01, not web02: "));
  }
  EXPECT_THAT(lab.http.asked(), Each(StartsWith("GET /cluster/resources"))) << "the guest itself is not read";
  EXPECT_THAT(lab.text("pve://guests/100%20(x%1b[31m)/status"), StartsWith("none: "));
  for (const auto* malformed : {"100%20()", "100%20(web01", "100(web01)", "100%20web01", "%20(web01)"}) {
    EXPECT_THAT(lab.text(fmt::format("pve://guests/{}/status", malformed)),
                StartsWith("none: There is no guest named "))
        << malformed;
  }
}

TEST(GuestInUri, ANewNameIsKnownThoughAnOldListIsRemembered) {
  lab::Lab lab;
  EXPECT_THAT(lab.text("pve://guests/100%20(web01)/status"), StartsWith("{"));
  ASSERT_TRUE(lab.client.call({base::Method::Put, "/nodes/pve1/qemu/100/config", {{"name", "web09"}}}, {})
                  .has_value());
  lab.http.clear_asked();
  EXPECT_THAT(lab.text("pve://guests/100%20(web09)/status"), StartsWith("{"));
  EXPECT_EQ(lab.http.count("* /cluster/*"), 1U) << "looked up again, once";
  EXPECT_THAT(lab.text("pve://guests/100%20(web01)/status"),
              StartsWith("none: Guest 100 is called web09, not web01: "));
}

TEST(GuestInUri, OfAGuestWhoseNamePveDoesNotSayTheNumberCounts) {
  lab::Lab lab;
  lab.http.answer("GET /cluster/resources", [&](const test::Asked& asked) {
    constexpr std::string_view kName = R"("name":"web01")";
    auto answer = lab.answering(asked);
    if (const auto at = answer->body.find(kName); at != std::string::npos)
      answer->body.replace(at, kName.size(), R"("name":"")");
    return answer;
  });
  EXPECT_THAT(lab.text("pve://guests/web01/status"), StartsWith("none: ")) << "the name is gone";
  EXPECT_THAT(lab.text("pve://guests/100%20(web01)/status"), StartsWith("{"));
}

}  // namespace
