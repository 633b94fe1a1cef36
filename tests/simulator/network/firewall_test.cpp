#include "simulator/refusals.h"
#include "simulator/shape.h"

namespace simulator {
namespace {

using enum base::Method;

constexpr const char* kRules = "/cluster/firewall/rules";
constexpr const char* kOptions = "/cluster/firewall/options";

std::string comment_at(Demo& demo, std::size_t position) {
  const auto list = demo.get(kRules).data().as_array();
  if (position >= list.size() || !list[position].as_object().contains("comment")) return "";
  return std::string(list[position].at("comment").as_string());
}

TEST(SimulatedFirewall, OptionsAreSetAndDeleted) {
  Demo demo;
  EXPECT_EQ(demo.put(kOptions, {{"policy_in", "REJECT"}, {"enable", "0"}}).status, 200U);
  auto options = demo.get(kOptions).data();
  EXPECT_EQ(options.at("policy_in"), "REJECT");
  EXPECT_EQ(options.at("enable"), 0);
  EXPECT_EQ(demo.put(kOptions, {{"delete", "policy_in"}}).status, 200U);
  EXPECT_FALSE(demo.get(kOptions).data().as_object().contains("policy_in"));
  expect_refused(demo, {{Put, kOptions, {{"delete", "colour"}}, 400, "no such option 'colour'", "delete"},
                        {Put,
                         kOptions,
                         {{"policy_in", "MAYBE"}},
                         400,
                         "value 'MAYBE' does not have a value in the enumeration 'ACCEPT, REJECT, DROP'",
                         "policy_in"},
                        {Put,
                         kOptions,
                         {{"enable", "1"}, {"digest", "abc"}},
                         500,
                         "detected modified configuration - file changed by other user? Try again."}});
}

TEST(SimulatedFirewall, ANewRuleIsFirstAndDisabled) {
  Demo demo;
  const auto before = demo.get(kRules).data().as_array().size();
  ASSERT_EQ(
      demo.post(kRules, {{"type", "in"}, {"action", "ACCEPT"}, {"comment", "mine"}, {"pos", "2"}}).status,
      200U);
  const auto list = demo.get(kRules).data().as_array();
  ASSERT_EQ(list.size(), before + 1);
  EXPECT_EQ(list[0].at("comment"), "mine");
  EXPECT_EQ(list[0].at("enable"), 0);
  EXPECT_EQ(list[0].at("pos"), 0);
  EXPECT_EQ(demo.get(std::string(kRules) + "/0").data().at("pos"), "0")
      << "PVE gives it as text for a single rule";
}

TEST(SimulatedFirewall, MovesChangesAndDeletesRules) {
  Demo demo;
  for (const char* name : {"c", "b", "a"}) {
    ASSERT_EQ(demo.post(kRules, {{"type", "in"}, {"action", "DROP"}, {"comment", name}}).status, 200U);
  }
  EXPECT_EQ(demo.put(std::string(kRules) + "/0", {{"moveto", "2"}}).status, 200U);
  EXPECT_EQ(comment_at(demo, 0), "b");
  EXPECT_EQ(comment_at(demo, 1), "a") << "it comes before the rule that was at the new position";
  EXPECT_EQ(comment_at(demo, 2), "c");
  EXPECT_EQ(demo.put(std::string(kRules) + "/2", {{"moveto", "0"}}).status, 200U);
  EXPECT_EQ(comment_at(demo, 0), "c");
  EXPECT_EQ(
      demo.put(std::string(kRules) + "/0", {{"enable", "1"}, {"comment", "c2"}, {"source", "192.0.2.7"}})
          .status,
      200U);
  auto rule = demo.get(std::string(kRules) + "/0").data().as_object();
  EXPECT_EQ(rule.at("ipversion"), 4);
  EXPECT_EQ(rule.at("enable"), 1);
  EXPECT_EQ(demo.put(std::string(kRules) + "/0", {{"delete", "source"}}).status, 200U);
  rule = demo.get(std::string(kRules) + "/0").data().as_object();
  EXPECT_FALSE(rule.contains("source"));
  EXPECT_FALSE(rule.contains("ipversion"));
  const std::string digest(rule.at("digest").as_string());
  EXPECT_EQ(demo.del(std::string(kRules) + "/0", {{"digest", digest}}).status, 200U);
  EXPECT_EQ(comment_at(demo, 0), "b");
  EXPECT_EQ(demo.del(std::string(kRules) + "/0", {{"digest", digest}}).reason,
            "detected modified configuration - file changed by other user? Try again.");
}

TEST(SimulatedFirewall, RefusesBadRules) {
  Demo demo;
  const auto rule = [](Form more) {
    Form form{{"type", "in"}, {"action", "ACCEPT"}};
    form.insert(form.end(), more.begin(), more.end());
    return form;
  };
  expect_refused(
      demo,
      {
          {Post, kRules, {{"type", "in"}, {"action", "BOGUS"}}, 400, "unknown action 'BOGUS'", "action"},
          {Post,
           kRules,
           {{"type", "forward"}, {"action", "REJECT"}},
           400,
           "cannot define REJECT rules on forward chain",
           "action"},
          {Post, kRules, rule({{"macro", "Nonsense"}}), 400, "unknown macro 'Nonsense'", "macro"},
          {Post, kRules, rule({{"proto", "carrier-pigeon"}}), 400, "unknown protocol 'carrier-pigeon'",
           "proto"},
          {Post, kRules, rule({{"dport", "22"}}), 400, "missing property - 'dport' requires this property",
           "proto"},
          {Post, kRules, rule({{"dport", "70000"}, {"proto", "tcp"}}), 400, "invalid port '70000'", "dport"},
          {Post, kRules, rule({{"dport", "90:80"}, {"proto", "tcp"}}), 400,
           "backwards range '90:80' not allowed, did you mean '80:90'?", "dport"},
          {Post, kRules, rule({{"source", "+nope"}}), 400, "no such ipset 'nope'", "source"},
          {Post, kRules, rule({{"source", "nope"}}), 400, "no such alias 'nope'", "source"},
          {Post, kRules, rule({{"source", "192.0.2.1,2001:db8::1"}}), 400,
           "detected mixed ipv4/ipv6 addresses in address list '192.0.2.1,2001:db8::1'", "source"},
          {Post, kRules, rule({{"source", "192.0.2.1"}, {"dest", "2001:db8::1"}}), 400,
           "detected mixed ipv4/ipv6 addresses in rule", "dest"},
          {Put,
           std::string(kRules) + "/0",
           {{"delete", "action"}},
           400,
           "unable to delete required property 'action'",
           "delete"},
          {Get, std::string(kRules) + "/99", {}, 500, "no rule at position 99"},
          {Put, std::string(kRules) + "/99", {{"enable", "1"}}, 500, "no rule at position 99"},
          {Delete, std::string(kRules) + "/99", {}, 500, "no rule at position 99"},
          {Get, "/cluster/firewall/ipset/nope", {}, 500, "no such IPSet 'nope'"},
          {Get, "/cluster/firewall/aliases/nope", {}, 400, "no such alias", "name"},
          {Get, "/cluster/firewall/groups/nope", {}, 500, "no such security group 'nope'"},
      });
}

TEST(SimulatedFirewall, AcceptsAliasesSetsRangesAndMacrosInRules) {
  Demo demo;
  for (const Form& form :
       {Form{{"source", "+management"}}, Form{{"source", "office"}}, Form{{"source", "dc/OFFICE"}},
        Form{{"source", "192.0.2.1-192.0.2.9"}}, Form{{"source", "192.0.2.0/24,198.51.100.7"}},
        Form{{"macro", "ssh"}}, Form{{"proto", "tcp"}, {"dport", "22,80:90,https"}},
        Form{{"proto", "icmp"}, {"icmp-type", "echo-request"}}, Form{{"iface", "vmbr0"}}}) {
    Form rule{{"type", "in"}, {"action", "ACCEPT"}};
    rule.insert(rule.end(), form.begin(), form.end());
    EXPECT_EQ(demo.post(kRules, rule).status, 200U) << form.front().first << "=" << form.front().second;
  }
  EXPECT_EQ(demo.post(kRules, {{"type", "group"}, {"action", "webserver"}}).status, 200U);
}

TEST(SimulatedFirewall, AnAliasAndASetAreCreatedOnce) {
  Demo demo;
  ASSERT_EQ(demo.post("/cluster/firewall/aliases", {{"name", "lab"}, {"cidr", "203.0.113.0/24"}}).status,
            200U);
  const auto aliases = demo.get("/cluster/firewall/aliases");
  ASSERT_NE(row_with(aliases.data(), "name", "lab"), nullptr);
  EXPECT_EQ(row_with(aliases.data(), "name", "lab")->at("ipversion"), 4);
  EXPECT_EQ(
      demo.post("/cluster/firewall/aliases", {{"name", "lab"}, {"cidr", "203.0.113.0/24"}}).error("name"),
      "alias 'lab' already exists");
  ASSERT_EQ(demo.post("/cluster/firewall/ipset", {{"name", "admins"}}).status, 200U);
  EXPECT_EQ(demo.post("/cluster/firewall/ipset/admins", {{"cidr", "192.0.2.5"}}).status, 200U);
  EXPECT_EQ(demo.post("/cluster/firewall/ipset/admins", {{"cidr", "192.0.2.5"}}).error("cidr"),
            "address '192.0.2.5' already exists");
  EXPECT_EQ(demo.del("/cluster/firewall/ipset/admins").reason, "IPSet 'admins' is not empty");
}

TEST(SimulatedFirewall, AnIpSetEntryIsAddedReadChangedAndDeleted) {
  Demo demo;
  for (const std::string firewall : {"/cluster/firewall", "/nodes/pve1/lxc/201/firewall"}) {
    SCOPED_TRACE(firewall);
    const auto set = firewall + "/ipset/recset";
    const auto network = set + "/192.0.2.0%2F24";
    ASSERT_EQ(demo.post(firewall + "/ipset", {{"name", "recset"}}).status, 200U);
    ASSERT_EQ(demo.post(set, {{"cidr", "192.0.2.9"}, {"nomatch", "1"}}).status, 200U);
    ASSERT_EQ(demo.post(set, {{"cidr", "192.0.2.0/24"}, {"comment", "net"}}).status, 200U);
    EXPECT_EQ(demo.post(set, {{"cidr", "192.0.2.77/24"}}).error("cidr"),
              "address '192.0.2.0/24' already exists");
    EXPECT_EQ(demo.post(set, {{"cidr", "foo"}}).reason, "no such alias 'foo'");
    EXPECT_EQ(demo.post(set, {{"cidr", "2001:db8::77/64"}}).status, 200U);
    EXPECT_EQ(demo.get(set + "/2001:db8::%2F64").data().at("cidr"), "2001:db8::/64");
    ASSERT_EQ(demo.del(set + "/2001:db8::%2F64").status, 200U);
    const auto listed = rows(demo.get(set));
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[0].at("cidr"), "192.0.2.0/24") << "PVE sorts them";
    EXPECT_EQ(listed[1].at("nomatch"), 1);
    const auto digest = std::string(listed[0].at("digest").as_string());
    EXPECT_EQ(demo.get(network).data(),
              (base::JsonObject{{"cidr", "192.0.2.0/24"}, {"comment", "net"}, {"digest", digest}}));
    ASSERT_EQ(demo.put(network, {{"nomatch", "1"}, {"digest", digest}}).status, 200U);
    EXPECT_FALSE(demo.get(network).data().as_object().contains("comment"));
    EXPECT_THAT(demo.del(network, {{"digest", digest}}).reason, testing::StartsWith("detected modified"));
    EXPECT_EQ(demo.get(set + "/198.51.100.1").error("cidr"), "no such IP/Network");
    EXPECT_EQ(demo.del(set + "/198.51.100.1").status, 200U) << "PVE does not check that it exists";
    EXPECT_EQ(demo.get(firewall + "/ipset/nope/192.0.2.9").reason, "no such IPSet 'nope'");
    ASSERT_EQ(demo.del(network).status, 200U);
    EXPECT_EQ(rows(demo.get(set)).size(), 1U);
  }
}

TEST(SimulatedFirewall, AGuestHasRulesOfItsOwn) {
  Demo demo;
  const std::string path = "/nodes/pve1/qemu/102/firewall/rules";
  EXPECT_TRUE(demo.get(path).data().as_array().empty());
  ASSERT_EQ(demo.post(path, {{"type", "in"}, {"action", "DROP"}, {"iface", "net0"}}).status, 200U);
  EXPECT_EQ(demo.get(path).data().as_array().size(), 1U);
  EXPECT_EQ(demo.post(path, {{"type", "in"}, {"action", "DROP"}, {"iface", "eth0"}}).error("iface"),
            "value does not match the regex pattern 'net\\d+'");
  EXPECT_EQ(demo.post(path, {{"type", "forward"}, {"action", "DROP"}}).error("type"),
            "invalid rule type 'forward' for rule_env 'vm'");
}

TEST(SimulatedFirewall, AGuestHasAliasesAndSetsAndNoGroups) {
  Demo demo;
  for (const std::string guest : {"/nodes/pve1/qemu/102/firewall", "/nodes/pve1/lxc/201/firewall"}) {
    SCOPED_TRACE(guest);
    ASSERT_EQ(demo.post(guest + "/aliases", {{"name", "lab"}, {"cidr", "192.0.2.7"}}).status, 200U);
    EXPECT_EQ(demo.get(guest + "/aliases/lab").data(),
              (base::JsonObject{{"cidr", "192.0.2.7"}, {"name", "lab"}, {"ipversion", 4}}));
    EXPECT_EQ(demo.get("/cluster/firewall/aliases/lab").error("name"), "no such alias");
    ASSERT_EQ(demo.post(guest + "/ipset", {{"name", "admins"}}).status, 200U);
    EXPECT_EQ(demo.get(guest + "/ipset/nope").reason, "no such IPSet 'nope'");
    EXPECT_EQ(demo.get(guest + "/groups").status, 501U);
  }
  EXPECT_EQ(demo.get("/nodes/pve1/firewall/aliases").status, 501U);
}

TEST(SimulatedFirewall, AnAliasIsChangedAndRenamed) {
  Demo demo;
  const std::string path = "/cluster/firewall/aliases/";
  EXPECT_EQ(demo.put(path + "office", {{"comment", "x"}}).error("cidr"),
            "property is missing and it is not optional");
  EXPECT_EQ(demo.put(path + "nope", {{"cidr", "192.0.2.17"}}).error("name"), "no such alias");
  EXPECT_EQ(demo.put(path + "office", {{"cidr", "192.0.2.17"}, {"rename", "gateway"}}).error("name"),
            "alias 'gateway' already exists");
  ASSERT_EQ(demo.put(path + "office", {{"cidr", "192.0.2.17"}, {"rename", "desk"}}).status, 200U);
  EXPECT_EQ(demo.get(path + "desk").data().at("cidr"), "192.0.2.17");
  EXPECT_EQ(demo.get(path + "office").error("name"), "no such alias");
  EXPECT_EQ(demo.del(path + "nope").status, 200U) << "PVE does not check that it exists";
}

TEST(SimulatedFirewall, AGroupIsCreatedEmptiedAndDeleted) {
  Demo demo;
  const std::string group = "/cluster/firewall/groups/recgrp";
  const Form wanted{{"group", "recgrp"}, {"comment", "rec"}};
  ASSERT_EQ(demo.post("/cluster/firewall/groups", wanted).status, 200U);
  EXPECT_EQ(demo.post("/cluster/firewall/groups", wanted).error("group"),
            "Security group 'recgrp' already exists");
  ASSERT_EQ(demo.post(group, {{"type", "in"}, {"action", "ACCEPT"}, {"enable", "1"}}).status, 200U);
  EXPECT_EQ(demo.get(group + "/0").data().at("action"), "ACCEPT");
  EXPECT_EQ(demo.del(group).reason, "Security group 'recgrp' is not empty");
  ASSERT_EQ(demo.del(group + "/0").status, 200U);
  ASSERT_EQ(demo.del(group).status, 200U);
  EXPECT_EQ(demo.del(group).reason, "no such security group 'recgrp'");
}

TEST(SimulatedFirewall, RefusesCallersWithoutPrivileges) {
  Demo demo;
  demo.as_operator();
  EXPECT_EQ(demo.get(kRules).reason, "Permission check failed (/, Sys.Audit)");
  demo.as_auditor();
  EXPECT_EQ(demo.get(kRules).status, 200U);
  EXPECT_EQ(demo.post(kRules, {{"type", "in"}, {"action", "ACCEPT"}}).reason,
            "Permission check failed (/, Sys.Modify)");
}

TEST(SimulatedFirewall, HasTheRecordedShape) {
  Demo demo;
  const std::string file = "firewall.jsonl";
  // The recorded cluster did not use these options and members of rules.
  const Allowed options{.missing = {}, .extra = {"enable", "policy_out"}, .type = {}};
  const Allowed rules{.missing = {}, .extra = {"[].macro", "[].source", "[].log"}, .type = {}};
  const Allowed rule{.missing = {}, .extra = {"macro", "source", "log"}, .type = {}};
  auto partly = rules;
  partly.missing = {"[].proto", "[].dport", "[].comment"};  // a rule may use a macro instead
  expect_same_shape(demo.get(kOptions).data(), recorded(file, "GET", kOptions), options);
  expect_same_shape(demo.get(kRules).data(), recorded(file, "GET", kRules), partly);
  expect_same_shape(demo.get(std::string(kRules) + "/0").data(),
                    recorded(file, "GET", std::string(kRules) + "/*"), rule);
  const Allowed comment{.missing = {}, .extra = {"[].comment", "comment"}, .type = {}};
  for (const char* list : {"aliases", "ipset", "groups"}) {
    const auto path = std::string("/cluster/firewall/") + list;
    expect_same_shape(demo.get(path).data(), recorded(file, "GET", path), comment);
  }
  expect_same_shape(demo.get("/cluster/firewall/aliases/gateway").data(),
                    recorded(file, "GET", "/cluster/firewall/aliases/*"), comment);
}

}  // namespace
}  // namespace simulator
