#include "change/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_read.h"
#include "base/text.h"
#include "change/value.h"
#include "view/human.h"

namespace change {
namespace {

constexpr std::array<std::string_view, 3> kNoSetting = {"digest", "delete", "append"};

const base::Json& at(const base::Json& state, std::string_view key) {
  static const base::Json kNone;
  const auto* object = state.if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(key);
  return value == nullptr ? kNone : *value;
}

/// A value that PVE omits from an object until it is set.
struct Default {
  tool::Subject subject;
  std::string_view key;
  std::string_view value;
};

constexpr Default kDefaults[] = {
    {tool::Subject::Firewall, "enable", "0"},          {tool::Subject::Firewall, "policy_in", "DROP"},
    {tool::Subject::Firewall, "policy_out", "ACCEPT"}, {tool::Subject::Ha, "state", "started"},
    {tool::Subject::Ha, "max_restart", "1"},           {tool::Subject::Ha, "max_relocate", "1"},
    {tool::Subject::Storage, "disable", "0"},          {tool::Subject::Storage, "shared", "0"},
    {tool::Subject::FirewallRule, "enable", "0"},
};

base::Json value_of(const Change& change, const base::Json& state, std::string_view key) {
  const auto& value = at(state, key);
  if (!value.is_null() && !comparable(value).empty()) return value;
  for (const auto& row : kDefaults) {
    if (row.subject == change.about.subject && row.key == key) return base::Json(row.value);
  }
  return value;
}

/// Returns words for the few settings whose numbers need them.
base::Json in_words(tool::Subject subject, std::string_view key, const base::Json& value) {
  const auto number = base::number(value);
  if (key == "expire" && number)
    return base::Json(*number == 0 ? std::string("never") : view::human_time(*number) + " UTC");
  const bool of_firewall = subject == tool::Subject::Firewall || subject == tool::Subject::FirewallRule;
  if (key == "enable" && of_firewall && number) return base::Json(*number == 0 ? "off" : "on");
  return value;
}

/// Returns true if PVE accepted a value and does not show it, as for options that the API token may not see.
bool is_hidden(const Change& change, std::string_view key) {
  return !argument(change.arguments, key).empty() && at(change.after, key).is_null();
}

void setting(const Change& change, std::string_view key, Description& description) {
  const auto subject = change.about.subject;
  const auto before = in_words(subject, key, value_of(change, change.before, key));
  const auto after = in_words(subject, key, value_of(change, change.after, key));
  auto words = difference(key, before, after);
  if (!words.empty()) {
    description.changes.push_back(std::move(words));
  } else if (is_secret(key)) {
    description.changes.push_back(base::printable(key) + " changed");
  } else if (is_hidden(change, key)) {
    return;
  } else if (after.is_null()) {
    description.unchanged.push_back(base::printable(key) + " is not set");
  } else {
    description.unchanged.push_back(base::printable(key) + " is already " + shown(after));
  }
}

}  // namespace

Description describe_settings(const Change& change) {
  Description description;
  if (change.endpoint.method != base::Method::Put || !change.before.is_object() || !change.after.is_object())
    return description;
  for (const auto& key : listed(change.arguments, "delete")) setting(change, key, description);
  for (const auto& member : change.arguments) {
    const std::string_view key = member.key();
    const bool none = std::ranges::find(kNoSetting, key) != kNoSetting.end();
    if (!none && !change.about.in_path(key)) setting(change, key, description);
  }
  // An update of an interface repeats its present values, so that PVE keeps them.
  if (change.about.subject == tool::Subject::Network && !description.unchanged.empty()) {
    description.unchanged.clear();
    if (description.changes.empty())
      description.unchanged.emplace_back("it already has the requested values");
  }
  return description;
}

base::Json expected_settings(const tool::About& about, const base::JsonObject& arguments,
                             const base::Json& before) {
  const auto* present = before.if_object();
  if (present == nullptr) return {};
  base::JsonObject after(*present);
  for (const auto& key : listed(arguments, "delete")) after.erase(key);
  for (const auto& [key, value] : arguments) {
    const bool none = std::ranges::find(kNoSetting, std::string_view(key)) != kNoSetting.end();
    if (!none && !about.in_path(key)) after[key] = value;
  }
  return base::Json(std::move(after));
}

const base::JsonObject* item(const base::Json& items, std::string_view key, std::string_view value) {
  for (const auto& each : base::objects(items)) {
    if (base::raw_word(each, key) == value) return &each;
  }
  return nullptr;
}

std::string argument(const base::JsonObject& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  return value == nullptr ? std::string() : comparable(*value);
}

bool is_true(const base::JsonObject& arguments, std::string_view name) {
  const auto value = base::lower_ascii(argument(arguments, name));
  return value == "1" || value == "true" || value == "on" || value == "yes";
}

std::vector<std::string> listed(const base::JsonObject& arguments, std::string_view name) {
  return words(argument(arguments, name));
}

}  // namespace change
