// Tests the overview of a guest, the search for guests, and the report on who did what.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "insight/address.h"
#include "insight/fake_sources.h"
#include "insight/read.h"
#include "insight/reports.h"
#include "tool/rights.h"

namespace insight_test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Overview, DistinguishesInvisibleBackupsFromNone) {
  TwoNodes sources;
  const base::JsonObject guest{{"guest", "100"}};
  sources.answer("/nodes/a/storage/nfs/content", "[]");
  EXPECT_THAT(told(insight::guest_overview(sources, guest)), HasSubstr(R"("backups":"none found")"));
  sources.lack(tool::kSeesBackups, "the API token has no VM.Backup below /vms");
  const auto text = told(insight::guest_overview(sources, guest));
  EXPECT_THAT(text, HasSubstr(R"("backups":"not visible to this API token")"));
  EXPECT_THAT(text, HasSubstr("backups (the API token has no VM.Backup below /vms)"));
  EXPECT_THAT(text, HasSubstr("\"remedy\""));
  sources.answer("/nodes/a/storage/nfs/content",
                 R"([{"vmid":100,"content":"backup","ctime":5,"volid":"nfs:b"}])");
  EXPECT_THAT(told(insight::guest_overview(sources, guest)), HasSubstr("nfs:b")) << "what is seen is shown";
}

// Guest 100 was stopped a moment ago, but the cluster's list still says "running" for up to ten seconds.
TEST(Overview, ShowsTheGuestAsItIsNow) {
  TwoNodes sources;
  sources.answer(
      "/nodes/a/qemu/100/status/current",
      R"({"status":"stopped","qmpstatus":"stopped","cpus":1,"maxmem":1073741824,"ha":{"managed":0}})");
  sources.answer("/nodes/a/qemu/100/config", R"({"agent":"1","tags":"new","description":"a\nb"})");
  const auto stopped = told(insight::guest_overview(sources, {{"vmid", "one"}}));
  EXPECT_THAT(stopped, HasSubstr(R"("status":"stopped")"));
  EXPECT_THAT(stopped, HasSubstr(R"("size":"1 core, 1.0 GiB memory")"));
  EXPECT_THAT(stopped, HasSubstr(R"("tags":"new")"));
  EXPECT_THAT(stopped, HasSubstr(R"("description":"a\nb")"));
  EXPECT_THAT(stopped, Not(HasSubstr("addresses"))) << "nobody asks the agent of what does not run";
  sources.answer(
      "/nodes/a/qemu/100/status/current",
      R"({"status":"running","qmpstatus":"paused","cpus":4,"cpu":0.5,"mem":1073741824,"maxmem":4294967296})");
  sources.answer("/nodes/a/qemu/100/agent/network-get-interfaces",
                 R"({"result":[{"name":"eth0","ip-addresses":[{"ip-address":"192.0.2.7"}]}]})");
  const auto paused = told(insight::guest_overview(sources, {{"guest", "100"}}));
  EXPECT_THAT(paused, HasSubstr(R"_("status":"running (paused)")_"));
  EXPECT_THAT(paused, HasSubstr(R"("use":"50% of 4 cores, 1.0 GiB of 4.0 GiB memory")"));
  EXPECT_THAT(paused, HasSubstr("192.0.2.7 (eth0)"));
}

TEST(Overview, ShowsTheUpidOfAFailedTask) {
  TwoNodes sources;
  sources.answer(
      "/nodes/a/tasks",
      R"([{"upid":"UPID:a:1","type":"qmstart","user":"root@pam","tokenid":"mcp","starttime":10,)"
      R"("endtime":50,"status":"bridge 'vmbr9' does not exist"},)"
      R"({"upid":"UPID:a:2","type":"qmstop","user":"root@pam!mcp","starttime":5,"endtime":6,"status":"OK"}])");
  const auto text = told(insight::guest_overview(sources, {{"vmid", "100"}}));
  EXPECT_THAT(text, HasSubstr(R"({"starttime":10,"type":"qmstart","user":"root@pam!mcp","duration":40,)"
                              R"("result":"bridge 'vmbr9' does not exist","upid":"UPID:a:1"})"));
  EXPECT_THAT(text, HasSubstr(R"("type":"qmstop","user":"root@pam!mcp","duration":1,"result":"OK"})"));
}

TEST(FindGuest, AsksGuestsForAPartOfAnAddressOrANetwork) {
  for (const auto* query : {"192.0.2", "192.0.2.0/24"}) {
    TwoNodes sources;
    sources.answer("/nodes/a/qemu/100/config", R"({"ipconfig0":"ip=192.0.2.9/24"})");
    sources.answer("/nodes/b/qemu/200/config", R"({"agent":"1"})");
    sources.answer("/nodes/b/qemu/200/agent/network-get-interfaces",
                   R"({"result":[{"name":"eth0","ip-addresses":[{"ip-address":"192.0.2.7"}]}]})");
    const auto text = told(insight::find_guest(sources, {{"query", query}}));
    EXPECT_THAT(text, HasSubstr("2 of 2 guests by ")) << query;
    EXPECT_THAT(
        text,
        HasSubstr("the configurations, and the addresses that the server requested from 1 running guest"));
  }
  TwoNodes sources;
  EXPECT_THAT(told(insight::find_guest(sources, {{"query", "192.0.2.0/40"}})),
              HasSubstr("a network must end with its prefix length, /0 to /32"));
}

