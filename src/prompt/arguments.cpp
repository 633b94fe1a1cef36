#include "prompt/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "engine/words/guest_name.h"
#include "tool/prompt_rules.h"

namespace prompt {
namespace {

std::string shown(std::string_view text) { return base::printable(text, 60); }

std::string unknown(const tool::Prompt& row, std::string_view name) {
  std::vector<std::string_view> valid;
  for (const auto& argument : row.arguments) valid.push_back(argument.name);
  if (valid.empty()) return fmt::format("{}: the prompt {} takes no arguments.", shown(name), row.name);
  return fmt::format("{}: the prompt {} has no such argument; valid: {}.", shown(name), row.name,
                     base::join(valid, ", "));
}

/// A number, a name, or both as completions show them.
bool is_guest(std::string_view text) {
  return is_plain_name(text) || engine::written_guest(text).has_value();
}

/// Nested ones are "a/b/c".
bool is_pool(std::string_view text) {
  const auto parts = base::split(text, '/');
  return parts.size() <= 3 && std::ranges::all_of(parts, is_plain_name);
}

/// name@realm, without the characters that PVE allows but that have a meaning in a filter.
bool is_user(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  const auto at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && text.size() <= kLongest &&
         is_plain_name(text.substr(at + 1)) &&
         text.substr(0, at).find_first_of(" :/*|\"'{}<>") == std::string_view::npos;
}

struct Shape {
  tool::Completes of;
  bool (*fits)(std::string_view);
  std::string_view what;
};

constexpr Shape kShapes[] = {
    {tool::Completes::Node, is_plain_name, "a node's name, such as pve1"},
    {tool::Completes::Guest, is_guest, "a guest's number or name, such as 100 or web01"},
    {tool::Completes::Storage, is_plain_name, "a storage's id, such as local-lvm"},
    {tool::Completes::BackupStorage, is_plain_name, "a storage's id, such as local"},
    {tool::Completes::Pool, is_pool, "a pool's id, such as production"},
    {tool::Completes::User, is_user, "a user's id, such as root@pam"},
};

std::optional<std::string> misshapen(const tool::PromptArgument& argument, std::string_view value) {
  const auto* shape = std::ranges::find(kShapes, argument.completes, &Shape::of);
  if (shape == std::end(kShapes) || shape->fits(value)) return std::nullopt;
  return fmt::format("{}: '{}' is not {}.", argument.name, shown(value), shape->what);
}

std::expected<std::string, std::string> value_of(const tool::PromptArgument& argument,
                                                 const base::Json& given) {
  const auto fail = [&](std::string_view why) {
    return std::unexpected(fmt::format("{}: {}", argument.name, why));
  };
  const auto* string = given.if_string();
  if (string == nullptr) return fail("the value must be a string.");
  auto text = std::string_view(*string);
  if (text.size() > kMostArgumentBytes)
    return fail(
        fmt::format("the value has {} bytes; the maximum is {} bytes.", text.size(), kMostArgumentBytes));
  if (base::has_control(text) || !base::is_utf8(text))
    return fail("the value has a control character or invalid UTF-8.");
  text = base::trim(text);
  if (text.empty()) return fail("the value is empty; set it or leave it out.");
  if (auto wrong = misshapen(argument, text)) return std::unexpected(*std::move(wrong));
  return std::string(text);
}

}  // namespace

bool is_plain_name(std::string_view text) {
  const auto alphanumeric = [](char c) { return base::is_alnum(c); };
  return !text.empty() && text.size() <= kMostArgumentBytes && alphanumeric(text.front()) &&
         std::ranges::all_of(text,
                             [&](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

std::expected<Values, std::string> values_of(const tool::Prompt& row, const base::JsonObject& arguments) {
  Values values;
  for (const auto& member : arguments) {
    const auto* argument = tool::argument_of(row, member.key());
    if (argument == nullptr) return std::unexpected(unknown(row, member.key()));
    auto value = value_of(*argument, member.value());
    if (!value) return std::unexpected(std::move(value.error()));
    values.emplace(argument->name, *std::move(value));
  }
  for (const auto& argument : row.arguments) {
    if (argument.required() && !values.contains(argument.name))
      return std::unexpected(fmt::format("{}: missing; {}", argument.name, argument.description));
  }
  return values;
}

}  // namespace prompt
