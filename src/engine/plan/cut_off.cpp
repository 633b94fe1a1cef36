#include "engine/plan/cut_off.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"
#include "engine/cluster/request.h"
#include "engine/row/confirm.h"

namespace engine {
namespace {

constexpr std::string_view kOptions = "/cluster/firewall/options";
constexpr std::string_view kSet = "management";
constexpr std::array<std::int64_t, 2> kPorts = {8006, 22};

using Clauses = std::vector<std::string>;
using Given = std::optional<base::JsonObject>;

Clauses ports(std::string_view why) {
  return {"ports 8006 and 22 of the nodes, because " + std::string(why)};
}

Given read(std::string_view path, Cluster& cluster, const std::stop_token& stop) {
  auto answer = cluster.client.call({base::Method::Get, std::string(path), {}}, stop);
  if (!answer || !answer->data.is_object()) return std::nullopt;
  return std::move(answer->data.get_object());
}

bool lists(const base::JsonObject& arguments, std::string_view key) {
  const auto list = argument_text(arguments, "delete");
  const auto keys = base::list_items(list);
  return std::ranges::find(keys, key) != keys.end();
}

/// The option as it is after the change; "" if it has PVE's default.
std::string after(const base::JsonObject& arguments, const base::JsonObject& present, std::string_view name) {
  if (arguments.contains(name)) return argument_text(arguments, name);
  return lists(arguments, name) ? std::string() : argument_text(present, name);
}

bool is_on(std::string_view value, bool by_default) {
  return value.empty() ? by_default : value != "0" && value != "false";
}

Clauses of_options(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                   const std::stop_token& stop) {
  const bool of_node = row.about().in_path("node");
  const auto where = path(row.about().state, arguments);
  const auto present = where ? read(*where, cluster, stop) : std::nullopt;
  // The firewall of a node is on where nobody has turned it off, that of the cluster is off.
  const bool was_on = present && is_on(argument_text(*present, "enable"), of_node);
  const bool is_on_after =
      is_on(after(arguments, present.value_or(base::JsonObject{}), "enable"), of_node || !present);
  if (!is_on_after) return {};
  if (of_node) {
    if (was_on) return {};
    const auto of_cluster = read(kOptions, cluster, stop);
    if (of_cluster && !is_on(argument_text(*of_cluster, "enable"), false)) return {};
    return ports("the firewall of the node would be on, with the rules of the cluster");
  }
  const auto refuses = [](const std::string& policy) { return policy != "ACCEPT"; };
  const auto policy = after(arguments, present.value_or(base::JsonObject{}), "policy_in");
  if (!refuses(policy) || (was_on && refuses(argument_text(*present, "policy_in")))) return {};
  return ports(
      "the input policy would be " + (policy.empty() ? "DROP" : base::printable(policy, 20)) +
      ", so only traffic from the nodes' local network or the IP set management, or traffic that a rule "
      "accepts, would reach them");
}

/// Whether a port of PVE may be among those of a rule: "22,80:85"; any port where none is named.
bool covers(std::string_view ports) {
  if (base::trim(ports).empty()) return true;
  return std::ranges::any_of(base::split(ports, ','), [](std::string_view part) {
    const auto colon = std::min(part.find(':'), part.size());
    const auto first = base::parse_number<std::int64_t>(base::trim(part.substr(0, colon)));
    const auto last =
        colon == part.size() ? first : base::parse_number<std::int64_t>(base::trim(part.substr(colon + 1)));
    // A name such as "https" or "ssh" may mean any port.
    if (!first || !last) return true;
    return std::ranges::any_of(kPorts, [&](auto port) { return *first <= port && port <= *last; });
  });
}

/// Protocols beside TCP, by name and number. Other names and numbers ("ip", "all", 0) may include TCP.
constexpr std::array<std::string_view, 18> kOtherProtocols = {
    "udp", "17", "icmp", "1",  "icmpv6", "ipv6-icmp", "58",   "igmp", "2",
    "gre", "47", "esp",  "50", "ah",     "51",        "sctp", "132",  "ospf"};

/// Whether a rule decides on traffic to a port of PVE.
bool matters(const base::JsonObject& rule) {
  const auto type = base::lower_ascii(argument_text(rule, "type"));
  const auto protocol = base::lower_ascii(argument_text(rule, "proto"));
  return type != "out" && type != "forward" && is_on(argument_text(rule, "enable"), false) &&
         std::ranges::find(kOtherProtocols, protocol) == kOtherProtocols.end() &&
         covers(argument_text(rule, "dport"));
}

bool refuses(const base::JsonObject& rule) {
  const auto action = argument_text(rule, "action");
  return matters(rule) && action != "ACCEPT";
}

bool accepts(const base::JsonObject& rule) {
  // The rules of a group may accept too.
  return matters(rule) && argument_text(rule, "action") != "DROP" &&
         argument_text(rule, "action") != "REJECT";
}

/// The rule at the position in the call. nullopt: it cannot be read.
Given present_rule(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                   const std::stop_token& stop) {
  const auto where = path(row.about().state, arguments);
  if (!where) return std::nullopt;
  const auto list = cluster.client.call({base::Method::Get, *where, {}}, stop);
  if (!list) return std::nullopt;
  for (const auto& rule : base::objects(list->data)) {
    if (argument_text(rule, "pos") == argument_text(arguments, "pos")) return rule;
  }
  return std::nullopt;
}

Clauses of_rules(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                 const std::stop_token& stop) {
  const auto options = read(kOptions, cluster, stop);
  if (options && !is_on(argument_text(*options, "enable"), false)) return {};
  if (row.tool().call.method == base::Method::Post) {
    if (!refuses(arguments)) return {};
    return ports("the new rule would come before the others, and refuse traffic to them");
  }
  const auto present = present_rule(row, arguments, cluster, stop);
  if (!present) return ports("the present rule cannot be read");
  if (row.tool().call.method == base::Method::Delete) {
    return accepts(*present) ? ports("the rule that may accept traffic to them would be gone") : Clauses{};
  }
  auto changed = *present;
  const auto deleted = argument_text(arguments, "delete");
  for (const auto name : base::list_items(deleted)) changed.stable_erase(name);
  for (const auto& [name, value] : arguments) changed[name] = value;
  if (refuses(changed)) return ports("the changed rule may refuse traffic to them");
  return accepts(*present) ? ports("the rule that may accept traffic to them would change") : Clauses{};
}

}  // namespace

std::vector<std::string> cut_off_by(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                    const std::stop_token& stop) {
  if (!can_cut_off(row.tool())) return {};
  const auto& about = row.about();
  if (about.subject == tool::Subject::FirewallRule || about.in_path("group"))
    return of_rules(row, arguments, cluster, stop);
  if (about.in_path("name")) {
    const bool removes = row.tool().call.method == base::Method::Delete;
    if (!removes || argument_text(arguments, "name") != kSet) return {};
    return ports("an address of the IP set management would be gone");
  }
  if (row.tool().call.method != base::Method::Put) return {};
  return of_options(row, arguments, cluster, stop);
}

}  // namespace engine
