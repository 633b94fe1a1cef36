// Tiers x categories x scopes x protections x calls over the simulator: what arrives at PVE is judged from
// the rows' tiers and categories and by the oracle, without a line of the engine or the guard.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "sessions/examples.h"
#include "sessions/permission_oracle.h"
#include "sessions/world.h"

namespace {

using base::Method;
using sessions::Arrived;
using sessions::arrived;
using sessions::breach;
using sessions::protections;
using sessions::scopes;
/// A call, and the steps that make it work.
struct Attempt {
  std::string category;
  const tool::Tool* tool = nullptr;
  std::vector<sessions::Step> before;
  base::JsonObject arguments;
  tool::Tier tier;  ///< that it needs
};

/// Calls that touch more than they name: PVE chooses the guests, or a task, a volume or a job has them.
struct Beyond {
  const char* tool;
  const char* arguments;
  const char* before = "";  ///< a session
  /// The arguments need the tier full, whatever the tool needs.
  bool needs_full = false;
};

constexpr Beyond kBeyond[] = {
    {"pve_create_backup_job", R"({"schedule":"02:00","storage":"nas","all":true,"mode":"stop"})"},
    {"pve_create_backup_job",
     R"({"schedule":"02:00","storage":"nas","all":true,"prune-backups":"keep-all=1"})"},
    {"pve_create_backup_job",
     R"({"schedule":"02:00","storage":"nas","node":"pve1","all":true,"mode":"stop"})"},
    {"pve_create_backup_job", R"({"schedule":"02:00","storage":"pbs","pool":"production","mode":"suspend"})"},
    {"pve_create_backup_job", R"({"schedule":"02:00","storage":"pbs","pool":"production"})"},
    {"pve_create_backup_job", R"({"schedule":"02:00","storage":"local","pool":"lab","mode":"stop"})"},
    {"pve_create_backup_job", R"({"schedule":"02:00","storage":"pbs","vmid":"100,118"})"},
    {"pve_create_backup_job",
     R"({"schedule":"02:00","storage":"pbs","vmid":"100","prune-backups":"keep-all=1"})"},
    {"pve_delete_backup_job", R"({"id":"backup-nightly"})"},
    {"pve_run_backup", R"({"node":"pve1","storage":"pbs","pool":"production"})"},
    {"pve_run_backup", R"({"node":"pve1","storage":"pbs","pool":"production","remove":true})", "", true},
    {"pve_run_backup", R"({"node":"pve1","storage":"local","vmid":"100","prune-backups":"keep-last=1"})", "",
     true},
    {"pve_run_backup", R"({"node":"pve1","storage":"local","vmid":"113","prune-backups":"keep-last=1"})", "",
     true},
    {"pve_run_backup", R"({"node":"pve1","storage":"local","all":true})"},
    {"pve_stop_task",
     R"({"node":"pve1","upid":"UPID:pve1:00000408:120BC040:6A18A500:vzdump:100:root@pam:"})"},
    {"pve_stop_task", R"({"node":"pve1","upid":"UPID:pve1:00000408:120BC040:6A18A500:vzdump::root@pam:"})"},
    {"pve_update_qemu_config", R"({"vmid":118,"delete":"unused0"})",
     "call pve_update_qemu_config {\"vmid\":118,\"delete\":\"scsi0\"}\n"},
    {"pve_update_qemu_config", R"({"vmid":118,"delete":"scsi0"})"},
    {"pve_update_qemu_config", R"({"vmid":115,"delete":"unused0"})",
     "call pve_update_qemu_config {\"vmid\":115,\"scsi5\":\"local-lvm:1\"}\nadvance 30s\n"
     "call pve_update_qemu_config {\"vmid\":115,\"delete\":\"scsi5\"}\nadvance 30s\n"},
    {"pve_delete_qemu_vm", R"({"vmid":118})"},
    {"pve_delete_qemu_vm", R"({"vmid":111})"},
    {"pve_update_acl", R"({"path":"/","roles":"PVEAuditor","tokens":"auditor@pve!ro"})"},
    {"pve_update_acl", R"({"path":"/","roles":"PVEAuditor","users":"operator@pve"})"},
    {"pve_update_acl", R"({"path":"/","roles":"PVEAuditor","groups":"auditors"})"},
    {"pve_change", R"({"target":"POST /nodes/pve1/qemu/100/status/stop"})"},
    {"pve_change", R"({"target":"pve_stop_qemu_vm","arguments":{"vmid":100}})"},
    {"pve_change", R"({"target":"PUT /nodes/{node}/qemu/{vmid}/config","arguments":{"vmid":100,"cores":2}})",
     "", true},
    {"pve_change",
     R"({"target":"POST /nodes/{node}/qemu/{vmid}/firewall/aliases","arguments":{"vmid":100,"name":"office","cidr":"192.0.2.1"}})",
     "", true},
    {"pve_change",
     R"({"target":"PUT /nodes/{node}/qemu/{vmid}/resize","arguments":{"vmid":118,"disk":"scsi0","size":"+1G"}})",
     "", true},
    {"pve_change",
     R"({"target":"POST /nodes/{node}/vzdump","arguments":{"node":"pve1","storage":"pbs","pool":"production"}})"},
    {"pve_change",
     R"({"target":"POST /cluster/metrics/server/influx","arguments":{"type":"influxdb","server":"192.0.2.9","port":8089}})",
     "", true},
    {"pve_change", R"({"target":"POST /cluster/firewall/groups","arguments":{"group":"web"}})", "", true},
    {"pve_destroy", R"({"target":"DELETE /nodes/pve1/qemu/100"})", "call pve_stop_qemu_vm {\"vmid\":100}\n",
     true},
    {"pve_destroy", R"({"target":"DELETE /storage/nas"})", "", true},
    {"pve_destroy", R"({"target":"DELETE /access/users/operator@pve"})", "", true},
};

/// The examples of all tools of the category, and the calls beyond.
std::vector<Attempt> attempts(const std::string& category) {
  std::vector<Attempt> all;
  for (const auto& example : sessions::examples()) {
    if (example.category != category) continue;
    // The recorded call of this tool deletes a VM.
    const auto tier = example.tool->door == tool::Door::Destroy ? tool::Tier::Full : example.tool->tier;
    all.push_back({category, example.tool, example.before(), example.arguments(), tier});
    for (const auto& beyond : kBeyond) {
      if (example.tool->name == beyond.tool)
        all.push_back({category, example.tool, sessions::parse(beyond.before),
                       base::parse_json(beyond.arguments).value().as_object(),
                       beyond.needs_full ? tool::Tier::Full : example.tool->tier});
    }
  }
  return all;
}

struct Totals {
  std::size_t calls = 0, arrived = 0, by_tier = 0, by_category = 0, by_scope = 0, by_protection = 0;
};

class PermissionMatrix : public testing::TestWithParam<std::string> {
 protected:
  struct Told {
    std::vector<Arrived> changes{}, reads{};
    std::string text{};
  };

