// The rules for prompts, checked by the compiler: static_assert(tool::valid_prompts(kPrompts)).
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "base/ascii.h"
#include "tool/prompt.h"
#include "tool/rules.h"

namespace tool {

inline constexpr std::size_t kInstructionsLimit = 2560;

constexpr bool prompt_name_is_valid(std::string_view name) {
  return !name.empty() && name.size() <= 32 && name.front() != '_' && name.back() != '_' &&
         std::ranges::all_of(name, [](char c) { return base::is_lower(c) || c == '_'; });
}

constexpr bool lines_are_clean(std::string_view text) {
  return !text.starts_with('\n') && !text.ends_with('\n') &&
         std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == '\x7f'; });
}

constexpr const PromptArgument* argument_of(const Prompt& prompt, std::string_view name) {
  for (const auto& argument : prompt.arguments) {
    if (argument.name == name) return &argument;
  }
  return nullptr;
}

constexpr bool completes_any(const Prompt& prompt, Completes kind) {
  return std::ranges::any_of(prompt.arguments,
                             [&](const PromptArgument& argument) { return argument.completes == kind; });
}

/// Returns whether the placeholder gets a value: from an argument, the guest's node, or the repetition.
constexpr bool place_is_known(const Prompt& prompt, const Fact& fact, std::string_view place) {
  if (argument_of(prompt, place) != nullptr) return true;
  const bool of_guest = completes_any(prompt, Completes::Guest);
  if (place == "node") return of_guest || fact.each != Fact::Each::Once;
  return place == "storage" && fact.each == Fact::Each::BackupStorage;
}

constexpr bool fact_call_is_valid(const Prompt& prompt, const Fact& fact, const FactCall& call) {
  if (call.tool.empty()) return call.arguments.empty();
  return name_is_valid(call.tool) && std::ranges::all_of(call.arguments, [&](const FactArgument& argument) {
           return !argument.name.empty() && !argument.value.empty() &&
                  placeholders_all(argument.value, [&](std::string_view place) {
                    return place_is_known(prompt, fact, place);
                  });
         });
}

constexpr bool fact_is_valid(const Prompt& prompt, const Fact& fact) {
  if (fact.what.empty() || fact.what.size() > 60 || !text_is_clean(fact.what) || fact.call.tool.empty())
    return false;
  if (fact.of != Fact::Of::Any && !completes_any(prompt, Completes::Guest)) return false;
  return fact_call_is_valid(prompt, fact, fact.call) && fact_call_is_valid(prompt, fact, fact.instead);
}

constexpr bool prompt_arguments_are_valid(const Prompt& prompt) {
  for (const auto* a = prompt.arguments.begin(); a != prompt.arguments.end(); ++a) {
    if (a->name.empty() || a->title.empty() || !a->description.ends_with('.')) return false;
    if (!text_is_clean(a->title) || !text_is_clean(a->description) || !text_is_clean(a->absent)) return false;
    for (const auto* b = prompt.arguments.begin(); b != a; ++b) {
      if (a->name == b->name) return false;
    }
  }
  return true;
}

/// Returns which rule the row breaks; empty if it breaks none.
constexpr std::string_view fault(const Prompt& prompt) {
  if (!prompt_name_is_valid(prompt.name)) return "the name does not match ^[a-z_]{1,32}$";
  if (prompt.title.empty() || !text_is_clean(prompt.title)) return "no title, or a control character in it";
  if (!prompt.description.ends_with('.') || prompt.description.size() > 200 ||
      !text_is_clean(prompt.description))
    return "the description is too long, unclean, or does not end with a full stop";
  if (!prompt_arguments_are_valid(prompt)) return "an argument twice, or without its texts";
  if (prompt.instructions.size() > kInstructionsLimit || !prompt.instructions.ends_with('.') ||
      !lines_are_clean(prompt.instructions))
    return "the instructions are too long, unclean, or do not end with a full stop";
  if (!placeholders_all(prompt.instructions,
                        [&](std::string_view place) { return argument_of(prompt, place) != nullptr; }))
    return "the instructions have a place without an argument";
  if (!std::ranges::all_of(prompt.facts, [&](const Fact& fact) { return fact_is_valid(prompt, fact); }))
    return "a fact without its texts, or with a place that nothing fills";
  if (std::ranges::none_of(prompt.facts, &Fact::essential)) return "no fact is essential";
  return {};
}

constexpr bool valid_prompts(std::span<const Prompt> rows) { return rows_are_valid(rows); }

}  // namespace tool
