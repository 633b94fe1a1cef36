// Every row of resources before the simulator: works, is refused, is not there.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/text.h"
#include "resource/lab.h"

namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> uris(const std::vector<mcp::ResourceDescription>& all) {
  std::vector<std::string> found;
  for (const auto& item : all) found.push_back(item.uri);
  return found;
}

mcp::Caller only(std::vector<std::string> categories) {
  mcp::Caller caller;
  caller.categories = std::move(categories);
  return caller;
}

TEST(Read, TheListsAreStableAndDescribed) {
  lab::Lab lab;
  EXPECT_THAT(uris(lab.resources.list({})),
              ElementsAre("pve://cluster/status", "pve://cluster/resources", "pve://api"));
  EXPECT_THAT(uris(lab.resources.templates({})),
              ElementsAre("pve://nodes/{node}/status", "pve://guests/{vmid}/config",
                          "pve://guests/{vmid}/status", "pve://guests/{vmid}/snapshots/{snapname}",
                          "pve://tasks/{upid}/log", "pve://storage/{storage}/content", "pve://api/{+path}"));
  for (const auto& item : lab.resources.templates({})) {
    EXPECT_FALSE(item.description.empty());
    EXPECT_EQ(item.mime_type, item.uri.ends_with("/log") ? "text/plain" : "application/json");
  }
  EXPECT_THAT(lab.http.asked(), IsEmpty());
}

TEST(Read, EachWorks) {
  lab::Lab lab;
  EXPECT_GT(lab.json("pve://cluster/status").as_array().size(), 3U);
  EXPECT_GT(lab.json("pve://cluster/resources").as_array().size(), 40U);
  EXPECT_TRUE(lab.json("pve://nodes/pve1/status").as_object().contains("pveversion"));
  EXPECT_EQ(lab.json("pve://guests/100/status").at("name"), "web01");
  EXPECT_EQ(lab.json("pve://guests/100/config").at("cores").is_null(), false);
  EXPECT_EQ(lab.json("pve://guests/200/config").at("hostname"), "dns01");
  const auto got = lab.read("pve://guests/100/status");
  const auto& result = std::get<mcp::ResourceResult>(got);
  EXPECT_EQ(result.ttl.count(), 0);
  EXPECT_EQ(result.contents.at(0).uri, "pve://guests/100/status");
  EXPECT_EQ(result.contents.at(0).mime_type, "application/json");
}

TEST(Read, AGuestIsNamedInSeveralWays) {
  lab::Lab lab;
  const auto config = lab.text("pve://guests/100/config");
  EXPECT_EQ(lab.text("pve://guests/web01/config"), config);
  EXPECT_EQ(lab.text("pve://guests/100%20(web01)/config"), config);
  EXPECT_EQ(lab.text("pve://guests/100 (web01)/config"), config);
  EXPECT_THAT(lab.text("pve://guests/999/config"), HasSubstr("none: There is no guest 999"));
  EXPECT_THAT(lab.text("pve://guests/nobody/config"), HasSubstr("none: There is no guest named nobody"));
}

TEST(Read, ASnapshotIsOneOfItsGuest) {
  lab::Lab lab;
  const auto snapshot = lab.json("pve://guests/web01/snapshots/before-upgrade");
  EXPECT_EQ(snapshot.at("name"), "before-upgrade");
  EXPECT_TRUE(snapshot.as_object().contains("snaptime"));
  EXPECT_TRUE(lab.json("pve://guests/202/snapshots/known-good").is_object());
  EXPECT_THAT(lab.text("pve://guests/100/snapshots/never"),
              HasSubstr("none: VM 100 has no snapshot \"never\"."));
  EXPECT_THAT(lab.text("pve://guests/999/snapshots/x"), HasSubstr("none: There is no guest 999"));
  EXPECT_THAT(lab.text("pve://guests/100/snapshots/a%2Fb"), HasSubstr("none: "));
}

TEST(Read, AGuestThatMovedIsFound) {
  lab::Lab lab;
  EXPECT_THAT(lab.text("pve://guests/107/config"), StartsWith("{"));
  // Another administrator moves it, so the remembered list is wrong.
  const auto moved = lab.client.call(
      {base::Method::Post, "/nodes/pve3/qemu/107/migrate", {{"target", "pve1"}, {"online", "1"}}}, {});
  ASSERT_TRUE(moved.has_value());
  for (int i = 0; i < 40; ++i) {
    const auto list = lab.client.call({base::Method::Get, "/nodes/pve1/qemu/107/config", {}}, {});
    if (list) break;
    lab.clock.advance(std::chrono::milliseconds{50});
  }
  EXPECT_THAT(lab.text("pve://guests/107/config"), StartsWith("{"));
  EXPECT_THAT(lab.http.asked().back(), StartsWith("GET /nodes/pve1/qemu/107/pending"));
}

