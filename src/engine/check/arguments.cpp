#include "engine/check/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/near.h"
#include "base/text.h"
#include "engine/check/value.h"
#include "facts/secret_parts.h"

namespace engine {
namespace {

using Problems = std::vector<std::string>;

/// Each unknown name costs a search for the nearest valid one, and a model does not need more problems at
/// once.
constexpr std::size_t kMostProblems = 20;

/// True if there are as many problems as an error shows. The last line says then that there are more.
bool is_full(Problems& problems) {
  constexpr std::string_view kMore = "… and more";
  if (problems.size() < kMostProblems) return false;
  if (problems.back() != kMore) problems.emplace_back(kMore);
  return true;
}

/// True if PVE's schema could have a parameter of this name.
bool legal_shape(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() < 'a' || name.front() > 'z') return false;
  return std::ranges::all_of(
      name, [](char c) { return base::is_lower(c) || base::is_digit(c) || c == '_' || c == '-'; });
}

/// The names that the caller could have meant: those of the row and, for a write, those of PVE's schema. A
/// family gets the index that the caller wrote.
std::vector<std::string> known_names(const Row& row, std::string_view written) {
  std::vector<std::string> names;
  for (const auto& field : row.fields()) names.emplace_back(field.name);
  if (!row.open() || row.endpoint() == nullptr) return names;
  const auto index = written.substr(written.find_last_not_of("0123456789") + 1);
  for (const auto& fact : row.endpoint()->parameters) {
    auto name = std::string(fact.name);
    if (fact.indexed) name += index.empty() ? "0" : index;
    if (row.endpoint()->parameter(name) != nullptr && std::ranges::find(names, name) == names.end())
      names.push_back(std::move(name));
  }
  return names;
}

std::string unknown(const Row& row, std::string_view written) {
  const auto names = known_names(row, written);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto near = base::nearest(written, views);
  auto text = fmt::format("{}: no such argument", base::printable(written, 60));
  if (!near.empty()) return fmt::format("{}; did you mean {}?", text, near);
  std::vector<std::string_view> listed;
  for (const auto& field : row.fields()) listed.push_back(field.name);
  if (names.size() == row.fields().size())
    return listed.empty() ? text + "; this tool has no arguments"
                          : fmt::format("{}; valid are {}", text, base::join(listed, ", "));
  const auto others = std::span(views).subspan(row.fields().size());
  const auto alike = base::most_alike(written, others, 3);
  return fmt::format("{}; {}PVE's call {}accepts {}{}", text,
                     listed.empty() ? "" : fmt::format("valid are {}; ", base::join(listed, ", ")),
                     listed.empty() ? "" : "also ",
                     alike.empty() ? "other parameters" : base::join(alike, ", "),
                     alike.empty() || alike.size() == others.size() ? "" : ", …");
}

/// A parameter that the facts do not have is sent if the endpoint takes any parameter, or if the connected
/// PVE is newer than the facts. PVE decides then.
void add_unknown(std::string_view name, const base::Json& value, const Row& row, const Limits& limits,
                 Arguments& out, Problems& problems) {
  const bool legal = row.open() && legal_shape(name) && !value.is_object() && !value.is_array();
  const bool additional = row.endpoint() != nullptr && row.endpoint()->additional;
  if (!legal || !(additional || is_newer(row, limits.connected))) {
    problems.push_back(unknown(row, name));
  } else {
    Field field;
    field.name = field.wire = name;
    out.push_back({field, value});
  }
}

bool contains(const Arguments& arguments, std::string_view wire) {
  return std::ranges::any_of(arguments,
                             [&](const Argument& argument) { return argument.field.wire == wire; });
}

/// Whether the value is one that this server has shown with a mask: PVE would store the mask.
bool is_masked(const Field& field, const base::Json& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return false;
  const std::string_view given(*text);
  return (field.marked(facts::kSecret) && given == facts::kMask) || facts::has_masked_part(field.wire, given);
}

void add_field(const Field& field, std::string_view name, const base::Json& value, const guard::MayUse& may,
               Arguments& out, Problems& problems) {
  if (contains(out, field.wire)) {
    problems.push_back(fmt::format("{}: given twice, under different names", field.wire));
    return;
  }
  auto checked = check_value(field, value, may);
  if (!checked) {
    problems.push_back(fmt::format("{}: {}", base::printable(name, 60), checked.error()));
    return;
  }
  if (is_masked(field, *checked)) {
    problems.push_back(
        fmt::format("{}: *** stands for a secret that this server does not show; give the secret itself, or "
                    "leave {} out",
                    base::printable(name, 60), field.wire));
    return;
  }
  out.push_back({field, *std::move(checked)});
}

bool is_absent(const Row& row, const Field& field, const base::JsonObject& given) {
  const auto* value = given.if_contains(field.name);
  if (value == nullptr && row.open()) value = given.if_contains(field.wire);
  return value == nullptr || value->is_null();
}

/// target_node.h fills the node in if only one is online, so a missing node alone does not stop the call
/// here.
bool may_be_found(const Field& field) { return field.in_path && field.wire == "node"; }

void add_missing(const Row& row, const base::JsonObject& given, const guard::MayUse& may,
                 Problems& problems) {
  for (const auto& field : row.fields()) {
    if (!field.required || may_be_found(field)) continue;
    if (is_absent(row, field, given))
      problems.push_back(fmt::format("{}: missing; give {}", field.name, expectation(field, may)));
  }
}

/// Names a missing node together with the other problems, so that the model can mend all of them at once.
void add_missing_node(const Row& row, const base::JsonObject& given, const guard::MayUse& may,
                      Problems& problems) {
  const auto node = std::ranges::find_if(row.fields(), may_be_found);
  const bool wanted = node != row.fields().end() && node->required && !row.tool().every_node;
  if (problems.empty() || !wanted || !is_absent(row, *node, given)) return;
  problems.push_back(fmt::format("{}: missing; give {}", node->name, expectation(*node, may)));
}

/// Refuses parameters that PVE accepts only together with another one. Skipped for a row with prepare(),
/// which may add the other one.
void add_unmet_requirements(const Row& row, const Arguments& arguments, Problems& problems) {
  if (row.tool().prepare != nullptr) return;
  for (const auto& [field, value] : arguments) {
    if (field.fact == nullptr || field.fact->needs.empty() || contains(arguments, field.fact->needs))
      continue;
    problems.push_back(fmt::format("{}: PVE takes it only together with {}", field.name, field.fact->needs));
  }
}

/// PVE accepts an update that changes nothing and reports success, so the model would not notice its mistake.
void add_empty_update(const Row& row, const Arguments& arguments, Problems& problems) {
  if (row.tool().call.method != base::Method::Put || !problems.empty()) return;
  const auto changes_something = [](const Field& field) {
    return !field.in_path && !field.required && !field.for_server && field.wire != "digest";
  };
  if (std::ranges::any_of(arguments, changes_something, &Argument::field)) return;
  std::vector<std::string_view> changes;
  for (const auto& field : row.fields()) {
    if (changes_something(field)) changes.push_back(field.name);
  }
  if (changes.empty()) return;
  problems.push_back(fmt::format("nothing to change; give at least one of {}", base::join(changes, ", ")));
}

std::string sentence(const Row& row, const Problems& problems) {
  auto text = fmt::format("{} was not called:", row.tool().name);
  for (const auto& problem : problems) text += "\n- " + problem;
  return text;
}

/// Asks the guard whether the caller may pass these parameters.
void add_refused(const Arguments& arguments, const Limits& limits, Problems& problems) {
  std::vector<guard::PassedParameter> passed;
  for (const auto& [field, value] : arguments) {
    passed.push_back({.name = field.name,
                      .marks = field.fact == nullptr ? std::uint8_t{facts::kNoMark} : field.fact->marks,
                      .set = is_set(value),
                      .known = field.fact != nullptr || field.param != nullptr});
  }
  for (auto& refusal : guard::refused_parameters(passed, limits.tier)) {
    if (is_full(problems)) return;
    problems.push_back(std::move(refusal));
  }
}

void add_unsupported(const Arguments& arguments, const Limits& limits, Problems& problems) {
  std::ranges::move(lacking_arguments(arguments, limits.connected), std::back_inserter(problems));
}

}  // namespace

