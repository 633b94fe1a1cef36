#include "catalog/prompts.h"

#include "catalog/prompt_texts.h"
#include "tool/prompt_rules.h"

namespace catalog {
namespace {

using tool::Completes;
using tool::Fact;
using tool::FactCall;
using tool::PromptArgument;
using Each = Fact::Each;
using Of = Fact::Of;

constexpr PromptArgument kNode{"node", "Node", "The node's name.", Completes::Node};
constexpr PromptArgument kGuest{"guest", "Guest", "The guest's number or name.", Completes::Guest};

constexpr Fact kNodes{.what = "Nodes", .call = {"pve_list_nodes"}};
constexpr Fact kMembers{.what = "Cluster status", .call = {"pve_get_cluster_status"}};
constexpr Fact kHa{.what = "HA status", .call = {"pve_get_cluster_ha_status"}};
constexpr Fact kHealth{.what = "Health of the cluster", .call = {"pve_cluster_health"}};
constexpr Fact kBackupJobs{.what = "Backup jobs", .call = {"pve_list_backup_jobs"}};
constexpr Fact kNotCovered{.what = "Guests without a backup job", .call = {"pve_list_cluster_backup_info"}};
constexpr Fact kStorageDefinitions{.what = "Storage definitions", .call = {"pve_list_storage"}};
constexpr Fact kNodeStorage{.what = "Storage on the node",
                            .call = {"pve_list_node_storage", {{"node", "{node}"}}}};
constexpr Fact kNodeHour{.what = "The node in the last hour",
                         .call = {"pve_get_node_rrddata", {{"node", "{node}"}, {"timeframe", "hour"}}}};
constexpr Fact kRunningTasks{.what = "Tasks running on the node",
                             .call = {"pve_list_tasks", {{"node", "{node}"}, {"source", "active"}}}};
constexpr Fact kReplication{.what = "Replication jobs", .call = {"pve_list_cluster_replication"}};

constexpr Fact essential(Fact fact) {
  fact.essential = true;
  return fact;
}

constexpr Fact of_any_node(Fact fact) {
  fact.other_node_if_offline = true;
  return fact;
}

constexpr Fact each_node(Fact fact) {
  fact.each = Each::Node;
  return fact;
}

constexpr Fact of_vm(std::string_view what, std::string_view tool, tool::FactArgument more = {}) {
  Fact fact{.what = what, .call = {tool, {{"vmid", "{guest}"}}}, .of = Of::Vm};
  if (!more.name.empty()) fact.call.arguments = {{"vmid", "{guest}"}, more};
  return fact;
}

constexpr Fact of_container(std::string_view what, std::string_view tool, tool::FactArgument more = {}) {
  auto fact = of_vm(what, tool, more);
  fact.of = Of::Container;
  return fact;
}

constexpr tool::Prompt kPrompts[] = {
    {.name = "triage_node",
     .title = "Triage a node",
     .description = "What is wrong with this node? Quorum, memory, disks, load, services, failed tasks, log.",
     .arguments = {kNode},
     .instructions = kTriageNode,
     .facts = {essential(kNodes),
               kMembers,
               {.what = "Node status",
                .call = {"pve_get_node_status", {{"node", "{node}"}}},
                .essential = true},
               kNodeHour,
               {.what = "The node in the last day",
                .call = {"pve_get_node_rrddata", {{"node", "{node}"}, {"timeframe", "day"}}}},
               kNodeStorage,
               {.what = "Services", .call = {"pve_list_node_services", {{"node", "{node}"}}}},
               kRunningTasks,
               {.what = "Tasks that failed or warned",
                .call = {"pve_list_tasks",
                         {{"node", "{node}"}, {"statusfilter", "error,warning"}, {"limit", "15"}}}},
               {.what = "Guests running there",
                .call = {"pve_list_cluster_resources",
                         {{"type", "vm"},
                          {"filter", "node={node} status!=stopped"},
                          {"fields", "vmid,name,type,status,cpu,maxcpu,mem/maxmem,lock"}}}},
               // Without a limit, so that errors from the whole log are included.
               {.what = "System log", .call = {"pve_get_node_syslog", {{"node", "{node}"}}}}}},
    {.name = "slow_guest",
     .title = "Why is this guest slow",
     .description =
         "Why is this guest slow or stuck? Lock, state, pressure, statistics, tasks, node, storage.",
     .arguments = {kGuest},
     .instructions = kSlowGuest,
     .facts = {essential(of_vm("Status", "pve_get_qemu_status")),
               essential(of_container("Status", "pve_get_lxc_status")),
               essential(of_vm("Configuration", "pve_get_qemu_config")),
               essential(of_container("Configuration", "pve_get_lxc_config")),
               of_vm("The last hour", "pve_get_qemu_rrddata", {"timeframe", "hour"}),
               of_container("The last hour", "pve_get_lxc_rrddata", {"timeframe", "hour"}),
               of_vm("The last week", "pve_get_qemu_rrddata", {"timeframe", "week"}),
               of_container("The last week", "pve_get_lxc_rrddata", {"timeframe", "week"}),
               {.what = "Tasks of the guest",
                .call = {"pve_list_tasks",
                         {{"node", "{node}"}, {"vmid", "{guest}"}, {"source", "all"}, {"limit", "10"}}}},
               kRunningTasks,
               {.what = "The guest's node", .call = {"pve_get_node_status", {{"node", "{node}"}}}},
               kNodeHour,
               kNodeStorage,
               {.what = "Who uses most CPU",
                .call = {"pve_top_consumers", {{"by", "cpu"}}},
                .instead = {"pve_list_cluster_resources",
                            {{"type", "vm"},
                             {"filter", "node={node} status=running"},
                             {"fields", "vmid,name,type,cpu,maxcpu,mem/maxmem"},
                             {"limit", "30"}}}},
               of_vm("Snapshots", "pve_list_qemu_snapshots")}},
    {.name = "backup_audit",
     .title = "Audit the backups",
     .description =
         "Could every guest be restored? Guests without a job, stale backups, failed runs, retention.",
     .arguments = {{"pool", "Pool", "Only the guests of this pool; else all.", Completes::Pool,
                    "all guests"}},
     .instructions = kBackupAudit,
     .facts = {essential(kNotCovered),
               essential(kBackupJobs),
               kHealth,
               {.what = "Backup runs",
                .call = {"pve_list_tasks", {{"node", "{node}"}, {"typefilter", "vzdump"}, {"limit", "10"}}},
                .each = Each::Node},
               {.what = "Newest backups",
                .call = {"pve_list_storage_content",
                         {{"node", "{node}"},
                          {"storage", "{storage}"},
                          {"content", "backup"},
                          {"fields", "vmid,ctime,size,verification,encrypted,protected"},
                          {"limit", "40"}}},
                .each = Each::BackupStorage},
               kStorageDefinitions,
               {.what = "Storages for backups",
                .call = {"pve_list_cluster_resources",
                         {{"type", "storage"},
                          {"filter", "content=*backup*"},
                          {"fields", "storage,node,status,shared,disk/maxdisk"}}}},
               {.what = "Guests",
                .call = {"pve_list_cluster_resources",
                         {{"type", "vm"},
                          {"fields", "vmid,name,node,status,pool,template,lock,tags"},
                          {"filter", "pool={pool}", true}}}}}},
    {.name = "drain_node",
     .title = "Empty a node",
     .description =
         "Plan to empty this node: what runs there, what blocks its migration, where it would fit.",
     .arguments = {kNode},
     .instructions = kDrainNode,
     .facts = {{.what = "Guests on the node",
                .call = {"pve_list_cluster_resources",
                         {{"type", "vm"},
                          {"filter", "node={node}"},
                          {"fields", "vmid,name,type,status,mem,maxmem,template,lock,tags,hastate"}}},
                .essential = true},
               essential(kNodes),
               {.what = "If the node went away", .call = {"pve_node_loss_impact", {{"node", "{node}"}}}},
               kMembers,
               kHa,
               {.what = "HA resources", .call = {"pve_list_ha_resources"}},
               kReplication,
               kRunningTasks,
               {.what = "Storage of all nodes",
                .call = {"pve_list_cluster_resources",
                         {{"type", "storage"},
                          {"fields", "storage,node,status,shared,content,disk/maxdisk"}}}},
               {.what = "Network of the node", .call = {"pve_list_networks", {{"node", "{node}"}}}},
               {.what = "Datacenter options", .call = {"pve_get_cluster_options"}}}},
    {.name = "capacity_report",
     .title = "Report the capacity",
     .description = "How full is the cluster? Memory, CPU and storage, which resource runs out first, and "
                    "the loss of the "
                    "biggest node.",
     .arguments = {{"node", "Node", "Only this node; else all.", Completes::Node, "every node"}},
     .instructions = kCapacityReport,
     .facts = {essential(kNodes),
               {.what = "Storage",
                .call = {"pve_list_cluster_resources",
                         {{"type", "storage"},
                          {"fields", "storage,node,status,shared,disk/maxdisk"},
                          {"filter", "node={node}", true}}},
                .essential = true},
               {.what = "The last month",
                .call = {"pve_get_node_rrddata", {{"node", "{node}"}, {"timeframe", "month"}}},
                .each = Each::Node},
               {.what = "Most CPU in the last week",
                .call = {"pve_top_consumers", {{"by", "cpu"}, {"window", "week"}, {"limit", "8"}}}},
               {.what = "Most memory", .call = {"pve_top_consumers", {{"by", "mem"}, {"limit", "8"}}}},
               {.what = "Orphans", .call = {"pve_find_orphans"}},
               kStorageDefinitions,
               {.what = "Guests",
                .call = {"pve_list_cluster_resources",
                         {{"type", "vm"},
                          {"filter", "template!=1"},
                          {"filter", "template!=1 node={node}", true},
                          {"fields", "vmid,node,status,maxcpu,mem/maxmem,maxdisk"}}}},
               {.what = "If the node went away", .call = {"pve_node_loss_impact", {{"node", "{node}"}}}}}},
    {.name = "security_review",
     .title = "Review the security",
     .description = "Who can do what, and what is open? Users, tokens, ACL, realms, roles, firewall, logins.",
     .arguments = {{"user", "User", "Above all this user; else all.", Completes::User, "all users"}},
     .instructions = kSecurityReview,
     .facts = {{.what = "Users and their tokens",
                .call = {"pve_list_users",
                         {{"full", "true"},
                          {"fields", "userid,enable,expire,groups,tokens,realm-type,comment"},
                          {"filter", "userid={user}", true}}},
                .essential = true},
               {.what = "ACL", .call = {"pve_list_acls"}, .essential = true},
               {.what = "What the user did in the last week",
                .call = {"pve_who_did", {{"user", "{user}"}, {"hours", "168"}}}},
               {.what = "Groups", .call = {"pve_list_groups"}},
               {.what = "Realms", .call = {"pve_list_domains"}},
               {.what = "Firewall options of the datacenter", .call = {"pve_get_firewall_options"}},
               {.what = "Firewall rules of the datacenter", .call = {"pve_list_firewall_rules"}},
               {.what = "IP sets by name, without their members", .call = {"pve_list_firewall_ipsets"}},
               {.what = "Health of the cluster (certificates, updates)", .call = {"pve_cluster_health"}},
               {.what = "Cluster log",
                .call = {"pve_get_cluster_log", {{"max", "100"}, {"filter", "user={user}*", true}}}},
               {.what = "Roles", .call = {"pve_list_roles"}}}},
    {.name = "restore_drill",
     .title = "Plan a restore drill",
     .description =
         "Plan to restore this guest's newest backup under a new number, to check it and to clean up.",
     .arguments = {kGuest,
                   {"storage", "Storage", "Only backups on this storage; else on all.",
                    Completes::BackupStorage, "any backup storage"}},
     .instructions = kRestoreDrill,
     .facts = {{.what = "Backups of the guest",
                .call = {"pve_list_storage_content",
                         {{"node", "{node}"},
                          {"storage", "{storage}"},
                          {"content", "backup"},
                          {"vmid", "{guest}"},
                          {"limit", "20"}}},
                .each = Each::BackupStorage,
                .essential = true},
               essential(of_vm("Configuration", "pve_get_qemu_config")),
               essential(of_container("Configuration", "pve_get_lxc_config")),
               of_vm("Status", "pve_get_qemu_status"),
               of_container("Status", "pve_get_lxc_status"),
               {.what = "Next free number", .call = {"pve_get_next_vmid"}},
               kNodes,
               of_any_node(kNodeStorage),
               {.what = "Backup runs on the node",
                .call = {"pve_list_tasks", {{"node", "{node}"}, {"typefilter", "vzdump"}, {"limit", "8"}}}},
               kBackupJobs,
               of_any_node(
                   {.what = "Network of the node", .call = {"pve_list_networks", {{"node", "{node}"}}}})}},
    {.name = "upgrade_readiness",
     .title = "Check before an upgrade",
     .description = "Can the nodes be upgraded now? Versions, health, room, HA, backups, what blocks PVE 9.",
     .arguments = {{"node", "Node", "Only this node; else all.", Completes::Node, "each node"}},
     .instructions = kUpgradeReadiness,
     .facts = {{.what = "Status",
                .call = {"pve_get_node_status", {{"node", "{node}"}}},
                .each = Each::Node,
                .essential = true},
               kNodes,
               kMembers,
               kHealth,
               kHa,
               each_node(kRunningTasks),
               each_node({.what = "Services that do not run",
                          .call = {"pve_list_node_services",
                                   {{"node", "{node}"},
                                    {"filter", "state!=running unit-state!=not-found"}}}}),
               each_node({.what = "Last backup runs",
                          .call = {"pve_list_tasks",
                                   {{"node", "{node}"}, {"typefilter", "vzdump"}, {"limit", "3"}}}}),
               {.what = "Storages and their state",
                .call = {"pve_list_cluster_resources",
                         {{"type", "storage"},
                          {"fields", "storage,node,status,shared,disk/maxdisk"},
                          {"filter", "node={node}", true}}}},
               {.what = "Guests",
                .call = {"pve_list_cluster_resources",
                         {{"type", "vm"},
                          {"fields", "vmid,name,node,type,status,maxmem,lock,hastate,uptime"}}}},
               kNotCovered,
               kBackupJobs,
               kReplication,
               kStorageDefinitions}},
};

static_assert(tool::valid_prompts(kPrompts));

}  // namespace

std::span<const tool::Prompt> prompts() { return kPrompts; }

}  // namespace catalog
