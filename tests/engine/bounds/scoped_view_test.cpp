// What a client sees and reaches under a scope, call by call.
#include "engine/bounds/scoped_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "engine/bounds/guest_names.h"
#include "engine/bounds/scoped_client.h"
#include "facts/free_text.h"
#include "support/scripted_pve.h"
#include "tool/about.h"

namespace {

using namespace std::chrono_literals;
using base::Method;
using pve::Error;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const facts::Facts& all_facts() {
  static const facts::Facts facts;
  return facts;
}

constexpr auto kForeign = "UPID:pve1:00000001:00000002:6B02B844:qmstart:105:root@pam:";
constexpr auto kNobodys = "UPID:pve1:00000001:00000002:6B02B844:vzdump::root@pam:";
constexpr auto kOfToken = "UPID:pve1:00000001:00000002:6B02B844:vzdump::me@pve!t1:";
constexpr auto kOfTokenElsewhere = "UPID:pve1:00000001:00000002:6B02B844:qmstart:105:me@pve!t1:";
constexpr auto kOfTokenGone = "UPID:pve1:00000001:00000002:6B02B844:qmdestroy:999:me@pve!t1:";

/// Guests 100 and 200 are tagged web, 105 and 205 are not; pve3 does not answer.
class ScopedViewTest : public testing::Test {
 protected:
  ScopedViewTest() {
    pve_.answer("*", "null");
    pve_.answer("GET /cluster/resources", R"([
      {"type":"node","node":"pve1","status":"online"},{"type":"node","node":"pve3","status":"online"},
      {"type":"qemu","id":"qemu/100","vmid":100,"node":"pve1","name":"web"},
      {"type":"qemu","id":"qemu/105","vmid":105,"node":"pve1","name":"dark"},
      {"type":"lxc","id":"lxc/200","vmid":200,"node":"pve1","name":"ct"},
      {"type":"qemu","id":"qemu/300","vmid":300,"node":"pve3","name":"far"}])");
    pve_.answer("GET /nodes/pve1/qemu",
                R"([{"vmid":100,"name":"web","tags":"web"},{"vmid":105,"name":"dark","tags":"db"}])");
    pve_.answer("GET /nodes/pve1/lxc", R"([{"vmid":200,"name":"ct","tags":"web"}])");
    pve_.fail("GET /nodes/pve3/qemu", net::Failure::Kind::Timeout);
    pve_.answer("GET /nodes/pve1/qemu/100/config", R"({"name":"web","tags":"web"})");
    pve_.answer("GET /nodes/pve1/qemu/105/config", R"({"name":"dark","tags":"db"})");
  }

  engine::ScopedClient& scoped(std::string_view scope, engine::ScopedView::Own own = {}) {
    std::vector<std::string> texts;
    for (const auto part : base::split(scope, ',')) texts.emplace_back(part);
    std::vector<engine::ScopeTerms> terms{
        {guard::Terms::parse(texts, guard::scope_kinds()).value(), "PVE_SCOPE"}};
    scoped_.emplace(std::move(terms), whole_, all_facts(), clock_, std::move(own));
    return *scoped_;
  }
  std::expected<pve::Answer, Error> call(Method method, std::string_view path,
                                         pve::Parameters parameters = {}) {
    return scoped_->client().call({method, std::string(path), std::move(parameters)}, {});
  }
  std::string get(std::string_view path, pve::Parameters parameters = {}) {
    const auto answer = call(Method::Get, path, std::move(parameters));
    return answer ? base::write_json_sorted(answer->data) : "error: " + answer.error().message;
  }

  base::ManualClock clock_;
  test::ScriptedPve pve_;
  pve::Client whole_{pve_, {"me@pve!t1", "secret-of-mine", {}}, {"https://pve:8006", 40s, {}}};
  std::optional<engine::ScopedClient> scoped_;
};

TEST_F(ScopedViewTest, NoErrorTellsWhereAGuestOutsideIs) {
  scoped("tag:web");
  const auto create = [&](std::string_view why) {
    pve_.refuse("POST /nodes/pve1/qemu", 500, std::string(why));
    const auto answer = call(Method::Post, "/nodes/pve1/qemu", {{"vmid", "105"}, {"tags", "web"}});
    return answer ? std::string() : answer.error().message;
  };
  EXPECT_EQ(create("unable to create VM 105 - VM 105 already exists on node 'pve1'"),
            "PVE's reason names a guest that is not in PVE_SCOPE");
  for (const auto* const shown :
       {"VM 100 already exists on node 'pve1'", "unable to create VM 999: no space", "VM is locked (backup)"})
    EXPECT_EQ(create(shown), shown);
}