TEST(Read, AMissingObjectIsReported) {
  lab::Lab lab;
  EXPECT_THAT(lab.text("pve://nodes/pve9/status"), StartsWith("none: "));
  EXPECT_THAT(lab.text("pve://storage/nowhere/content"), HasSubstr("none: There is no storage \"nowhere\""));
  EXPECT_THAT(lab.text("pve://tasks/nonsense/log"), StartsWith("none: There is no task nonsense"));
  EXPECT_THAT(lab.text("pve://tasks/UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:/log"),
              StartsWith("none: There is no task UPID:"));
  EXPECT_THAT(lab.text("pve://api/nodes/{node}/nonsense"), HasSubstr("has no path /nodes/{node}/nonsense"));
  EXPECT_THAT(lab.text("pve://nothing"), StartsWith("none: "));
}

TEST(Read, ThePolicyIsAskedAtEachListAndRead) {
  lab::Lab lab;
  const auto qemu = only({"qemu"});
  EXPECT_THAT(uris(lab.resources.list(qemu)), ElementsAre("pve://api"));
  EXPECT_THAT(uris(lab.resources.templates(qemu)),
              ElementsAre("pve://guests/{vmid}/config", "pve://guests/{vmid}/status",
                          "pve://guests/{vmid}/snapshots/{snapname}", "pve://api/{+path}"));
  EXPECT_THAT(lab.text("pve://guests/100/config", qemu), StartsWith("{"));
  EXPECT_THAT(lab.text("pve://guests/200/config", only({"qemu", "cluster"})),
              HasSubstr("none: pve://guests/{vmid}/config belongs"));
  EXPECT_FALSE(lab.resources.watchable(qemu, "pve://nodes/pve1/status"));
  EXPECT_TRUE(lab.resources.watchable(qemu, "pve://guests/100/status"));
  const auto none = only({});
  for (const auto* uri : {"pve://cluster/status", "pve://cluster/resources", "pve://nodes/pve1/status",
                          "pve://guests/100/config", "pve://guests/100/status", "pve://storage/nas/content",
                          "pve://tasks/UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:/log"}) {
    const auto before = lab.http.asked().size();
    EXPECT_THAT(lab.text(uri, none),
                AllOf(StartsWith("none: "), HasSubstr("the caller's bearer token has no categories")))
        << uri;
    EXPECT_EQ(lab.http.asked().size(), before) << uri;
  }
  lab.toolbox.set_policy({tool::Tier::ReadOnly, std::vector<std::string>{"nodes"}});
  EXPECT_THAT(lab.text("pve://guests/100/config"), StartsWith("none: "));
  EXPECT_THAT(lab.text("pve://nodes/pve1/status"), StartsWith("{"));
}

TEST(Read, AGuestOfAnotherKindIsNotThere) {
  lab::Lab lab;
  const auto lxc = only({"lxc"});
  const std::string nobody = lab.text("pve://guests/999/config", lxc);
  EXPECT_THAT(nobody,
              testing::MatchesRegex("none: There is no guest 999 among the [0-9]+ that this API token may "
                                    "see\\."));
  for (const std::string guest : {"100", "web01", "web", "100%20(web01)", "100%20(web02)"}) {
    for (const auto* what : {"config", "status", "snapshots/before-upgrade"}) {
      lab.http.clear_asked();
      EXPECT_THAT(
          lab.text(fmt::format("pve://guests/{}/{}", guest, what), lxc),
          AllOf(StartsWith("none: There is no guest "), HasSubstr(nobody.substr(nobody.find(" among "))),
                Not(HasSubstr("did you mean")), Not(HasSubstr("qemu")), Not(HasSubstr("is called"))))
          << guest;
      EXPECT_THAT(lab.http.asked(),
                  testing::Each(testing::AnyOf("GET /cluster/resources",
                                               testing::MatchesRegex("GET /nodes/pve[1-3]/lxc"))))
          << guest;
    }
  }
  EXPECT_THAT(lab.text("pve://guests/200/config", lxc), StartsWith("{"));
  EXPECT_THAT(lab.text("pve://guests/web/config"), HasSubstr("did you mean web01?"));
}

