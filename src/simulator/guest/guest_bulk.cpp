// Actions on many guests at once: those of one node, and those of the whole cluster (since PVE 9.1).
#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/tasks.h"
#include "simulator/guest/guest.h"
#include "simulator/guest/guest_migrate.h"
#include "simulator/guest/guest_power.h"

namespace simulator {
namespace {

using Ids = std::vector<unsigned>;

/// The guests that the call names, in that order; all guests of the node or cluster if it names none.
Ids wanted(const Call& call, const std::string& node) {
  Ids ids;
  for (const auto& text : call.parameters.list("vms")) {
    ids.push_back(static_cast<unsigned>(get_number({{"vmid", text}}, "vmid")));
  }
  if (call.parameters.has("vms")) return ids;
  for (const auto& [vmid, guest] : call.state.guests) {
    if (node.empty() || guest.node == node) ids.push_back(vmid);
  }
  return ids;
}

std::optional<Answer> refuse_guests(const Call& call, std::string_view privilege) {
  if (!call.parameters.has("vms")) return refuse(call, "/", {privilege});
  for (const auto& vmid : call.parameters.list("vms")) {
    if (auto no = refuse(call, "/vms/" + vmid, {privilege})) return no;
  }
  return std::nullopt;
}

/// The log of an action, and the warnings in it.
struct Report {
  TaskEnd end = {};
  unsigned warnings = 0;
  std::string failed = {};

