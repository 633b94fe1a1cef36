#include "prompt/prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "guard/gate.h"
#include "prompt/arguments.h"
#include "prompt/facts.h"
#include "prompt/subject.h"
#include "prompt/text.h"
#include "seam/codes.h"
#include "tool/prompt_rules.h"

namespace prompt {
namespace {

using Of = tool::Fact::Of;

mcp::ProtocolError wrong(std::string sentence) { return {mcp::kInvalidParams, std::move(sentence), nullptr}; }

using Tools = std::vector<std::string_view>;

void add_once(Tools& names, std::string_view name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

/// The essential tools for want of which the caller is not offered the prompt: those of the facts that are
/// for every guest, and those of both kinds of guests where neither is left. Empty: it is offered.
Tools lacking(const tool::Prompt& row, const Allowed& allowed) {
  Tools any;
  Tools vm;
  Tools container;
  for (const auto& fact : row.facts) {
    if (!fact.essential || allowed_call(fact, allowed) != nullptr) continue;
    add_once(fact.of == Of::Any ? any : fact.of == Of::Vm ? vm : container, fact.call.tool);
  }
  if (vm.empty() || container.empty()) return any;
  for (const auto name : vm) add_once(any, name);
  for (const auto name : container) add_once(any, name);
  return any;
}

/// What the row names and the caller may not use.
struct Unavailable {
  Tools tools{};
  std::vector<const tool::Prompt*> prompts{};
};

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";

/// Of a word of the instructions.
bool is_tool(std::string_view word) { return word.starts_with("pve_"); }

/// In the row's order.
Unavailable unavailable(const tool::Prompt& row, std::span<const tool::Prompt> rows, const Allowed& allowed) {
  Unavailable missing;
  for (auto text = row.instructions; !text.empty();) {
    const auto name = text.substr(0, text.find_first_not_of(kLetters));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    if (is_tool(name) && !allowed.contains(name)) add_once(missing.tools, name);
    const auto other = std::ranges::find(rows, name, &tool::Prompt::name);
    if (other != rows.end() && !lacking(*other, allowed).empty() &&
        std::ranges::find(missing.prompts, &*other) == missing.prompts.end())
      missing.prompts.push_back(&*other);
  }
  for (const auto& fact : row.facts) {
    if (allowed_call(fact, allowed) == nullptr) add_once(missing.tools, fact.call.tool);
  }
  return missing;
}

std::string titled(std::string_view tool, const Title& title) { return fmt::format("\"{}\"", title(tool)); }

std::string titled(const Tools& tools, const Title& title) {
  std::string text;
  for (const auto tool : tools) text += (text.empty() ? "" : ", ") + titled(tool, title);
  return text;
}

std::vector<std::string> names_of(const Unavailable& missing, const Title& title) {
  std::vector<std::string> names;
  for (const auto tool : missing.tools) names.push_back(titled(tool, title));
  for (const auto* row : missing.prompts) names.push_back(fmt::format("the prompt {}", row->name));
  return names;
}

/// The tools with which nothing would be missing.
Tools wanted(const Unavailable& missing, const Allowed& allowed) {
  auto tools = missing.tools;
  for (const auto* row : missing.prompts) {
    for (const auto name : lacking(*row, allowed)) add_once(tools, name);
  }
  return tools;
}

Allowed allowed_tools(mcp::Tools& tools, const mcp::Caller& caller) {
  Allowed allowed;
  for (const auto& tool : tools.list(caller)) allowed.emplace(tool.name);
  return allowed;
}

/// The kinds of guest that the caller may read for this prompt: of the others it hears nothing. A prompt
/// without facts of its own for each kind can be about either, and tells of none by the way.
engine::GuestScope scope_of(const tool::Prompt& row, const Allowed& allowed) {
  engine::GuestScope scope{.meant = {}, .listed = {false, false}, .reads = true};
  bool by_kind = false;
  for (const auto& fact : row.facts) {
    by_kind = by_kind || fact.of != Of::Any;
    if (fact.of == Of::Any || allowed_call(fact, allowed) == nullptr) continue;
    (fact.of == Of::Vm ? scope.listed.vms : scope.listed.containers) = true;
  }
  if (by_kind) scope.meant = scope.listed;
  return scope;
}

/// Which settings of the server exclude tools: as the refusals of a caller without limits of its own say.
std::string settings_of(const Tools& missing, const Refuse& refuse) {
  struct Limit {
    std::string_view setting, remedy;
    bool found;
  };
  std::array<Limit, 4> limits{
      Limit{"PVE_CATEGORIES", "set PVE_CATEGORIES=all,insight to offer every category", !refuse},
      Limit{"PVE_ACCESS_TIER", "set PVE_ACCESS_TIER=read-execute or full to offer changes", !refuse},
      Limit{"PVE_TOOLS_ALLOW", "add these tools to PVE_TOOLS_ALLOW", false},
      Limit{"PVE_TOOLS_DENY", "remove the entries from PVE_TOOLS_DENY that exclude these tools", false}};
  for (const auto name : missing) {
    const auto refusal = refuse ? refuse({}, name, {}) : std::nullopt;
    if (!refusal) continue;
    for (auto& limit : limits)
      limit.found = limit.found || guard::sentence(*refusal).find(limit.setting) != std::string::npos;
  }
  std::string remedies;
  for (const auto& limit : limits) {
    if (limit.found) remedies += (remedies.empty() ? "" : ", ") + std::string(limit.remedy);
  }
  return "The administrator of this server can change this: " + remedies + ".";
}

/// How to get the missing tools. `offered`: the tools that this server offers to a caller without limits of
/// its own.
std::string remedy(const Tools& missing, const Allowed& offered, const mcp::Caller& caller,
                   const Title& title, const Refuse& refuse) {
  Tools beyond_token;
  Tools beyond_server;
  for (const auto name : missing) (offered.contains(name) ? beyond_token : beyond_server).push_back(name);
  std::string text;
  if (!beyond_server.empty()) text = settings_of(beyond_server, refuse);
  if (beyond_token.empty()) return text;
  return text + fmt::format("{}This server offers {}, but {} does not reach that far: {}.",
                            text.empty() ? "" : " ", titled(beyond_token, title), guard::token_of(caller),
                            caller.scopes.empty()
                                ? "its tier and categories are set in the file of PVE_HTTP_TOKENS"
                                : "it was not granted the scopes");
}

/// With the titles of the tools that are not allowed in the place of their names.
std::string for_caller(std::string_view text, const Allowed& allowed, const Title& title) {
  std::string told;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find_first_not_of(kLetters));
    const auto rest = text.find_first_of(kLetters, word.size());
    told += is_tool(word) && !allowed.contains(word) ? titled(word, title) : std::string(word);
    told += text.substr(word.size(), rest == std::string_view::npos ? rest : rest - word.size());
    text.remove_prefix(std::min(text.size(), rest));
  }
  return told;
}

std::string instructions_of(const tool::Prompt& row, const Values& values, const Allowed& allowed,
                            const Title& title) {
  return filled(for_caller(row.instructions, allowed, title), values, [&](std::string_view place) {
    const auto* argument = tool::argument_of(row, place);
    return argument == nullptr ? std::string_view{} : argument->absent;
  });
}

}  // namespace

