#include "prompt/prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "engine/gate.h"
#include "prompt/arguments.h"
#include "prompt/facts.h"
#include "prompt/subject.h"
#include "prompt/text.h"
#include "tool/prompt_rules.h"

namespace prompt {
namespace {

using Of = tool::Fact::Of;

constexpr int kInvalidParams = -32602;
constexpr int kInternalError = -32603;

mcp::ProtocolError wrong(std::string sentence) { return {kInvalidParams, std::move(sentence), nullptr}; }

/// What the caller may use of all the facts that are for every guest, and for one kind of guest at least.
bool usable(const tool::Prompt& row, const Allowed& allowed) {
  bool any = true;
  bool vm = true;
  bool container = true;
  for (const auto& fact : row.facts) {
    if (!fact.essential || allowed_call(fact, allowed) != nullptr) continue;
    (fact.of == Of::Any ? any : fact.of == Of::Vm ? vm : container) = false;
  }
  return any && (vm || container);
}

/// The tools that the row names and the caller may not use, in the row's order.
std::vector<std::string_view> unavailable(const tool::Prompt& row, const Allowed& allowed) {
  std::vector<std::string_view> missing;
  const auto add = [&](std::string_view name) {
    if (!allowed.contains(name) && std::ranges::find(missing, name) == missing.end()) missing.push_back(name);
  };
  constexpr std::string_view kPrefix = "pve_";
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";
  for (auto text = row.instructions; text.find(kPrefix) != std::string_view::npos;) {
    text.remove_prefix(text.find(kPrefix));
    const auto name = text.substr(0, text.find_first_not_of(kLetters));
    add(name);
    text.remove_prefix(name.size());
  }
  for (const auto& fact : row.facts) {
    if (allowed_call(fact, allowed) == nullptr) add(fact.call.tool);
  }
  return missing;
}

Allowed allowed_tools(mcp::Tools& tools, const mcp::Caller& caller) {
  Allowed allowed;
  for (const auto& tool : tools.list(caller)) allowed.emplace(tool.name);
  return allowed;
}

/// Who can offer the missing tools. `offered`: what this server offers a caller without limits of its own.
std::string remedy(const std::vector<std::string_view>& missing, const Allowed& offered,
                   const mcp::Caller& caller) {
  std::vector<std::string_view> beyond_token;
  for (const auto name : missing) {
    if (offered.contains(name)) beyond_token.push_back(name);
  }
  std::string text;
  if (beyond_token.size() < missing.size()) {
    text =
        "The admin of this server has a remedy: PVE_CATEGORIES=all,insight offers every category, "
        "PVE_ACCESS_TIER=read-execute or full the changes.";
  }
  if (beyond_token.empty()) return text;
  return text + fmt::format("{}This server offers {}, but {} does not reach that far: {}.",
                            text.empty() ? "" : " ", base::join(beyond_token, ", "), engine::token_of(caller),
                            caller.scopes.empty()
                                ? "its tier and categories are set in the file of PVE_HTTP_TOKENS"
                                : "it was not granted the scopes");
}

std::string instructions_of(const tool::Prompt& row, const Values& values) {
  return filled(row.instructions, values, [&](std::string_view place) {
    const auto* argument = tool::argument_of(row, place);
    return argument == nullptr ? std::string_view{} : argument->absent;
  });
}

}  // namespace

const tool::Prompt* Prompts::find(std::string_view name) const {
  const auto row = std::ranges::find(rows_, name, &tool::Prompt::name);
  return row == rows_.end() ? nullptr : &*row;
}

std::expected<engine::Completes, mcp::ProtocolError> Prompts::completes(std::string_view prompt,
                                                                        std::string_view argument) const {
  const auto* row = find(prompt);
  if (row == nullptr) {
    return std::unexpected(mcp::ProtocolError{
        kInvalidParams, fmt::format("Unknown prompt: {}", base::printable(prompt, 100)), nullptr});
  }
  const auto* found = tool::argument_of(*row, argument);
  if (found == nullptr) {
    return std::unexpected(mcp::ProtocolError{
        kInvalidParams,
        fmt::format("The prompt {} has no argument {}", row->name, base::printable(argument, 100)), nullptr});
  }
  return found->completes;
}

std::vector<mcp::PromptDescription> Prompts::list(const mcp::Caller& caller) {
  const auto allowed = allowed_tools(tools_, caller);
  std::vector<mcp::PromptDescription> offered;
  for (const auto& row : rows_) {
    if (!usable(row, allowed)) continue;
    mcp::PromptDescription prompt{
        std::string(row.name), std::string(row.title), std::string(row.description), {}};
    for (const auto& argument : row.arguments)
      prompt.arguments.push_back({std::string(argument.name), std::string(argument.title),
                                  std::string(argument.description), argument.required()});
    offered.push_back(std::move(prompt));
  }
  return offered;
}

mcp::PromptOutcome Prompts::get(const mcp::Request& request, std::string_view name,
                                const base::JsonObject& arguments) {
  const auto* row = find(name);
  if (row == nullptr) return wrong(fmt::format("Unknown prompt: {}", base::printable(name, 100)));
  auto values = values_of(*row, arguments);
  if (!values) return wrong(std::move(values.error()));
  const auto allowed = allowed_tools(tools_, request.caller);
  if (!usable(*row, allowed)) {
    const auto missing = unavailable(*row, allowed);
    return wrong(fmt::format("The prompt {} needs tools that tier or categories exclude here: {}.", row->name,
                             base::join(missing, ", ")));
  }
  if (names_ != nullptr) {
    if (auto no = unknown_name(*row, *values, *names_, request.caller, request.stop))
      return wrong(*std::move(no));
  }
  const auto subject = subject_of(*row, *std::move(values), cluster_, request.stop);
  if (!subject) return wrong(subject.error());
  auto facts = facts_of(*row, *subject, allowed, cluster_.client, request.stop);
  read_facts(facts, tools_, request);
  if (request.stop.stop_requested())
    return mcp::ProtocolError{kInternalError, "Cancelled before all facts were read.", nullptr};
  const auto missing = unavailable(*row, allowed);
  const auto help =
      missing.empty() ? std::string{} : remedy(missing, allowed_tools(tools_, {}), request.caller);
  auto text = whole_text(instructions_of(*row, subject->values), facts, missing, help, cluster_.clock.wall(),
                         kMostBytes);
  return mcp::Prompt{std::string(row->description), {{mcp::Text{std::move(text)}}}};
}

}  // namespace prompt
