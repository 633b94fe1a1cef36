#include "engine/prompt_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "engine/parallel.h"
#include "engine/request.h"

namespace engine {
namespace {

using Each = tool::Fact::Each;
using Of = tool::Fact::Of;

/// A report makes several reads of its own.
constexpr std::size_t kAtOnce = 4;
constexpr std::chrono::seconds kLongest{20};
/// For how many nodes or storages a fact is repeated.
constexpr std::size_t kMostRepeated = 6;
constexpr std::size_t kReason = 400;

using Names = std::expected<std::vector<std::string>, std::string>;

/// The plain names under `key` of the rows, as far as `counts` says that they count.
template <class Counts>
Names names(pve::Client& client, const pve::Call& call, std::string_view key, Counts counts,
            const std::stop_token& stop) {
  auto answer = client.call(call, stop);
  if (!answer) {
    return std::unexpected(pve::explain(answer.error(), fmt::format("GET {}", call.path), client.base_url()));
  }
  std::vector<std::string> found;
  const auto* rows = answer->data.if_array();
  if (rows == nullptr) return found;
  for (const auto& item : *rows) {
    const auto* row = item.if_object();
    const auto* name = row == nullptr ? nullptr : row->if_contains(key);
    if (name == nullptr || !name->is_string() || !counts(*row)) continue;
    if (is_plain_name(std::string_view(name->get_string()))) found.emplace_back(name->get_string());
  }
  std::ranges::sort(found);
  return found;
}

Names nodes(pve::Client& client, const std::stop_token& stop) {
  // A node that is off holds the others up for long, and the list of nodes shows it.
  const auto online = [](const base::JsonObject& row) {
    const auto* status = row.if_contains("status");
    return status == nullptr || *status != "offline";
  };
  return names(client, {base::Method::Get, "/nodes", {}}, "node", online, stop);
}

Names backup_storages(pve::Client& client, const std::string& node, const std::stop_token& stop) {
  const auto active = [](const base::JsonObject& row) {
    const auto* state = row.if_contains("active");
    return state == nullptr || *state != 0;
  };
  return names(client,
               {base::Method::Get,
                fmt::format("/nodes/{}/storage", base::percent_encode(node)),
                {{"content", "backup"}, {"enabled", "1"}}},
               "storage", active, stop);
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
    if (row.each == Each::BackupStorage && !subject_.values.contains("node"))
      return fail(row, *call, subject_.unknown);
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

  const Names& all_nodes() {
    if (!nodes_) nodes_ = nodes(client_, stop_);
    return *nodes_;
  }
  const Names& all_storages() {
    if (!storages_) storages_ = backup_storages(client_, subject_.values.at("node"), stop_);
    return *storages_;
  }

  void repeat(const tool::Fact& row, const tool::FactCall& call, std::string_view place,
              const std::vector<std::string>& all) {
    const auto shown = std::min(all.size(), kMostRepeated);
    for (std::size_t i = 0; i < shown; ++i) {
      auto values = subject_.values;
      values[std::string(place)] = all[i];
      add(row, call, values, all[i]);
    }
    if (all.size() > shown)
      fail(row, call,
           fmt::format("{} more {}s were left out: ask for them one by one.", all.size() - shown, place));
  }

  void add(const tool::Fact& row, const tool::FactCall& call, const PromptValues& values, std::string of) {
    Fact fact{.what = row.what, .of = std::move(of), .tool = call.tool};
    bool missing = false;
    for (const auto& argument : call.arguments) {
      fact.arguments[argument.name] = filled(argument.value, values, [&](std::string_view) {
        missing = true;
        return "";
      });
    }
    if (!missing && (row.of == Of::Any || subject_.kind != Of::Any)) {
      facts_.push_back(std::move(fact));
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
  std::optional<Names> nodes_;
  std::optional<Names> storages_;
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

void read_facts(std::vector<Fact>& facts, mcp::Tools& tools, const mcp::Request& request) {
  std::vector<Fact*> wanted;
  for (auto& fact : facts) {
    if (fact.failed) continue;
    // Until it has answered.
    fact.failed = true;
    fact.text = "No answer in time.";
    wanted.push_back(&fact);
  }
  in_parallel(wanted.size(), kAtOnce, kLongest, request.stop,
              [&](std::size_t i, const std::stop_token& stop) { read(*wanted[i], tools, request, stop); });
}

}  // namespace engine
