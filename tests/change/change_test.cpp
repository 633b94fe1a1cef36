#include "change/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "change/access.h"
#include "change/firewall.h"
#include "change/property.h"

namespace {

using base::Method;

base::Json json(std::string_view text) {
  auto parsed = base::parse_json(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed ? *parsed : base::Json();
}

struct Case {
  std::string_view what;
  std::string_view arguments;
  std::string_view before;
  std::string_view after;
  std::string_view text;
};

void check(Method method, std::string_view path, const std::vector<Case>& cases) {
  const facts::Facts facts;
  const auto* endpoint = facts.find(method, path);
  ASSERT_NE(endpoint, nullptr) << path;
  for (const auto& each : cases) {
    const auto arguments = json(each.arguments).as_object();
    const auto before = json(each.before);
    const auto after = json(each.after);
    const auto text =
        change::text(change::describe({*endpoint, tool::about(method, path), arguments, before, after, {}}));
    EXPECT_EQ(text, each.text) << each.what;
  }
}

constexpr std::string_view kAuditor =
    R"([{"path":"/","type":"user","ugid":"a@pve","roleid":"PVEAuditor","propagate":1}])";
constexpr std::string_view kBoth =
    R"([{"path":"/","type":"user","ugid":"a@pve","roleid":"PVEAuditor","propagate":1},
        {"path":"/vms/100","type":"user","ugid":"a@pve","roleid":"PVEVMUser","propagate":1}])";

TEST(Acl, NamesHolderRoleAndPath) {
  check(Method::Put, "/access/acl",
        {{"a role on a path without its slash", R"({"path":"vms/100/","roles":"PVEVMUser","users":"a@pve"})",
          kAuditor, kBoth,
          "a@pve has PVEVMUser on /vms/100. On /vms/100 this replaces what a@pve has from /: PVEAuditor."},
         {"once more", R"({"path":"/vms/100","roles":"PVEVMUser","users":"a@pve"})", kBoth, kBoth,
          "Nothing changed: a@pve already has PVEVMUser on /vms/100."},
         {"revoked", R"({"path":"/vms/100","roles":"PVEVMUser","users":"a@pve","delete":true})", kBoth,
          kAuditor, "a@pve lost PVEVMUser on /vms/100, where it now has PVEAuditor from /."},
         {"nothing to revoke", R"({"path":"/vms/100","roles":"PVEVMUser","users":"a@pve","delete":true})",
          kAuditor, kAuditor,
          "Nothing changed: PVE shows no entry of a@pve with PVEVMUser on /vms/100 to revoke."},
         {"a group, not below", R"({"path":"/pool/p","roles":"PVEPoolUser","groups":"g","propagate":false})",
          "[]", R"([{"path":"/pool/p","type":"group","ugid":"g","roleid":"PVEPoolUser","propagate":0}])",
          "group g has PVEPoolUser (not on the paths below) on /pool/p."},
         {"the token may see none of it", R"({"path":"/vms/100","roles":"PVEVMUser","users":"a@pve"})", "[]",
          "[]", ""},
         {"nor what goes", R"({"path":"/vms/100","roles":"PVEVMUser","users":"a@pve","delete":true})", "[]",
          "[]", ""},
         {"PVE does not show the ACL", R"({"path":"/","roles":"PVEAdmin","users":"a@pve"})", "null", "null",
          ""}});
}

TEST(Acl, IsPredictedAsPveChangesIt) {
  EXPECT_EQ(change::acl_path("vms//100/"), "/vms/100");
  EXPECT_EQ(change::acl_path(""), "/");
  EXPECT_EQ(
      change::expected_acl(json(R"({"path":"vms/100","roles":"PVEVMUser","users":"a@pve"})").as_object(),
                           json(kAuditor)),
      json(kBoth));
  EXPECT_EQ(change::expected_acl(
                json(R"({"path":"/vms/100","roles":"PVEVMUser","users":"a@pve","delete":1})").as_object(),
                json(kBoth)),
            json(kAuditor));
}

TEST(Pool, NamesItsMembers) {
  constexpr std::string_view kEmpty = R"([{"poolid":"prod","members":[]}])";
  constexpr std::string_view kOne =
      R"([{"poolid":"prod","members":[{"type":"qemu","vmid":100,"name":"web01","id":"qemu/100"}]}])";
  check(Method::Put, "/pools",
        {{"one guest exists, one does not", R"({"poolid":"prod","vms":"100,9999"})", kEmpty, kOne,
          "VM 100 (web01) added. Unchanged: guest 9999 is not in it; check that it exists and that the API "
          "token may see it."},
         {"again", R"({"poolid":"prod","vms":"100"})", kOne, kOne,
          "Nothing changed: VM 100 (web01) was already in it."},
         {"removed", R"({"poolid":"prod","vms":"100","storage":"nix","delete":true})", kOne, kEmpty,
          "VM 100 (web01) removed. Unchanged: storage \"nix\" was not in it."}});
}

