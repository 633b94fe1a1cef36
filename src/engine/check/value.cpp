#include "engine/check/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"
#include "base/when.h"
#include "engine/words/guest_name.h"

namespace engine {
namespace {

using facts::Type;

constexpr std::size_t kShown = 60;

std::optional<std::int64_t> integer(std::string_view text) {
  if (text.starts_with('+') && base::is_digits(text.substr(1))) text.remove_prefix(1);
  return base::parse_number<std::int64_t>(text);
}

std::optional<std::int64_t> as_integer(const base::Json& given) {
  return given.is_string() ? integer(given.get_string()) : base::number(given);
}

std::optional<bool> as_boolean(const base::Json& given) {
  if (given.is_bool()) return given.get_bool();
  if (given.is_string()) {
    const std::string_view text(given.get_string());
    if (text == "1" || text == "true") return true;
    if (text == "0" || text == "false") return false;
  } else if (const auto number = as_integer(given)) {
    if (*number == 1) return true;
    if (*number == 0) return false;
  }
  return std::nullopt;
}

/// A property string can have a member whose name may be left out, so PVE reads 1 as "enabled=1".
bool may_be_boolean(const Field& field) {
  return field.fact != nullptr && field.fact->format == "property-string";
}

/// The text of a string or a number. PVE does not tell the two apart.
std::optional<std::string> as_text(const base::Json& given) {
  if (given.is_string()) return std::string(std::string_view(given.get_string()));
  if (given.is_number()) return base::wire_text(given);
  return std::nullopt;
}

/// Joins the items of a list with `between`, where PVE splits it. Returns nullopt if an item contains one of
/// `separators`, because PVE would split it too.
std::optional<std::string> joined(const base::JsonArray& items, std::string_view separators, char between) {
  std::string text;
  for (const auto& item : items) {
    const auto part = as_text(item);
    if (!part || part->empty() || part->find_first_of(separators) != std::string::npos) return std::nullopt;
    if (!text.empty()) text += between;
    text += *part;
  }
  return text;
}

std::optional<base::Json> as_array(const base::Json& given) {
  base::JsonArray items;
  if (const auto* array = given.if_array()) {
    for (const auto& item : *array) {
      const auto text = as_text(item);
      if (!text) return std::nullopt;
      items.emplace_back(*text);
    }
  } else if (const auto text = as_text(given)) {
    items.emplace_back(*text);
  } else {
    return std::nullopt;
  }
  return items;
}

/// True for PVE's property strings, such as "keep-last=3,keep-daily=7". PVE splits the lists inside of them
/// at semicolons.
bool is_property_string(const Field& field) {
  constexpr std::string_view kFormats[] = {
      "property-string",  "prune-backups",   "backup-fleecing", "backup-performance", "pve-vm-cpu-conf",
      "pve-qm-watchdog",  "pve-qm-smbios1",  "pve-qm-rng",      "pve-qm-ipconfig",    "pve-qm-ide",
      "pve-qm-hostpci",   "pve-qm-cicustom", "pve-qm-boot",     "pve-startup-order",  "realm-sync-options",
      "pve-qemu-sev-fmt", "pve-qemu-tdx-fmt"};
  return field.fact != nullptr && std::ranges::find(kFormats, field.fact->format) != std::end(kFormats);
}

/// Writes an object, as PVE's reads show such a value, as a property string. Returns nullopt if a member has
/// no text form or contains a comma.
std::optional<std::string> property_string(const base::JsonObject& members) {
  std::string text;
  for (const auto& [key, value] : members) {
    std::optional<std::string> part;
    if (value.is_null()) continue;
    if (const auto* items = value.if_array()) part = joined(*items, ",; ", ';');
    if (value.is_bool()) part = value.get_bool() ? "1" : "0";
    if (!part) part = as_text(value);
    if (!part || part->find(',') != std::string::npos) return std::nullopt;
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", std::string_view(key), *part);
  }
  return text.empty() ? std::nullopt : std::optional(text);
}

/// The members of an object, or of a text that contains a JSON object.
std::optional<base::JsonObject> as_members(const base::Json& given) {
  if (const auto* object = given.if_object()) return *object;
  if (!given.is_string() || !base::trim(std::string_view(given.get_string())).starts_with('{'))
    return std::nullopt;
  const auto parsed = base::parse_json(std::string_view(given.get_string()));
  return parsed && parsed->is_object() ? std::optional(parsed->get_object()) : std::nullopt;
}

/// Converts "qemu/100" of PVE's list of resources to HA's "vm:100".
std::string as_ha_id(std::string text) {
  for (const auto& [listed, ha] : {std::pair("qemu/", "vm:"), std::pair("lxc/", "ct:")}) {
    if (text.starts_with(listed)) return ha + text.substr(std::string_view(listed).size());
  }
  return text;
}

std::optional<base::Json> as_string(const Field& field, const base::Json& given) {
  std::optional<std::string> text = as_text(given);
  if (is_property_string(field)) {
    if (const auto members = as_members(given)) text = property_string(*members);
  }
  if (given.is_bool() && may_be_boolean(field)) text = given.get_bool() ? "1" : "0";
  if (given.is_array() && is_list(field)) {
    constexpr std::string_view kSeparators(",; \t\r\n\0", 7);
    // "100 (web01)" contains a blank, so only commas separate guests.
    text = joined(given.get_array(), field.guests ? "," : kSeparators, ',');
  }
  if (!text) return std::nullopt;
  if (field.fact != nullptr && field.fact->format == "pve-ha-resource-or-vm-id")
    text = as_ha_id(*std::move(text));
  return base::Json(boost::json::string(*text));
}

/// True if PVE accepts the text as a guest's name, which must be a DNS name.
bool may_name_guest(std::string_view text) {
  return !text.empty() && text.size() <= 255 && text.front() != '-' && text.front() != '.' &&
         std::ranges::all_of(text, [](char c) { return base::is_alnum(c) || c == '-' || c == '.'; });
}

/// True for "web01", and for "100 (web01)", which completion offers. Digits alone are a number.
bool may_mean_guest(std::string_view text) {
  constexpr std::size_t kLongest = 300;
  if (integer(text) || text.size() > kLongest || base::has_control(text)) return false;
  return may_name_guest(text) || written_guest(text).has_value();
}

bool is_guest_name(const base::Json& given) {
  return given.is_string() && may_mean_guest(std::string_view(given.get_string()));
}

/// True for a list such as "db01, 100 (web01)". PVE takes only numbers, so engine/cluster/target looks the
/// names up.
bool names_guests(std::string_view text) {
  bool named = false;
  for (const auto part : base::split(text, ',')) {
    const auto name = base::trim(part);
    if (!integer(name) && !may_mean_guest(name)) return false;
    named = named || !integer(name);
  }
  return named;
}

/// True for a time in epoch seconds that reads show as a date.
bool is_moment(const Field& field) { return field.wire == "expire"; }

std::optional<base::Json> typed(const Field& field, const base::Json& given) {
  switch (field.type) {
    case Type::Integer:
      if (field.guest && is_guest_name(given)) return given;
      if (const auto value = as_integer(given)) return *value;
      if (is_moment(field) && given.is_string()) {
        if (const auto date = base::parse_date(std::string_view(given.get_string()))) return date->epoch;
      }
      return std::nullopt;
    case Type::Boolean:
      if (const auto value = as_boolean(given)) return *value;
      return std::nullopt;
    case Type::Number:
      if (given.is_number() || given.is_string()) return given;
      return std::nullopt;
    case Type::Array:
      return as_array(given);
    case Type::Object:
      if (auto members = as_members(given)) return base::Json(*std::move(members));
      return std::nullopt;
    case Type::String:
      break;
  }
  return as_string(field, given);
}

/// Why PVE's own check would refuse the value.
std::optional<std::string> misfit_of(const Field& field, const base::Json& value) {
  if (field.guest && value.is_string()) return std::nullopt;
  if (value.is_object()) return std::nullopt;
  if (field.guests && value.is_string() && names_guests(std::string_view(value.get_string())))
    return std::nullopt;
  facts::Parameter parameter;
  if (field.fact != nullptr) parameter = *field.fact;
  parameter.type = field.type;
  // version_check.h checks values that only other versions have.
  if (std::ranges::equal(field.values, parameter.values)) {
    for (const auto& [former, lifetime] : parameter.dated_values) {
      if (lifetime.until) parameter.values.push_back(former);
    }
  } else {
    parameter.values.assign(field.values.begin(), field.values.end());
  }
  if (const auto* items = value.if_array()) {
    for (const auto& item : *items) {
      if (auto wrong = facts::misfit(parameter, base::wire_text(item))) return wrong;
    }
    return std::nullopt;
  }
  return facts::misfit(parameter, base::wire_text(value));
}

std::string shown(const base::Json& value) {
  // Cut a long value before it is quoted: quoting would copy all of it.
  if (const auto* text = value.if_string(); text != nullptr && text->size() > kShown) {
    return fmt::format("\"{}\"", base::printable(std::string_view(*text), kShown));
  }
  if (value.is_object()) return "an object";
  if (const auto* array = value.if_array(); array != nullptr && array->size() > 8) return "an array";
  return base::printable(base::write_json(value), kShown);
}

/// PVE's reason, if it says more than what is valid. It can repeat the value.
std::string reason(std::string_view misfit) {
  constexpr std::string_view kFormat = "invalid format - ";
  if (!misfit.starts_with(kFormat)) return {};
  return fmt::format(" ({})", base::printable(base::trim(misfit.substr(kFormat.size())), 160));
}

std::string refused(const Field& field, const base::Json& given, std::string_view misfit,
                    const guard::MayUse& may) {
  const auto valid = expectation(field, may);
  if (field.marked(facts::kSecret))
    return fmt::format("invalid value (hidden because it is secret); expected {}", valid);
  auto text = fmt::format("{} is invalid{}; expected {}", shown(given), reason(misfit), valid);
  if (given.is_string() && !field.values.empty()) {
    const auto near = base::nearest(std::string_view(given.get_string()), field.values);
    if (!near.empty()) text += fmt::format("; did you mean {}?", near);
  }
  return text;
}

}  // namespace

bool is_set(const base::Json& value) {
  if (value.is_null()) return false;
  if (const auto* array = value.if_array()) return !array->empty();
  const auto text = base::wire_text(value);
  return !text.empty() && text != "0";
}

std::expected<base::Json, std::string> check_value(const Field& field, const base::Json& given,
                                                   const guard::MayUse& may) {
  auto value = typed(field, given);
  if (!value) return std::unexpected(refused(field, given, {}, may));
  if (const auto misfit = misfit_of(field, *value))
    return std::unexpected(refused(field, given, *misfit, may));
  return *std::move(value);
}

}  // namespace engine