  void line(std::string text) { end.log.push_back(std::move(text)); }
  void warn(const std::string& text) {
    line("WARN: " + text);
    ++warnings;
  }
  void fail(unsigned vmid, const std::string& text) {
    line("WARN: " + text);
    failed += (failed.empty() ? "" : ", ") + std::to_string(vmid);
  }
  TaskEnd ended(std::string_view failure = {}) {
    if (!failed.empty()) {
      end.status = fmt::format("{} {}", failure, failed);
    } else if (warnings != 0) {
      end.status = fmt::format("WARNINGS: {}", warnings);
    }
    return end;
  }
};

std::string title(const Guest& guest) { return fmt::format("{} {}", noun(guest.type), guest.vmid); }

std::string joined(const Ids& ids) { return fmt::format("{}", fmt::join(ids, ", ")); }

Guest* on_node(State& state, unsigned vmid, const std::string& node) {
  auto* const guest = state.guest(vmid);
  return guest != nullptr && guest->node == node ? guest : nullptr;
}

TaskEnd start_on_node(State& state, const Ids& ids, const std::string& node, bool force) {
  Report report;
  for (const auto vmid : ids) {
    auto* const guest = on_node(state, vmid, node);
    if (guest == nullptr || guest->running || guest->is_template()) continue;
    if (guest->lock() == "backup") {
      guest->config.erase("lock");
      report.line(fmt::format("removed left over backup lock from '{}'!", vmid));
    }
    if (!force && get(guest->config, "onboot") != "1") continue;
    report.line("Starting " + title(*guest));
    if (const auto error = start_error(state, *guest)) {
      report.line(*error);
    } else {
      start_guest(state, *guest);
    }
  }
  return report.ended();
}

Answer start_all(Call& call) {
  if (auto no = refuse_guests(call, "VM.PowerMgmt")) return *no;
  return run_task(
      call, "startall", {}, std::chrono::seconds(3),
      [ids = wanted(call, call.node()), node = call.node(), force = call.parameters.flag("force")](
          State& state) { return start_on_node(state, ids, node, force); });
}

Answer stop_all(Call& call) {
  if (auto no = refuse_guests(call, "VM.PowerMgmt")) return *no;
  const auto timeout = call.parameters.number("timeout", 180);
  return run_task(call, "stopall", {}, std::chrono::seconds(4),
                  [ids = wanted(call, call.node()), node = call.node(), timeout](State& state) {
                    Report report;
                    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
                      auto* const guest = on_node(state, *id, node);
                      if (guest == nullptr || !guest->running) continue;
                      report.line(fmt::format("Stopping {} (timeout = {} seconds)", title(*guest), timeout));
                      stop_guest(*guest);
                    }
                    return report.ended();
                  });
}

Answer suspend_all(Call& call) {
  if (auto no = refuse_guests(call, "VM.PowerMgmt")) return *no;
  return run_task(call, "suspendall", {}, std::chrono::seconds(2),
                  [ids = wanted(call, call.node()), node = call.node()](State& state) {
                    Report report;
                    for (const auto vmid : ids) {
                      auto* const guest = on_node(state, vmid, node);
                      if (guest == nullptr || guest->type == GuestType::Lxc || guest->is_template()) continue;
                      if (!guest->running) {
                        report.line(title(*guest) + " not running, skipping suspension");
                        continue;
                      }
                      report.line("Suspending " + title(*guest));
                      guest->qmpstatus = "paused";
                    }
                    return report.ended();
                  });
}

/// PVE leaves a running guest with local disks where it is, unless the caller allows to copy them.
Answer migrate_all(Call& call) {
  if (auto no = refuse_guests(call, "VM.Migrate")) return *no;
  const auto target = call.parameters.text("target");
  if (target == call.node()) return Answer::bad("target", "target is local node.");
  if (call.state.node(target) == nullptr) {
    return Answer::fail(fmt::format("no such cluster node '{}'", target));
  }
  const bool workers = call.parameters.has("max-workers") || call.parameters.has("maxworkers") ||
                       has(call.state.datacenter, "max_workers");
  if (!workers) {
    return Answer::fail("either 'max-workers' parameter or max_workers in datacenter.cfg must be set!");
  }
  return run_task(call, "migrateall", {}, std::chrono::seconds(6),
                  [ids = wanted(call, call.node()), node = call.node(), target](State& state) {
                    Report report;
                    for (const auto vmid : ids) {
                      auto* const guest = on_node(state, vmid, node);
                      if (guest == nullptr) continue;
                      if (guest->type == GuestType::Qemu) {
                        report.line(fmt::format("Check VM {}: precondition check passed", vmid));
                      }
                      report.line("Migrating " + title(*guest));
                      move_guest(state, *guest, target, {});
                    }
                    report.line("All jobs finished, used 1 workers in total.");
                    return report.ended();
                  });
}

/// Runs `each` on every guest that the call names and that exists, and fails with `failure` and their ids.
template <typename Each>
Answer bulk(Call& call, std::string_view type, std::string first, const std::string& failure,
            const Each& each) {
  const auto ids = wanted(call, {});
  return run_task(call, type, {}, std::chrono::seconds(4),
                  [ids, each, failure](State& state) {
                    Report report;
                    for (const auto vmid : ids) {
                      if (auto* const guest = state.guest(vmid)) each(state, *guest, report);
                    }
                    return report.ended(failure);
                  },
                  {fmt::format("{}: {}", first, joined(ids))});
}

Answer bulk_start(Call& call) {
  if (auto no = refuse_guests(call, "VM.PowerMgmt")) return *no;
  return bulk(call, "bulk-start", "Starting guests",
              "Some guests failed to start:", [](State& state, Guest& guest, Report& report) {
                if (guest.is_template()) return;
                if (guest.running) {
                  return report.warn(fmt::format("Skipping {}, already running.", title(guest)));
                }
                report.line("Starting " + title(guest));
                if (const auto error = start_error(state, guest))
                  return report.fail(guest.vmid, "500 " + *error);
                start_guest(state, guest);
              });
}

Answer bulk_shutdown(Call& call) {
  if (auto no = refuse_guests(call, "VM.PowerMgmt")) return *no;
  const auto timeout = call.parameters.number("timeout", 180);
  return bulk(
      call, "bulk-shutdown", "Shutting down guests",
      "Some guests failed to shutdown:", [timeout](State&, Guest& guest, Report& report) {
        if (!guest.running) {
          return report.warn(fmt::format("Skipping {}, not running.", title(guest)));
        }
        if (guest.qmpstatus == "paused") {
          return report.warn(fmt::format("Skipping {}, resume paused VM before shutdown.", title(guest)));
        }
        report.line(fmt::format("Shutting down {} (Timeout = {} seconds)", title(guest), timeout));
        stop_guest(guest);
      });
}

Answer bulk_suspend(Call& call) {
  if (auto no = refuse_guests(call, "VM.PowerMgmt")) return *no;
  return bulk(call, "bulk-suspend", "Suspending guests",
              "Some guests failed to suspend:", [](State&, Guest& guest, Report& report) {
                if (guest.type == GuestType::Lxc) {
                  return report.warn(fmt::format("skipping {}, only VMs can be suspended", guest.vmid));
                }
                if (!guest.running) {
                  return report.warn(fmt::format("Skipping {}, not running.", title(guest)));
                }
                report.line("Suspending " + title(guest));
                guest.qmpstatus = "paused";
              });
}

Answer bulk_migrate(Call& call) {
  if (auto no = refuse_guests(call, "VM.Migrate")) return *no;
  const auto target = call.parameters.text("target");
  return bulk(call, "bulk-migrate", "Migrating guests to " + target, "Some guests failed to migrate",
              [target](State& state, Guest& guest, Report& report) {
                if (guest.node == target) {
                  return report.warn(fmt::format("{} already on {}, skipping.", title(guest), target));
                }
                report.line("Migrating " + title(guest));
                if (state.node(target) == nullptr) {
                  return report.fail(guest.vmid, fmt::format("500 no such cluster node '{}'", target));
                }
                move_guest(state, guest, target, {});
              });
}

using enum base::Method;
constexpr Route kBulkRoutes[] = {
    {Post, "/nodes/{node}/startall", start_all},
    {Post, "/nodes/{node}/stopall", stop_all},
    {Post, "/nodes/{node}/suspendall", suspend_all},
    {Post, "/nodes/{node}/migrateall", migrate_all},
    {Post, "/cluster/bulk-action/guest/start", bulk_start},
    {Post, "/cluster/bulk-action/guest/shutdown", bulk_shutdown},
    {Post, "/cluster/bulk-action/guest/suspend", bulk_suspend},
    {Post, "/cluster/bulk-action/guest/migrate", bulk_migrate},
};

}  // namespace

std::span<const Route> bulk_routes() { return kBulkRoutes; }

}  // namespace simulator
