// What all stores have in common.
#include "simulator/store.h"

#include "simulator/refusals.h"

namespace simulator {
namespace {

using enum base::Method;

TEST(Options, AreRequiredFixedOrNeither) {
  constexpr std::string_view kOptions = "path! server+ base* comment";
  EXPECT_TRUE(option_of(kOptions, "path")->required && option_of(kOptions, "path")->fixed);
  EXPECT_TRUE(option_of(kOptions, "server")->required && !option_of(kOptions, "server")->fixed);
  EXPECT_TRUE(!option_of(kOptions, "base")->required && option_of(kOptions, "base")->fixed);
  EXPECT_TRUE(!option_of(kOptions, "comment")->required && !option_of(kOptions, "comment")->fixed);
  EXPECT_FALSE(option_of(kOptions, "server+"));
  EXPECT_FALSE(option_of(kOptions, ""));
}

TEST(Options, AreDeletedUnlessUnknownRequiredFixedOrSet) {
  const auto why = [](const std::string& key) {
    const auto no = undeletable("path! server+ base* comment nodes", {key}, {{"nodes", "pve1"}});
    return no ? no->message : std::string();
  };
  EXPECT_EQ(why("comment"), "");
  EXPECT_EQ(why("colour"), "no such option 'colour'");
  EXPECT_EQ(why("path"), "unable to delete required option 'path'");
  EXPECT_EQ(why("server"), "unable to delete required option 'server'");
  EXPECT_EQ(why("base"), "unable to delete fixed option 'base'");
  EXPECT_EQ(why("nodes"), "cannot set and delete property 'nodes' at the same time!");
}

TEST(Sections, ShowTheirNumbersAsNumbers) {
  const Config section{{"port", "8089"}, {"server", "192.0.2.5"}, {"rate", "1.5"}, {"mtu", "big"}};
  EXPECT_EQ(base::write_json(section_json(section, "port rate mtu")),
            R"({"mtu":"big","port":8089,"rate":1.5,"server":"192.0.2.5"})");
}

TEST(Roles, PrivilegesAreCheckedBeforeTheRoleIsLookedUp) {
  Demo demo;
  expect_refused(demo, {{Put,
                         "/access/roles/nope",
                         {{"privs", "VM.Fly"}},
                         400,
                         "invalid format - invalid privilege 'VM.Fly'\n",
                         "privs"}});
}

}  // namespace
}  // namespace simulator
