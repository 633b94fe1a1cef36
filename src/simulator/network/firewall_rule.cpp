#include "simulator/network/firewall_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace simulator {
namespace {

constexpr auto kProperties =
    std::to_array<std::string_view>({"type", "action", "macro", "iface", "source", "dest", "proto", "enable",
                                     "sport", "dport", "comment", "log", "icmp-type", "digest", "pos"});

/// The rules as PVE reads them from its file: with the address family, and without empty members.
std::vector<Config> loaded(const std::vector<Config>& rules, const RuleScope& scope) {
  auto out = rules;
  for (auto& rule : out) {
    static_cast<void>(verify_rule(rule, scope));
    rule.try_emplace("enable", "1");
  }
  return out;
}

void copy_data(Config& rule, const Parameters& parameters) {
  for (const auto key : kProperties) {
    if (key == "digest" || key == "pos" || !parameters.has(key)) continue;
    const auto value = parameters.text(key);
    if (value.empty() || value == "-") {
      if (const auto found = rule.find(key); found != rule.end()) rule.erase(found);
    } else {
      rule[std::string(key)] = value;
    }
  }
  // The file has `enable` only as on or off.
  if (has(rule, "enable")) rule["enable"] = get_number(rule, "enable") != 0 ? "1" : "0";
}

base::JsonObject rule_json(const Config& rule, const std::string& digest) {
  auto row = to_json(rule, {"enable", "ipversion"});
  row["digest"] = digest;
  return row;
}

Answer no_rule(std::int64_t position) {
  return Answer::fail(fmt::format("no rule at position {}", position));
}

std::optional<Answer> delete_properties(Config& rule, const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    if (std::ranges::find(kProperties, key) == kProperties.end()) {
      return Answer::bad("delete", fmt::format("no such property ('{}')", key));
    }
    if (key == "type" || key == "action") {
      return Answer::bad("delete", fmt::format("unable to delete required property '{}'", key));
    }
    rule.erase(key);
  }
  return std::nullopt;
}

void move_rule(std::vector<Config>& rules, std::size_t from, std::size_t to) {
  std::vector<Config> moved;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (i == from) continue;
    if (i == to) moved.push_back(rules[from]);
    moved.push_back(rules[i]);
  }
  if (to >= rules.size()) moved.push_back(rules[from]);
  rules = std::move(moved);
}

}  // namespace

std::string list_digest(const std::vector<Config>& list) {
  std::string text;
  for (const auto& entry : list) {
    for (const auto& [key, value] : entry) text += fmt::format("{}:{}\n", key, value);
  }
  return digest_of(std::string_view(text));
}

Answer list_rules(const std::vector<Config>& rules, const RuleScope& scope) {
  const auto list = loaded(rules, scope);
  const auto digest = list_digest(list);
  base::JsonArray rows;
  for (const auto& rule : list) {
    auto row = rule_json(rule, digest);
    row["pos"] = rows.size();
    rows.emplace_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

Answer read_rule(const std::vector<Config>& rules, const RuleScope& scope, const Parameters& parameters) {
  const auto position = parameters.number("pos");
  const auto list = loaded(rules, scope);
  if (position < 0 || position >= std::ssize(list)) return no_rule(position);
  auto row = rule_json(list[static_cast<std::size_t>(position)], list_digest(list));
  row["pos"] = parameters.text("pos");
  return Answer::of(std::move(row));
}

Answer create_rule(std::vector<Config>& rules, const RuleScope& scope, const Parameters& parameters) {
  Config rule;
  copy_data(rule, parameters);
  if (auto refusal = verify_rule(rule, scope)) return std::move(*refusal);
  rule.try_emplace("enable", "0");
  rules.insert(rules.begin(), std::move(rule));
  return Answer::of();
}

Answer update_rule(std::vector<Config>& rules, const RuleScope& scope, const Call& call) {
  if (auto refusal = check_digest(call, list_digest(loaded(rules, scope)))) return std::move(*refusal);
  const auto position = call.parameters.number("pos");
  if (position < 0 || position >= std::ssize(rules)) return no_rule(position);
  const auto index = static_cast<std::size_t>(position);
  const auto to = call.parameters.number("moveto", position);
  if (to != position) {
    move_rule(rules, index, static_cast<std::size_t>(to));
    return Answer::of();
  }
  auto rule = rules[index];
  copy_data(rule, call.parameters);
  if (auto refusal = delete_properties(rule, call.parameters.list("delete"))) return std::move(*refusal);
  if (auto refusal = verify_rule(rule, scope)) return std::move(*refusal);
  rules[index] = std::move(rule);
  return Answer::of();
}

Answer delete_rule(std::vector<Config>& rules, const RuleScope& scope, const Call& call) {
  if (auto refusal = check_digest(call, list_digest(loaded(rules, scope)))) return std::move(*refusal);
  const auto position = call.parameters.number("pos");
  if (position < 0 || position >= std::ssize(rules)) return no_rule(position);
  rules.erase(rules.begin() + position);
  return Answer::of();
}

}  // namespace simulator
