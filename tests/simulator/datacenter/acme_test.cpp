#include "simulator/exchanges.h"

namespace simulator {
namespace {

using enum base::Method;

const std::string kAcme = "/cluster/acme";
const std::string kPlugins = kAcme + "/plugins";
const std::string kNode = "/nodes/pve1";
const std::string kCertificate = kNode + "/certificates/acme/certificate";
const std::string kCustom = kNode + "/certificates/custom";

TEST(SimulatedAcme, KeepsPlugins) {
  Demo demo;
  expect_exchanges(
      demo,
      {
          {Get, kPlugins, {}, R"([{"plugin":"standalone","type":"standalone"}])"},
          {Post, kPlugins, {{"id", "dns1"}, {"type", "dns"}, {"api", "cf"}, {"data", "Q0ZfVG9rZW49eA=="}}},
          {Get, kPlugins + "/dns1", {}, R"({"plugin":"dns1","type":"dns","api":"cf","data":"CF_Token=x"})"},
          {Put, kPlugins + "/dns1", {{"validation-delay", "60"}}},
          {Get, kPlugins, {{"type", "dns"}}, R"([{"plugin":"dns1","validation-delay":60}])"},
          {Post,
           kPlugins,
           {{"id", "dns1"}, {"type", "dns"}, {"api", "cf"}},
           "",
           500,
           "ACME plugin ID 'dns1' already exists"},
          {Delete, kPlugins + "/dns1"},
          {Get, kPlugins + "/dns1", {}, "", 500, "ACME account plugin 'dns1' not defined"},
          {Get,
           kAcme + "/directories",
           {},
           R"([{"name":"Let's Encrypt V2"},{"name":"Let's Encrypt V2 Staging"}])"},
          {Get, kAcme + "/account", {}, "[]"},
      });
  EXPECT_GT(demo.get(kAcme + "/challenge-schema").data().as_array().size(), 50U);
  EXPECT_TRUE(demo.get(kAcme + "/tos").data().as_string().starts_with("https://"));
}

TEST(SimulatedAcme, OnlyTheLoginOfRootHasAccounts) {
  Demo demo;
  const std::string refused = "Permission check failed (user != root@pam)";
  expect_exchanges(demo, {
                             {Post, kAcme + "/account", {{"contact", "a@example.com"}}, "", 403, refused},
                             {Get, kAcme + "/account/default", {}, "", 403, refused},
                         });
}

TEST(SimulatedAcme, AnOrderNeedsDomainsAndAnAccount) {
  Demo demo;
  EXPECT_EQ(
      demo.post(kCertificate).reason,
      "Can't use an undefined value as a HASH reference at /usr/share/perl5/PVE/API2/ACME.pm line 195.");
  ASSERT_EQ(demo.put(kNode + "/config", {{"acme", "domains=pve1.example.com"}}).status, 200U);
  EXPECT_EQ(demo.finish(demo.post(kCertificate).upid()),
            "ACME account config file 'default' does not exist.");
}

TEST(SimulatedAcme, ACustomCertificateNeedsItsKey) {
  Demo demo;
  const std::string pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const std::string key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  const auto before = demo.get(kNode + "/certificates/info").data().as_array().size();
  expect_exchanges(demo, {
                             {Post,
                              kCustom,
                              {{"certificates", pem}},
                              "",
                              400,
                              "Attempted to upload custom certificate without (existing) key.",
                              "key"},
                             {Post,
                              kCustom,
                              {{"certificates", pem}, {"key", key}},
                              R"({"filename":"pveproxy-ssl.pem","subject":"/CN=pve1"})"},
                             {Post,
                              kCustom,
                              {{"certificates", pem}, {"key", key}},
                              "",
                              400,
                              "Custom certificate file exists but force flag is not set.",
                              "force"},
                         });
  EXPECT_EQ(demo.get(kNode + "/certificates/info").data().as_array().size(), before + 1);
  expect_exchanges(demo, {{Delete, kCustom}, {Delete, kCustom}});
  EXPECT_EQ(demo.get(kNode + "/certificates/info").data().as_array().size(), before);
}

}  // namespace
}  // namespace simulator
