#include "resource/poll.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/answer/answer.h"
#include "engine/cluster/parallel.h"
#include "engine/outcome/started.h"
#include "engine/words/guest_name.h"
#include "pve/task_status.h"
#include "resource/read.h"
#include "resource/resources.h"
#include "resource/show.h"

namespace resource {
namespace {

/// A missing object has a digest too, because appearing and disappearing are changes.
constexpr std::uint64_t kGone = 0;
constexpr std::uint64_t kRunning = 1;

constexpr std::size_t kAtOnce = 8;

bool is_meant(const base::JsonObject& row, std::string_view node, std::int64_t vmid) {
  const auto type = base::raw_text(row, "type");
  if (vmid == 0) return type == "node" && base::raw_text(row, "node") == node;
  return (type == "qemu" || type == "lxc") && base::number(row, "vmid") == vmid;
}

std::string_view task_node(std::string_view upid) {
  const auto parsed = pve::parse_upid(upid);
  // The node as it stands in the text, which outlives the parsed one.
  return parsed ? upid.substr(upid.find(':') + 1, parsed->node.size()) : std::string_view{};
}

template <class Items>
void keep(Items& items, const std::set<std::string>& wanted) {
  std::erase_if(items, [&](const auto& item) { return !wanted.contains(item.first); });
  for (const auto& name : wanted) items.try_emplace(name);
}

}  // namespace

struct Poll::List {
  std::optional<base::Json> data{};
  pve::InventoryPtr inventory{};

  const base::JsonArray* rows() const { return data ? data->if_array() : nullptr; }

  /// nullptr if there is none, or if it is not known.
  const pve::Guest* guest(const Match& match) const {
    const auto wanted = match.values.find("vmid");
    if (!inventory || wanted == match.values.end()) return nullptr;
    if (const auto number = engine::guest_number(wanted->second)) return inventory->guest(*number);
    // As the list has it: a name that moves on is a change that is told up to ten seconds late.
    const auto named = engine::named(wanted->second, inventory->guests);
    return named.size() == 1 ? named.front() : nullptr;
  }

  std::optional<std::uint64_t> digest_of(const Match& match) const {
    if (rows() == nullptr) return std::nullopt;
    if (match.values.empty()) return digest(*data, match.row->volatile_members) | 2U;
    const auto node = match.values.find("node");
    const auto* wanted = guest(match);
    if (node == match.values.end() && wanted == nullptr) return kGone;
    std::uint64_t found = kGone;
    for (const auto& item : *rows()) {
      const auto* row = item.if_object();
      if (row != nullptr && is_meant(*row, node == match.values.end() ? std::string_view{} : node->second,
                                     wanted == nullptr ? 0 : wanted->vmid))
        found ^= digest(item, match.row->volatile_members) | 2U;
    }
    return found;
  }

  /// The node that would have to answer is known to be dead.
  bool is_dead(std::string_view node) const {
    const auto* found = inventory && !node.empty() ? inventory->node(node) : nullptr;
    return found != nullptr && found->status == "offline";
  }

