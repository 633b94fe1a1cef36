#include "engine/bounds/within_scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/json_read.h"
#include "base/plural.h"
#include "base/text.h"
#include "engine/bounds/reach.h"
#include "engine/bounds/scope.h"
#include "engine/bounds/touched.h"
#include "engine/cluster/request.h"
#include "engine/outcome/guest_state.h"
#include "engine/words/guest_name.h"

namespace engine {
namespace {

using guard::Kind;
using tool::Action;
using tool::Subject;
using Refusal = std::optional<std::string>;

/// The kind of the object that a call changes; nullopt: it changes guests and what belongs to them.
std::optional<Kind> kind_of(const tool::About& about, bool names_guests) {
  if (about.guest != tool::GuestKind::None) return std::nullopt;
  switch (about.subject) {
    case Subject::Backup:
    case Subject::Vm:
    case Subject::Container:
    case Subject::Guests:
    case Subject::Snapshot:
    case Subject::Replication:
    case Subject::Task:
      return std::nullopt;
    case Subject::Volume:
      return names_guests ? std::nullopt : std::optional(Kind::Storage);
    case Subject::BackupJob:
      return Kind::Backup;
    case Subject::Storage:
      return Kind::Storage;
    case Subject::Certificate:
    case Subject::Console:
    case Subject::Disk:
    case Subject::Node:
    case Subject::Package:
    case Subject::Service:
    case Subject::Subscription:
      return Kind::Node;
    case Subject::Network:
    case Subject::Sdn:
      return Kind::Network;
    case Subject::Firewall:
    case Subject::FirewallRule:
      return Kind::Firewall;
    case Subject::Acl:
    case Subject::Group:
    case Subject::Realm:
    case Subject::Role:
    case Subject::SecondFactor:
    case Subject::Session:
    case Subject::Token:
    case Subject::User:
      return Kind::Access;
    case Subject::Pool:
      return Kind::Pool;
    case Subject::Ha:
      return Kind::Ha;
    case Subject::Acme:
    case Subject::Calls:
    case Subject::Ceph:
    case Subject::Cluster:
    case Subject::CpuModel:
    case Subject::Job:
    case Subject::Mapping:
    case Subject::Metrics:
    case Subject::Notification:
    case Subject::Unknown:
      break;
  }
  return Kind::Cluster;
}

/// One call, and the scope that limits it.
class Limited {
 public:
  Limited(const Row& row, base::JsonObject& arguments, Cluster& cluster, const std::stop_token& stop)
      : row_(row), arguments_(arguments), cluster_(cluster), scope_(*cluster.scope), stop_(stop) {}

  std::expected<std::string, std::string> keep() {
    if (row_.about().subject == Subject::Calls)
      return std::unexpected(fmt::format(
          "{} limits this server, and each call of this list can change any guest", scope_.source()));
    if (stops_backups(row_, arguments_))
      return std::unexpected(
          fmt::format("{} limits this server, and stop=true ends the backups of all guests of the node. "
                      "Leave stop out",
                      source()));
    auto listed = list_guests();
    if (!listed) return listed;
    auto touched = touched_by(row_, arguments_);
    if (auto no = add_members(touched)) return std::unexpected(*std::move(no));
    const bool names_guests = !touched.guests.empty() || !touched.sources.empty();
    const auto kind = kind_of(row_.about(), names_guests);
    if (kind && !scope_.allows(*kind)) return std::unexpected(not_allowed(*kind));
    if (!kind && !names_guests && row_.about().subject != Subject::Task)
      return std::unexpected(fmt::format("{} limits this server, and this call names no guest", source()));
    // The caller may stop its own task of a guest that is gone; hidden_task() judges the guests of a task.
    if (row_.about().subject == Subject::Task) touched.guests.clear();
    if (auto no = outside(touched)) return std::unexpected(*std::move(no));
    if (auto no = unowned(touched)) return std::unexpected(*std::move(no));
    if (auto no = companions_outside(touched)) return std::unexpected(*std::move(no));
    if (auto no = hidden_task()) return std::unexpected(*std::move(no));
    return listed;
  }

 private:
  const std::string& source() const { return scope_.source(); }