const tool::Prompt* Prompts::find(std::string_view name) const {
  const auto row = std::ranges::find(rows_, name, &tool::Prompt::name);
  return row == rows_.end() ? nullptr : &*row;
}

std::optional<guard::Refusal> Prompts::refusal(const tool::Prompt& row, const mcp::Caller& caller) const {
  const auto missing = lacking(row, allowed_tools(tools_, caller));
  if (missing.empty()) return std::nullopt;
  auto text = fmt::format("The prompt {} is not offered: it needs {}.", row.name, titled(missing, title_));
  std::vector<std::string> scopes;
  bool scopes_would_do = true;
  for (const auto name : missing) {
    const auto subject = titled(name, title_);
    const auto no = refuse_ ? refuse_(caller, name, subject) : std::nullopt;
    if (no) {
      // Of tools that are excluded for one reason the first says it.
      std::string_view why = guard::sentence(*no);
      if (why.starts_with(subject)) why.remove_prefix(subject.size());
      if (text.find(why) == std::string::npos) text += " " + guard::sentence(*no);
    }
    const auto* scope = no ? std::get_if<mcp::InsufficientScope>(&*no) : nullptr;
    scopes_would_do = scopes_would_do && scope != nullptr;
    if (scope != nullptr && scope->scopes.size() > scopes.size()) scopes = scope->scopes;
  }
  if (scopes_would_do) return mcp::InsufficientScope{std::move(scopes), std::move(text)};
  return text;
}

std::expected<engine::Completes, mcp::ProtocolError> Prompts::completes(std::string_view prompt,
                                                                        std::string_view argument,
                                                                        const mcp::Caller& caller) const {
  const auto* row = find(prompt);
  if (row == nullptr)
    return std::unexpected(wrong(fmt::format("Unknown prompt: {}", base::printable(prompt, 100))));
  const auto* found = tool::argument_of(*row, argument);
  if (found == nullptr) {
    return std::unexpected(
        wrong(fmt::format("The prompt {} has no argument {}", row->name, base::printable(argument, 100))));
  }
  if (const auto no = refusal(*row, caller)) return std::unexpected(wrong(guard::sentence(*no)));
  return found->completes;
}

std::vector<mcp::PromptDescription> Prompts::list(const mcp::Caller& caller) {
  const auto allowed = allowed_tools(tools_, caller);
  std::vector<mcp::PromptDescription> offered;
  for (const auto& row : rows_) {
    if (!lacking(row, allowed).empty()) continue;
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
  if (auto no = refusal(*row, request.caller)) {
    if (auto* scope = std::get_if<mcp::InsufficientScope>(&*no)) return std::move(*scope);
    return wrong(guard::sentence(*no));
  }
  if (names_ != nullptr) {
    if (auto no = unknown_name(*row, *values, *names_, request.caller, request.stop))
      return wrong(*std::move(no));
  }
  const auto allowed = allowed_tools(tools_, request.caller);
  const auto subject = subject_of(*row, *std::move(values), cluster_, scope_of(*row, allowed), request.stop);
  if (!subject) return wrong(subject.error());
  auto facts = facts_of(*row, *subject, allowed, cluster_, request.stop);
  read_facts(facts, tools_, request);
  if (request.stop.stop_requested())
    return mcp::ProtocolError{mcp::kInternalError, "Cancelled before all facts were read.", nullptr};
  const auto missing = unavailable(*row, rows_, allowed);
  const auto help =
      remedy(wanted(missing, allowed), allowed_tools(tools_, {}), request.caller, title_, refuse_);
  auto text = whole_text(instructions_of(*row, subject->values, allowed, title_), facts,
                         names_of(missing, title_), help, cluster_.clock.wall(), kMostBytes);
  return mcp::Prompt{std::string(row->description), {{mcp::Text{std::move(text)}}}};
}

}  // namespace prompt