std::expected<Arguments, std::string> check(const Row& row, const base::JsonObject& given,
                                            const Limits& limits) {
  Arguments arguments;
  Problems problems;
  for (const auto& member : given) {
    if (member.value().is_null()) continue;
    if (is_full(problems)) break;
    if (const auto field = row.field(member.key())) {
      add_field(*field, member.key(), member.value(), limits.may, arguments, problems);
    } else {
      add_unknown(member.key(), member.value(), row, limits, arguments, problems);
    }
  }
  add_missing(row, given, limits.may, problems);
  add_unmet_requirements(row, arguments, problems);
  add_refused(arguments, limits, problems);
  add_unsupported(arguments, limits, problems);
  add_empty_update(row, arguments, problems);
  add_missing_node(row, given, limits.may, problems);
  if (!problems.empty()) return std::unexpected(sentence(row, problems));
  if (auto refusal = lacking_endpoint(row, limits.connected)) return std::unexpected(*std::move(refusal));
  return arguments;
}

std::optional<std::string> check_prepared(const Row& row, const Arguments& arguments, const Limits& limits) {
  Problems problems;
  add_refused(arguments, limits, problems);
  add_unsupported(arguments, limits, problems);
  if (problems.empty()) return std::nullopt;
  return sentence(row, problems);
}

Arguments with_fields(const Row& row, base::JsonObject& wire) {
  Arguments arguments;
  arguments.reserve(wire.size());
  for (auto& member : wire) {
    Field unknown;
    unknown.name = unknown.wire = member.key();
    arguments.push_back(
        {row.field_on_wire(member.key()).value_or(unknown), std::exchange(member.value(), nullptr)});
  }
  return arguments;
}

void restore_values(Arguments&& arguments, base::JsonObject& wire) {
  auto* member = wire.begin();
  for (auto& argument : arguments) (member++)->value() = std::move(argument.value);
}

base::JsonObject on_wire(Arguments&& arguments) {
  base::JsonObject wire;
  wire.reserve(arguments.size());
  for (auto& [field, value] : arguments) wire[field.wire] = std::move(value);
  return wire;
}

Secrets secrets_of(const Arguments& arguments) {
  Secrets secrets;
  for (const auto& [field, value] : arguments) {
    const auto text = base::wire_text(value);
    for (const auto part : facts::secret_parts(field.wire, text)) {
      // Values of an environment are often common words, which may stay in sentences: "true", "info".
      if (field.wire != "env" || part.size() >= 8) secrets.emplace_back(part);
    }
    if (field.marked(facts::kSecret)) secrets.push_back(text);
  }
  return secrets;
}

std::string without(const Secrets& secrets, std::string text) {
  constexpr std::size_t kShortest = 4;
  for (const auto& secret : secrets) {
    if (secret.size() < kShortest) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
      text.replace(at, secret.size(), "***");
    }
  }
  return text;
}

}  // namespace engine
