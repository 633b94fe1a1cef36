// A guest by number and name: the name must be the one it has.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "resource/lab.h"

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(GuestInUri, ANumberWithTheNameOfAnotherGuestIsRefused) {
  lab::Lab lab;
  EXPECT_THAT(lab.text("pve://guests/100%20(WEB01)/status"), StartsWith("{"));
  lab.http.clear_asked();
  for (const auto* what : {"status", "config", "snapshots/before-upgrade"}) {
    EXPECT_THAT(lab.text(fmt::format("pve://guests/100%20(web02)/{}", what)),
                StartsWith("none: Guest 100 is named web01, not web02; "));
  }
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
  EXPECT_EQ(lab.http.count("* /cluster/*"), 0U) << "its configuration says more than any list";
  EXPECT_THAT(lab.text("pve://guests/100%20(web01)/status"),
              StartsWith("none: Guest 100 is named web09, not web01; "));
}

TEST(GuestInUri, ANameIsTheGuestsThatHasItNow) {
  lab::Lab lab;
  const auto rename = [&](std::string_view guest, std::string_view name) {
    ASSERT_TRUE(
        lab.client
            .call({base::Method::Put, fmt::format("/nodes/{}/config", guest), {{"name", std::string(name)}}},
                  {})
            .has_value());
  };
  rename("pve1/qemu/100", "aside");
  rename("pve2/qemu/101", "web01");
  EXPECT_THAT(lab.text("pve://guests/web01/config"), HasSubstr("\"name\":\"web01\""));
  EXPECT_EQ(lab.http.asked().back(), "GET /nodes/pve2/qemu/101/pending");
  lab.text("pve://guests/web01/snapshots/x");
  EXPECT_EQ(lab.http.asked().back(), "GET /nodes/pve2/qemu/101/snapshot");
  EXPECT_THAT(lab.text("pve://guests/aside/status"), HasSubstr("\"vmid\":100"));
  EXPECT_THAT(lab.text("pve://guests/101/config"), HasSubstr("\"name\":\"web01\""));
}

TEST(GuestInUri, AReadByNameIsOneMoreThanByNumberAtMost) {
  lab::Lab lab;
  const auto cost = [&](std::string_view uri) {
    lab.toolbox.cluster().inventory.forget();
    lab.http.clear_asked();
    EXPECT_THAT(lab.text(uri), Not(StartsWith("none: "))) << uri;
    return lab.http.asked().size();
  };
  // A configuration is read with what waits for the next start.
  EXPECT_EQ(cost("pve://guests/100/config"), 3U);
  EXPECT_EQ(cost("pve://guests/web01/config"), 3U) << "the answer says the name";
  EXPECT_EQ(cost("pve://guests/100%20(web01)/config"), 3U);
  EXPECT_EQ(cost("pve://guests/100/snapshots/before-upgrade"), 2U);
  EXPECT_EQ(cost("pve://guests/web01/snapshots/before-upgrade"), 3U);
}

TEST(GuestInUri, AGuestThatTheListDoesNotNameYetIsFound) {
  lab::Lab lab;
  ASSERT_TRUE(
      lab.client.call({base::Method::Post, "/nodes/pve2/qemu", {{"vmid", "900"}, {"name", "fresh"}}}, {}));
  lab.clock.advance(std::chrono::seconds{5});
  EXPECT_THAT(lab.text("pve://guests/fresh/config"), HasSubstr("\"name\":\"fresh\""));
  EXPECT_THAT(lab.text("pve://guests/900%20(fresh)/config"), HasSubstr("\"name\":\"fresh\""));
  EXPECT_THAT(lab.text("pve://guests/900%20(other)/config"),
              StartsWith("none: Guest 900 is named fresh, not other; "));
}

}  // namespace