  std::string not_allowed(Kind kind) const {
    const auto name = guard::kKindNames.at(static_cast<std::size_t>(kind));
    return fmt::format(
        "{0} limits this server to guests, and this call changes something else. If you want this change, "
        "ask an administrator to add allow:{1} to {0}",
        source(), name);
  }

  Refusal outside(const std::set<std::int64_t>& guests) {
    const auto own = guest_of(row_, arguments_);
    for (const auto vmid : guests) {
      if (vmid == new_guest(row_, arguments_)) {
        if (auto no = taken(vmid)) return no;
        continue;
      }
      const auto held =
          vmid == own.vmid && !own.node.empty() ? scope_.holds(own, stop_) : scope_.holds(vmid, stop_);
      if (!held)
        return fmt::format(
            "{0} limits this server, and the server cannot tell whether guest {1} is in {0}: {2}", source(),
            vmid, held.error());
      if (!*held) return fmt::format("guest {} is not in {}", vmid, source());
    }
    return std::nullopt;
  }

  Refusal outside(const Touched& touched) {
    if (auto no = outside(touched.guests)) return no;
    if (auto no = outside(touched.sources)) return no;
    if (!makes_guest()) return std::nullopt;
    const auto traits = requested();
    if (!traits) return traits.error();
    if (scope_.means(*traits)) return std::nullopt;
    const auto which = traits->vmid == 0 ? std::string() : fmt::format(" {}", traits->vmid);
    return fmt::format(
        "the new guest{} would not be in {}. Give it a number, node, name, tag or pool of the scope", which,
        source());
  }

  bool makes_guest() const {
    const auto action = row_.about().action;
    return action == Action::Clone || action == Action::Create;
  }

  /// The traits of the guest that the call makes. A clone keeps the tags of its source.
  std::expected<guard::GuestTraits, std::string> requested() {
    const bool clones = row_.about().action == Action::Clone;
    const auto own = guest_of(row_, arguments_);
    guard::GuestTraits traits{
        .vmid = guest_number(argument_text(arguments_, clones ? "newid" : "vmid")).value_or(0)};
    traits.node = argument_text(arguments_, "node");
    if (const auto target = argument_text(arguments_, "target"); clones && !target.empty())
      traits.node = target;
    const bool container = row_.about().subject == Subject::Container || own.container;
    traits.name = argument_text(arguments_, container ? "hostname" : "name");
    auto tags = argument_text(arguments_, "tags");
    if (clones && scope_.wanted().configuration) {
      const auto config = read_guest(scope_.unlimited(), own, "config", stop_);
      if (!config)
        return std::unexpected(
            fmt::format("the tags of guest {} cannot be read: {}", own.vmid, config.error().message));
      tags = base::raw_text(*config, "tags");
    }
    for (const auto tag : base::list_items(tags)) traits.tags.emplace_back(tag);
    if (auto pool = argument_text(arguments_, "pool"); !pool.empty()) traits.pools.push_back(std::move(pool));
    return traits;
  }

  /// The number of a new guest may belong to one outside: PVE's refusal would tell where that is.
  Refusal taken(std::int64_t vmid) {
    const auto existing = scope_.existing(stop_);
    if (!existing) return existing.error();
    if (!existing->contains(vmid)) return std::nullopt;
    const auto held = scope_.holds(vmid, stop_);
    if (held && *held) return std::nullopt;
    return fmt::format("the number {} is not available for a new guest. Choose another number", vmid);
  }

  Refusal unowned(const Touched& touched) const {
    if (touched.path.empty()) return std::nullopt;
    return fmt::format(
        "{} limits this server, and no name tells which guest owns {}. Name a volume of a storage instead",
        source(), base::printable(touched.path, 100));
  }

  Refusal companions_outside(const Touched& touched) {
    const auto others = reach().companions(touched.guests);
    if (!others)
      return fmt::format("{} limits this server, and which guests HA moves along is not known: {}", source(),
                         others.error());
    if (!outside(*others)) return std::nullopt;
    // Their numbers are not the caller's to know.
    return fmt::format(
        "an HA rule keeps guests together that are not all in {0}, and HA would move the others along. "
        "Ask an administrator to move them, or to add all of them to {0}",
        source());
  }