/// A value that names guest 105, where the parameter can name one; else any that fits.
std::string value_for(const facts::Parameter& parameter, bool& names) {
  const auto name = parameter.name;
  const bool lists = engine::lists_guests(parameter);
  names = true;
  if (parameter.format.starts_with("pve-ha-resource") || name == "resource") return "vm:105";
  if (parameter.format == "pve-replication-job-id") return "105-0";
  if (lists || name == "vmid" || name == "guest") return "105";
  if (name == "upid") return kForeign;
  if (name == "volume" || name == "volid") return "local:105/vm-105-disk-0.qcow2";
  if (name == "path") return "/vms/105";
  names = false;
  return "x";
}

/// Parameters of GETs whose names look as if they could name a guest, a task or a volume, and do not.
bool is_of_something_else(std::string_view path, std::string_view name) {
  static const std::set<std::pair<std::string_view, std::string_view>> others = {
      {"/access/groups/{groupid}", "groupid"},
      // A path in a backup or a guest.
      {"/nodes/{node}/storage/{storage}/file-restore/download", "filepath"},
      {"/nodes/{node}/storage/{storage}/file-restore/list", "filepath"},
      // Which list of tasks: active or archive.
      {"/nodes/{node}/tasks", "source"},
  };
  return others.contains({path, name});
}

TEST_F(ScopedViewTest, EveryReadThatNamesAGuestTaskOrVolumeIsGated) {
  scoped("vmid:100,allow:node,allow:cluster,allow:firewall,allow:network");
  std::size_t gated = 0;
  for (const auto& listed : all_facts().list()) {
    if (listed.method != Method::Get) continue;
    const auto* endpoint = all_facts().find(Method::Get, listed.path);
    if (endpoint == nullptr) continue;
    SCOPED_TRACE(listed.path);
    for (const auto& parameter : endpoint->parameters) {
      bool names = false;
      const auto value = value_for(parameter, names);
      constexpr std::string_view kSuspects[] = {"vmid", "guest",    "sid",  "upid",
                                                "vol",  "resource", "path", "source"};
      const bool suspect = std::ranges::any_of(
          kSuspects, [&](auto part) { return parameter.name.find(part) != std::string_view::npos; });
      if (!names) {
        EXPECT_TRUE(!suspect || is_of_something_else(listed.path, parameter.name)) << parameter.name;
        continue;
      }
      // All other variables name nothing.
      std::string path(listed.path);
      const bool in_path = path.find("{" + std::string(parameter.name) + "}") != std::string::npos;
      for (const auto& other : endpoint->parameters) {
        bool others_too = false;
        const auto any = &other == &parameter                  ? value
                         : value_for(other, others_too) == "x" ? std::string("x")
                                                               : "100";
        path = tool::with_value(path, other.name, any);
      }
      pve_.clear_asked();
      const auto answer =
          call(Method::Get, path,
               in_path ? pve::Parameters{} : pve::Parameters{{std::string(parameter.name), value}});
      ASSERT_FALSE(answer) << path;
      EXPECT_EQ(answer.error().kind, Error::Kind::Hidden);
      EXPECT_THAT(pve_.asked(), IsEmpty()) << path;
      ++gated;
    }
  }
  EXPECT_GE(gated, 87U);
}

TEST_F(ScopedViewTest, AChangeOfAGuestOutsideByItsPathIsGatedToo) {
  scoped("vmid:100", {"me@pve!t1"});
  const std::vector<std::pair<Method, std::string>> changes = {
      {Method::Delete, std::string("/nodes/pve1/tasks/") + kForeign},
      {Method::Post, "/nodes/pve1/qemu/105/status/stop"},
      {Method::Delete, "/cluster/ha/resources/vm:105"},
      {Method::Delete, "/cluster/ha/resources/vm%3A105"},
      {Method::Post, "/nodes/pve1/qemu/%31%305/status/stop"},
      {Method::Get,
       "/nodes/pve1/storage/local/content/local:backup%2Fvzdump-qemu-105-2026_01_01-00_00_00.vma"},
      {Method::Put, "/cluster/replication/105-0"},
      {Method::Delete, "/nodes/pve1/storage/local/content/local:105/vm-105-disk-0.qcow2"},
      {Method::Post, "/nodes/pve1/not-in-the-facts"}};
  for (const auto& [method, path] : changes) {
    const auto answer = call(method, path);
    ASSERT_FALSE(answer) << path;
    EXPECT_EQ(answer.error().kind, Error::Kind::Hidden);
  }
  EXPECT_THAT(pve_.asked(), IsEmpty());
  EXPECT_TRUE(call(Method::Post, "/nodes/pve1/qemu/100/status/stop"));
}