TEST(Settings, DescribeWhatAnUpdateChanged) {
  check(
      Method::Put, "/access/users/{userid}",
      {{"a user", R"({"userid":"a@pve","enable":false,"expire":1798761600,"groups":"dev"})",
        R"({"enable":1,"expire":0,"groups":["ops"]})", R"({"enable":0,"expire":1798761600,"groups":["dev"]})",
        "enable 1 -> 0; expire never -> 2027-01-01 00:00 UTC; groups: dev added, ops removed."}});
  check(Method::Put, "/storage/{storage}",
        {{"a storage",
          R"({"storage":"local","prune-backups":"keep-last=3","content":"iso,backup","delete":"nodes"})",
          R"({"content":"backup,vztmpl,iso","prune-backups":"keep-all=1","nodes":"pve1"})",
          R"({"content":"iso,backup","prune-backups":"keep-last=3"})",
          "nodes: pve1 removed; prune-backups: keep-all 1 removed, keep-last 3 added; content: vztmpl "
          "removed."}});
  check(Method::Put, "/cluster/firewall/options",
        {{"from the defaults", R"({"enable":true,"policy_in":"ACCEPT"})", R"({"digest":"x"})",
          R"({"enable":1,"policy_in":"ACCEPT"})", "enable off -> on; policy_in DROP -> ACCEPT."}});
  check(Method::Put, "/cluster/ha/resources/{sid}",
        {{"HA", R"({"sid":"vm:100","state":"stopped","max_restart":1})", R"({"state":"started"})",
          R"({"state":"stopped","max_restart":1})",
          "state started -> stopped. Unchanged: max_restart is already 1."}});
  check(Method::Put, "/cluster/options",
        {{"the datacenter", R"({"migration":"type=insecure","delete":"keyboard"})",
          R"({"keyboard":"de","migration":"secure,network=10.0.0.0/8"})",
          R"({"migration":{"type":"insecure"}})",
          "keyboard de removed; migration: secure -> insecure, network 10.0.0.0/8 removed."}});
  check(
      Method::Put, "/nodes/{node}/network/{iface}",
      {{"an interface", R"({"node":"pve1","iface":"vmbr1","type":"bridge","cidr":"10.0.0.2/24","mtu":9000})",
        R"({"type":"bridge","cidr":"10.0.0.1/24"})", R"({"type":"bridge","cidr":"10.0.0.2/24","mtu":"9000"})",
        "cidr 10.0.0.1/24 -> 10.0.0.2/24; mtu set to 9000."}});
}

TEST(Removals, NameWhatIsRemovedAndWhatIsKept) {
  check(Method::Delete, "/access/users/{userid}",
        {{"a user", R"({"userid":"a@pve"})", R"({"tokens":{"ci":{},"backup":{}},"groups":["ops"]})", "null",
          "its API tokens deleted: backup and ci; it was in the groups \"ops\"."}});
  check(Method::Delete, "/storage/{storage}",
        {{"a directory", R"({"storage":"iso"})", R"({"type":"dir","path":"/mnt/iso"})", "null",
          "only its definition (dir) removed, its data in /mnt/iso kept."},
         {"a share, not where it is mounted", R"({"storage":"nas"})",
          R"({"type":"nfs","server":"10.0.0.9","export":"/srv","path":"/mnt/pve/nas"})", "null",
          "only its definition (nfs) removed, its data in 10.0.0.9:/srv kept."},
         {"a backup server with a key", R"({"storage":"pbs"})",
          R"({"type":"pbs","server":"10.0.0.5","datastore":"main","encryption-key":"1a:2b"})", "null",
          "only its definition (pbs) removed, its data in 10.0.0.5:main kept. Destroyed: the storage's "
          "encryption "
          "key, without which its backups are unreadable."}});
  check(Method::Delete, "/cluster/backup/{id}",
        {{"a job", R"({"id":"j"})", R"({"id":"j","vmid":"100,200","schedule":"sat 02:00"})", "null",
          "it backed up 2 guests (100 and 200) at sat 02:00; its backups kept."}});
}

TEST(BackupJob, ShowsIdNextRunAndGuests) {
  constexpr std::string_view kOld = R"([{"id":"old","schedule":"sat 02:00","vmid":"100"}])";
  check(Method::Post, "/cluster/backup",
        {{"PVE gives no id", R"({"schedule":"02:00","storage":"local","all":true})", kOld,
          R"([{"id":"old","schedule":"sat 02:00","vmid":"100"},
              {"id":"backup-1","schedule":"02:00","all":1,"exclude":"101","enabled":1,"next-run":1796004000}])",
          "id backup-1, all guests but 101, next run 2026-11-30 02:00 UTC."},
         {"a pool on one node, not enabled", R"({"schedule":"02:00","pool":"prod","id":"nightly"})", kOld,
          R"([{"id":"nightly","schedule":"02:00","pool":"prod","node":"pve1","enabled":0}])",
          "id nightly, the guests of pool \"prod\" on node pve1, not enabled."},
         {"two new ones at once", R"({"schedule":"02:00"})", kOld,
          R"([{"id":"a","schedule":"02:00","vmid":"1"},{"id":"b","schedule":"02:00","vmid":"2"}])", ""}});
}