TEST(WhoDid, SaysThatTheTokenMayNotSeeAllTasksAndLogs) {
  TwoNodes sources;
  sources.answer("/cluster/log", "[]").answer("/nodes/a/tasks", "[]").answer("/nodes/b/tasks", "[]");
  EXPECT_THAT(told(insight::who_did(sources, {})), Not(HasSubstr("not_permitted")));
  sources.lack(tool::kSeesNodes, "the API token has no Sys.Audit below /nodes");
  sources.lack(tool::kSeesLog, "the API token has no Sys.Syslog below /");
  const auto text = told(insight::who_did(sources, {}));
  EXPECT_THAT(text, HasSubstr("tasks of others (the API token has no Sys.Audit below /nodes)"));
  EXPECT_THAT(text, HasSubstr("cluster log of others (the API token has no Sys.Syslog below /)"));
}

TEST(FindGuest, SaysThatTheTokenMayNotSeeAllGuests) {
  for (const auto* query : {"one", "10.0.0.1"}) {
    TwoNodes sources;
    sources.lack(tool::kSeesGuests, "the API token has VM.Audit on only a part of /vms");
    EXPECT_THAT(told(insight::find_guest(sources, {{"query", query}})),
                HasSubstr("guests (the API token has VM.Audit on only a part of /vms)"));
    EXPECT_THAT(told(insight::top_consumers(sources, {})),
                HasSubstr("guests (the API token has VM.Audit on only a part of /vms)"));
  }
}

TEST(Addresses, AreRecognized) {
  using Kind = insight::Wanted::Kind;
  const auto is = [](std::string_view query, Kind kind, std::string_view text, bool whole) {
    const auto read = insight::wanted_address(query);
    ASSERT_TRUE(read && *read) << query;
    const auto& wanted = *read;
    EXPECT_EQ(wanted->kind, kind) << query;
    EXPECT_EQ(wanted->text, text);
    EXPECT_EQ(wanted->whole, whole) << query;
  };
  is("bc-24-11-00-00-64", Kind::Mac, "BC:24:11:00:00:64", true);
  is("bc:24:11", Kind::Mac, "BC:24:11", false);
  is("BC:24:11:0", Kind::Mac, "BC:24:11:0", false);
  is("192.0.2.7", Kind::Ip, "192.0.2.7", true);
  is("192.0.2.7/24", Kind::Ip, "192.0.2.7", true);  // the network that contains it
  is("192.0.2.*", Kind::Ip, "192.0.2.", false);
  is("2001:DB8:0::7", Kind::Ip, "2001:db8::7", true);
  for (const auto* name : {"web01", "100", "a.b", "1.2.3.4.5", "", "*", "v1.2", "dead", "be:ef"})
    EXPECT_FALSE(*insight::wanted_address(name)) << name;
  EXPECT_FALSE(insight::wanted_address("192.0.2.0/33"));
  EXPECT_FALSE(insight::wanted_address("2001:db8::/x"));
}

TEST(Addresses, MatchPartsAndNetworks) {
  const auto fits = [](std::string_view query, std::string address) {
    const auto wanted = *insight::wanted_address(query);
    return wanted->first({{"net0", std::move(address)}}) != nullptr;
  };
  EXPECT_TRUE(fits("10.10.10", "10.10.10.248"));
  EXPECT_TRUE(fits("10.248", "10.10.10.248"));
  EXPECT_TRUE(fits(".248", "10.10.10.248"));
  EXPECT_FALSE(fits("0.248", "10.10.10.248"));
  EXPECT_TRUE(fits("10.10.10.0/24", "10.10.10.248"));
  EXPECT_TRUE(fits("10.10.8.0/21", "10.10.10.248"));
  EXPECT_FALSE(fits("10.10.10.0/25", "10.10.10.248"));
  EXPECT_TRUE(fits("0.0.0.0/0", "10.10.10.248"));
  EXPECT_FALSE(fits("0.0.0.0/0", "2001:db8::7"));
  EXPECT_TRUE(fits("2001:db8::/32", "2001:db8::7"));
  EXPECT_TRUE(fits("2001:DB8:", "2001:db8::7"));
}

TEST(Addresses, AreFoundInConfigurationsAndAnswers) {
  const auto config = base::parse_json(
      R"({"net0":"virtio=bc:24:11:00:00:64,bridge=vmbr0","ipconfig0":"ip=192.0.2.7/24,gw=192.0.2.1",
          "net1":"name=eth1,hwaddr=BC:24:11:00:00:65,ip=dhcp,ip6=auto","network":"ip=192.0.2.9","net2":7})");
  std::vector<std::string> texts;
  for (const auto& address : insight::addresses_in(config->as_object())) texts.push_back(address.text);
  EXPECT_THAT(texts, testing::UnorderedElementsAre("BC:24:11:00:00:64", "192.0.2.7", "BC:24:11:00:00:65"));
  const auto reported = base::parse_json(
      R"({"result":[{"name":"lo","ip-addresses":[{"ip-address":"127.0.0.1"}]},
                    {"name":"x","ip-addresses":[{"ip-address":"192.0.2.8"},{"ip-address":"fe80::1"},{"ip-address":[]}]}]})");
  const auto addresses = insight::addresses_reported(*reported);
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(addresses[0].text, "192.0.2.8");
}

}  // namespace
}  // namespace insight_test