  /// The client shows the tasks of the scope and those that the caller has started: it knows both.
  Refusal hidden_task() {
    if (row_.about().subject != Subject::Task || !row_.about().in_path("upid")) return std::nullopt;
    const auto path = engine::path(row_.about().state, arguments_);
    if (!path) return path.error();
    const auto status = cluster_.client.call({base::Method::Get, *path, {}}, stop_);
    if (status || status.error().kind != pve::Error::Kind::Hidden) return std::nullopt;
    return fmt::format("this task is not in {}, or does not exist", source());
  }

  Reach reach() { return {row_, arguments_, cluster_, scope_.unlimited(), stop_}; }

  /// Adds the guests of the job or rule that the call changes: the call need not name them.
  Refusal add_members(Touched& touched) {
    const auto members = reach().members();
    if (!members) return members.error();
    if (members->many)
      return fmt::format("{} limits this server, and this job covers guests that PVE chooses", source());
    touched.guests.insert(members->guests.begin(), members->guests.end());
    return std::nullopt;
  }

  /// Replaces the choice of PVE by a list. The value is a sentence; empty: nothing was replaced.
  std::expected<std::string, std::string> list_guests() {
    const bool all = base::flag(arguments_, "all");
    const auto pool = argument_text(arguments_, "pool");
    const auto subject = row_.about().subject;
    const bool backs_up = subject == Subject::BackupJob || row_.about().locator == tool::Locator::Guests;
    const auto* const list = subject == Subject::Guests ? "vms" : "vmid";
    if (subject == Subject::Guests ? arguments_.contains("vms") : !backs_up || (!all && pool.empty()))
      return std::string();
    const auto* parameter = row_.endpoint() == nullptr ? nullptr : row_.endpoint()->parameter(list);
    if (parameter == nullptr)
      return std::unexpected(
          fmt::format("{} limits this server, and this call lets PVE choose the guests", source()));
    auto guests = chosen(pool);
    if (!guests) return std::unexpected(std::move(guests.error()));
    if (guests->empty())
      return std::unexpected(fmt::format("none of the guests of this call is in {}", source()));
    for (const auto* const name : {"all", "pool", "exclude"}) arguments_.stable_erase(name);
    if (parameter->type == facts::Type::Array) {
      base::JsonArray items;
      for (const auto vmid : *guests) items.emplace_back(vmid);
      arguments_[list] = std::move(items);
    } else {
      arguments_[list] = fmt::format("{}", fmt::join(*guests, ","));
    }
    return fmt::format("The call covers {} in {}: {}.", base::count_of(guests->size(), "guests"), source(),
                       fmt::join(*guests, ", "));
  }

  /// The guests of the scope that PVE would choose.
  std::expected<std::set<std::int64_t>, std::string> chosen(const std::string& pool) {
    auto held = scope_.held(stop_);
    if (!held) return std::unexpected(std::move(held.error()));
    if (!held->unjudged.empty())
      return std::unexpected(
          fmt::format("the server cannot tell which guests of {} are in {}, because the node does not answer",
                      base::printable(held->unjudged.front(), 60), source()));
    const auto list = cluster_.inventory.now(stop_);
    if (!list) return std::unexpected("the list of guests cannot be read: " + list.error().message);
    std::set<std::int64_t> excluded;
    const auto left_out = argument_text(arguments_, "exclude");
    for (const auto item : base::list_items(left_out)) excluded.insert(guest_number(item).value_or(0));
    const auto node = argument_text(arguments_, "node");
    std::set<std::int64_t> guests;
    for (const auto vmid : held->vmids) {
      const auto* guest = (*list)->guest(vmid);
      if (guest == nullptr || excluded.contains(vmid) || (!node.empty() && guest->node != node)) continue;
      if (!pool.empty() && guest->pool != pool) continue;
      guests.insert(vmid);
    }
    return guests;
  }

  const Row& row_;
  base::JsonObject& arguments_;
  Cluster& cluster_;
  Scope& scope_;
  const std::stop_token& stop_;
};

}  // namespace

std::expected<std::string, std::string> keep_within_scope(const Row& row, base::JsonObject& arguments,
                                                          Cluster& cluster, const std::stop_token& stop) {
  if (cluster.scope == nullptr || row.tool().effect == tool::Effect::None) return std::string();
  return Limited(row, arguments, cluster, stop).keep();
}

}  // namespace engine
