#include "engine/answer/property_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "base/text.h"
#include "facts/property_string.h"

namespace engine {
namespace {

constexpr std::string_view kUnknown = "property is not defined in schema";
constexpr std::string_view kMissing = "property is missing";
constexpr std::string_view kNoNetwork = "network configuration";
constexpr std::size_t kMost = 16;

std::vector<std::string_view> keys_of(const std::vector<facts::Member>& members) {
  std::vector<std::string_view> keys;
  for (const auto& member : members) {
    if (member.alias.empty() && !member.value.lifetime.until) keys.push_back(member.value.name);
  }
  return keys;
}

std::string some_of(std::span<const std::string_view> words) {
  return base::join(words.first(std::min(words.size(), kMost)), ", ") + (words.size() > kMost ? ", …" : "");
}

std::string unknown_key(std::string_view parameter, std::string_view key,
                        const std::vector<facts::Member>& members) {
  const auto keys = keys_of(members);
  const auto near = base::nearest(key, keys);
  if (!near.empty()) return fmt::format("Did you mean {} in {}?", near, parameter);
  return fmt::format("{} takes {}.", parameter, some_of(keys));
}

std::string missing_key(std::string_view parameter, std::string_view key,
                        const std::vector<facts::Member>& members) {
  const auto found = std::ranges::find(members, key, [](const auto& member) { return member.value.name; });
  if (found == members.end()) return {};
  const std::span values(found->value.values);
  const auto choice = values.empty() ? std::string() : fmt::format(": one of {}", some_of(values));
  const auto alone =
      found->unnamed ? fmt::format("; you can write its value first, without \"{}=\"", key) : std::string();
  return fmt::format("{} needs {}{}{}.", parameter, key, choice, alone);
}

/// Reads one line of PVE's error: "net0.tga: property is not defined …".
std::string words_of(std::string_view parameter, std::string_view line,
                     const std::vector<facts::Member>& members) {
  const auto colon = line.find(": ");
  if (colon == std::string_view::npos || !line.substr(0, colon).starts_with(parameter)) return {};
  const auto path = line.substr(0, colon);
  const auto dot = path.find('.');
  if (dot != parameter.size()) return {};
  const auto key = path.substr(dot + 1);
  const auto why = line.substr(colon + 2);
  if (why.starts_with(kUnknown)) return unknown_key(parameter, key, members);
  if (why.starts_with(kMissing)) return missing_key(parameter, key, members);
  if (why.find(kNoNetwork) == std::string_view::npos) return {};
  const bool six = why.find("ipv6") != std::string_view::npos;
  return fmt::format("Write the address with its prefix length ({}), or {}.",
                     six ? "2001:db8::5/64" : "192.0.2.5/24",
                     six ? "auto, dhcp or manual" : "dhcp or manual");
}

}  // namespace

std::string property_words(std::string_view parameter, std::string_view reason, const pve::Call& call,
                           const ErrorContext& context) {
  if (!reason.starts_with("invalid format - ")) return {};
  const auto route = context.cluster.facts.route(call.method, call.path);
  const auto* const fact = route ? route->endpoint->parameter(parameter) : nullptr;
  const auto* const members = fact == nullptr ? nullptr : facts::members_of(*fact);
  if (members == nullptr) return {};
  std::string text;
  for (const auto line : base::split(reason, '\n')) {
    const auto words = words_of(parameter, line, *members);
    if (!words.empty()) text += (text.empty() ? "" : " ") + words;
  }
  if (text.empty() && reason.find("does not define a default key") != std::string_view::npos) {
    return fmt::format("{} is written KEY=VALUE,…; it takes {}.", parameter, some_of(keys_of(*members)));
  }
  return text;
}

}  // namespace engine
