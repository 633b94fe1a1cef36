#include "engine/completions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"
#include "engine/guest_kinds.h"
#include "engine/guest_name.h"

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

/// Of a list, separated by commas.
bool lists(std::string_view list, std::string_view word) {
  const auto words = base::split(list, ',');
  return std::ranges::find(words, word) != words.end();
}

pve::Guest guest_of(const base::JsonObject& row) {
  return {base::number(row, "vmid", 0), base::text(row, "name"), base::text(row, "node"),
          base::raw_text(row, "type") == "lxc"};
}

bool is_guest(const base::JsonObject& row) {
  const auto type = base::raw_text(row, "type");
  return base::number(row, "vmid", 0) > 0 && (type == "qemu" || type == "lxc");
}

/// How well a candidate fits: 0 begins with it, 1 contains it, 2 does not.
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
  std::array<std::string_view, 2> lists{};  ///< the tool that reads one of them must be allowed
  std::string_view path{};
  std::string_view member{};
  std::string_view type{};     ///< of the rows that count
  std::string_view content{};  ///< of a storage: what it must be able to hold
};

constexpr Source kSources[] = {
    {Completes::Node, {"/nodes", kResources}, kResources, "node", "node"},
    {Completes::Storage, {"/storage", kResources}, kResources, "storage", "storage"},
    {Completes::BackupStorage, {"/storage", kResources}, kResources, "storage", "storage", "backup"},
    {Completes::Pool, {"/pools"}, "/pools", "poolid"},
    {Completes::User, {"/access/users"}, "/access/users", "userid"},
};

/// What the source's member is in the rows that count.
std::set<std::string> texts(const base::Json* data, const Source& source) {
  std::set<std::string> found;
  each(data, [&](const base::JsonObject& row) {
    if (!source.type.empty() && base::raw_text(row, "type") != source.type) return;
    if (!source.content.empty() && !lists(base::raw_text(row, "content"), source.content)) return;
    if (auto value = base::text(row, source.member); !value.empty()) found.insert(std::move(value));
  });
  return found;
}

/// What the storage can hold, where it is in a list of which the content counts.
std::optional<std::string> content_in(const base::Json* data, std::string_view storage,
                                      const Source& source) {
  std::optional<std::string> found;
  if (source.content.empty()) return found;
  each(data, [&](const base::JsonObject& row) {
    if (base::raw_text(row, "type") == source.type && base::text(row, source.member) == storage)
      found = base::text(row, "content");
  });
  return found;
}

std::vector<Candidate> candidates_of(const base::Json* data, const Source& source) {
  std::vector<Candidate> candidates;
  for (const auto& value : texts(data, source)) candidates.push_back({value});
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

/// PVE shows a token without the right to list users that token's own; root@pam has the right.
bool Completions::is_all_without_rights(const std::set<std::string>& users) const {
  const auto& token = toolbox_.cluster().client.token_id();
  const auto own = token.substr(0, token.find('!'));
  return own != "root@pam" && users.size() == 1 && users.contains(own);
}

std::vector<Candidate> Completions::guests(const mcp::Caller& caller, const std::stop_token& stop) {
  const auto kinds = listed_kinds(toolbox_.may_use(caller));
  std::vector<Candidate> candidates;
  if (!kinds.vms && !kinds.containers) return candidates;
  const auto data = answers_.get(kResources, stop);
  each(data.get(), [&](const base::JsonObject& row) {
    if (!is_guest(row)) return;
    const auto guest = guest_of(row);
    if (!kinds.has(guest)) return;
    candidates.push_back({shown_guest(guest.vmid, guest.name), guest.name,
                          base::raw_text(row, "status") == "running" ? 0 : 1});
  });
  return candidates;
}

std::vector<Candidate> Completions::snapshots(const base::JsonObject& context, const mcp::Caller& caller,
                                              const std::stop_token& stop) {
  auto wanted = base::text(context, "vmid");
  if (wanted.empty()) wanted = base::text(context, "guest");
  if (wanted.empty()) return {};
  const auto may = toolbox_.may_use(caller);
  const GuestKinds kinds{may({base::Method::Get, "/nodes/{node}/qemu/{vmid}/snapshot"}),
                         may({base::Method::Get, "/nodes/{node}/lxc/{vmid}/snapshot"})};
  if (!kinds.vms && !kinds.containers) return {};
  const auto data = answers_.get(kResources, stop);
  std::vector<pve::Guest> all;
  each(data.get(), [&](const base::JsonObject& row) {
    if (is_guest(row) && kinds.has(guest_of(row))) all.push_back(guest_of(row));
  });
  std::ranges::sort(all, {}, &pve::Guest::vmid);
  const auto guest = guest_named(wanted, all);
  if (!guest) return {};
  const auto path = fmt::format("/nodes/{}/{}/{}/snapshot", base::percent_encode(guest->node),
                                guest->container ? "lxc" : "qemu", guest->vmid);
  auto found = candidates_of(answers_.get(path, stop).get(), {.kind = Completes::Snapshot, .member = "name"});
  // PVE's word for the present state.
  std::erase_if(found, [](const Candidate& candidate) { return candidate.value == "current"; });
  return found;
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
      return rank(candidates_of(answers_.get(std::string(source.path), stop).get(), source), value);
  }
  return {{}, 0, false};
}

std::optional<std::vector<std::string>> Completions::unless_one(Completes kind, std::string_view value,
                                                                const mcp::Caller& caller,
                                                                const std::stop_token& stop) {
  const auto* source = std::ranges::find(kSources, kind, &Source::kind);
  if (source == std::end(kSources) || !may_any(caller, source->lists)) return std::nullopt;
  const std::string path(source->path);
  const auto all = [&](const auto& data) { return texts(data.get(), *source); };
  const std::string wanted(value);
  const auto known = answers_.known(path);
  if (known && all(known).contains(wanted)) return std::nullopt;
  const auto data = answers_.newer_than(known, path, stop);
  const auto found = all(data);
  if (found.contains(wanted)) return std::nullopt;
  // A storage that is there is known not to hold backups though none does.
  if (found.empty() && !content_in(data.get(), wanted, *source)) return std::nullopt;
  if (kind == Completes::User && is_all_without_rights(found)) return std::nullopt;
  return std::vector<std::string>(found.begin(), found.end());
}

std::optional<std::string> Completions::content(std::string_view storage, const mcp::Caller& caller,
                                                const std::stop_token& stop) {
  const auto* source = std::ranges::find(kSources, Completes::BackupStorage, &Source::kind);
  if (!may_any(caller, source->lists)) return std::nullopt;
  return content_in(answers_.get(std::string(source->path), stop).get(), storage, *source);
}

}  // namespace engine