  /// A fresh world, with the steps that the call needs.
  void begin(const Attempt& example) {
    world_.emplace();
    for (auto step : example.before) sessions::perform(*world_, step);
  }

  Told call(const Attempt& example) {
    world_->asked().clear_asked();
    Told told{.text = world_->call(example.tool->name, example.arguments).text};
    for (const auto& each : world_->asked().requests()) {
      auto seen = arrived(each.request);
      (seen.method == Method::Get ? told.reads : told.changes).push_back(std::move(seen));
    }
    return told;
  }

  std::optional<sessions::World> world_;
};

constexpr std::array kTiers = {tool::Tier::ReadOnly, tool::Tier::ReadExecute, tool::Tier::Full};

TEST_P(PermissionMatrix, NothingOutsideArrives) {
  Totals totals;
  std::vector<std::string> others;
  for (const auto& category : catalog::categories()) {
    if (category.name != GetParam()) others.emplace_back(category.name);
  }
  for (const auto& example : attempts(GetParam())) {
    const bool changes = example.tool->effect != tool::Effect::None;
    begin(example);
    const auto baseline = call(example).changes;
    EXPECT_EQ(baseline.empty(), !changes) << example.tool->name << " is the example of a change";
    begin(example);
    for (const auto tier : kTiers) {
      for (const bool has_category : {true, false}) {
        const auto limit = [&] {
          world_->tier(std::string(tool::name(tier)));
          world_->categories(has_category ? std::vector<std::string>{GetParam()} : others);
        };
        limit();
        for (const auto& scope : scopes()) {
          world_->scope(scope.terms);
          const bool offered = has_category && example.tier <= tier;
          for (const auto& protection : protections()) {
            // A tool that is not offered asks nothing, so that a protection cannot matter.
            if (!offered && &protection != &protections().front()) continue;
            SCOPED_TRACE(fmt::format("{} {} as {}, {} the category, scope {}, protection {}",
                                     example.tool->name, base::write_json(base::Json(example.arguments)),
                                     tool::name(tier), has_category ? "with" : "without", scope.terms,
                                     protection.terms));
            world_->protect(protection.terms);
            const auto told = call(example);
            ++totals.calls;
            if (!offered) {
              ++(has_category ? totals.by_tier : totals.by_category);
              EXPECT_TRUE(told.changes.empty() && told.reads.empty())
                  << "a tool that is not offered asks PVE";
              continue;
            }
            for (const auto& change : told.changes)
              EXPECT_EQ(breach(change, scope, protection), "")
                  << base::name(change.method) << " " << change.path;
            for (const auto& read : told.reads) {
              if (scope.holds == nullptr || read.path.ends_with("/config")) continue;
              EXPECT_EQ(breach(read, {scope.terms, scope.holds, {}}, {}).find("out of scope"),
                        std::string::npos)
                  << "GET " << read.path;
            }
            if (!changes) continue;
            std::string why;
            for (const auto& change : baseline) {
              if (why.empty()) why = breach(change, scope, protection);
            }
            if (why.empty()) {
              EXPECT_FALSE(told.changes.empty()) << "this change is allowed: " << told.text;
            } else {
              ++(why.find("protected") == std::string::npos ? totals.by_scope : totals.by_protection);
            }
            if (!told.changes.empty()) {
              ++totals.arrived;
              begin(example);
              limit();
              world_->scope(scope.terms);
            }
          }
        }
      }
    }
  }
  std::cout << fmt::format(
      "{}: {} calls; {} changes arrived; refused: {} by tier, {} by category, {} by scope, {} by "
      "protection\n",
      GetParam(), totals.calls, totals.arrived, totals.by_tier, totals.by_category, totals.by_scope,
      totals.by_protection);
}

std::vector<std::string> categories() {
  std::vector<std::string> names;
  for (const auto& category : catalog::categories()) names.emplace_back(category.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Of, PermissionMatrix, testing::ValuesIn(categories()), [](const auto& test) {
  auto name = test.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
