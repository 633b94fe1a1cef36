// Every change of the catalog: its dry run sends nothing, and with PVE_CONFIRM=changes nothing is sent before
// the confirmation; by default a change asks that destroys something or may cut off PVE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/json_read.h"
#include "engine/row/confirm.h"
#include "engine/row/row.h"
#include "sessions/examples.h"
#include "sessions/world.h"

namespace {

using sessions::Example;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::vector<Example> changes() {
  auto all = sessions::examples();
  std::erase_if(all, [](const Example& each) { return each.tool->effect == tool::Effect::None; });
  return all;
}

class EveryChange : public testing::TestWithParam<Example> {
 protected:
  EveryChange() {
    for (auto& step : GetParam().before()) sessions::perform(world_, step);
    world_.asked().clear_asked();
  }

  sessions::Told call(std::string_view name = {}, const base::Json& value = nullptr) {
    auto arguments = GetParam().arguments();
    if (!name.empty()) arguments[name] = value;
    return world_.call(GetParam().tool->name, std::move(arguments));
  }

  /// The requests that may have changed something.
  std::vector<std::string> sent() {
    auto lines = world_.asked().asked();
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("GET "); });
    return lines;
  }

  sessions::World world_;
};

TEST_P(EveryChange, ADryRunSendsNothing) {
  const auto plan = call("dry_run", true);
  EXPECT_FALSE(plan.is_error) << plan.text;
  EXPECT_THAT(plan.text, AllOf(StartsWith("Dry run, nothing was sent. "), HasSubstr("\nRequest: ")));
  EXPECT_THAT(plan.text, Not(HasSubstr(world_.secret())));
  EXPECT_THAT(sent(), IsEmpty());
  for (const auto& line : world_.asked().asked()) EXPECT_THAT(line, Not(HasSubstr("dry_run")));
}

TEST_P(EveryChange, IsSentOnceItIsConfirmed) {
  world_.confirm("changes");
  const auto refused = call();
  EXPECT_TRUE(refused.is_error);
  EXPECT_THAT(refused.text, StartsWith("Not done. "));
  EXPECT_THAT(sent(), IsEmpty());
  const auto done = call("confirm", "ID");
  EXPECT_FALSE(done.is_error) << done.text;
  EXPECT_THAT(sent(), Not(IsEmpty()));
  for (const auto& line : world_.asked().asked()) EXPECT_THAT(line, Not(HasSubstr("confirm")));
}

INSTANTIATE_TEST_SUITE_P(Tools, EveryChange, testing::ValuesIn(changes()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

TEST(Confirmation, IsAskedByTheToolsThatCanDestroy) {
  std::set<std::string_view> asking;
  for (const auto& each : changes()) {
    const engine::Row row(*each.tool, each.category, sessions::facts());
    if (engine::can_ask(*each.tool, row.endpoint(), engine::Confirm::Irreversible))
      asking.insert(each.tool->name);
  }
  EXPECT_THAT(asking,
              testing::UnorderedElementsAre(
                  "pve_create_qemu_vm", "pve_delete_qemu_vm", "pve_update_qemu_config",
                  "pve_delete_qemu_snapshot", "pve_rollback_qemu_snapshot", "pve_create_lxc_container",
                  "pve_delete_lxc_container", "pve_update_lxc_config", "pve_delete_lxc_snapshot",
                  "pve_rollback_lxc_snapshot", "pve_update_storage", "pve_delete_storage", "pve_delete_user",
                  "pve_run_backup", "pve_change", "pve_destroy", "pve_update_firewall_options",
                  "pve_create_firewall_rule", "pve_update_firewall_rule", "pve_delete_firewall_rule"));
}

TEST(Confirmation, IsAskedInEveryCaseWhereTheCallItselfDestroys) {
  std::set<std::string_view> asking;
  for (const auto& each : changes()) {
    const engine::Row row(*each.tool, each.category, sessions::facts());
    if (engine::always_asks(*each.tool, row.endpoint())) asking.insert(each.tool->name);
  }
  EXPECT_THAT(asking, testing::UnorderedElementsAre("pve_delete_qemu_vm", "pve_delete_qemu_snapshot",
                                                    "pve_rollback_qemu_snapshot", "pve_delete_lxc_container",
                                                    "pve_delete_lxc_snapshot", "pve_rollback_lxc_snapshot",
                                                    "pve_delete_storage", "pve_delete_user", "pve_destroy"));
}

}  // namespace
