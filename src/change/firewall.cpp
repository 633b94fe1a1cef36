#include "change/firewall.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_read.h"
#include "change/settings.h"
#include "change/value.h"

namespace change {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kParts = {{{"macro", ""},
                                                                                  {"proto", ""},
                                                                                  {"icmp-type", ""},
                                                                                  {"source", "from "},
                                                                                  {"sport", "from port "},
                                                                                  {"dest", "to "},
                                                                                  {"dport", "to port "},
                                                                                  {"iface", "on "},
                                                                                  {"log", "log "}}};

/// Returns a rule without its position.
std::string content(const base::JsonObject& rule) {
  base::JsonObject bare(rule);
  bare.erase("pos");
  bare.erase("digest");
  return base::write_json_sorted(base::Json(std::move(bare)));
}

std::string rule_words(const base::JsonObject& rule) { return "'" + rule_in_words(rule) + "'"; }

std::size_t count(const base::Json& rules) { return base::list(rules).size(); }

void created(const Change& change, Description& description) {
  if (const auto* rule = item(change.after, "pos", "0"))
    description.changes.push_back(
        fmt::format("{} is at position 0 of {} rules", rule_words(*rule), count(change.after)));
}

void removed(const Change& change, const base::JsonObject& rule, Description& description) {
  description.changes.push_back(
      fmt::format("it was {}; {} left", rule_words(rule),
                  count(change.after) == 1 ? "1 rule is" : fmt::format("{} rules are", count(change.after))));
  const auto position = base::number(rule, "pos", 0);
  if (position < static_cast<std::int64_t>(count(change.after)))
    description.cautions.push_back("The rules behind it have moved up by one position.");
}

void moved(const Change& change, const base::JsonObject& rule, Description& description) {
  const auto from = base::number(rule, "pos", 0);
  const auto target = base::number(change.arguments, "moveto", 0);
  const auto last = static_cast<std::int64_t>(count(change.before)) - 1;
  // PVE counts the position before it removes the rule from its old place.
  const auto to =
      std::clamp<std::int64_t>(target > from ? target - 1 : target, 0, std::max<std::int64_t>(last, 0));
  const auto* there = item(change.after, "pos", std::to_string(to));
  if (there == nullptr || content(*there) != content(rule)) return;
  if (to == from) {
    description.unchanged.push_back(fmt::format("{} is already at position {}", rule_words(rule), to));
  } else {
    description.changes.push_back(
        fmt::format("{} is now at position {} (was {})", rule_words(rule), to, from));
  }
}

void updated(const Change& change, const base::JsonObject& rule, Description& description) {
  const auto* after = item(change.after, "pos", std::to_string(base::number(rule, "pos", 0)));
  if (after == nullptr) return;
  const base::Json was(rule);
  const base::Json is(*after);
  description = describe_settings({change.endpoint, change.about, change.arguments, was, is});
  if (!description.changes.empty()) description.changes.push_back("the rule is now " + rule_words(*after));
}

}  // namespace

std::string rule_in_words(const base::JsonObject& rule) {
  std::string text = base::flag(rule, "enable", false) ? "" : "off: ";
  text += base::text(rule, "type", 20) + " " + base::text(rule, "action", 40);
  for (const auto& [key, before] : kParts) {
    const auto value = base::text(rule, key, 60);
    if (!value.empty() && !(key == "log" && value == "nolog")) text += " " + std::string(before) + value;
  }
  if (const auto comment = base::text(rule, "comment", 60); !comment.empty()) text += " (" + comment + ")";
  return text;
}

Description describe_rule(const Change& change) {
  Description description;
  if (!change.before.is_array() || !change.after.is_array()) return description;
  if (change.endpoint.method == base::Method::Post) {
    created(change, description);
    return description;
  }
  const auto* rule = item(change.before, "pos", argument(change.arguments, "pos"));
  if (rule == nullptr) return description;
  if (change.endpoint.method == base::Method::Delete) {
    removed(change, *rule, description);
  } else if (change.arguments.contains("moveto")) {
    moved(change, *rule, description);
  } else {
    updated(change, *rule, description);
  }
  return description;
}

}  // namespace change
