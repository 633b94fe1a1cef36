// One PVE cluster, as the engine uses it: the client, and what is remembered between calls.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/cluster/latest_by_upid.h"
#include "engine/cluster/rules.h"
#include "engine/cluster/seen_guests.h"
#include "engine/row/confirm.h"
#include "engine/row/output.h"
#include "facts/facts.h"
#include "guard/audit.h"
#include "guard/plans.h"
#include "guard/terms.h"
#include "pve/client.h"
#include "pve/inventory_cache.h"
#include "pve/own_access.h"
#include "pve/permissions.h"
#include "pve/tasks.h"
#include "pve/turns.h"
#include "pve/version.h"

namespace engine {

class Scope;  // engine/bounds/scope.h

struct Options {
  /// The maximum time that a call waits for the end of the task that it starts; 0: it does not wait.
  std::chrono::seconds wait{0};
  /// The maximum number of heavy tasks that this server runs on a node at once; 0: no maximum.
  unsigned node_tasks = 0;
  Style style{};
  /// As tool::Sources::ignored_findings().
  std::vector<std::string> ignored_findings{};
  /// The rules at the start; Cluster::rules has those of the moment. The product's defaults are those of its
  /// settings.
  Confirm confirm = Confirm::Never;
  Approval approval = Approval::Caller;
  guard::Terms protect{};
};

/// The parts that a Cluster uses. They must outlive it.
struct Access {
  pve::Client& client;
  const facts::Facts& facts;
  base::Clock& clock;
  Options options{};
  /// nullptr: the plans live in the Cluster.
  guard::Plans* plans = nullptr;
  /// nullptr: changes are not recorded.
  guard::Audit* audit = nullptr;
  /// What limits `client`; nullptr: nothing. Changes are checked against it.
  Scope* scope = nullptr;
};

/// Safe from many threads.
struct Cluster {
  explicit Cluster(const Access& access)
      : client(access.client),
        facts(access.facts),
        clock(access.clock),
        options(access.options),
        scope(access.scope),
        version(client, clock),
        inventory(client, clock),
        seen(clock),
        permissions(client, clock),
        own_access(client, clock),
        tasks(client, clock),
        node_slots(client, clock, options.node_tasks),
        own_plans(clock),
        plans(access.plans == nullptr ? own_plans : *access.plans),
        audit(access.audit),
        rules({options.confirm, options.approval, options.protect}) {}

  /// Epoch seconds.
  std::int64_t now() const {
    return std::chrono::floor<std::chrono::seconds>(clock.wall()).time_since_epoch().count();
  }

  pve::Client& client;
  const facts::Facts& facts;
  base::Clock& clock;
  const Options options;
  Scope* const scope;
  pve::ConnectedVersion version;
  pve::InventoryCache inventory;
  SeenGuests seen;
  pve::Permissions permissions;
  pve::OwnAccessCache own_access;
  pve::Tasks tasks;
  pve::NodeSlots node_slots;
  guard::PlansInProcess own_plans;
  guard::Plans& plans;
  guard::Audit* const audit;
  /// The records of tasks that no call has waited for to their end.
  LatestByUpid<guard::Audit::Begun> open_records{1024};
  CurrentRules rules;
};

}  // namespace engine