TEST(Read, AGuestOfAnotherKindIsNotListenedTo) {
  lab::Lab lab;
  const auto lxc = only({"lxc"});
  EXPECT_TRUE(lab.resources.watchable(lxc, "pve://guests/100/status")) << "nobody knows what it is";
  lab.text("pve://guests/200/status", lxc);
  for (const auto* guest : {"100", "web01", "WEB01", "100%20(web01)"}) {
    for (const auto* what : {"status", "config", "snapshots/before-upgrade"}) {
      const auto uri = fmt::format("pve://guests/{}/{}", guest, what);
      EXPECT_FALSE(lab.resources.watchable(lxc, uri)) << uri;
      EXPECT_FALSE(lab.resources.watchable(only({"lxc", "cluster"}), uri)) << uri;
      EXPECT_TRUE(lab.resources.watchable({}, uri)) << uri;
      EXPECT_TRUE(lab.resources.watchable(only({"qemu"}), uri)) << uri;
    }
  }
  EXPECT_TRUE(lab.resources.watchable(lxc, "pve://guests/200/status"));
  EXPECT_TRUE(lab.resources.watchable(lxc, "pve://guests/999/status")) << "it may come to be";
  EXPECT_FALSE(lab.resources.watchable(only({"nodes"}), "pve://guests/999/status"));
}

TEST(Read, PveRefusalIsAnErrorWithItsWords) {
  lab::Lab lab;
  lab.http.refuse("GET /nodes/*/status/current", 403, "Permission check failed (/vms/100, VM.Audit)",
                  R"({"data":null,"message":"Permission check failed (/vms/100, VM.Audit)\n"})");
  EXPECT_THAT(lab.text("pve://guests/100/status"), AllOf(StartsWith("error -32603: Permission check failed"),
                                                         HasSubstr("lacks VM.Audit on /vms/100")));
}

TEST(Read, ADenialIsExplainedAsTheToolDoes) {
  lab::Lab lab({}, {}, {9, 2}, lab::kLimited);
  const auto words = lab.text("pve://nodes/pve1/status");
  EXPECT_THAT(words,
              AllOf(StartsWith("error -32603: "), HasSubstr("The API token limited@pve!none lacks Sys.Audit"),
                    HasSubstr("--tokens 'limited@pve!none'"), Not(HasSubstr("USER@REALM"))));
  const auto tool = lab.call("pve_get_node_status", R"({"node":"pve1"})");
  EXPECT_THAT(words, HasSubstr(tool.substr(0, tool.find('\n'))));
}

TEST(Read, WhatIsOnADeadNodeIsUnknown) {
  lab::Lab lab;
  ASSERT_TRUE(lab.simulated.fault("offline=pve3"));
  const auto all = lab.json("pve://cluster/resources");
  EXPECT_THAT(std::string(std::string_view(all.at("note").as_string())),
              AllOf(StartsWith("pve3 is offline, so the state"), HasSubstr("is unknown")));
  std::set<std::string> states;
  for (const auto& row : all.at("data").as_array()) {
    const auto& object = row.as_object();
    if (object.contains("node") && object.at("node") == "pve3" && object.at("type") != "node")
      states.insert(std::string(std::string_view(object.at("status").as_string())));
  }
  EXPECT_THAT(states, ElementsAre("unknown"));
}

TEST(Read, AListThatPveThinsOutSaysSo) {
  lab::Lab lab({}, {}, {9, 2}, lab::kLimited);
  const auto all = lab.json("pve://cluster/resources");
  EXPECT_THAT(std::string(std::string_view(all.at("note").as_string())),
              AllOf(HasSubstr("The list may be incomplete"), HasSubstr("VM.Audit"),
                    HasSubstr("--tokens 'limited@pve!none'")));
  EXPECT_THAT(all.at("data").as_array(), testing::SizeIs(3));
}

/// PVE 9's row of a running guest with all that it may have.
base::JsonObject guest(int number) {
  return {{"cpu", 0.012345678901234567},
          {"disk", 0},
          {"diskread", 91515631387},
          {"diskwrite", 94784669163},
          {"id", "qemu/" + std::to_string(number)},
          {"maxcpu", 4},
          {"maxdisk", 34359738368},
          {"maxmem", 8589934592},
          {"mem", 3605872440},
          {"memhost", 3605872440},
          {"name", "machine-" + std::to_string(number)},
          {"netin", 86062525550},
          {"netout", 82814380251},
          {"hastate", "started"},
          {"node", "pve1"},
          {"pool", "production"},
          {"status", "running"},
          {"tags", "prod;web;debian-13"},
          {"template", 0},
          {"type", number % 3 == 0 ? "lxc" : "qemu"},
          {"uptime", 951100},
          {"vmid", number}};
}

