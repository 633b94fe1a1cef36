// The rules for tools, checked by the compiler: static_assert(tool::valid(kRows)).
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "base/ascii.h"
#include "tool/tool.h"

namespace tool {

inline constexpr std::size_t kDescriptionLimit = 1000;

constexpr bool name_is_valid(std::string_view name) {
  constexpr std::string_view kPrefix = "pve_";
  if (!name.starts_with(kPrefix)) return false;
  const auto rest = name.substr(kPrefix.size());
  return !rest.empty() && rest.size() <= 36 &&
         std::ranges::all_of(rest, [](char c) { return base::is_lower(c) || base::is_digit(c) || c == '_'; });
}

constexpr bool text_is_clean(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

constexpr std::string_view wire_name(const Param& param) {
  return param.wire.empty() ? param.name : param.wire;
}

/// Returns true if `known` accepts every {placeholder} of `text`, and every brace closes.
template <class Known>
constexpr bool placeholders_all(std::string_view text, Known known) {
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
    const auto close = text.find('}', open);
    if (close == std::string_view::npos || !known(text.substr(open + 1, close - open - 1))) return false;
    text.remove_prefix(close + 1);
  }
  return text.find('}') == std::string_view::npos;
}

constexpr bool params_are_valid(const Tool& tool) {
  for (const auto* a = tool.params.begin(); a != tool.params.end(); ++a) {
    if (a->name.empty() || !text_is_clean(a->description)) return false;
    if (std::ranges::any_of(a->values, [](auto value) { return value.empty() || !text_is_clean(value); }))
      return false;
    for (const auto* b = tool.params.begin(); b != a; ++b) {
      if (a->name == b->name || wire_name(*a) == wire_name(*b)) return false;
    }
  }
  return true;
}

constexpr bool path_is_valid(const Tool& tool) {
  const auto path = tool.call.path;
  if (tool.report != nullptr) return path.empty() && tool.call.method == base::Method::Get;
  if (tool.door != Door::None) return path.empty();
  if (tool.about.subject == Subject::Unknown) return false;
  if (!path.starts_with('/') || path.ends_with('/') || path.find("//") != std::string_view::npos)
    return false;
  return placeholders_all(path, [&](std::string_view placeholder) {
    return std::ranges::any_of(tool.params, [&](const Param& p) { return wire_name(p) == placeholder; });
  });
}

constexpr std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

/// Returns the argument of a placeholder: "command" of "command+ing".
constexpr std::string_view placeholder_name(std::string_view placeholder) {
  return placeholder.substr(0, placeholder.find('+'));
}

/// Returns whether each placeholder is an argument or a form of {was}.
constexpr bool placeholders_are_arguments(const Tool& tool, std::string_view text) {
  return placeholders_all(text, [&](std::string_view placeholder) {
    if (placeholder == "was" || placeholder == "were") return true;
    const auto form = placeholder.substr(placeholder_name(placeholder).size());
    if (!form.empty() && form != "+ing" && form != "+ed") return false;
    return std::ranges::any_of(tool.params,
                               [&](const Param& p) { return p.name == placeholder_name(placeholder); });
  });
}

/// Checks Tool::doing and Tool::done, such as "Starting VM {vmid}" and "VM {vmid} {was} started".
constexpr bool verbs_are_valid(const Tool& tool) {
  const auto doing = tool.doing.substr(0, tool.doing.find(' '));
  return (doing.ends_with("ing") || doing.ends_with("+ing}")) && !tool.doing.ends_with('.') &&
         !tool.done.ends_with('.') && count_of(tool.done, " {was} ") + count_of(tool.done, " {were} ") == 1 &&
         count_of(tool.doing, "{was}") + count_of(tool.doing, "{were}") == 0 &&
         placeholders_are_arguments(tool, tool.doing) && placeholders_are_arguments(tool, tool.done);
}

constexpr bool effect_is_valid(const Tool& tool) {
  const bool reads = tool.call.method == base::Method::Get;
  if (reads != (tool.effect == Effect::None) || reads != (tool.tier == Tier::ReadOnly)) return false;
  if (reads) return !tool.starts_task && tool.doing.empty() && tool.done.empty();
  return tool.door != Door::None || verbs_are_valid(tool);
}

constexpr bool offers_are_valid(const Tool& tool) {
  const auto kind = tool.view.kind;
  if (tool.effect != Effect::None) {
    return tool.offers == kNoOffer && kind == View::Kind::Object && tool.view.columns.empty();
  }
  if ((tool.offers & kWait) != 0 && tool.about.locator != Locator::Task) return false;
  if ((tool.offers & (kSelect | kPage)) != 0 && kind != View::Kind::Table) return false;
  const bool brief = tool.view.brief;
  if (((tool.offers & kFields) != 0) != brief) return false;
  if (brief && (kind != View::Kind::Object || tool.view.columns.empty())) return false;
  if (tool.every_node && (kind != View::Kind::Table || !tool.about.in_path("node"))) return false;
  if ((tool.offers & kChart) != 0 && kind != View::Kind::Statistics) return false;
  return !tool.heavy && (kind == View::Kind::Table) == !tool.view.noun.empty();
}

/// Returns which rule the row breaks; empty if it breaks none.
constexpr std::string_view fault(const Tool& tool) {
  if (!name_is_valid(tool.name)) return "the name does not match ^pve_[a-z0-9_]{1,36}$";
  if (tool.title.empty() || !text_is_clean(tool.title)) return "no title, or a control character in it";
  if (!tool.description.ends_with('.')) return "the description does not end with a full stop";
  if (tool.description.size() > kDescriptionLimit) return "the description is too long";
  if (!text_is_clean(tool.description)) return "a control character in the description";
  if (!path_is_valid(tool))
    return "a malformed path, one that tool/endpoints.h does not have, or a placeholder without a parameter";
  if (!params_are_valid(tool)) return "a parameter twice, without a name, or with an empty value";
  if (!effect_is_valid(tool)) return "method, tier, effect and verbs do not agree";
  if (!offers_are_valid(tool)) return "what it offers does not go with what it reads";
  return {};
}

/// Returns true if no row breaks a rule and no name occurs twice.
template <class Row>
constexpr bool rows_are_valid(std::span<const Row> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!fault(rows[i]).empty()) return false;
    for (std::size_t k = 0; k < i; ++k) {
      if (rows[i].name == rows[k].name) return false;
    }
  }
  return true;
}

constexpr bool valid(std::span<const Tool> rows) { return rows_are_valid(rows); }

}  // namespace tool
