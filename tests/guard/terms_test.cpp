#include "guard/terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"

namespace {

using testing::AllOf;
using testing::HasSubstr;

guard::Terms terms(std::string_view text) {
  std::vector<std::string> all;
  for (const auto part : base::split(text, ',')) all.emplace_back(part);
  const auto parsed = guard::Terms::parse(all, guard::protect_kinds());
  EXPECT_TRUE(parsed) << parsed.error();
  return parsed.value_or(guard::Terms());
}

std::string misfit(const std::string& text) {
  const auto parsed = guard::Terms::parse(std::vector<std::string>{text}, guard::protect_kinds());
  return parsed ? "" : parsed.error();
}

const guard::GuestTraits kGuest{150, "pve1", "db-main", {"prod", "linux"}, {"shop/web"}};

TEST(Terms, MeanAGuestByAnyOfItsTraits) {
  for (const auto* const text :
       {"vmid:150", "vmid:100-199", "tag:prod", "tag:PROD", "pool:shop", "pool:shop/web", "node:pve1",
        "name:db-*", "name:DB-MAIN", "vmid:1,tag:linux", "!vmid:151", "vmid:100-199,!tag:test", " vmid:150 "})
    EXPECT_TRUE(terms(text).mean(kGuest)) << text;
  for (const auto* const text :
       {"vmid:151", "vmid:1-149", "tag:pro", "pool:sho", "pool:shop/web/a", "node:pve2", "name:db",
        "!vmid:150", "vmid:100-199,!tag:prod", "!tag:test,!tag:prod", "storage:prod", "user:db-main"})
    EXPECT_FALSE(terms(text).mean(kGuest)) << text;
  EXPECT_FALSE(guard::Terms().mean(kGuest));
}

TEST(Terms, MeanStoragesAndUsersApartFromGuests) {
  const auto both = terms("storage:backup*,user:*@pam,!user:bot@pam");
  EXPECT_TRUE(both.mean_storage("backup-nfs"));
  EXPECT_FALSE(both.mean_storage("local"));
  EXPECT_TRUE(both.mean_user("root@pam"));
  EXPECT_FALSE(both.mean_user("bot@pam"));
  EXPECT_FALSE(both.mean_user("ann@pve"));
  EXPECT_FALSE(both.mean_guests());
  EXPECT_FALSE(terms("vmid:100").mean_storage("100"));
}

TEST(Terms, SayWhatTheyAskOfAGuest) {
  EXPECT_FALSE(terms("vmid:100,node:pve1").asks_configuration());
  EXPECT_TRUE(terms("tag:a").asks_configuration());
  EXPECT_TRUE(terms("name:a").asks_configuration());
  EXPECT_TRUE(terms("pool:a").asks_pools());
  EXPECT_FALSE(terms("tag:a").asks_pools());
}

TEST(Terms, RefuseWhatTheyDoNotUnderstand) {
  EXPECT_THAT(misfit("tags:web"),
              AllOf(HasSubstr("\"tags:web\" has an unknown kind"), HasSubstr("vmid, tag")));
  for (const auto* const text : {"", "100", "web01", ":", "!", "!!vmid:1", "Vmid:100"})
    EXPECT_THAT(misfit(text), HasSubstr("unknown kind")) << text;
  for (const auto* const text : {"vmid", "tag:", "name: "})
    EXPECT_THAT(misfit(text), HasSubstr("needs a value")) << text;
  for (const auto* const text :
       {"vmid:a", "vmid:1-", "vmid:-1", "vmid:200-100", "vmid:0", "vmid:1-2-3", "vmid:1.5"})
    EXPECT_THAT(misfit(text), HasSubstr("must be a number or a range")) << text;
}

}  // namespace