TEST_F(ScopedViewTest, FreeTextNeedsItsKind) {
  for (const auto& text : facts::free_texts()) {
    std::string path(text.path);
    for (const auto* name : {"node", "vnet", "zone"}) path = tool::with_value(path, name, "x");
    scoped("vmid:100");
    const auto refused = call(Method::Get, path);
    ASSERT_FALSE(refused) << path;
    EXPECT_THAT(refused.error().message, HasSubstr("allow:" + std::string(text.about)));
    scoped("vmid:100,allow:" + std::string(text.about));
    EXPECT_TRUE(call(Method::Get, path)) << path;
  }
}

TEST_F(ScopedViewTest, SaysNeitherThatAGuestExistsNorItsName) {
  scoped("tag:web");
  const auto outside = get("/nodes/pve1/qemu/105/config");
  EXPECT_EQ(outside,
            "error: Guest 105 is not in PVE_SCOPE, or does not exist. If you need it, ask an administrator "
            "to add it to "
            "PVE_SCOPE.");
  pve_.refuse("GET /nodes/pve1/qemu/106/config", 500,
              "Configuration file 'nodes/pve1/qemu-server/106.conf' does not exist");
  auto missing = get("/nodes/pve1/qemu/106/config");
  missing.replace(missing.find("106"), 3, "105");
  EXPECT_EQ(missing, outside);
  EXPECT_THAT(get("/nodes/pve1/qemu/100/config"), HasSubstr("web"));
}

TEST_F(ScopedViewTest, ListsShowTheGuestsOfTheScope) {
  scoped("tag:web");
  const auto list = get("/cluster/resources");
  EXPECT_THAT(list, HasSubstr("qemu/100"));
  EXPECT_THAT(list, HasSubstr("lxc/200"));
  EXPECT_THAT(list, Not(HasSubstr("105")));
  EXPECT_THAT(list, Not(HasSubstr("300"))) << "it cannot be judged";
}

TEST_F(ScopedViewTest, SaysThatANodeDoesNotAnswer) {
  scoped("tag:web");
  EXPECT_EQ(scoped_->client().gaps(), "");
  get("/cluster/resources");
  EXPECT_EQ(scoped_->client().gaps(), "pve3 did not answer, so guests there count as outside PVE_SCOPE.");
  clock_.advance(4s);
  EXPECT_EQ(scoped_->client().gaps(), "") << "it is not known any more";
}

TEST_F(ScopedViewTest, ReadsNothingForNumbersAlone) {
  scoped("vmid:100-104");
  get("/cluster/resources");
  get("/nodes/pve1/qemu/100/config");
  get("/nodes/pve1/qemu/105/config");
  EXPECT_THAT(pve_.asked(), ElementsAre("GET /cluster/resources", "GET /nodes/pve1/qemu/100/config"));
}

TEST_F(ScopedViewTest, JudgesManyAnswersInThreeSecondsByOneRead) {
  scoped("tag:web");
  for (int i = 0; i < 5; ++i) get("/cluster/resources");
  EXPECT_EQ(pve_.count("GET /nodes/pve1/qemu"), 1U);
  clock_.advance(3s);
  get("/cluster/resources");
  EXPECT_EQ(pve_.count("GET /nodes/pve1/qemu"), 2U);
  ASSERT_TRUE(call(Method::Post, "/nodes/pve1/qemu/100/status/stop"));
  get("/cluster/resources");
  EXPECT_EQ(pve_.count("GET /nodes/pve1/qemu"), 3U) << "a change may have moved a guest into the scope";
}

TEST_F(ScopedViewTest, JudgesEachCallByAReadOfItsOwn) {
  scoped("tag:web");
  get("/cluster/resources");
  scoped_->scope().begin_call();
  pve_.answer("GET /nodes/pve1/qemu", R"([{"vmid":100,"name":"web"}])");
  EXPECT_THAT(get("/cluster/resources"), Not(HasSubstr("100"))) << "it has lost its tag";
  EXPECT_EQ(pve_.count("GET /nodes/pve1/qemu"), 2U);
}

