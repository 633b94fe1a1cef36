#include "tool/about.h"

#include <gtest/gtest.h>

#include <vector>

#include "tool/tool.h"

namespace {

using base::Method;
using tool::about;
using tool::GuestKind;
using tool::Locator;
using tool::Subject;

struct Case {
  Method method;
  std::string_view path;
  Subject subject;
  std::string_view state;
};

TEST(About, TellsSubjectAndStateFromThePath) {
  const std::vector<Case> cases = {
      {Method::Post, "/nodes/{node}/qemu/{vmid}/status/start", Subject::Vm,
       "/nodes/{node}/qemu/{vmid}/status/current"},
      {Method::Put, "/nodes/{node}/lxc/{vmid}/config", Subject::Container, "/nodes/{node}/lxc/{vmid}/config"},
      {Method::Delete, "/nodes/{node}/qemu/{vmid}", Subject::Vm, "/nodes/{node}/qemu/{vmid}/config"},
      {Method::Post, "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback", Subject::Snapshot,
       "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config"},
      {Method::Get, "/nodes/{node}/qemu/{vmid}/rrddata", Subject::Vm, "/nodes/{node}/qemu/{vmid}/rrddata"},
      {Method::Delete, "/nodes/{node}/storage/{storage}/content/{volume}", Subject::Volume,
       "/nodes/{node}/storage/{storage}/content/{volume}"},
      {Method::Put, "/storage/{storage}", Subject::Storage, "/storage/{storage}"},
      {Method::Post, "/nodes/{node}/vzdump", Subject::Backup, "/nodes/{node}/vzdump/defaults"},
      {Method::Put, "/cluster/backup/{id}", Subject::BackupJob, "/cluster/backup/{id}"},
      {Method::Delete, "/nodes/{node}/tasks/{upid}", Subject::Task, "/nodes/{node}/tasks/{upid}/status"},
      {Method::Put, "/access/users/{userid}", Subject::User, "/access/users/{userid}"},
      {Method::Delete, "/access/users/{userid}/token/{tokenid}", Subject::Token,
       "/access/users/{userid}/token/{tokenid}"},
      {Method::Put, "/pools/{poolid}", Subject::Pool, "/pools/{poolid}"},
      {Method::Post, "/nodes/{node}/stopall", Subject::Guests, "/cluster/resources"},
      {Method::Post, "/access/ticket", Subject::Session, ""},
      {Method::Get, "", Subject::Unknown, ""},
      {Method::Get, "/unheard/of", Subject::Unknown, ""},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(about(each.method, each.path).subject, each.subject) << each.path;
    EXPECT_EQ(about(each.method, each.path).state, each.state) << each.path;
  }
}

TEST(About, KeepsAPathApartThatOnlyBeginsAlike) {
  EXPECT_EQ(about(Method::Get, "/cluster/backup-info/not-backed-up").subject, Subject::Backup);
  EXPECT_EQ(about(Method::Get, "/storages").subject, Subject::Unknown);
}

TEST(About, TellsWhatFindsTheNode) {
  EXPECT_EQ(about(Method::Get, "/nodes/{node}/lxc/{vmid}/config").locator, Locator::Guest);
  EXPECT_EQ(about(Method::Get, "/nodes/{node}/tasks/{upid}/log").locator, Locator::Task);
  EXPECT_EQ(about(Method::Post, "/nodes/{node}/vzdump").locator, Locator::Guests);
  EXPECT_EQ(about(Method::Get, "/nodes/{node}/vzdump/defaults").locator, Locator::None);
  EXPECT_EQ(about(Method::Post, "/nodes/{node}/qemu").locator, Locator::None) << "the vmid is a new one";
}

TEST(About, GivesBothKindsOfGuestsTheSameAction) {
  const auto vm = about(Method::Post, "/nodes/{node}/qemu/{vmid}/status/stop");
  const auto container = about(Method::Post, "/nodes/{node}/lxc/{vmid}/status/stop");
  EXPECT_EQ(vm.guest, GuestKind::Vm);
  EXPECT_EQ(container.guest, GuestKind::Container);
  EXPECT_EQ(vm.action, "/status/stop");
  EXPECT_EQ(vm.action, container.action);
  EXPECT_EQ(about(Method::Get, "/nodes/{node}/qemu").guest, GuestKind::None);
}

TEST(About, SaysWhichChangesMakeTheListOfGuestsStale) {
  for (const auto* path : {"/clone", "/migrate", "/config", "/template", "/snapshot/{snapname}/rollback"})
    EXPECT_TRUE(about(Method::Post, "/nodes/{node}/qemu/{vmid}" + std::string(path)).changes_guest_list)
        << path;
  EXPECT_TRUE(about(Method::Delete, "/nodes/{node}/lxc/{vmid}").changes_guest_list);
  EXPECT_TRUE(about(Method::Post, "/nodes/{node}/lxc").changes_guest_list);
  EXPECT_FALSE(about(Method::Put, "/nodes/{node}/qemu/{vmid}/resize").changes_guest_list);
  EXPECT_FALSE(about(Method::Post, "/nodes/{node}/qemu/{vmid}/status/start").changes_guest_list);
  EXPECT_FALSE(about(Method::Get, "/nodes/{node}/qemu/{vmid}/config").changes_guest_list);
}

TEST(About, RepeatsNothingThatEndsOrMovesAGuest) {
  EXPECT_TRUE(about(Method::Post, "/nodes/{node}/qemu/{vmid}/status/start").may_be_repeated);
  EXPECT_TRUE(about(Method::Post, "/nodes/{node}/lxc/{vmid}/snapshot").may_be_repeated);
  for (const auto* path : {"/status/stop", "/migrate", "/remote_migrate", "/snapshot/{snapname}/rollback"})
    EXPECT_FALSE(about(Method::Post, "/nodes/{node}/qemu/{vmid}" + std::string(path)).may_be_repeated)
        << path;
  EXPECT_FALSE(about(Method::Delete, "/nodes/{node}/qemu/{vmid}").may_be_repeated);
}

TEST(About, SaysWhichChangesASecondCallRepeats) {
  for (const auto* path :
       {"/status/start", "/status/stop", "/status/shutdown", "/status/suspend", "/status/resume"})
    EXPECT_TRUE(about(Method::Post, "/nodes/{node}/qemu/{vmid}" + std::string(path)).idempotent) << path;
  for (const auto* path : {"/status/reboot", "/status/reset", "/snapshot", "/clone", "/migrate"})
    EXPECT_FALSE(about(Method::Post, "/nodes/{node}/qemu/{vmid}" + std::string(path)).idempotent) << path;
  EXPECT_TRUE(about(Method::Put, "/nodes/{node}/qemu/{vmid}/config").idempotent);
  EXPECT_FALSE(about(Method::Put, "/nodes/{node}/qemu/{vmid}/resize").idempotent) << "+5G grows again";
  EXPECT_FALSE(about(Method::Put, "/cluster/firewall/rules/{pos}").idempotent) << "positions shift";
  EXPECT_FALSE(about(Method::Delete, "/cluster/firewall/rules/{pos}").idempotent) << "positions shift";
  EXPECT_TRUE(about(Method::Delete, "/cluster/backup/{id}").idempotent);
  EXPECT_FALSE(about(Method::Post, "/nodes/{node}/vzdump").idempotent);
  EXPECT_FALSE(about(Method::Put, "/nodes/{node}/network").idempotent) << "it applies what is staged by then";
  EXPECT_FALSE(about(Method::Get, "/nodes").idempotent);
}

TEST(About, SaysOfAGrownDiskThatNothingIsTakenAway) {
  EXPECT_TRUE(about(Method::Put, "/nodes/{node}/lxc/{vmid}/resize").only_adds);
  EXPECT_FALSE(about(Method::Put, "/nodes/{node}/lxc/{vmid}/config").only_adds);
}

TEST(About, NamesWhatThePathHoldsInItsBraces) {
  const auto names = about(Method::Get, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config").path_names;
  EXPECT_EQ((std::vector<std::string_view>(names.begin(), names.end())),
            (std::vector<std::string_view>{"node", "vmid", "snapname"}));
  EXPECT_EQ(tool::with_value("/a/{service}/{command}", "command", "stop"), "/a/{service}/stop");
}

TEST(About, IsEvaluatedByTheCompilerForARow) {
  static constexpr tool::Tool kRow{.name = "pve_stop_thing",
                                   .title = "Stop",
                                   .description = "Stop.",
                                   .tier = tool::Tier::ReadExecute,
                                   .effect = tool::Effect::Destructive,
                                   .call = {Method::Post, "/nodes/{node}/lxc/{vmid}/status/stop"}};
  static_assert(kRow.about.subject == Subject::Container);
  static_assert(kRow.about.in_path("vmid") && !kRow.about.in_path("force"));
}

}  // namespace
