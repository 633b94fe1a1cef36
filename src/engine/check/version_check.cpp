#include "engine/check/version_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/check/value.h"

namespace engine {
namespace {

struct Connected {
  std::string text;  ///< "8.4.14"
  facts::Version version;
};

std::optional<Connected> connected(const AskVersion& ask) {
  if (!ask) return std::nullopt;
  auto text = ask();
  if (!text) return std::nullopt;
  const auto version = facts::parse_version(*text);
  if (!version) return std::nullopt;
  return Connected{*std::move(text), *version};
}

/// The connected version, if it is outside this lifetime. Returns nullopt if it is inside, or if the version
/// is not known.
std::optional<Connected> lacking(const facts::Lifetime& lifetime, const AskVersion& ask) {
  if (lifetime.is_endless()) return std::nullopt;
  auto pve = connected(ask);
  if (!pve || lifetime.covers(pve->version)) return std::nullopt;
  return pve;
}

/// "has it since 9.0", "had it until 8.4".
std::string when(const facts::Lifetime& lifetime, std::string_view what, facts::Version version) {
  if (lifetime.since && version < *lifetime.since)
    return fmt::format("PVE has {} since {}", what, facts::to_text(*lifetime.since));
  return fmt::format("PVE had {} until {}", what, lifetime.until ? facts::to_text(*lifetime.until) : "");
}

const facts::DatedValue* dated_value(const facts::Parameter& fact, std::string_view text) {
  const auto found = std::ranges::find(fact.dated_values, text, &facts::DatedValue::value);
  return found == fact.dated_values.end() ? nullptr : &*found;
}

std::optional<std::string> value_problem(const Field& field, const base::Json& value, const AskVersion& ask) {
  const auto* dated = dated_value(*field.fact, base::wire_text(value));
  if (dated == nullptr) return std::nullopt;
  const auto pve = lacking(dated->lifetime, ask);
  if (!pve) return std::nullopt;
  return fmt::format("{}: {}; the connected PVE is {}; expected one of {}", field.name,
                     when(dated->lifetime, dated->value, pve->version), pve->text,
                     base::join(facts::values_of(*field.fact, pve->version), ", "));
}

std::optional<std::string> problem(const Field& field, const base::Json& value, const AskVersion& ask) {
  if (const auto pve = lacking(field.fact->lifetime, ask)) {
    return fmt::format("{}: {}; the connected PVE is {}; leave it out", field.name,
                       when(field.fact->lifetime, "it", pve->version), pve->text);
  }
  const auto* items = value.if_array();
  if (items == nullptr) return value_problem(field, value, ask);
  for (const auto& item : *items) {
    if (auto text = value_problem(field, item, ask)) return text;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> lacking_endpoint(const Row& row, const AskVersion& ask) {
  if (row.endpoint() == nullptr) return std::nullopt;
  const auto& lifetime = row.endpoint()->lifetime;
  const auto pve = lacking(lifetime, ask);
  if (!pve || !lifetime.since) return std::nullopt;
  return fmt::format("{} was not called: {} {} needs PVE {} or later; the connected PVE is {}.",
                     row.tool().name, base::name(row.tool().call.method), row.tool().call.path,
                     facts::to_text(*lifetime.since), pve->text);
}

std::vector<std::string> lacking_arguments(const Arguments& arguments, const AskVersion& ask) {
  std::vector<std::string> problems;
  for (const auto& [field, value] : arguments) {
    if (field.fact == nullptr) continue;
    if (auto text = problem(field, value, ask)) problems.push_back(*std::move(text));
  }
  return problems;
}

bool is_newer(const Row& row, const AskVersion& ask) {
  const auto pve = connected(ask);
  return pve && pve->version > row.newest();
}

}  // namespace engine
