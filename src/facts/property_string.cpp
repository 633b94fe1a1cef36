// PVE::JSONSchema's parse_property_string and check_object in their order and words.
#include "facts/property_string.h"

#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <map>

#include "base/text.h"
#include "facts/formats.h"

namespace facts {
namespace {

constexpr std::string_view kPrefix = "invalid format - ";

using Values = std::map<std::string_view, std::string_view>;

const Member* member_of(const std::vector<Member>& members, std::string_view name, Version version) {
  const auto found = std::ranges::find(members, name, [](const Member& each) { return each.value.name; });
  return found == members.end() || !found->value.lifetime.covers(version) ? nullptr : &*found;
}

std::string_view as_boolean(std::string_view text) {
  const auto word = base::lower_ascii(text);
  for (const std::string_view yes : {"1", "on", "yes", "true"}) {
    if (word == yes) return "1";
  }
  for (const std::string_view no : {"0", "off", "no", "false"}) {
    if (word == no) return "0";
  }
  return text;
}

/// One "name=value"; the error when PVE cannot take it apart.
std::optional<std::string> put(Values& values, const std::vector<Member>& members, std::string_view name,
                               std::string_view value, Version version) {
  if (values.contains(name)) return fmt::format("duplicate key in comma-separated list property: {}\n", name);
  const auto* member = member_of(members, name, version);
  if (member != nullptr && !member->alias.empty()) {
    if (!member->key_alias.empty()) {
      if (values.contains(member->key_alias)) {
        return fmt::format("key alias '{}' is already defined\n", member->key_alias);
      }
      values[member->key_alias] = name;
    }
    name = member->alias;
    member = member_of(members, name, version);
  }
  const bool boolean = member != nullptr && member->value.type == Type::Boolean;
  values[name] = boolean ? as_boolean(value) : value;
  return std::nullopt;
}

std::expected<Values, std::string> parse(const std::vector<Member>& members, std::string_view text,
                                         Version version) {
  Values values;
  for (const auto part : base::split(text, ',')) {
    if (base::trim(part).empty()) continue;
    const auto equals = part.find('=');
    std::optional<std::string> error;
    if (equals == std::string_view::npos) {
      const auto unnamed = std::ranges::find(members, true, &Member::unnamed);
      if (unnamed == members.end()) {
        return std::unexpected("value without key, but schema does not define a default key\n");
      }
      error = put(values, members, unnamed->value.name, part, version);
    } else if (equals == 0 || equals + 1 == part.size()) {
      error = "missing key in comma-separated list property\n";
    } else {
      error = put(values, members, part.substr(0, equals), part.substr(equals + 1), version);
    }
    if (error) return std::unexpected(std::move(*error));
  }
  return values;
}

using Errors = std::map<std::string, std::string, std::less<>>;

void check_member(const Member& member, const Values& values, std::string_view name, Version version,
                  Errors& errors) {
  const auto& fact = member.value;
  if (!member.alias.empty() || !fact.lifetime.covers(version)) return;
  const auto path = fmt::format("{}.{}", name, fact.name);
  const auto found = values.find(fact.name);
  if (found == values.end()) {
    if (fact.required) errors.try_emplace(path, "property is missing and it is not optional");
    return;
  }
  auto judged = fact;
  judged.values = values_of(fact, version);
  if (auto wrong = misfit(judged, found->second)) {
    errors.try_emplace(path, std::move(*wrong));
  } else if (const auto form = written_misfit(fact.format, found->second)) {
    errors.try_emplace(path, fmt::format("{}{}", kPrefix, *form));
  }
  if (!fact.needs.empty() && !values.contains(fact.needs)) {
    errors.try_emplace(fmt::format("{}.{}", name, fact.needs),
                       fmt::format("missing property required by '{}'", path));
  }
}

/// What PVE says of the whole once its members fit.
std::optional<std::string> clash(std::string_view format, const Values& values) {
  if (format != "prune-backups") return std::nullopt;
  const auto all = values.find("keep-all");
  const bool others = std::ranges::any_of(
      values, [](const auto& entry) { return entry.first != "keep-all" && entry.second != "0"; });
  if (all == values.end() || all->second != "1" || !others) return std::nullopt;
  return "keep-all cannot be set together with other options.\n";
}

}  // namespace

std::optional<std::string> property_misfit(const Parameter& parameter, std::string_view name,
                                           std::string_view value, Version version) {
  const auto* const known = members_of(parameter);
  if (known == nullptr) return std::nullopt;
  const auto& members = *known;
  const auto values = parse(members, value, version);
  if (!values) return fmt::format("{}{}", kPrefix, values.error());
  Errors errors;
  for (const auto& member : members) check_member(member, *values, name, version, errors);
  for (const auto& [key, given] : *values) {
    if (member_of(members, key, version) != nullptr) continue;
    errors.try_emplace(
        fmt::format("{}.{}", name, key),
        "property is not defined in schema and the schema does not allow additional properties");
  }
  if (errors.empty()) {
    if (const auto wrong = clash(parameter.format, *values)) return fmt::format("{}{}", kPrefix, *wrong);
    return std::nullopt;
  }
  auto text = fmt::format("{}format error\n", kPrefix);
  for (const auto& [path, why] : errors) text += fmt::format("{}: {}\n", path, why);
  return text;
}

}  // namespace facts
