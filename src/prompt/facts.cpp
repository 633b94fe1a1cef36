#include "prompt/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <span>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/cluster/parallel.h"
#include "prompt/places.h"

namespace prompt {
namespace {

using Each = tool::Fact::Each;
using Of = tool::Fact::Of;

/// Of the calls that ask no node: a report makes several reads of its own.
constexpr std::size_t kAtOnce = 4;
/// Of all: each may hang as long as its node does.
constexpr std::size_t kMostAtOnce = 40;
/// For how many nodes or storages a fact is repeated.
constexpr std::size_t kMostRepeated = 6;
/// Of those that are left out.
constexpr std::size_t kMostNamed = 12;
/// Of nodes that can say the same, beside the first.
constexpr std::size_t kMostOthers = 3;

/// "a, b and 3 more"
std::string listed(std::span<const std::string> names) {
  std::string text;
  for (const auto& name : names.first(std::min(names.size(), kMostNamed)))
    text += (text.empty() ? "" : ", ") + name;
  if (names.size() > kMostNamed) text += fmt::format(" and {} more", names.size() - kMostNamed);
  return text;
}

/// "nas", "local on pve7", "pve7"
std::string shown(const Place& place) {
  if (place.storage.empty()) return place.node;
  return place.shared ? place.storage : fmt::format("{} on {}", place.storage, place.node);
}

/// The sentences about places where a fact is not read; empty if it is read everywhere.
std::string left_out(std::span<const Place> many, std::span<const std::string> offline) {
  std::string text;
  if (!many.empty()) {
    std::vector<std::string> names;
    for (const auto& place : many) names.push_back(shown(place));
    text = fmt::format("Not read: {} more; ask for them one by one: {}.", names.size(), listed(names));
  }
  if (!offline.empty()) {
    text += fmt::format("{}Not read on {}: {} offline.", text.empty() ? "" : "\n", listed(offline),
                        offline.size() == 1 ? "it is" : "they are");
  }
  return text;
}

/// Nothing when a place that must have a value has none.
std::optional<base::JsonObject> arguments_of(const tool::FactCall& call, const Values& values) {
  base::JsonObject arguments;
  for (const auto& argument : call.arguments) {
    bool missing = false;
    const auto value = filled(argument.value, values, [&](std::string_view) {
      missing = true;
      return "";
    });
    if (missing && !argument.if_given) return std::nullopt;
    if (!missing) arguments[argument.name] = value;
  }
  return arguments;
}

/// Builds the calls from the rows, one after the other.
class Expansion {
 public:
  Expansion(const Subject& subject, const Allowed& allowed, engine::Cluster& cluster,
            const std::stop_token& stop)
      : subject_(subject), allowed_(allowed), map_(cluster, stop) {}

  void add(const tool::Fact& row) {
    const auto* call = allowed_call(row, allowed_);
    if (call == nullptr || !concerns(row)) return;
    if (row.each == Each::BackupStorage) return storages(row, *call);
    if (row.each == Each::Once || !given("node").empty()) return once(row, *call);
    // The names of places that are left out anyway are not read.
    if (!is_complete(*call, {"node"})) return;
    const auto& all = map_.nodes();
    if (!all) return fail(row, *call, all.error());
    if (all->all.empty() && all->offline.empty()) return fail(row, *call, "There is no node to ask.");
    repeat(row, *call, *all);
  }

  std::vector<Fact> take() { return std::move(facts_); }

 private:
  std::string_view given(std::string_view name) const {
    const auto value = subject_.values.find(name);
    return value == subject_.values.end() ? std::string_view{} : std::string_view(value->second);
  }

  bool concerns(const tool::Fact& row) const {
    if (row.of == Of::Any) return true;
    // If the kind of the guest is unknown, the call for one of the two kinds says why.
    return row.of == (subject_.kind == Of::Any ? Of::Vm : subject_.kind);
  }

  bool is_complete(const tool::FactCall& call, std::initializer_list<std::string_view> known) const {
    auto values = subject_.values;
    for (const auto name : known) values.try_emplace(std::string(name));
    return arguments_of(call, values).has_value();
  }

  void storages(const tool::Fact& row, const tool::FactCall& call) {
    if (!subject_.unknown.empty()) return fail(row, call, subject_.unknown);
    if (!is_complete(call, {"node", "storage"})) return;
    const auto found = map_.backup_storages(given("node"), given("storage"));
    if (found && !(found->all.empty() && found->offline.empty())) return repeat(row, call, *found);
    // A node that is not listed may exist all the same.
    if (is_complete(call, {})) return add(row, call, subject_.values, "");
    fail(row, call, found ? map_.no_storage() : found.error());
  }

