// What a plan says about the object of a change: what refers to it, how it is now, what would differ.
#include "engine/plan/dependents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/plan/present.h"
#include "support/scripted_pve.h"

namespace {

using base::Method;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Clauses = std::vector<std::string>;

constexpr auto kVm = "/nodes/{node}/qemu/{vmid}";

class PlannedObject : public testing::Test {
 protected:
  PlannedObject() {
    pve_.answer("GET *", "[]");
    pve_.answer("GET /cluster/resources", R"([{"type":"node","node":"pve1","status":"online"},
        {"type":"qemu","vmid":100,"node":"pve1","name":"web","pool":"prod"}])");
    pve_.answer("GET /nodes/pve1/qemu/100/config", R"({"name":"web","digest":"d"})");
  }

  engine::Row row(Method method, std::string_view path) {
    tool_.name = "pve_test";
    tool_.effect = tool::Effect::Destructive;
    tool_.call = {method, path};
    tool_.about = tool::about(method, path);
    return {tool_, "x", facts_};
  }
  static base::JsonObject object(std::string_view json) { return base::parse_json(json).value().as_object(); }

  Clauses dependents(Method method, std::string_view path, std::string_view arguments) {
    const auto changed = row(method, path);
    const auto given = object(arguments);
    const auto what = engine::object_of(changed, given, cluster_, {});
    return engine::dependents_of(changed, given, what, cluster_, {});
  }
  Clauses of_vm() { return dependents(Method::Delete, kVm, R"({"node":"pve1","vmid":100})"); }

  Clauses now(Method method, std::string_view path, std::string_view arguments) {
    const auto changed = row(method, path);
    const auto given = object(arguments);
    return engine::settings_now(changed, given, engine::object_of(changed, given, cluster_, {}));
  }
  Clauses changes(Method method, std::string_view path, std::string_view arguments) {
    const auto changed = row(method, path);
    const auto given = object(arguments);
    return engine::settings_changed(changed, given, engine::object_of(changed, given, cluster_, {}));
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
  pve::Client client_{pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}}};
  engine::Cluster cluster_{{client_, facts_, clock_, {}}};
  tool::Tool tool_;
};

TEST_F(PlannedObject, BackupJobsBackItUpByNumberByPoolOrWithAllGuests) {
  pve_.answer("GET /cluster/backup", R"([{"id":"number","vmid":"99,100"},{"id":"pool","pool":"prod"},
      {"id":"all","all":1},{"id":"other","vmid":"101"},{"id":"lab","pool":"lab"},
      {"id":"excluded","all":1,"exclude":"100"},{"id":"elsewhere","all":1,"node":"pve2"},
      {"id":"here","all":1,"node":"pve1"}])");
  EXPECT_THAT(of_vm(), Contains(R"(backup jobs "number", "pool", "all", "here")"));
}

TEST_F(PlannedObject, HaRulesAndFirewallRulesBelongToIt) {
  pve_.answer("GET /cluster/ha/rules",
              R"([{"rule":"apart","resources":"vm:100,ct:200"},{"rule":"other","resources":"vm:101"}])");
  pve_.answer("GET /nodes/pve1/qemu/100/firewall/rules", R"([{"pos":0},{"pos":1}])");
  const auto clauses = of_vm();
  EXPECT_THAT(clauses, Contains(R"(HA rule "apart")"));
  EXPECT_THAT(clauses, Contains("2 firewall rules"));
  EXPECT_THAT(clauses, Contains(R"(pool "prod")"));
}

TEST_F(PlannedObject, AListThatAnOlderPveDoesNotHaveIsNotMissed) {
  pve_.refuse("GET /cluster/ha/rules", 501, "Method 'GET /cluster/ha/rules' not implemented");
  EXPECT_THAT(of_vm(), Not(Contains(HasSubstr("could not be read"))));
  pve_.refuse("GET /cluster/ha/rules", 403, "Permission check failed");
  EXPECT_THAT(of_vm(), Contains("the HA rules could not be read"));
}

TEST_F(PlannedObject, ShowsTheSettingsOfWhatIsDeleted) {
  pve_.answer("GET /cluster/backup/nightly",
              R"({"id":"nightly","schedule":"21:00","storage":"pbs","digest":"d","comment":null})");
  EXPECT_THAT(now(Method::Delete, "/cluster/backup/{id}", R"({"id":"nightly"})"),
              ElementsAre("schedule 21:00", "storage pbs"));
  pve_.answer("GET /cluster/firewall/rules", R"([{"pos":0,"type":"in","action":"DROP"},
      {"pos":1,"type":"in","action":"ACCEPT","digest":"d"}])");
  EXPECT_THAT(now(Method::Delete, "/cluster/firewall/rules/{pos}", R"({"pos":1})"),
              ElementsAre("type in", "action ACCEPT"));
  EXPECT_THAT(now(Method::Delete, "/cluster/firewall/rules/{pos}", R"({"pos":7})"), IsEmpty());
}

TEST_F(PlannedObject, ShowsNoSecretOfIt) {
  pve_.answer("GET /cluster/options", R"({"http_proxy":"http://ann:s3cret@proxy","keyboard":"de"})");
  EXPECT_THAT(now(Method::Put, "/cluster/options", "{}"),
              ElementsAre("http_proxy http://***@proxy", "keyboard de"));
  EXPECT_THAT(changes(Method::Put, "/cluster/options", R"({"http_proxy":"http://bob:other@proxy"})"),
              ElementsAre("http_proxy changed"));
}

TEST_F(PlannedObject, ShowsWhichSettingsWouldDiffer) {
  pve_.answer("GET /pools/prod", R"({"comment":"web servers","members":[{"id":"qemu/100","vmid":100}]})");
  EXPECT_THAT(now(Method::Put, "/pools/{poolid}", R"({"poolid":"prod"})"),
              ElementsAre("comment web servers", "1 member"));
  EXPECT_THAT(changes(Method::Put, "/pools/{poolid}", R"({"poolid":"prod","comment":"web","vms":"101"})"),
              ElementsAre("comment 'web servers' -> 'web'", "vms set to 101"));
}

}  // namespace