base::JsonArray cluster_of(int guests) {
  base::JsonArray rows;
  for (int i = 0; i < guests; ++i) rows.push_back(guest(100 + i));
  for (const auto* node : {"pve1", "pve2", "pve3", "pve4", "pve5"}) {
    rows.push_back(base::JsonObject{{"id", std::string("node/") + node},
                                    {"type", "node"},
                                    {"node", node},
                                    {"status", "online"},
                                    {"cpu", 0.1},
                                    {"mem", 100},
                                    {"maxmem", 200}});
    for (const auto* storage : {"local", "local-lvm", "ceph", "nas"}) {
      rows.push_back(base::JsonObject{{"id", std::string("storage/") + node + "/" + storage},
                                      {"type", "storage"},
                                      {"node", node},
                                      {"storage", storage},
                                      {"status", "available"},
                                      {"content", "images,rootdir,iso,vztmpl,backup"},
                                      {"disk", 7288559501312},
                                      {"maxdisk", 12884901888000}});
    }
  }
  return rows;
}

std::map<std::string, int> types(const base::Json& rows) {
  std::map<std::string, int> counts;
  for (const auto& row : rows.as_array()) ++counts[std::string(std::string_view(row.at("type").as_string()))];
  return counts;
}

/// All of what an administrator asks of a cluster of that size.
base::Json large_cluster(lab::Lab& lab, int guests) {
  lab.http.answer("GET /cluster/resources", base::write_json(cluster_of(guests)));
  EXPECT_LE(lab.text("pve://cluster/resources").size(), 24'000U);
  return lab.json("pve://cluster/resources");
}

TEST(Read, TwoHundredGuestsFit) {
  lab::Lab lab;
  const auto all = large_cluster(lab, 200);
  EXPECT_EQ(types(all.at("data")),
            (std::map<std::string, int>{{"lxc", 66}, {"node", 5}, {"qemu", 134}, {"storage", 20}}));
  EXPECT_FALSE(all.as_object().contains("left_out"));
  EXPECT_THAT(all.at("left_out_members").as_array(), Contains("netin"));
  const auto& rows = all.at("data").as_array();
  EXPECT_EQ(rows.at(0).at("type"), "node");
  EXPECT_TRUE(rows.at(0).as_object().contains("maxmem")) << "a guest's goes, a node's stays";
  EXPECT_TRUE(rows.at(5).as_object().contains("maxdisk"));
  for (const auto* member : {"name", "node", "status", "vmid"})
    EXPECT_TRUE(rows.at(25).as_object().contains(member)) << member;
}

TEST(Read, OfATooLargeClusterTheGuestsAreCut) {
  lab::Lab lab;
  const auto all = large_cluster(lab, 1000);
  auto kept = types(all.at("data"));
  EXPECT_EQ(kept["node"], 5);
  EXPECT_EQ(kept["storage"], 20);
  const auto& left_out = all.at("left_out_by_type").as_object();
  EXPECT_EQ(left_out.size(), 2U);
  EXPECT_EQ(kept["lxc"] + left_out.at("lxc").as_int64(), 333);
  EXPECT_EQ(kept["qemu"] + left_out.at("qemu").as_int64(), 667);
  EXPECT_EQ(all.at("left_out").as_int64(), left_out.at("lxc").as_int64() + left_out.at("qemu").as_int64());
  EXPECT_THAT(
      std::string(std::string_view(all.at("note").as_string())),
      AllOf(HasSubstr("PVE_MAX_RESULT (24000 bytes): "), HasSubstr(" lxc, "),
            HasSubstr("Call the tool pve_list_cluster_resources to get them: type, filter and fields"),
            HasSubstr("cursor")));
}

TEST(Read, HostileUrisGoNowhere) {
  lab::Lab lab;
  const auto before = lab.http.asked().size();
  const std::string long_one = "pve://nodes/" + std::string(2100, 'a') + "/status";
  for (const std::string& uri : {std::string{},
                                 std::string{"pve:"},
                                 std::string{"pve://"},
                                 std::string{"PVE://cluster/status"},
                                 std::string{"http://cluster/status"},
                                 std::string{"pve://cluster/status/"},
                                 std::string{"pve:///cluster/status"},
                                 std::string{"pve://cluster/status?x=1"},
                                 std::string{"pve://cluster/status#x"},
                                 std::string{"pve://cluster%2Fstatus"},
                                 std::string{"pve://nodes//status"},
                                 std::string{"pve://nodes/../status"},
                                 std::string{"pve://nodes/%2e%2e/status"},
                                 std::string{"pve://nodes/./status"},
                                 std::string{"pve://nodes/a%2Fb/status"},
                                 std::string{"pve://nodes/a%5Cb/status"},
                                 std::string{"pve://nodes/a\\b/status"},
                                 std::string{"pve://nodes/a%00b/status"},
                                 std::string{"pve://nodes/a%0Ab/status"},
                                 std::string{"pve://nodes/a\nb/status"},
                                 std::string{"pve://nodes/a%/status"},
                                 std::string{"pve://nodes/a%zz/status"},
                                 std::string{"pve://nodes/%ff/status"},
                                 std::string{"pve://nodes/pve1/status/current"},
                                 std::string{"pve://guests/100/../../access/users/config"},
                                 std::string{"pve://guests/100%2F..%2F101/config"},
                                 std::string{"pve://guests/{vmid}/status"},
                                 std::string{"pve://guests/%7Bvmid%7D/status"},
                                 std::string{"pve://nodes/{node}/status"},
                                 std::string{"pve://storage/{storage}/content"},
                                 std::string{"pve://api/nodes/../access"},
                                 std::string{"pve://api/a//b"},
                                 std::string{"pve://api/%2e%2e/x"},
                                 std::string{"pve://api/a%5Cb"},
                                 long_one}) {
    EXPECT_THAT(lab.text(uri), StartsWith("none: There is no resource ")) << uri;
    EXPECT_FALSE(lab.resources.watchable({}, uri)) << uri;
  }
  EXPECT_EQ(lab.http.asked().size(), before);
  // Decoded once: a name with a remaining percent sign does not exist.
  EXPECT_THAT(lab.text("pve://nodes/%252e%252e/status"), StartsWith("none: "));
}

TEST(Read, TheApiIsThereAndDoesNotChange) {
  lab::Lab lab;
  for (const auto* uri : {"pve://api", "pve://api/nodes/{node}/status", "pve://api/nodes/pve1/status"}) {
    EXPECT_TRUE(lab.resources.fixed({}, uri)) << uri;
    EXPECT_FALSE(lab.resources.watchable({}, uri)) << uri;
  }
  for (const auto* uri :
       {"pve://api/no/such", "pve://apis", "pve://guests/100/status", "pve://nodes/{node}/status"})
    EXPECT_FALSE(lab.resources.fixed({}, uri)) << uri;
  EXPECT_THAT(lab.http.asked(), IsEmpty());
}

TEST(Read, ALocalStorageIsReadOnEachNode) {
  lab::Lab lab;
  const auto local = lab.json("pve://storage/local-lvm/content").as_array();
  std::set<std::string> nodes;
  for (const auto& row : local) nodes.insert(std::string(std::string_view(row.at("node").as_string())));
  EXPECT_THAT(nodes, ElementsAre("pve1", "pve2", "pve3"));
  lab.http.clear_asked();
  const auto shared = lab.json("pve://storage/nas/content").as_array();
  EXPECT_FALSE(shared.at(0).as_object().contains("node"));
  EXPECT_EQ(lab.http.asked().size(), 1U) << "one node can say all, and where it is was known";
}

TEST(Read, AnOfflineNodeIsPassedOver) {
  lab::Lab lab;
  ASSERT_TRUE(lab.simulated.fault("offline=pve1"));
  EXPECT_THAT(lab.text("pve://storage/nas/content"), StartsWith("["));
  const auto local = lab.json("pve://storage/local-lvm/content");
  EXPECT_EQ(local.at("note"), "The storage could not be read on pve1.");
  EXPECT_GT(local.at("data").as_array().size(), 3U);
  EXPECT_THAT(lab.text("pve://nodes/pve1/status"), StartsWith("error -32603: "));
}

TEST(Read, WhatIsTooLongIsCutAndStaysJson) {
  engine::Options options;
  options.style.max_result = 4000;
  lab::Lab lab({}, options);
  const auto all = lab.text("pve://cluster/resources");
  EXPECT_LT(all.size(), 4200U);
  const auto parsed = lab.json("pve://cluster/resources");
  EXPECT_GT(parsed.at("data").as_array().size(), 2U);
  EXPECT_GT(parsed.at("left_out").as_int64() + parsed.at("left_out").as_int64(), 40);
  EXPECT_THAT(std::string(std::string_view(parsed.at("note").as_string())), HasSubstr("PVE_MAX_RESULT"));
  EXPECT_LT(lab.text("pve://nodes/pve1/status").size(), 4200U);
  EXPECT_LT(lab.text("pve://api").size(), 4200U);
  const auto endpoint = lab.json("pve://api/nodes/{node}/qemu");
  EXPECT_EQ(endpoint.at("path"), "/nodes/{node}/qemu");
}

TEST(Read, ALogIsTextAndItsNewestPart) {
  engine::Options options;
  lab::Lab lab({}, options);
  const auto started = lab.call("pve_start_qemu_vm", R"({"vmid":118})");
  const auto upid = started.substr(started.find("UPID:"));
  lab.clock.advance(std::chrono::seconds{60});
  EXPECT_THAT(lab.text("pve://tasks/" + upid + "/log"), testing::EndsWith("TASK OK\n"));
  EXPECT_THAT(lab.text("pve://tasks/" + base::percent_encode(upid) + "/log"), testing::EndsWith("TASK OK\n"));
  base::JsonArray lines;
  for (int i = 9001; i <= 10'000; ++i)
    lines.push_back(
        base::JsonObject{{"n", i}, {"t", "line \x1b[31m" + std::to_string(i) + std::string(90, '.')}});
  lab.http.answer(
      "GET /nodes/*/log",
      net::Response{
          200, "OK", {}, base::write_json(base::JsonObject{{"data", std::move(lines)}, {"total", 10'000}})});
  const auto text = lab.text("pve://tasks/" + upid + "/log");
  EXPECT_LE(text.size(), 24'000U);
  EXPECT_THAT(text, AllOf(StartsWith("("), HasSubstr("older lines are left out"), HasSubstr("10000."),
                          Not(HasSubstr("9001.")), Not(HasSubstr("\x1b"))));
}

TEST(Read, NothingSecretOrMisleadingIsShown) {
  lab::Lab lab;
  lab.http.answer("GET /nodes/*/config",
                  R"({"cipassword":"hunter2","name":"a\u202eb\u0007","nested":{"password":"hunter2"}})");
  EXPECT_THAT(lab.text("pve://guests/100/config"),
              AllOf(Not(HasSubstr("hunter2")), HasSubstr("***"), Not(HasSubstr("\u202e"))));
}

TEST(Read, MayCallAndMayDoAreDifferent) {
  lab::Lab lab;
  const auto methods = lab.json("pve://api/nodes/{node}/qemu").at("methods").as_array();
  for (const auto& method : methods)
    EXPECT_THAT(std::string(std::string_view(method.at("permissions").as_string())),
                HasSubstr("PVE checks further privileges in its code"));
  EXPECT_TRUE(lab.json("pve://api/nodes/{node}/status").at("methods").at(0).at("permissions").is_object());
}

TEST(Read, TheApiIsThatOfTheConnectedPve) {
  lab::Lab lab;
  const auto got = lab.read("pve://api");
  EXPECT_EQ(std::get<mcp::ResourceResult>(got).ttl, std::chrono::minutes{5});
  const auto index = lab.json("pve://api");
  EXPECT_EQ(index.at("version"), "9.2");
  EXPECT_THAT(lab.text("pve://api"), HasSubstr("GET PUT /nodes/{node}/config"));
  const auto start = lab.json("pve://api/nodes/pve1/qemu/100/status/start");
  EXPECT_EQ(start.at("path"), "/nodes/{node}/qemu/{vmid}/status/start");
  EXPECT_EQ(start.at("methods").at(0).at("tool"), "pve_start_qemu_vm");
  const auto create = lab.json("pve://api/nodes/%7Bnode%7D/qemu");
  EXPECT_EQ(create, lab.json("pve://api//nodes/{node}/qemu"));
  EXPECT_EQ(create.at("methods").as_array().size(), 2U);
  EXPECT_GT(create.at("below").as_array().size(), 20U);
  EXPECT_GT(lab.json("pve://api/nodes/{node}").at("below").as_array().size(), 20U);
  // The rules of HA came with 9.0.
  EXPECT_THAT(lab.text("pve://api/cluster/ha/rules"), StartsWith("{"));
  lab::Lab old({}, {}, {8, 4});
  EXPECT_EQ(old.json("pve://api").at("version"), "8.4");
  EXPECT_THAT(old.text("pve://api/cluster/ha/rules"), HasSubstr("PVE 8.4 has no path"));
}

}  // namespace