  void once(const tool::Fact& row, const tool::FactCall& call) {
    const std::string node(given("node"));
    if (node.empty() || !(row.other_node_if_offline || is_recorded(call)) || !map_.is_offline(node))
      return add(row, call, subject_.values, "");
    const auto before = facts_.size();
    if (is_recorded(call)) {
      add(row, call, subject_.values, "");
      if (facts_.size() > before)
        facts_.back().note = fmt::format(
            "{} is offline: the values called \"now\" are the last ones that were recorded.", node);
      return;
    }
    const auto& online = map_.nodes()->all;
    if (online.empty()) return tell(row, call, left_out({}, std::vector{node}));
    auto values = subject_.values;
    values["node"] = online.front().node;
    add(row, call, values, online.front().node);
    if (facts_.size() > before)
      facts_.back().note = fmt::format(
          "Not read on {}, which is offline. Read on {} instead, as an example of where the guest could run.",
          node, online.front().node);
  }

  /// PVE keeps statistics of a node that is off as well.
  static bool is_recorded(const tool::FactCall& call) { return call.tool.ends_with("_rrddata"); }

  void repeat(const tool::Fact& row, const tool::FactCall& call, const Places& places) {
    const auto shown = std::min(places.all.size(), kMostRepeated);
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& place = places.all[i];
      auto values = subject_.values;
      values["node"] = place.node;
      if (!place.storage.empty()) values["storage"] = place.storage;
      const auto before = facts_.size();
      add(row, call, values, place.storage.empty() ? place.node : place.storage);
      if (facts_.size() == before) continue;
      facts_.back().others.assign(
          place.others.begin(),
          place.others.begin() + static_cast<std::ptrdiff_t>(std::min(place.others.size(), kMostOthers)));
    }
    auto rest = left_out(std::span(places.all).subspan(shown), places.offline);
    if (!rest.empty()) tell(row, call, std::move(rest));
  }

  void add(const tool::Fact& row, const tool::FactCall& call, const Values& values, std::string of) {
    auto arguments = arguments_of(call, values);
    if (arguments && (row.of == Of::Any || subject_.kind != Of::Any)) {
      facts_.push_back(
          {.what = row.what, .of = std::move(of), .tool = call.tool, .arguments = *std::move(arguments)});
    } else if (!subject_.unknown.empty()) {
      fail(row, call, subject_.unknown);
    }
  }

  void fail(const tool::Fact& row, const tool::FactCall& call, const std::string& why) {
    facts_.push_back({.what = row.what, .tool = call.tool, .text = why, .failed = true});
  }

  void tell(const tool::Fact& row, const tool::FactCall& call, std::string what) {
    facts_.push_back(
        {.what = row.what, .tool = call.tool, .text = std::move(what), .failed = true, .told = true});
  }

  const Subject& subject_;
  const Allowed& allowed_;
  Map map_;
  std::vector<Fact> facts_;
};

std::string text_of(const mcp::Result& result) {
  std::string all;
  for (const auto& content : result.content) {
    const auto* text = std::get_if<mcp::Text>(&content);
    if (text != nullptr) all += (all.empty() ? "" : "\n") + text->text;
  }
  return all;
}

void read(Fact& fact, mcp::Tools& tools, const mcp::Request& request, const std::stop_token& stop) {
  const base::JsonObject no_inputs;
  mcp::NullSink unheard;
  const mcp::Call call{
      {request.caller, request.era, request.client_capabilities, no_inputs, unheard, unheard, stop},
      fact.tool,
      fact.arguments};
  const auto outcome = tools.call(call);
  if (const auto* result = std::get_if<mcp::Result>(&outcome)) {
    fact.failed = result->is_error;
    fact.text = text_of(*result);
  } else if (const auto* error = std::get_if<mcp::ProtocolError>(&outcome)) {
    fact.text = error->message;
  } else if (const auto* scope = std::get_if<mcp::InsufficientScope>(&outcome)) {
    fact.text = scope->message;
  } else {
    fact.text = "It asks the user a question first, so call it separately.";
  }
}

/// The node that the call names; empty if it names none.
std::string_view node_of(const Fact& fact) { return base::raw_text(fact.arguments, "node"); }

std::string no_answer(const Fact& fact, std::chrono::seconds longest) {
  const auto node = base::printable(node_of(fact), 60);
  if (node.empty()) return fmt::format("No answer within {} s.", longest.count());
  if (!fact.others.empty())
    return fmt::format("No answer within {} s from {}, {}.", longest.count(), node, listed(fact.others));
  return fmt::format("No answer within {} s: {} does not respond, or pveproxy or pvedaemon on it does not.",
                     longest.count(), node);
}

/// Of nodes that can say the same.
class Asking {
 public:
  Asking(const Fact& fact, mcp::Tools& tools, const mcp::Request& request)
      : tools_(tools), request_(request), tries_(1 + fact.others.size(), fact) {
    for (std::size_t i = 0; i < fact.others.size(); ++i) tries_[i + 1].arguments["node"] = fact.others[i];
    for (auto& one : tries_) one.failed = true;
  }

