// The arguments of a call are copied once, when they are checked. Later steps move them, so that a long value
// is not copied again.
#include <gtest/gtest.h>

#include <string>

#include "engine/check/arguments.h"
#include "engine/cluster/target.h"
#include "engine/rows.h"
#include "guard/may_use.h"
#include "support/scripted_pve.h"

namespace {

const std::string kLong(1000, 'x');

const char* place(const base::JsonObject& arguments) {
  return arguments.at("description").get_string().data();
}

class Copies : public testing::Test {
 protected:
  Copies() {
    pve_.answer("GET /cluster/resources",
                R"([{"type":"node","node":"pve1","status":"online"},)"
                R"({"type":"qemu","vmid":100,"node":"pve1","name":"web01","status":"running"}])");
    pve_.answer("GET /nodes/pve1/qemu", R"([{"vmid":100,"name":"web01","status":"running"}])");
    pve_.answer("GET /nodes/pve1/lxc", "[]");
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
  engine::Row row_{test::kUpdate, "x", facts_};
  guard::MayUse may_{[](const tool::Endpoint&) { return std::string_view("pve_x"); }};
};

TEST_F(Copies, AreNotMadeWhenTheTargetIsFound) {
  pve::Client client(pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}});
  engine::Cluster cluster({client, facts_, clock_});
  for (const auto& vmid : {base::Json(100), base::Json("web01")}) {
    base::JsonObject arguments{{"vmid", vmid}, {"description", kLong}};
    const auto* was = place(arguments);
    const auto target = engine::find_target(row_, std::move(arguments), cluster, may_, {});
    ASSERT_TRUE(target) << target.error();
    EXPECT_EQ(target->arguments.at("node"), "pve1");
    EXPECT_EQ(place(target->arguments), was) << base::write_json(vmid);
  }
}

TEST_F(Copies, AreNotMadeWhenPreparedArgumentsAreChecked) {
  base::JsonObject arguments{{"vmid", 100}, {"description", kLong}, {"unheard-of", true}};
  const auto before = arguments;
  const auto* was = place(arguments);
  auto judged = engine::with_fields(row_, arguments);
  ASSERT_EQ(judged.size(), 3U);
  EXPECT_EQ(judged[1].field.wire, "description");
  EXPECT_EQ(std::string_view(judged[1].value.get_string()), kLong);
  EXPECT_FALSE(engine::check_prepared(row_, judged, {}));
  engine::restore_values(std::move(judged), arguments);
  EXPECT_EQ(arguments, before);
  EXPECT_EQ(place(arguments), was);
}

}  // namespace
