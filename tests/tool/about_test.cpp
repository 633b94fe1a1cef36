#include "tool/about.h"

#include <gtest/gtest.h>

#include <vector>

#include "tool/tool.h"

namespace {

using base::Method;
using tool::about;
using tool::Action;
using tool::GuestKind;
using tool::Locator;
using tool::Subject;

struct Case {
  Method method;
  std::string_view path;
  Subject subject;
  std::string_view state;
};

TEST(About, DerivesSubjectAndStateFromThePath) {
  const std::vector<Case> cases = {
      {Method::Post, "/nodes/{node}/qemu/{vmid}/status/start", Subject::Vm,
       "/nodes/{node}/qemu/{vmid}/status/current"},
      {Method::Put, "/nodes/{node}/lxc/{vmid}/config", Subject::Container,
       "/nodes/{node}/lxc/{vmid}/pending"},
      {Method::Post, "/nodes/{node}/qemu/{vmid}/config", Subject::Vm, "/nodes/{node}/qemu/{vmid}/pending"},
      {Method::Get, "/nodes/{node}/qemu/{vmid}/config", Subject::Vm, "/nodes/{node}/qemu/{vmid}/config"},
      {Method::Put, "/cluster/firewall/rules/{pos}", Subject::FirewallRule, "/cluster/firewall/rules"},
      {Method::Post, "/nodes/{node}/lxc/{vmid}/firewall/rules", Subject::FirewallRule,
       "/nodes/{node}/lxc/{vmid}/firewall/rules"},
      {Method::Delete, "/cluster/firewall/groups/{group}/{pos}", Subject::FirewallRule,
       "/cluster/firewall/groups/{group}"},
      {Method::Put, "/nodes/{node}/firewall/options", Subject::Firewall, "/nodes/{node}/firewall/options"},
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

TEST(About, DistinguishesPathsWithTheSameBeginning) {
  EXPECT_EQ(about(Method::Get, "/cluster/backup-info/not-backed-up").subject, Subject::Backup);
  EXPECT_EQ(about(Method::Get, "/storages").subject, Subject::Unknown);
}

TEST(About, NamesTheArgumentThatLocatesTheNode) {
  EXPECT_EQ(about(Method::Get, "/nodes/{node}/lxc/{vmid}/config").locator, Locator::Guest);
  EXPECT_EQ(about(Method::Get, "/nodes/{node}/tasks/{upid}/log").locator, Locator::Task);
  EXPECT_EQ(about(Method::Post, "/nodes/{node}/vzdump").locator, Locator::Guests);
  EXPECT_EQ(about(Method::Get, "/nodes/{node}/vzdump/defaults").locator, Locator::None);
  EXPECT_EQ(about(Method::Post, "/nodes/{node}/qemu").locator, Locator::None) << "the vmid is a new one";
}

struct Deed {
  Method method;
  std::string_view below;
  Action action;
};

TEST(About, GivesBothKindsOfGuestsTheSameAction) {
  const std::vector<Deed> deeds = {
      {Method::Delete, "", Action::Delete},
      {Method::Post, "/clone", Action::Clone},
      {Method::Get, "/config", Action::ReadConfig},
      {Method::Put, "/config", Action::Configure},
      {Method::Post, "/migrate", Action::Migrate},
      {Method::Post, "/remote_migrate", Action::RemoteMigrate},
      {Method::Put, "/resize", Action::Resize},
      {Method::Post, "/snapshot", Action::TakeSnapshot},
      {Method::Delete, "/snapshot/{snapname}", Action::DeleteSnapshot},
      {Method::Post, "/snapshot/{snapname}/rollback", Action::RollBack},
      {Method::Get, "/status/current", Action::ReadStatus},
      {Method::Post, "/status/reboot", Action::Reboot},
      {Method::Post, "/status/resume", Action::Resume},
      {Method::Post, "/status/shutdown", Action::Shutdown},
      {Method::Post, "/status/start", Action::Start},
      {Method::Post, "/status/stop", Action::Stop},
      {Method::Post, "/status/suspend", Action::Suspend},
      {Method::Post, "/template", Action::Template},
      {Method::Get, "", Action::None},
      {Method::Get, "/snapshot", Action::None},
      {Method::Put, "/snapshot/{snapname}/config", Action::None},
      {Method::Post, "/vncproxy", Action::None},
  };
  for (const auto& deed : deeds) {
    const auto vm = about(deed.method, std::string("/nodes/{node}/qemu/{vmid}").append(deed.below));
    const auto container = about(deed.method, std::string("/nodes/{node}/lxc/{vmid}").append(deed.below));
    EXPECT_EQ(vm.action, deed.action) << deed.below;
    EXPECT_EQ(container.action, deed.action) << deed.below;
    EXPECT_EQ(vm.guest, GuestKind::Vm);
    EXPECT_EQ(container.guest, GuestKind::Container);
  }
  EXPECT_EQ(about(Method::Post, "/nodes/{node}/qemu/{vmid}/config").action, Action::Configure);
  EXPECT_EQ(about(Method::Post, "/nodes/{node}/qemu/{vmid}/status/reset").action, Action::Reset);
}

TEST(About, CallsANewGuestACreation) {
  for (const auto* path : {"/nodes/{node}/qemu", "/nodes/{node}/lxc"}) {
    EXPECT_EQ(about(Method::Post, path).action, Action::Create);
    EXPECT_EQ(about(Method::Post, path).guest, GuestKind::None) << "the vmid is a new one";
    EXPECT_EQ(about(Method::Get, path).action, Action::None);
  }
  EXPECT_EQ(about(Method::Put, "/nodes/{node}/config").action, Action::None) << "no guest's";
  EXPECT_EQ(about(Method::Delete, "/storage/{storage}").action, Action::None) << "no guest";
}

TEST(About, MarksTheUpdateThatPveCanRunAsATask) {
  EXPECT_TRUE(about(Method::Put, "/nodes/{node}/qemu/{vmid}/config").task_by_post);
  EXPECT_FALSE(about(Method::Post, "/nodes/{node}/qemu/{vmid}/config").task_by_post) << "it is that task";
  EXPECT_FALSE(about(Method::Put, "/nodes/{node}/lxc/{vmid}/config").task_by_post);
}

TEST(About, MatchesTheCallForTheOtherKindOfGuest) {
  EXPECT_TRUE(tool::are_siblings("/nodes/{node}/qemu/{vmid}/config", "/nodes/{node}/lxc/{vmid}/config"));
  EXPECT_TRUE(tool::are_siblings("/nodes/{node}/lxc/{vmid}", "/nodes/{node}/qemu/{vmid}"));
  EXPECT_FALSE(tool::are_siblings("/nodes/{node}/qemu/{vmid}", "/nodes/{node}/qemu/{vmid}"));
  EXPECT_FALSE(tool::are_siblings("/nodes/{node}/qemu/{vmid}/config", "/nodes/{node}/lxc/{vmid}/resize"));
  EXPECT_FALSE(tool::are_siblings("/nodes/{node}/qemu", "/nodes/{node}/lxc")) << "a list, no guest";
}

TEST(About, MarksChangesOfTheGuestList) {
  for (const auto* path : {"/clone", "/migrate", "/config", "/template", "/snapshot/{snapname}/rollback"})
    EXPECT_TRUE(about(Method::Post, "/nodes/{node}/qemu/{vmid}" + std::string(path)).changes_guest_list)
        << path;
  EXPECT_TRUE(about(Method::Delete, "/nodes/{node}/lxc/{vmid}").changes_guest_list);
  EXPECT_TRUE(about(Method::Post, "/nodes/{node}/lxc").changes_guest_list);
  EXPECT_FALSE(about(Method::Put, "/nodes/{node}/qemu/{vmid}/resize").changes_guest_list);
  EXPECT_FALSE(about(Method::Post, "/nodes/{node}/qemu/{vmid}/status/start").changes_guest_list);
  EXPECT_FALSE(about(Method::Get, "/nodes/{node}/qemu/{vmid}/config").changes_guest_list);
}

TEST(About, AllowsNoRepeatOfCallsThatEndOrMoveAGuest) {
  EXPECT_TRUE(about(Method::Post, "/nodes/{node}/qemu/{vmid}/status/start").may_be_repeated);
  EXPECT_TRUE(about(Method::Post, "/nodes/{node}/lxc/{vmid}/snapshot").may_be_repeated);
  for (const auto* path : {"/status/stop", "/migrate", "/remote_migrate", "/snapshot/{snapname}/rollback"})
    EXPECT_FALSE(about(Method::Post, "/nodes/{node}/qemu/{vmid}" + std::string(path)).may_be_repeated)
        << path;
  EXPECT_FALSE(about(Method::Delete, "/nodes/{node}/qemu/{vmid}").may_be_repeated);
}

TEST(About, MarksIdempotentChanges) {
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

TEST(About, MarksResizeAsOnlyAdding) {
  EXPECT_TRUE(about(Method::Put, "/nodes/{node}/lxc/{vmid}/resize").only_adds);
  EXPECT_FALSE(about(Method::Put, "/nodes/{node}/lxc/{vmid}/config").only_adds);
}

TEST(About, ListsThePlaceholdersOfThePath) {
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