  /// The first successful answer, else the first failure. nullptr: no node answered.
  const Fact* ask(std::chrono::seconds longest, const std::stop_token& stop) {
    const std::stop_callback cancelled(stop, [&] { enough_.request_stop(); });
    const auto alone = std::max(longest / 3, std::chrono::seconds{1});
    some(0, 1, alone);
    if (!enough_.stop_requested()) some(1, tries_.size() - 1, longest);
    const auto answered = std::ranges::find(tries_, false, &Fact::failed);
    if (answered != tries_.end()) return &*answered;
    const auto refused = std::ranges::find_if(tries_, [](const Fact& one) { return !one.text.empty(); });
    return refused == tries_.end() ? nullptr : &*refused;
  }

 private:
  void some(std::size_t first, std::size_t count, std::chrono::seconds longest) {
    engine::in_parallel(count, count, longest, enough_.get_token(),
                        [&](std::size_t i, const std::stop_token& stop) {
                          auto& one = tries_[first + i];
                          one.text.clear();
                          read(one, tools_, request_, stop);
                          // The result of a stopped tool is not an answer of the node.
                          if (one.failed && stop.stop_requested()) one.text.clear();
                          if (!one.failed) enough_.request_stop();
                        });
  }

  mcp::Tools& tools_;
  const mcp::Request& request_;
  std::vector<Fact> tries_;
  std::stop_source enough_;
};

void read_anywhere(Fact& fact, mcp::Tools& tools, const mcp::Request& request, std::chrono::seconds longest,
                   const std::stop_token& stop) {
  Asking asking(fact, tools, request);
  const auto* found = asking.ask(longest, stop);
  if (found == nullptr) return;
  fact.arguments = found->arguments;
  fact.text = found->text;
  fact.failed = found->failed;
}

}  // namespace

const tool::FactCall* allowed_call(const tool::Fact& fact, const Allowed& allowed) {
  if (allowed.contains(fact.call.tool)) return &fact.call;
  return !fact.instead.tool.empty() && allowed.contains(fact.instead.tool) ? &fact.instead : nullptr;
}

std::vector<Fact> facts_of(const tool::Prompt& row, const Subject& subject, const Allowed& allowed,
                           engine::Cluster& cluster, const std::stop_token& stop) {
  Expansion expansion(subject, allowed, cluster, stop);
  for (const auto& fact : row.facts) expansion.add(fact);
  return expansion.take();
}

void read_facts(std::vector<Fact>& facts, mcp::Tools& tools, const mcp::Request& request,
                std::chrono::seconds longest) {
  std::vector<Fact*> wanted;
  std::vector<Fact*> of_nodes;
  for (auto& fact : facts) {
    if (!fact.failed) (node_of(fact).empty() ? wanted : of_nodes).push_back(&fact);
  }
  wanted.insert(wanted.end(), of_nodes.begin(), of_nodes.end());
  for (auto* fact : wanted) {
    // Until it has answered.
    fact->failed = true;
    fact->text = no_answer(*fact, longest);
  }
  engine::in_parallel(wanted.size(), std::min(kAtOnce + of_nodes.size(), kMostAtOnce), longest, request.stop,
                      [&](std::size_t i, const std::stop_token& stop) {
                        auto& fact = *wanted[i];
                        if (!fact.others.empty()) return read_anywhere(fact, tools, request, longest, stop);
                        read(fact, tools, request, stop);
                        // A tool that is stopped says that it was cancelled: here it was the time that ended
                        // it.
                        if (fact.failed && stop.stop_requested() && !request.stop.stop_requested())
                          fact.text = no_answer(fact, longest);
                      });
}

}  // namespace prompt
