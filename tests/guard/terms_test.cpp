#include "guard/terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
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
  EXPECT_TRUE(both.mean_storages());
  EXPECT_TRUE(both.mean_users());
  EXPECT_FALSE(terms("vmid:100").mean_storages());
  EXPECT_FALSE(terms("vmid:100").mean_users());
  EXPECT_FALSE(terms("vmid:100").mean_storage("100"));
}

TEST(Terms, SayWhatTheyAskOfAGuest) {
  EXPECT_FALSE(terms("vmid:100,node:pve1").wanted().configuration);
  EXPECT_TRUE(terms("node:pve1").wanted().node);
  EXPECT_FALSE(terms("vmid:100").wanted().node);
  EXPECT_TRUE(terms("tag:a").wanted().configuration);
  EXPECT_TRUE(terms("name:a").wanted().configuration);
  EXPECT_EQ(terms("pool:a,!pool:b/c").wanted().pools, (std::vector<std::string>{"a", "b/c"}));
  EXPECT_FALSE(terms("tag:a").wanted().any_pool());
}

TEST(Terms, AllowTheKindsThatAScopeNames) {
  const auto parsed = guard::Terms::parse(std::vector<std::string>{"tag:web", "allow:storage", "allow:ha"},
                                          guard::scope_kinds());
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_TRUE(parsed->allow(guard::Kind::Storage));
  EXPECT_TRUE(parsed->allow(guard::Kind::Ha));
  EXPECT_FALSE(parsed->allow(guard::Kind::Node));
  for (const auto& [text, why] : {std::pair("allow:disks", "valid kinds are node, storage, network"),
                                  std::pair("!allow:node", "a scope allows only the kinds that it names"),
                                  std::pair("storage:local", "has an unknown kind"),
                                  std::pair("user:root@pam", "has an unknown kind")}) {
    const auto refused = guard::Terms::parse(std::vector<std::string>{text}, guard::scope_kinds());
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error(), AllOf(HasSubstr(text), HasSubstr(why)));
  }
  EXPECT_THAT(misfit("allow:node"), HasSubstr("has an unknown kind"));
}

TEST(Terms, WithoutATermForGuestsMeanNone) {
  const auto parsed =
      guard::Terms::parse(std::vector<std::string>{"allow:storage"}, guard::scope_kinds()).value();
  EXPECT_FALSE(parsed.mean(kGuest));
}

TEST(Terms, RefuseWhatTheyDoNotUnderstand) {
  EXPECT_THAT(misfit("tags:web"),
              AllOf(HasSubstr("\"tags:web\" has an unknown kind"), HasSubstr("vmid, tag")));
  for (const auto* const text : {"", "100", "web01", ":", "!", "!!vmid:1", "Vmid:100"})
    EXPECT_THAT(misfit(text), HasSubstr("unknown kind")) << text;
  for (const auto* const text : {"tag:a\nb", "name:\x1b[1m", "tag:a\u202eb"})
    EXPECT_THAT(misfit(text), HasSubstr("cannot be shown")) << text;
  for (const auto* const text : {"vmid", "tag:", "name: "})
    EXPECT_THAT(misfit(text), HasSubstr("needs a value")) << text;
  for (const auto* const text :
       {"vmid:a", "vmid:1-", "vmid:-1", "vmid:200-100", "vmid:0", "vmid:1-2-3", "vmid:1.5"})
    EXPECT_THAT(misfit(text), HasSubstr("must be a number or a range")) << text;
}

}  // namespace
