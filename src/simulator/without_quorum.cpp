#include "simulator/without_quorum.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "simulator/guest/guest.h"

namespace simulator {
namespace {

constexpr std::string_view kNotReady = "cluster not ready - no quorum?";

struct Refusal {
  base::Method method;
  std::string_view prefix;  ///< of the path template
  std::string_view message;
};

using enum base::Method;
// The texts of a real cluster without quorum. The first row that matches counts.
constexpr Refusal kRefusals[] = {
    {Post, "/access/users", "create user failed: cfs-lock 'file-user_cfg' error: no quorum!"},
    {Put, "/access/users", "update user failed: cfs-lock 'file-user_cfg' error: no quorum!"},
    {Delete, "/access/users", "delete user failed: cfs-lock 'file-user_cfg' error: no quorum!"},
    {Put, "/access/acl", "ACL update failed: cfs-lock 'file-user_cfg' error: no quorum!"},
    {Post, "/pools", "create pool failed: cfs-lock 'file-user_cfg' error: no quorum!"},
    {Put, "/pools", "update pools failed: cfs-lock 'file-user_cfg' error: no quorum!"},
    {Delete, "/pools", "delete pool failed: cfs-lock 'file-user_cfg' error: no quorum!"},
    {Post, "/storage", "create storage failed: cfs-lock 'file-storage_cfg' error: no quorum!"},
    {Put, "/storage", "update storage failed: cfs-lock 'file-storage_cfg' error: no quorum!"},
    {Delete, "/storage", "delete storage failed: cfs-lock 'file-storage_cfg' error: no quorum!"},
    {Post, "/cluster/backup", "cfs-lock 'file-jobs_cfg' error: no quorum!"},
    {Put, "/cluster/backup", "cfs-lock 'file-jobs_cfg' error: no quorum!"},
    {Delete, "/cluster/backup", "cfs-lock 'file-jobs_cfg' error: no quorum!"},
    {Put, "/cluster/options", "cfs-lock 'file-datacenter_cfg' error: no quorum!"},
    {Post, "/cluster/firewall", "cfs-lock 'firewall-cluster' error: no quorum!"},
    {Put, "/cluster/firewall", "cfs-lock 'firewall-cluster' error: no quorum!"},
    {Delete, "/cluster/firewall", "cfs-lock 'firewall-cluster' error: no quorum!"},
    {Post, "/cluster/ha", kNotReady},
    {Put, "/cluster/ha", kNotReady},
    {Delete, "/cluster/ha", kNotReady},
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> set) {
  return std::ranges::find(set, text) != set.end();
}

/// Starts a task that fails when it writes the guest's configuration. The error has the worker's pid.
Answer unwritable(Call& call, std::string_view type) {
  return failing_task(call, type, std::to_string(call.vmid()),
                      config_read_only(call.guest_type(), call.node(), call.vmid(), call.state.next_pid));
}

std::optional<Answer> of_guest(Call& call, std::string_view rest) {
  const auto method = call.endpoint.method;
  if (method == Post && rest.empty()) return Answer::fail(std::string(kNotReady));
  if (method == Post && is_one_of(rest, {"/status/start", "/migrate", "/clone"})) {
    return Answer::fail(std::string(kNotReady));
  }
  if (method == Put && rest == "/config") {
    constexpr unsigned kDaemon = 271;
    return Answer::fail(config_read_only(call.guest_type(), call.node(), call.vmid(), kDaemon));
  }
  if (method == Post && rest == "/config") return unwritable(call, "qmconfig");
  if (rest.starts_with("/snapshot")) {
    const std::string_view kind = method == Delete                        ? "delsnapshot"
                                  : method == Post && rest == "/snapshot" ? "snapshot"
                                                                          : "rollback";
    return unwritable(call, task_type(call.guest_type(), kind));
  }
  if (method == Put && rest == "/resize") return unwritable(call, "resize");
  return std::nullopt;
}

}  // namespace

std::optional<Answer> without_quorum(Call& call) {
  const auto path = call.endpoint.path;
  if (call.endpoint.method == Get) return std::nullopt;
  for (const auto& refusal : kRefusals) {
    if (refusal.method == call.endpoint.method && path.starts_with(refusal.prefix)) {
      return Answer::fail(std::string(refusal.message));
    }
  }
  for (const std::string_view guests : {"/nodes/{node}/qemu", "/nodes/{node}/lxc"}) {
    if (path == guests) return of_guest(call, {});
    const auto guest = std::string(guests) + "/{vmid}";
    if (path.starts_with(guest)) return of_guest(call, path.substr(guest.size()));
  }
  if (path == "/nodes/{node}/vzdump") {
    return failing_task(call, "vzdump", call.parameters.text("vmid"), "job errors");
  }
  return std::nullopt;
}

}  // namespace simulator