  /// "" if it is not known.
  std::string_view node_of(const Match& match) const {
    if (const auto upid = match.values.find("upid"); upid != match.values.end())
      return task_node(upid->second);
    const auto* found = guest(match);
    return found == nullptr ? std::string_view{} : std::string_view(found->node);
  }
};

void Poll::ask(List& list, const std::stop_token& stop) const {
  auto& cluster = toolbox_.cluster();
  auto answer = cluster.client.call({base::Method::Get, "/cluster/resources", {}}, stop);
  if (!answer) return;
  if (auto inventory = pve::inventory_of(answer->data)) {
    list.inventory = std::make_shared<const pve::Inventory>(*std::move(inventory));
    cluster.seen.see(list.inventory);
  }
  // As those see it who read it: a change of what is put right is a change.
  const auto whole = std::ranges::find_if(rows_, [](const tool::Resource& row) {
    return row.watch == tool::Resource::Watch::Resources && !row.is_template();
  });
  const auto* row = whole == rows_.end() ? nullptr : toolbox_.row(whole->tools[0]);
  if (row == nullptr || engine::revise(row->tool(), {}, answer->data, cluster, {}, stop).sure)
    list.data = std::move(answer->data);
}

bool Poll::needs_list(const std::vector<Job>& jobs) const {
  return std::ranges::any_of(jobs, [this](const Job& job) {
    if (job.is_task) return false;
    const auto found = match(rows_, *job.name);
    return found && found->row->watch == tool::Resource::Watch::Resources &&
           !refusal(*found->row, toolbox_, {});
  });
}

/// A log only grows: how long it is says all.
std::optional<std::uint64_t> Poll::log(const Match& match, const std::stop_token& stop) const {
  const auto upid = pve::parse_upid(match.values.at("upid"));
  if (!upid) return kGone;
  const auto answer = toolbox_.cluster().client.call(
      {base::Method::Get, pve::task_path(*upid, "log"), {{"limit", "1"}}}, stop);
  if (!answer) return is_gone(answer.error()) ? std::optional(kGone) : std::nullopt;
  // A log without lines and one that is not there have a line as well.
  return digest(base::JsonArray{answer->data, answer->total.value_or(0)}, {}) | 2U;
}

std::optional<std::uint64_t> Poll::look(const std::string& uri, const List& list,
                                        const std::stop_token& stop) const {
  const auto found = match(rows_, uri);
  if (!found || refusal(*found->row, toolbox_, {})) return std::nullopt;
  const auto& row = *found->row;
  if (row.watch == tool::Resource::Watch::Never) return std::nullopt;
  if (row.watch == tool::Resource::Watch::Resources) return list.digest_of(*found);
  if (list.is_dead(list.node_of(*found))) return std::nullopt;
  if (row.kind == tool::Resource::Kind::Log) return log(*found, stop);
  const auto reading = read(
      toolbox_, *found, [this](std::string_view tool) { return toolbox_.refusal({}, tool); }, stop, longest_);
  if (reading) {
    // A node that cannot be read makes the list shorter without anything having gone.
    if (reading->partial) return std::nullopt;
    return digest(reading->data, row.volatile_members) | 2U;
  }
  return std::holds_alternative<mcp::NoSuchResource>(reading.error()) ? std::optional(kGone) : std::nullopt;
}

std::optional<std::uint64_t> Poll::task(const std::string& handle, const List& list,
                                        const std::stop_token& stop) const {
  const auto started = engine::parse_handle(handle);
  if (!started || list.is_dead(started->upid.node)) return std::nullopt;
  const auto status = pve::task_status(toolbox_.cluster().client, started->upid, stop);
  if (!status) return std::nullopt;
  return *status ? std::hash<std::string>{}(**status) | 2U : kRunning;
}

/// Whether it is a change; the first look is none.
bool Poll::note(Item& item, std::optional<std::uint64_t> found) const {
  const auto now = toolbox_.cluster().clock.steady();
  if (!found) {
    item.pause = std::min<std::chrono::milliseconds>(item.pause * 2, kSeldom);
    item.next = now + item.pause;
    return false;
  }
  item.pause = kEvery;
  item.next = now + item.pause;
  const bool changed = item.seen && *item.seen != *found;
  item.seen = found;
  return changed;
}

/// Objects that could be read come first, then those that have waited longest.
std::vector<Poll::Job> Poll::due() {
  std::vector<Job> jobs;
  const auto now = toolbox_.cluster().clock.steady();
  for (auto& [uri, item] : resources_) {
    if (item.next <= now) jobs.push_back({&uri, &item, false});
  }
  for (auto& [handle, item] : tasks_) {
    const bool over = item.seen && *item.seen != kRunning;
    if (!over && item.next <= now) jobs.push_back({&handle, &item, true});
  }
  std::ranges::sort(jobs, {}, [](const Job& job) {
    return std::tuple(job.item->pause, job.item->next, job.is_task, std::string_view(*job.name));
  });
  return jobs;
}

Poll::Updates Poll::once(const mcp::Watched& watched, const std::stop_token& stop) {
  keep(resources_, watched.resources);
  keep(tasks_, watched.tasks);
  auto jobs = due();
  List list;
  if (needs_list(jobs)) {
    engine::in_parallel(1, 1, longest_, stop,
                        [&](std::size_t, const std::stop_token& enough) { ask(list, enough); });
  }
  engine::in_parallel(
      jobs.size(), kAtOnce, longest_, stop, [&](std::size_t i, const std::stop_token& enough) {
        auto& job = jobs[i];
        job.begun = true;
        job.found = job.is_task ? task(*job.name, list, enough) : look(*job.name, list, enough);
      });
  Updates updates;
  // An interrupted read says nothing, not even that the object is missing.
  if (stop.stop_requested()) return updates;
  for (auto& job : jobs) {
    // Those that had no turn stay due, and now the ones that took it all have a longer pause.
    if (!job.begun) continue;
    const bool ended = job.is_task && !job.item->seen && job.found && *job.found != kRunning;
    if (note(*job.item, job.found) || ended)
      (job.is_task ? updates.tasks : updates.resources).push_back(*job.name);
  }
  return updates;
}

std::chrono::milliseconds Poll::rest() const {
  const auto now = toolbox_.cluster().clock.steady();
  std::chrono::milliseconds rest = kEvery;
  for (const auto* items : {&resources_, &tasks_}) {
    for (const auto& [name, item] : *items) {
      if (items == &tasks_ && item.seen && *item.seen != kRunning) continue;
      rest = std::min(rest, std::chrono::ceil<std::chrono::milliseconds>(item.next - now));
    }
  }
  return std::max(rest, std::chrono::milliseconds{100});
}

}  // namespace resource
