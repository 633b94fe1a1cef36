#include "simulator/exchanges.h"

namespace simulator {
namespace {

using enum base::Method;

const std::string kRealms = "/access/domains";
const std::string kJobs = "/cluster/jobs/realm-sync";
const Form kLdap = {{"realm", "corp"},
                    {"type", "ldap"},
                    {"server1", "192.0.2.5"},
                    {"base_dn", "dc=example,dc=com"},
                    {"user_attr", "uid"}};

TEST(SimulatedRealms, KeepDirectories) {
  Demo demo;
  expect_exchanges(
      demo,
      {
          {Post, kRealms, kLdap},
          {Get, kRealms, {}, R"([{"realm":"corp","type":"ldap"},{"realm":"pam"},{"realm":"pve"}])"},
          {Put, kRealms + "/corp", {{"port", "636"}, {"mode", "ldaps"}, {"comment", "staff"}}},
          {Get, kRealms + "/corp", {}, R"({"type":"ldap","port":636,"mode":"ldaps","comment":"staff"})"},
          {Delete, kRealms + "/corp"},
          {Get, kRealms + "/corp", {}, "", 500, "domain 'corp' does not exist"},
          {Delete, kRealms + "/pve"},
          {Get, kRealms, {}, R"([{"realm":"pam"},{"realm":"pve"}])"},
      });
}

TEST(SimulatedRealms, RefuseWithPvesWords) {
  Demo demo;
  ASSERT_EQ(demo.post(kRealms, kLdap).status, 200U);
  expect_exchanges(
      demo, {
                {Post, kRealms, kLdap, "", 500, "add auth server failed: domain 'corp' already exists"},
                {Post,
                 kRealms,
                 {{"realm", "ad"}, {"type", "ad"}, {"domain", "example.com"}},
                 "",
                 500,
                 "add auth server failed: missing value for required option 'server1'"},
                {Post,
                 kRealms,
                 {{"realm", "here"},
                  {"type", "ldap"},
                  {"server1", "127.0.0.1"},
                  {"base_dn", "dc=a"},
                  {"user_attr", "uid"},
                  {"check-connection", "1"}},
                 "",
                 500,
                 "add auth server failed: Connection refused"},
                {Post,
                 kRealms + "/pam/sync",
                 {},
                 "",
                 500,
                 "Cannot sync realm type 'pam'! Only LDAP/AD realms can be synced."},
                {Post, kRealms + "/no/sync", {}, "", 400, "Realm does not exist.", "realm"},
                {Post,
                 kRealms + "/corp/sync",
                 {},
                 "",
                 400,
                 "Not passed as parameter and not defined in realm default sync options.",
                 "scope"},
            });
}

TEST(SimulatedRealms, SynchronizeByATask) {
  Demo demo;
  ASSERT_EQ(demo.post(kRealms, kLdap).status, 200U);
  const auto upid = demo.post(kRealms + "/corp/sync", {{"scope", "both"}, {"dry-run", "1"}}).upid();
  EXPECT_NE(upid.find(":auth-realm-sync-test:corp:"), std::string::npos);
  EXPECT_EQ(demo.finish(upid), "OK");
  EXPECT_EQ(demo.log(upid).front(), "(dry test run) starting sync for realm corp");
  ASSERT_EQ(demo.put(kRealms + "/corp", {{"server1", "127.0.0.1"}}).status, 200U);
  EXPECT_EQ(demo.finish(demo.post(kRealms + "/corp/sync", {{"scope", "users"}}).upid()),
            "Connection refused");
}

TEST(SimulatedRealms, HaveJobs) {
  Demo demo;
  ASSERT_EQ(demo.post(kRealms, kLdap).status, 200U);
  expect_exchanges(
      demo, {
                {Post, kJobs + "/nightly", {{"realm", "corp"}, {"schedule", "daily"}, {"scope", "users"}}},
                {Get, kJobs, {}, R"([{"id":"nightly","realm":"corp","type":"realm-sync","last-run":null}])"},
                {Get, kJobs + "/nightly", {}, R"({"schedule":"daily","type":"realm-sync"})"},
                {Delete, kJobs + "/nightly"},
                {Get, kJobs + "/nightly", {}, "", 400, "No such job 'nightly'", "id"},
            });
}

TEST(SimulatedFactors, AreListedButNotChangedByAToken) {
  Demo demo;
  expect_exchanges(demo, {
                             {Get, "/access/tfa/root%40pam", {}, "[]"},
                             {Get, "/access/tfa/root%40pam/none", {}, "", 404, "No such tfa entry 'none'"},
                             {Get, "/access/users/root%40pam/tfa", {}, "{}"},
                         });
  EXPECT_TRUE(demo.get("/access/tfa").data().is_array());
  EXPECT_EQ(demo.del("/access/tfa/root%40pam/none").status, 403U);
}

}  // namespace
}  // namespace simulator
