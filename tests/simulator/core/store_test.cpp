// The functions of all stores, tested on metric servers and on their own.
#include "simulator/core/store.h"

#include "simulator/refusals.h"

namespace simulator {
namespace {

using enum base::Method;

constexpr const char* kServer = "/cluster/metrics/server/influx";

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

TEST(MetricServers, AreCreatedListedReadChangedAndDeleted) {
  Demo demo;
  const Form wanted{
      {"type", "influxdb"}, {"server", "192.0.2.5"}, {"port", "8089"}, {"disable", "1"}, {"token", "secret"}};
  EXPECT_EQ(demo.get("/cluster/metrics/server").data(), base::JsonArray());
  ASSERT_EQ(demo.post(kServer, wanted).status, 200U);
  EXPECT_EQ(
      demo.get("/cluster/metrics/server").data(),
      (base::JsonArray{base::JsonObject{
          {"id", "influx"}, {"type", "influxdb"}, {"server", "192.0.2.5"}, {"port", 8089}, {"disable", 1}}}));
  EXPECT_EQ(demo.get(kServer).data(),
            (base::JsonObject{{"type", "influxdb"}, {"server", "192.0.2.5"}, {"port", 8089}, {"disable", 1}}))
      << "neither id nor token";
  ASSERT_EQ(demo.put(kServer, {{"server", "192.0.2.6"}, {"port", "8090"}, {"delete", "disable"}}).status,
            200U);
  EXPECT_EQ(demo.get(kServer).data(),
            (base::JsonObject{{"type", "influxdb"}, {"server", "192.0.2.6"}, {"port", 8090}}));
  ASSERT_EQ(demo.del(kServer).status, 200U);
  EXPECT_EQ(demo.get("/cluster/metrics/server").data(), base::JsonArray());
}

TEST(MetricServers, AreRefusedInPvesWords) {
  Demo demo;
  const Form wanted{{"type", "graphite"}, {"server", "192.0.2.5"}, {"port", "2003"}};
  ASSERT_EQ(demo.post(kServer, wanted).status, 200U);
  const Form same{{"server", "192.0.2.5"}, {"port", "2003"}};
  const auto with = [](Form form, const char* key, const char* value) {
    form.emplace_back(key, value);
    return form;
  };
  expect_refused(
      demo, {{Post, kServer, wanted, 500, "Metric server 'influx' already exists"},
             {Get, "/cluster/metrics/server/nope", {}, 500, "status server entry 'nope' does not exist"},
             {Put, "/cluster/metrics/server/nope", same, 500, "no such server 'nope'"},
             {Put, kServer, with(same, "bucket", "b"), 500, "unexpected property 'bucket'"},
             {Put, kServer, with(same, "delete", "port"), 500, "unable to delete required option 'port'"},
             {Put, kServer, with(same, "digest", "abc"), 500,
              "detected modified configuration - file changed by other user? Try again."}});
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
