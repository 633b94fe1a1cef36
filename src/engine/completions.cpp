#include "engine/completions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"
#include "engine/cluster/guest_lookup.h"
#include "engine/words/guest_name.h"

namespace engine {
namespace {

constexpr std::size_t kMost = 100;
constexpr std::size_t kLongest = 300;
constexpr auto kResources = "/cluster/resources";

/// "pve2" before "pve10".
bool natural_less(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < a.size() && k < b.size()) {
    if (!base::is_digit(a[i]) || !base::is_digit(b[k])) {
      if (a[i] != b[k]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[k]);
      ++i;
      ++k;
      continue;
    }
    const auto number = [](std::string_view text, std::size_t& at) {
      while (at < text.size() && text[at] == '0') ++at;
      const auto begin = at;
      while (at < text.size() && base::is_digit(text[at])) ++at;
      return text.substr(begin, at - begin);
    };
    const auto left = number(a, i);
    const auto right = number(b, k);
    if (left.size() != right.size()) return left.size() < right.size();
    if (left != right) return left < right;
  }
  if ((i < a.size()) != (k < b.size())) return k < b.size();
  return a < b;
}

template <class Use>
void each(const base::Json* data, Use use) {
  const auto* array = data == nullptr ? nullptr : data->if_array();
  if (array == nullptr) return;
  for (const auto& item : *array) {
    if (const auto* object = item.if_object()) use(*object);
  }
}

/// 0: the candidate begins with the text; 1: contains it; 2: does not.
int distance(const Candidate& candidate, const std::string& typed) {
  int best = 2;
  for (const auto* key : {&candidate.value, &candidate.alias}) {
    const auto at = base::lower_ascii(*key).find(typed);
    if (at != std::string::npos) best = std::min(best, at == 0 ? 0 : 1);
  }
  return best;
}

struct Source {
  Completes kind;
  std::array<std::string_view, 2> lists{};  ///< the caller must be allowed the tool that reads one of these
  std::string_view path{};                  ///< of the list with these names; empty: the inventory has them
  std::string_view member{};
};

constexpr Source kSources[] = {
    {Completes::Node, {"/nodes", kResources}},
    {Completes::Storage, {"/storage", kResources}},
    {Completes::BackupStorage, {"/storage", kResources}},
    {Completes::Pool, {"/pools"}, "/pools", "poolid"},
    {Completes::User, {"/access/users"}, "/access/users", "userid"},
};

std::set<std::string> texts(const base::Json* data, std::string_view member) {
  std::set<std::string> found;
  each(data, [&](const base::JsonObject& row) {
    if (auto value = base::text(row, member); !value.empty()) found.insert(std::move(value));
  });
  return found;
}

std::set<std::string> names_in(const pve::InventoryPtr& list, Completes kind) {
  std::set<std::string> found;
  if (!list) return found;
  if (kind == Completes::Node) {
    for (const auto& node : list->nodes) found.insert(node.name);
    return found;
  }
  for (const auto& storage : list->storages) {
    if (kind == Completes::Storage || storage.holds("backup")) found.insert(storage.id);
  }
  return found;
}

/// What a storage can hold, as PVE writes it: "images,rootdir".
std::optional<std::string> content_in(const pve::InventoryPtr& list, std::string_view id) {
  if (!list) return std::nullopt;
  const auto found = std::ranges::find(list->storages, id, &pve::NodeStorage::id);
  if (found == list->storages.end()) return std::nullopt;
  const std::vector<std::string_view> kinds(found->content.begin(), found->content.end());
  return base::join(kinds, ",");
}

std::vector<Candidate> candidates_of(const std::set<std::string>& values) {
  std::vector<Candidate> candidates;
  for (const auto& value : values) candidates.push_back({value});
  return candidates;
}

}  // namespace

mcp::Completion rank(const std::vector<Candidate>& candidates, std::string_view typed) {
  const auto wanted = base::lower_ascii(typed);
  std::vector<std::pair<int, const Candidate*>> matches;
  for (const auto& candidate : candidates) {
    if (const int far = distance(candidate, wanted); far < 2) matches.emplace_back(far, &candidate);
  }
  std::ranges::sort(matches, [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    if (a.second->order != b.second->order) return a.second->order < b.second->order;
    return natural_less(a.second->value, b.second->value);
  });
  mcp::Completion completion;
  completion.total = matches.size();
  completion.has_more = matches.size() > kMost;
  matches.resize(std::min(matches.size(), kMost));
  for (const auto& [far, candidate] : matches) completion.values.push_back(candidate->value);
  return completion;
}

Completions::Completions(Toolbox& toolbox)
    : toolbox_(toolbox), answers_(toolbox.cluster().client, toolbox.cluster().clock) {}

bool Completions::may_any(const mcp::Caller& caller, std::span<const std::string_view> paths) const {
  const auto may = toolbox_.may_use(caller);
  return std::ranges::any_of(paths, [&](std::string_view path) { return may({base::Method::Get, path}); });
}

/// PVE shows a token without the right to list users only the token's own user. root@pam has the right.
bool Completions::is_only_own_user(const std::set<std::string>& users) const {
  const auto& token = toolbox_.cluster().client.token_id();
  const auto own = token.substr(0, token.find('!'));
  return own != "root@pam" && users.size() == 1 && users.contains(own);
}

pve::InventoryPtr Completions::inventory(const std::stop_token& stop) {
  constexpr std::chrono::seconds kPause{5};
  auto& cluster = toolbox_.cluster();
  if (stop.stop_requested()) return nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (failed_ && cluster.clock.steady() - *failed_ < kPause) return nullptr;
  }
  auto list = cluster.inventory.get(stop);
  if (list) return *std::move(list);
  // A cancelled look-up does not show that PVE fails.
  if (list.error().kind == pve::Error::Kind::Cancelled) return nullptr;
  const std::scoped_lock lock(mutex_);
  failed_ = cluster.clock.steady();
  return nullptr;
}

