#include "engine/outcome/follow_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/cluster/request.h"
#include "engine/outcome/guest_state.h"
#include "engine/outcome/kept_backups.h"
#include "engine/words/guest_name.h"
#include "pve/path.h"

namespace engine {
namespace {

using std::chrono::milliseconds;
using tool::Action;

constexpr milliseconds kPause{1000};

bool is_clone(const Row& row) { return row.about().action == Action::Clone; }

bool is_creation(const Row& row) { return row.about().action == Action::Create; }

bool is_of_guest(const Row& row) { return row.about().guest != tool::GuestKind::None || is_creation(row); }

/// The guest after the change: its number, and the node where it is then.
std::optional<pve::Guest> guest_after(const Row& row, const base::JsonObject& arguments) {
  if (!is_of_guest(row)) return std::nullopt;
  pve::Guest guest;
  guest.container =
      row.about().subject == tool::Subject::Container || row.about().guest == tool::GuestKind::Container;
  const auto target = argument_text(arguments, "target");
  const bool moves = row.about().action == Action::Migrate || is_clone(row);
  guest.node = moves && !target.empty() ? target : argument_text(arguments, "node");
  const auto vmid = guest_number(argument_text(arguments, is_clone(row) ? "newid" : "vmid"));
  if (!vmid || guest.node.empty()) return std::nullopt;
  guest.vmid = *vmid;
  return guest;
}

base::JsonObject object_of(std::expected<base::Json, pve::Error> answer) {
  if (!answer || !answer->is_object()) return {};
  return std::move(answer->get_object());
}

base::JsonObject status_of(Cluster& cluster, const pve::Guest& guest, const std::stop_token& stop) {
  const auto answer = read_guest(cluster.client, guest, "status/current", stop);
  return answer ? kept_status(*answer) : base::JsonObject{};
}

base::Json get(std::string_view path_template, const base::JsonObject& arguments, Cluster& cluster,
               const std::stop_token& stop) {
  const auto filled = path(path_template, arguments);
  if (!filled) return nullptr;
  auto answer = cluster.client.call({base::Method::Get, *filled, {}}, stop);
  return answer ? std::move(answer->data) : base::Json(nullptr);
}

/// The state that the guest must reach.
struct Wanted {
  enum class What { Running, RunningAnew, Off, There } what = What::Running;
  std::int64_t pid = 0;  ///< for RunningAnew: the process before the change
};

bool reached(const Wanted& wanted, const base::JsonObject& status) {
  switch (wanted.what) {
    case Wanted::What::Running:
      return power(status) == Power::Running;
    case Wanted::What::RunningAnew:
      return power(status) == Power::Running && base::number(status, "pid") != wanted.pid;
    case Wanted::What::Off:
      return power(status) == Power::Off;
    case Wanted::What::There:
      break;
  }
  return power(status) != Power::Unknown;
}

bool by_ha(const pve::Upid& upid) { return upid.type.starts_with("ha"); }

std::optional<Wanted> wanted_of(const ChangeTask& change) {
  const auto action = change.row.about().action;
  if (by_ha(change.upid)) {
    if (action == Action::Migrate) return Wanted{Wanted::What::There};
    return Wanted{action == Action::Start ? Wanted::What::Running : Wanted::What::Off};
  }
  if (action == Action::Reboot)
    return Wanted{Wanted::What::RunningAnew, base::number(change.before.status, "pid", 0)};
  if (is_creation(change.row) && base::flag(change.arguments, "start")) return Wanted{Wanted::What::Running};
  return std::nullopt;
}

/// A failed task of the guest that started after the task of the call: "qmstart: bridge …".
struct Failed {
  std::string type, why, upid;
};

std::optional<Failed> failed_after(const ChangeTask& change, const std::string& node, const pve::Guest& guest,
                                   Cluster& cluster, const std::stop_token& stop) {
  const auto list = pve::fill_path("/nodes/{node}/tasks", [&](std::string_view) { return node; });
  if (!list) return std::nullopt;
  const auto since = pve::start_time(change.upid).time_since_epoch().count();
  const auto answer = cluster.client.call(
      {base::Method::Get,
       *list,
       {{"vmid", std::to_string(guest.vmid)}, {"since", std::to_string(since)}, {"source", "all"}}},
      stop);
  if (!answer) return std::nullopt;
  constexpr std::array kFollow = {"start", "stop", "shutdown", "migrate"};
  for (const auto& task : base::objects(answer->data)) {
    const auto type = base::raw_text(task, "type");
    const auto status = base::raw_text(task, "status");
    const bool follows =
        std::ranges::any_of(kFollow, [&](std::string_view end) { return type.ends_with(end); }) &&
        !type.starts_with("ha");
    if (!follows || !base::number(task, "endtime") || status.empty() || status == "OK" ||
        status.starts_with("WARNINGS"))
      continue;
    if (base::raw_text(task, "upid") == change.upid.text) continue;
    // HA's own tasks belong to root and have no token.
    if (by_ha(change.upid) &&
        (base::raw_text(task, "user") != "root@pam" || !base::raw_text(task, "tokenid").empty()))
      continue;
    return Failed{base::printable(type, 40), base::printable(status),
                  base::printable(base::raw_text(task, "upid"))};
  }
  return std::nullopt;
}

/// HA's reason, or that of the task that failed.
std::string why_of(const std::optional<Failed>& failed, bool ha, const base::JsonObject& status) {
  auto why = failed && ha ? fmt::format("its task {} failed: {}", failed->type, failed->why)
             : failed     ? failed->why
                          : std::string{};
  if (ha && ha_state(status) == "error")
    why += fmt::format(
        "{}HA holds the guest in the state error: set its HA state to disabled, remove the cause, "
        "then set it to started",
        why.empty() ? "" : "; ");
  return why;
}

struct Awaited {
  FollowUp follow_up;
  base::JsonObject status;
};

/// HA may have started the guest on another node.
pve::Guest found_again(pve::Guest guest, Cluster& cluster, const std::stop_token& stop) {
  const auto list = cluster.inventory.now(stop);
  if (!list) return guest;
  const auto* now = (*list)->guest(guest.vmid);
  if (now != nullptr) guest.node = now->node;
  return guest;
}

Awaited await(const ChangeTask& change, const Wanted& wanted, pve::Guest guest, Cluster& cluster,
              milliseconds limit, const pve::Tasks::OnWait& on_wait, const std::stop_token& stop) {
  const auto begin = cluster.clock.steady();
  const bool ha = by_ha(change.upid);
  const auto node = argument_text(change.arguments, "node");
  for (;;) {
    Awaited now{{FollowUp::State::Open, "", "", ""}, status_of(cluster, guest, stop)};
    if (reached(wanted, now.status)) {
      now.follow_up.state = FollowUp::State::Done;
      if (guest.node != node && wanted.what != Wanted::What::There) now.follow_up.node = guest.node;
      return now;
    }
    const auto failed = failed_after(change, node, guest, cluster, stop);
    const auto waited = std::chrono::duration_cast<milliseconds>(cluster.clock.steady() - begin);
    const bool over = waited >= limit || stop.stop_requested();
    // HA repeats a failed start until it gives up.
    if (ha ? ha_state(now.status) == "error" || (failed && over) : failed.has_value()) {
      now.follow_up = {FollowUp::State::Failed, why_of(failed, ha, now.status), failed ? failed->upid : "",
                       ""};
      return now;
    }
    if (over) return now;
    if (ha && now.status.empty() && wanted.what != Wanted::What::There)
      guest = found_again(guest, cluster, stop);
    if (on_wait) on_wait({change.report.waited + waited});
    cluster.clock.sleep(std::min(kPause, limit - waited), stop);
  }
}

}  // namespace

ObjectState read_before(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                        const std::stop_token& stop) {
  ObjectState before;
  const auto& about = row.about();
  if (about.locator == tool::Locator::Task) before.object = get(about.state, arguments, cluster, stop);
  const bool configures = about.action == Action::Configure;
  if (!(row.tool().starts_task || configures) || !is_of_guest(row)) return before;
  const auto guest = guest_of(row, arguments);
  if (is_creation(row)) {
    // A restore with force replaces an existing guest.
    if (base::flag(arguments, "force"))
      before.config = object_of(read_guest(cluster.client, guest, "config", stop));
    return before;
  }
  before.status = status_of(cluster, guest, stop);
  if (about.action == Action::Delete) {
    before.config = object_of(read_guest(cluster.client, guest, "config", stop));
    if (auto jobs = cluster.client.call({base::Method::Get, "/cluster/backup", {}}, stop))
      before.object = std::move(jobs->data);
    before.backups = kept_backups(guest, cluster, stop);
  }
  if (about.in_path("snapname")) before.object = get(about.state, arguments, cluster, stop);
  return before;
}

ChangeText follow_up(const ChangeTask& change, Cluster& cluster, milliseconds limit,
                     const pve::Tasks::OnWait& on_wait, const std::stop_token& stop, bool* open) {
  const auto& row = change.row;
  ObjectState after;
  FollowUp follow_up;
  const bool gone = row.about().action == Action::Delete;
  if (const auto guest = guest_after(row, change.arguments); guest && !gone) {
    if (const auto wanted = wanted_of(change)) {
      auto awaited = await(change, *wanted, *guest, cluster, limit, on_wait, stop);
      follow_up = std::move(awaited.follow_up);
      after.status = std::move(awaited.status);
    } else {
      after.status = status_of(cluster, *guest, stop);
    }
    if (is_creation(row) || is_clone(row))
      after.config = object_of(read_guest(cluster.client, *guest, "config", stop));
  } else if (row.about().subject == tool::Subject::Service) {
    after.object = get(row.about().state, change.arguments, cluster, stop);
  }
  if (open != nullptr) *open = follow_up.state == FollowUp::State::Open;
  return describe_change({row, change.arguments, change.words, change.before, after, &change.report,
                          std::move(follow_up), by_ha(change.upid)});
}

std::string leftovers(const ChangeTask& change, Cluster& cluster, const std::stop_token& stop) {
  if (!is_creation(change.row) && !is_clone(change.row)) return {};
  if (!change.before.config.empty()) return {};
  const auto guest = guest_after(change.row, change.arguments);
  if (!guest) return {};
  ObjectState after;
  after.config = object_of(read_guest(cluster.client, *guest, "config", stop));
  return describe_leftovers(
      {change.row, change.arguments, change.words, change.before, after, &change.report, {}, false});
}

}  // namespace engine