TEST_F(ScopedViewTest, AGuestThatLosesItsTagVanishes) {
  scoped("tag:web");
  EXPECT_THAT(get("/nodes/pve1/qemu/100/config"), HasSubstr("web"));
  pve_.answer("GET /nodes/pve1/qemu/100/config", R"({"name":"web"})");
  EXPECT_THAT(get("/nodes/pve1/qemu/100/config"), HasSubstr("is not in PVE_SCOPE"));
}

TEST_F(ScopedViewTest, CountsOnlyWhatIsSeen) {
  scoped("vmid:100");
  const auto task = [](int i, int vmid) {
    return R"({"upid":"UPID:pve1:0000000)" + std::to_string(i) +
           ":00000002:6B02B844:qmstart:" + std::to_string(vmid) + R"(:root@pam:"})";
  };
  pve_.answer(
      "GET /nodes/pve1/tasks?limit=2",
      net::Response{200, "OK", {}, R"({"total":5,"data":[)" + task(1, 100) + "," + task(2, 105) + "]}"});
  pve_.answer(
      "GET /nodes/pve1/tasks?limit=2&start=2",
      net::Response{200, "OK", {}, R"({"total":5,"data":[)" + task(3, 105) + "," + task(4, 100) + "]}"});
  pve_.answer("GET /nodes/pve1/tasks?limit=5",
              net::Response{200,
                            "OK",
                            {},
                            R"({"total":5,"data":[)" + task(1, 100) + "," + task(2, 105) + "," +
                                task(3, 105) + "," + task(4, 100) + "," + task(5, 100) + "]}"});
  const auto first = call(Method::Get, "/nodes/pve1/tasks", {{"limit", "2"}});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->total, 3);
  ASSERT_EQ(first->data.as_array().size(), 2U);
  EXPECT_THAT(base::write_json(first->data), HasSubstr("00000004"));
  const auto second = call(Method::Get, "/nodes/pve1/tasks", {{"limit", "2"}, {"start", "2"}});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->total, 3);
  ASSERT_EQ(second->data.as_array().size(), 1U);
  EXPECT_THAT(base::write_json(second->data), HasSubstr("00000005"));
}

TEST_F(ScopedViewTest, TasksAreThoseOfItsGuestsAndTheCallersOwn) {
  const auto seen = [&](std::string_view upid) {
    return call(Method::Get, "/nodes/pve1/tasks/" + std::string(upid) + "/status").has_value();
  };
  scoped("tag:web");
  EXPECT_TRUE(seen("UPID:pve1:00000001:00000002:6B02B844:qmstart:100:root@pam:"));
  for (const auto* upid : {kForeign, kNobodys, kOfToken, kOfTokenElsewhere, kOfTokenGone})
    EXPECT_FALSE(seen(upid)) << upid;
  pve_.answer("POST /nodes/pve1/qemu/100/status/stop", "\"" + std::string(kNobodys) + "\"");
  ASSERT_TRUE(call(Method::Post, "/nodes/pve1/qemu/100/status/stop"));
  EXPECT_TRUE(seen(kNobodys)) << "this client started it";
  scoped("tag:web", {"me@pve!t1"});
  EXPECT_TRUE(seen(kOfToken));
  EXPECT_TRUE(seen(kOfTokenGone)) << "its guest is destroyed";
  EXPECT_FALSE(seen(kOfTokenElsewhere));
  EXPECT_FALSE(seen(kNobodys));
  EXPECT_FALSE(seen("not-a-upid"));
}

TEST_F(ScopedViewTest, ErrorsNameNoVolumeOfAGuestOutside) {
  scoped("vmid:100");
  pve_.refuse(
      "DELETE /nodes/pve1/qemu/100", 500,
      "base volume 'local:100/base-100-disk-0' is still in use by linked clone 'local:105/vm-105-disk-0'");
  const auto answer = call(Method::Delete, "/nodes/pve1/qemu/100");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, Not(HasSubstr("105")));
  EXPECT_THAT(answer.error().message, HasSubstr("base-100-disk-0"));
}

TEST_F(ScopedViewTest, NothingIsShownIfTheGuestsCannotBeRead) {
  scoped("tag:web");
  pve_.answer("GET /cluster/resources",
              R"([{"type":"qemu","vmid":100},{"type":"qemu","vmid":105},{"type":"lxc","vmid":200}])",
              net::Response{500, "no", {}, R"({"data":null})"});
  EXPECT_THAT(get("/cluster/resources"),
              HasSubstr("error: The server cannot tell which guests are in PVE_SCOPE"));
}

}  // namespace