std::vector<Candidate> Completions::guests(const mcp::Caller& caller, const std::stop_token& stop) {
  const auto kinds = listed_kinds(toolbox_.may_use(caller));
  std::vector<Candidate> candidates;
  if (!kinds.vms && !kinds.containers) return candidates;
  const auto list = inventory(stop);
  if (!list) return candidates;
  for (const auto& guest : list->guests) {
    if (kinds.has(guest))
      candidates.push_back(
          {shown_guest(guest.vmid, guest.name), guest.name, guest.last_status == "running" ? 0 : 1});
  }
  return candidates;
}

/// Finds the guest as a read does. Keeps the answer with its configuration, because each further keystroke
/// asks again.
std::optional<pve::Guest> Completions::guest(std::string_view wanted, const GuestKinds& kinds,
                                             const std::stop_token& stop) {
  const GuestScope scope{kinds, kinds, true};
  auto& cluster = toolbox_.cluster();
  auto found = guest_listed(wanted, scope, cluster, stop);
  if (found && !found->sure) {
    const auto config = answers_.get(guest_path(found->guest, "config"), stop);
    if (!config || name_in(*config, found->guest) != found->guest.name)
      found = guest_now(wanted, scope, cluster, stop);
  }
  return found ? std::optional(found->guest) : std::nullopt;
}

std::vector<Candidate> Completions::snapshots(const base::JsonObject& context, const mcp::Caller& caller,
                                              const std::stop_token& stop) {
  auto wanted = base::text(context, "vmid");
  if (wanted.empty()) wanted = base::text(context, "guest");
  if (wanted.empty()) return {};
  const auto may = toolbox_.may_use(caller);
  const GuestKinds kinds{may({base::Method::Get, "/nodes/{node}/qemu/{vmid}/snapshot"}),
                         may({base::Method::Get, "/nodes/{node}/lxc/{vmid}/snapshot"})};
  if ((!kinds.vms && !kinds.containers) || !inventory(stop)) return {};
  const auto found = guest(wanted, kinds, stop);
  if (!found) return {};
  auto names = texts(answers_.get(guest_path(*found, "snapshot"), stop).get(), "name");
  // PVE lists the present state as a snapshot of this name.
  names.erase("current");
  return candidates_of(names);
}

std::vector<Candidate> Completions::tasks(const std::stop_token& stop) {
  const auto data = answers_.get("/cluster/tasks", stop);
  std::vector<Candidate> candidates;
  each(data.get(), [&](const base::JsonObject& row) {
    if (auto upid = base::text(row, "upid"); !upid.empty())
      candidates.push_back({std::move(upid), {}, -base::number(row, "starttime", 0)});
  });
  return candidates;
}

mcp::Completion Completions::complete(Completes kind, std::string_view value, const base::JsonObject& context,
                                      const mcp::Caller& caller, const std::stop_token& stop) {
  if (value.size() > kLongest) return {{}, 0, false};
  if (kind == Completes::Guest) return rank(guests(caller, stop), value);
  if (kind == Completes::Snapshot) return rank(snapshots(context, caller, stop), value);
  if (kind == Completes::Upid)
    return toolbox_.may_use(caller)({base::Method::Get, "/nodes/{node}/tasks"})
               ? rank(tasks(stop), value)
               : mcp::Completion{{}, 0, false};
  for (const auto& source : kSources) {
    if (source.kind == kind && may_any(caller, source.lists))
      return rank(
          candidates_of(source.path.empty()
                            ? names_in(inventory(stop), kind)
                            : texts(answers_.get(std::string(source.path), stop).get(), source.member)),
          value);
  }
  return {{}, 0, false};
}

std::optional<std::vector<std::string>> Completions::names_if_unknown(Completes kind, std::string_view value,
                                                                      const mcp::Caller& caller,
                                                                      const std::stop_token& stop) {
  const auto* source = std::ranges::find(kSources, kind, &Source::kind);
  if (source == std::end(kSources) || !may_any(caller, source->lists)) return std::nullopt;
  const std::string wanted(value);
  std::set<std::string> found;
  if (source->path.empty()) {
    auto& cluster = toolbox_.cluster();
    const auto known = cluster.inventory.remembered();
    if (names_in(known, kind).contains(wanted)) return std::nullopt;
    const auto list = cluster.inventory.newer_than(known, stop);
    if (!list) return std::nullopt;
    found = names_in(*list, kind);
    // An empty list counts only if it shows that the storage exists and that no storage holds backups.
    if (found.empty() && (kind != Completes::BackupStorage || !content_in(*list, wanted)))
      return std::nullopt;
  } else {
    const std::string path(source->path);
    const auto known = answers_.known(path);
    if (texts(known.get(), source->member).contains(wanted)) return std::nullopt;
    found = texts(answers_.newer_than(known, path, stop).get(), source->member);
    if (found.empty()) return std::nullopt;
  }
  if (found.contains(wanted)) return std::nullopt;
  if (kind == Completes::User && is_only_own_user(found)) return std::nullopt;
  return std::vector<std::string>(found.begin(), found.end());
}

std::optional<std::string> Completions::content(std::string_view storage, const mcp::Caller& caller,
                                                const std::stop_token& stop) {
  const auto* source = std::ranges::find(kSources, Completes::BackupStorage, &Source::kind);
  if (!may_any(caller, source->lists)) return std::nullopt;
  return content_in(inventory(stop), storage);
}

}  // namespace engine
