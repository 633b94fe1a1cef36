#include "prompt/subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "engine/cluster/guest_lookup.h"
#include "engine/cluster/parallel.h"
#include "engine/words/guest_name.h"
#include "engine/words/remedies.h"

namespace prompt {
namespace {

using tool::Completes;
using Of = tool::Fact::Of;

constexpr std::size_t kShown = 60;
constexpr std::size_t kMostNames = 20;

struct Noun {
  Completes kind;
  std::string_view word;
};

/// PVE does not list a storage that is disabled.
constexpr Noun kNouns[] = {{Completes::Node, "node"},
                           {Completes::Storage, "enabled storage"},
                           {Completes::BackupStorage, "enabled backup storage"},
                           {Completes::Pool, "pool"},
                           {Completes::User, "user"}};

struct Named {
  std::string_view argument;
  const Noun* noun;
  std::string_view value;
  std::optional<std::vector<std::string>> instead{};
  std::optional<std::string> content{};  ///< of a storage that holds no backups: what it holds
};

std::vector<Named> named(const tool::Prompt& row, const Values& values) {
  std::vector<Named> all;
  for (const auto& argument : row.arguments) {
    const auto* noun = std::ranges::find(kNouns, argument.completes, &Noun::kind);
    const auto value = values.find(argument.name);
    if (noun != std::end(kNouns) && value != values.end())
      all.push_back({argument.name, noun, value->second});
  }
  return all;
}

std::string list_of(std::span<const std::string> names) {
  std::string list;
  for (const auto& name : names.first(std::min(names.size(), kMostNames)))
    list += (list.empty() ? "" : ", ") + base::printable(name, kShown);
  if (names.size() > kMostNames) list += fmt::format(" and {} more", names.size() - kMostNames);
  return list;
}

std::string sentence(const Named& wrong) {
  const auto list = list_of(*wrong.instead);
  const auto value = base::printable(wrong.value, kShown);
  if (wrong.content) {
    return fmt::format(
        "{}: {} holds no backups (content {}); {}.", wrong.argument, value,
        base::printable(*wrong.content, kShown),
        list.empty() ? "no other storage that the API token may see holds any" : "these do: " + list);
  }
  const std::vector<std::string_view> names(wrong.instead->begin(), wrong.instead->end());
  const auto near = base::nearest(wrong.value, names);
  return fmt::format("{}: no {} '{}' among the {} that the API token may see{}: {}.", wrong.argument,
                     wrong.noun->word, value, names.size(),
                     near.empty() ? "" : fmt::format(" (did you mean {}?)", base::printable(near, kShown)),
                     list);
}

}  // namespace

std::optional<std::string> unknown_name(const tool::Prompt& row, const Values& values, engine::Names& names,
                                        const mcp::Caller& caller, const std::stop_token& stop,
                                        std::chrono::seconds longest) {
  auto all = named(row, values);
  if (all.empty()) return std::nullopt;
  engine::in_parallel(all.size(), all.size(), longest, stop,
                      [&](std::size_t i, const std::stop_token& ended) {
                        auto& one = all[i];
                        one.instead = names.names_if_unknown(one.noun->kind, one.value, caller, ended);
                        if (one.instead && one.noun->kind == Completes::BackupStorage)
                          one.content = names.content(one.value, caller, ended);
                      });
  const auto wrong = std::ranges::find_if(all, [](const Named& one) { return one.instead.has_value(); });
  return wrong == all.end() ? std::nullopt : std::optional(sentence(*wrong));
}

std::expected<Subject, std::string> subject_of(const tool::Prompt& row, Values values,
                                               engine::Cluster& cluster, const engine::GuestScope& scope,
                                               const std::stop_token& stop) {
  Subject subject{.values = std::move(values)};
  const auto about = std::ranges::find(row.arguments, Completes::Guest, &tool::PromptArgument::completes);
  if (about == row.arguments.end() || !subject.values.contains(about->name)) return subject;
  auto& value = subject.values.find(about->name)->second;
  const auto given = value;
  // The name of an unknown guest comes from the caller, so it is not put into this server's sentences.
  if (const auto number = engine::guest_number(given)) value = std::to_string(*number);
  // What follows reads and changes the guest by its number: the name counts as it is now.
  const auto found = engine::guest_now(given, scope, cluster, stop);
  if (!found && found.error().list_error) {
    subject.unknown = engine::explanation(*found.error().list_error, "GET /cluster/resources",
                                          cluster.client.base_url(), {});
    return subject;
  }
  if (!found) return std::unexpected("guest: " + found.error().sentence);
  value = std::to_string(found->guest.vmid);
  if (is_plain_name(found->guest.node)) subject.values.emplace("node", found->guest.node);
  subject.kind = found->guest.container ? Of::Container : Of::Vm;
  return subject;
}

}  // namespace prompt