constexpr std::string_view kRules =
    R"([{"pos":0,"type":"in","action":"ACCEPT","macro":"SSH","enable":1,"comment":"r1"},
  {"pos":1,"type":"in","action":"DROP","proto":"tcp","dport":"80:90,443","source":"10.0.0.0/8","enable":1},
  {"pos":2,"type":"out","action":"REJECT","dest":"192.0.2.1","enable":0}])";

TEST(FirewallRule, ShowsItsNewPosition) {
  check(
      Method::Put, "/cluster/firewall/rules/{pos}",
      {{"moved down: PVE counts before it takes the rule out", R"({"pos":0,"moveto":2})", kRules,
        R"([{"pos":0,"type":"in","action":"DROP","proto":"tcp","dport":"80:90,443","source":"10.0.0.0/8","enable":1},
              {"pos":1,"type":"in","action":"ACCEPT","macro":"SSH","enable":1,"comment":"r1"},
              {"pos":2,"type":"out","action":"REJECT","dest":"192.0.2.1","enable":0}])",
        "'in ACCEPT SSH (r1)' is now at position 1 (was 0)."},
       {"moved to where it is", R"({"pos":0,"moveto":1})", kRules, kRules,
        "Nothing changed: 'in ACCEPT SSH (r1)' is already at position 0."},
       {"changed", R"({"pos":2,"enable":true,"dport":"25"})", kRules,
        R"([{"pos":0},{"pos":1},{"pos":2,"type":"out","action":"REJECT","dest":"192.0.2.1","dport":"25","enable":1}])",
        "enable off -> on; dport set to 25; the rule is now 'out REJECT to 192.0.2.1 to port 25'."}});
  check(Method::Post, "/cluster/firewall/rules",
        {{"created", R"({"type":"in","action":"ACCEPT","macro":"SSH","enable":true})", "[]", kRules,
          "'in ACCEPT SSH (r1)' is at position 0 of 3 rules."}});
  check(Method::Delete, "/cluster/firewall/rules/{pos}",
        {{"deleted", R"({"pos":0})", kRules,
          R"([{"pos":0,"type":"in","action":"DROP"},{"pos":1,"type":"out","action":"REJECT"}])",
          "it was 'in ACCEPT SSH (r1)'; 2 rules are left. The rules behind it have moved up by one "
          "position."}});
}

TEST(FirewallRule, IsDescribedInWords) {
  EXPECT_EQ(
      change::rule_in_words(
          json(
              R"({"type":"in","action":"DROP","proto":"tcp","dport":"80:90,443","source":"10.0.0.0/8","enable":0})")
              .as_object()),
      "off: in DROP tcp from 10.0.0.0/8 to port 80:90,443");
  EXPECT_EQ(
      change::rule_in_words(
          json(R"({"type":"in","action":"ACCEPT","proto":"icmp","icmp-type":"echo-request","enable":1})")
              .as_object()),
      "in ACCEPT icmp echo-request");
}

// The differences of a property string are shown part by part.
TEST(Settings, KnowTheFormatOfEveryPropertyString) {
  const facts::Facts facts;
  std::size_t checked = 0;
  for (const std::string_view path :
       {"/nodes/{node}/qemu/{vmid}/config", "/nodes/{node}/lxc/{vmid}/config", "/cluster/options",
        "/cluster/firewall/options", "/storage/{storage}"}) {
    for (const auto& parameter : facts.find(Method::Put, path)->parameters) {
      if (parameter.format != "property-string" || parameter.name == "unused" || parameter.name == "memory")
        continue;
      ++checked;
      EXPECT_NE(change::form(parameter.name), nullptr) << path << " " << parameter.name;
    }
  }
  EXPECT_GE(checked, 30U);
}

// A state that could not be read must not lead to claims about the change.
TEST(Change, ClaimsNothingAboutAnUnreadState) {
  const facts::Facts facts;
  const base::JsonObject arguments{{"cores", 4}};
  const base::Json unknown;
  for (const auto& listed : facts.list()) {
    if (listed.method == Method::Get) continue;
    const auto* endpoint = facts.find(listed.method, listed.path);
    if (endpoint == nullptr) continue;
    const auto about = tool::about(listed.method, listed.path);
    EXPECT_EQ(change::text(change::describe({*endpoint, about, arguments, unknown, unknown, {}})), "")
        << listed.path;
  }
}

}  // namespace
