#include "resource/poll.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "base/text.h"
#include "engine/guest_name.h"
#include "engine/started.h"
#include "pve/task_status.h"
#include "resource/read.h"
#include "resource/resources.h"
#include "resource/show.h"

namespace resource {
namespace {

/// What is not there has a digest too: coming and going are changes.
constexpr std::uint64_t kGone = 0;
constexpr std::uint64_t kRunning = 1;

std::string_view text(const base::JsonObject& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

std::int64_t vmid_of(const base::JsonObject& row) {
  const auto* value = row.if_contains("vmid");
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

bool is_meant(const base::JsonObject& row, const Match& match) {
  if (const auto node = match.values.find("node"); node != match.values.end())
    return text(row, "type") == "node" && text(row, "node") == node->second;
  const auto& wanted = match.values.at("vmid");
  const auto type = text(row, "type");
  if (type != "qemu" && type != "lxc") return false;
  const auto number = engine::guest_number(wanted);
  return number ? vmid_of(row) == *number : base::printable(text(row, "name")) == wanted;
}

template <class Items>
void keep(Items& items, const std::set<std::string>& wanted) {
  std::erase_if(items, [&](const auto& item) { return !wanted.contains(item.first); });
  for (const auto& name : wanted) items.try_emplace(name);
}

}  // namespace

struct Poll::List {
  bool asked = false;
  std::optional<base::Json> data{};

  const base::JsonArray* rows(pve::Client& client, const std::stop_token& stop) {
    if (!asked) {
      asked = true;
      if (auto answer = client.call({base::Method::Get, "/cluster/resources", {}}, stop))
        data = std::move(answer->data);
    }
    return data ? data->if_array() : nullptr;
  }
};

std::optional<std::uint64_t> Poll::in_list(const Match& match, List& list, const std::stop_token& stop) {
  const auto* rows = list.rows(toolbox_.cluster().client, stop);
  if (rows == nullptr) return std::nullopt;
  if (match.values.empty()) return digest(*list.data, match.row->ticking) | 2U;
  std::uint64_t found = kGone;
  for (const auto& item : *rows) {
    const auto* row = item.if_object();
    if (row != nullptr && is_meant(*row, match)) found ^= digest(item, match.row->ticking) | 2U;
  }
  return found;
}

/// A log only grows: how long it is says all.
std::optional<std::uint64_t> Poll::log(const Match& match, const std::stop_token& stop) {
  const auto upid = pve::parse_upid(match.values.at("upid"));
  if (!upid) return kGone;
  const auto answer = toolbox_.cluster().client.call(
      {base::Method::Get, pve::task_path(*upid, "log"), {{"limit", "1"}}}, stop);
  if (!answer) return is_gone(answer.error()) ? std::optional(kGone) : std::nullopt;
  // A log without lines and one that is not there have a line as well.
  return digest(base::JsonArray{answer->data, answer->total.value_or(0)}, {}) | 2U;
}

std::optional<std::uint64_t> Poll::look(const std::string& uri, List& list, const std::stop_token& stop) {
  const auto found = match(rows_, uri);
  if (!found || refusal(*found->row, toolbox_, {})) return std::nullopt;
  const auto& row = *found->row;
  if (row.watch == tool::Resource::Watch::Never) return std::nullopt;
  if (row.watch == tool::Resource::Watch::Resources) return in_list(*found, list, stop);
  if (row.kind == tool::Resource::Kind::Log) return log(*found, stop);
  const auto reading =
      read(toolbox_, *found, [this](std::string_view tool) { return toolbox_.refusal({}, tool); }, stop);
  if (reading) {
    // A node that cannot be read makes the list shorter without anything having gone.
    if (!reading->note.empty()) return std::nullopt;
    return digest(reading->data, row.ticking) | 2U;
  }
  return std::holds_alternative<mcp::NoSuchResource>(reading.error()) ? std::optional(kGone) : std::nullopt;
}

std::optional<std::uint64_t> Poll::task(const std::string& handle, const std::stop_token& stop) {
  const auto started = engine::parse_handle(handle);
  if (!started) return std::nullopt;
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

Poll::Updates Poll::once(const mcp::Watched& watched, const std::stop_token& stop) {
  Updates updates;
  List list;
  keep(resources_, watched.resources);
  keep(tasks_, watched.tasks);
  const auto now = toolbox_.cluster().clock.steady();
  for (auto& [uri, item] : resources_) {
    if (item.next > now) continue;
    const auto found = look(uri, list, stop);
    // Who was interrupted has seen nothing, not even that there is nothing.
    if (stop.stop_requested()) return updates;
    if (note(item, found)) updates.resources.push_back(uri);
  }
  for (auto& [handle, item] : tasks_) {
    const bool over = item.seen && *item.seen != kRunning;
    if (over || item.next > now) continue;
    const auto found = task(handle, stop);
    if (stop.stop_requested()) return updates;
    const bool first = !item.seen;
    if (note(item, found) || (first && found && *found != kRunning)) updates.tasks.push_back(handle);
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
