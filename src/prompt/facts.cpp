#include "prompt/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "engine/parallel.h"
#include "engine/request.h"

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
constexpr std::size_t kReason = 400;

/// The values of the places that a fact is repeated for, in their order.
using Places = std::expected<std::vector<Values>, std::string>;

/// What is a plain name; else empty.
std::string name_in(const base::JsonObject& row, std::string_view key) {
  const auto* name = row.if_contains(key);
  if (name == nullptr || !name->is_string()) return {};
  const std::string_view text(name->get_string());
  return is_plain_name(text) ? std::string(text) : std::string{};
}

std::string_view text_in(const base::JsonObject& row, std::string_view key) {
  const auto* text = row.if_contains(key);
  return text != nullptr && text->is_string() ? std::string_view(text->get_string()) : std::string_view{};
}

/// Calls `use` with each of the rows; the error says why there are none.
template <class Use>
std::expected<void, std::string> each_row(pve::Client& client, const pve::Call& call,
                                          const std::stop_token& stop, Use use) {
  const auto answer = client.call(call, stop);
  if (!answer) {
    return std::unexpected(pve::explain(answer.error(), fmt::format("GET {}", call.path), client.base_url()));
  }
  const auto* rows = answer->data.if_array();
  if (rows == nullptr) return {};
  for (const auto& item : *rows) {
    if (const auto* row = item.if_object()) use(*row);
  }
  return {};
}

Places nodes(pve::Client& client, const std::stop_token& stop) {
  std::set<std::string> found;
  const auto read = each_row(client, {base::Method::Get, "/nodes", {}}, stop, [&](const auto& row) {
    // A node that is off holds the others up for long, and the list of nodes shows it.
    if (text_in(row, "status") != "offline") found.insert(name_in(row, "node"));
  });
  if (!read) return std::unexpected(read.error());
  found.erase("");
  std::vector<Values> places;
  for (const auto& name : found) places.push_back({{"node", name}});
  return places;
}

/// A shared one once. Read where no node that hangs is asked.
Places backup_storages(pve::Client& client, const std::vector<Values>& among, const std::stop_token& stop) {
  std::set<std::pair<std::string, std::string>> found;
  std::set<std::string> shared;
  const pve::Call call{base::Method::Get, "/cluster/resources", {{"type", "storage"}}};
  const auto read = each_row(client, call, stop, [&](const auto& row) {
    const auto kinds = base::split(text_in(row, "content"), ',');
    if (std::ranges::find(kinds, "backup") == kinds.end()) return;
    auto storage = name_in(row, "storage");
    auto node = name_in(row, "node");
    const auto counts = [&](const Values& one) { return one.at("node") == node; };
    if (storage.empty() || std::ranges::none_of(among, counts)) return;
    const auto* is_shared = row.if_contains("shared");
    if (is_shared != nullptr && *is_shared == 1) shared.insert(storage);
    found.emplace(std::move(storage), std::move(node));
  });
  if (!read) return std::unexpected(read.error());
  std::vector<Values> places;
  for (const auto& [storage, node] : found) {
    if (shared.contains(storage) && !places.empty() && places.back().at("storage") == storage) continue;
    places.push_back({{"node", node}, {"storage", storage}});
  }
  return places;
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

/// What came of the rows, one after the other.
class Expansion {
 public:
  Expansion(const Subject& subject, const Allowed& allowed, pve::Client& client, const std::stop_token& stop)
      : subject_(subject), allowed_(allowed), client_(client), stop_(stop) {}

  void add(const tool::Fact& row) {
    const auto* call = allowed_call(row, allowed_);
    if (call == nullptr || !concerns(row)) return;
    const std::string_view place = row.each == Each::Node ? "node" : "storage";
    if (row.each == Each::Once || subject_.values.contains(place))
      return add(row, *call, subject_.values, "");
    if (row.each == Each::BackupStorage && !subject_.unknown.empty())
      return fail(row, *call, subject_.unknown);
    // Nobody is asked for the names of what is left out all the same.
    if (!is_complete(*call, row.each)) return;
    const auto& all = row.each == Each::Node ? all_nodes() : all_storages();
    if (!all) return fail(row, *call, all.error());
    if (all->empty()) return fail(row, *call, fmt::format("There is no {} to ask.", place));
    repeat(row, *call, place, *all);
  }

  std::vector<Fact> take() { return std::move(facts_); }

 private:
  bool concerns(const tool::Fact& row) const {
    if (row.of == Of::Any) return true;
    // Of a guest of which nobody knows the kind, one of the two says why.
    return row.of == (subject_.kind == Of::Any ? Of::Vm : subject_.kind);
  }

  bool is_complete(const tool::FactCall& call, Each each) const {
    auto values = subject_.values;
    values.try_emplace("node");
    if (each == Each::BackupStorage) values.try_emplace("storage");
    return arguments_of(call, values).has_value();
  }

  const Places& all_nodes() {
    if (!nodes_) nodes_ = nodes(client_, stop_);
    return *nodes_;
  }
  const Places& all_storages() {
    if (storages_) return *storages_;
    const auto node = subject_.values.find("node");
    const Places among =
        node == subject_.values.end() ? all_nodes() : Places({Values{{"node", node->second}}});
    storages_ = among ? backup_storages(client_, *among, stop_) : among;
    return *storages_;
  }

  void repeat(const tool::Fact& row, const tool::FactCall& call, std::string_view place,
              const std::vector<Values>& all) {
    const auto shown = std::min(all.size(), kMostRepeated);
    for (std::size_t i = 0; i < shown; ++i) {
      auto values = all[i];
      values.insert(subject_.values.begin(), subject_.values.end());
      add(row, call, values, all[i].find(place)->second);
    }
    if (all.size() > shown)
      fail(row, call,
           fmt::format("{} more {}s were left out: ask for them one by one.", all.size() - shown, place));
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

  const Subject& subject_;
  const Allowed& allowed_;
  pve::Client& client_;
  const std::stop_token& stop_;
  std::optional<Places> nodes_;
  std::optional<Places> storages_;
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
  mcp::Unheard unheard;
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
    fact.text = "It needs an answer from the user first: call it on its own.";
  }
  if (fact.failed) fact.text = base::printable(fact.text, kReason);
}

/// The node that the call goes to; empty when it goes to none in particular.
std::string_view node_of(const Fact& fact) { return text_in(fact.arguments, "node"); }

std::string no_answer(const Fact& fact, std::chrono::seconds longest) {
  const auto node = base::printable(node_of(fact), 60);
  if (node.empty()) return fmt::format("No answer within {} s.", longest.count());
  return fmt::format("No answer within {} s: {} hangs, or pveproxy or pvedaemon there does.", longest.count(),
                     node);
}

}  // namespace

const tool::FactCall* allowed_call(const tool::Fact& fact, const Allowed& allowed) {
  if (allowed.contains(fact.call.tool)) return &fact.call;
  return !fact.instead.tool.empty() && allowed.contains(fact.instead.tool) ? &fact.instead : nullptr;
}

std::vector<Fact> facts_of(const tool::Prompt& row, const Subject& subject, const Allowed& allowed,
                           pve::Client& client, const std::stop_token& stop) {
  Expansion expansion(subject, allowed, client, stop);
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
                        read(fact, tools, request, stop);
                        // A tool that is stopped says that it was cancelled: here it was the time that ended
                        // it.
                        if (fact.failed && stop.stop_requested() && !request.stop.stop_requested())
                          fact.text = no_answer(fact, longest);
                      });
}

}  // namespace prompt
