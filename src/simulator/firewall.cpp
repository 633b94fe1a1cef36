// The firewall of the cluster, of nodes and of guests: options, rules, aliases, IP sets, security groups.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "simulator/firewall_rule.h"
#include "simulator/routes.h"

namespace simulator {
namespace {

constexpr auto kClusterOptions = std::to_array<std::string_view>(
    {"ebtables", "enable", "log_ratelimit", "policy_forward", "policy_in", "policy_out"});

/// Which firewall a call means, by its path.
struct Where {
  Firewall& firewall;
  RuleScope scope;
};

Where where(Call& call) {
  auto& state = call.state;
  const auto path = call.endpoint.path;
  if (path.starts_with("/cluster")) return {state.firewall, {"cluster", &state.firewall, nullptr}};
  if (path.starts_with("/nodes/{node}/firewall")) {
    return {state.node_firewalls[call.node()], {"host", &state.firewall, nullptr}};
  }
  auto& own = state.guest_firewalls[call.vmid()];
  return {own, {path.starts_with("/nodes/{node}/qemu") ? "vm" : "ct", &state.firewall, &own}};
}

/// A security group's rules, or PVE's refusal.
std::expected<std::vector<Config>*, Answer> group_rules(Call& call) {
  const auto name = call.parameters.text("group");
  const auto found = call.state.security_groups.find(name);
  if (found == call.state.security_groups.end()) {
    return std::unexpected(Answer::fail(fmt::format("no such security group '{}'", name)));
  }
  return &found->second.rules;
}

RuleScope group_scope(const Call& call) { return {"group", &call.state.firewall, nullptr}; }

std::string options_digest(const Config& options) { return list_digest({options}); }

Answer get_options(Call& call) {
  const auto& options = where(call).firewall.options;
  auto row = to_json(options, {"enable", "ebtables", "dhcp", "macfilter", "ipfilter", "ndp", "radv",
                               "nftables", "nosmurfs", "tcpflags", "log_nf_conntrack", "smurf_log"});
  row["digest"] = options_digest(options);
  return Answer::of(std::move(row));
}

Answer set_options(Call& call) {
  auto& options = where(call).firewall.options;
  if (auto refusal = check_digest(call, options_digest(options))) return std::move(*refusal);
  for (const auto& key : call.parameters.list("delete")) {
    const bool known = call.endpoint.parameter(key) != nullptr && key != "delete" && key != "digest";
    const bool cluster = call.endpoint.path.starts_with("/cluster");
    if (!known || (cluster && std::ranges::find(kClusterOptions, key) == kClusterOptions.end())) {
      return Answer::bad("delete", fmt::format("no such option '{}'", key));
    }
    options.erase(key);
  }
  for (const auto& [key, values] : call.parameters.all()) {
    if (key == "delete" || key == "digest" || key == "node" || key == "vmid") continue;
    options[key] = call.parameters.text(key);
  }
  // A number above 1 means "on, from now": PVE keeps the time.
  if (get_number(options, "enable") > 1) options["enable"] = std::to_string(call.state.now());
  return Answer::of();
}

Answer rules(Call& call) {
  const auto [firewall, scope] = where(call);
  return list_rules(firewall.rules, scope);
}

Answer rule(Call& call) {
  const auto [firewall, scope] = where(call);
  return read_rule(firewall.rules, scope, call.parameters);
}

Answer add_rule(Call& call) {
  const auto [firewall, scope] = where(call);
  return create_rule(firewall.rules, scope, call.parameters);
}

Answer change_rule(Call& call) {
  const auto [firewall, scope] = where(call);
  return update_rule(firewall.rules, scope, call);
}

Answer remove_rule(Call& call) {
  const auto [firewall, scope] = where(call);
  return delete_rule(firewall.rules, scope, call);
}

base::JsonObject alias_json(const std::string& name, const Config& alias) {
  auto row = to_json(alias);
  row["name"] = name;
  row["ipversion"] = address_version(get(alias, "cidr")).value_or(4);
  return row;
}

std::string aliases_digest(const Firewall& firewall) {
  std::vector<Config> list;
  for (const auto& [name, alias] : firewall.aliases) {
    list.push_back(alias);
    list.back()["name"] = name;
  }
  return list_digest(list);
}

Answer aliases(Call& call) {
  const auto& firewall = where(call).firewall;
  const auto digest = aliases_digest(firewall);
  base::JsonArray rows;
  for (const auto& [name, alias] : firewall.aliases) {
    auto row = alias_json(name, alias);
    row["digest"] = digest;
    rows.emplace_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

Named<Config>::iterator find_alias(Firewall& firewall, std::string_view name) {
  return std::ranges::find_if(firewall.aliases, [wanted = base::lower_ascii(name)](const auto& entry) {
    return base::lower_ascii(entry.first) == wanted;
  });
}

Answer alias(Call& call) {
  auto& firewall = where(call).firewall;
  const auto found = find_alias(firewall, call.parameters.text("name"));
  if (found == firewall.aliases.end()) return Answer::bad("name", "no such alias");
  return Answer::of(alias_json(found->first, found->second));
}

Config alias_from(const Parameters& parameters) {
  Config alias{{"cidr", parameters.text("cidr")}};
  if (const auto comment = parameters.text("comment"); !comment.empty()) alias["comment"] = comment;
  return alias;
}

Answer add_alias(Call& call) {
  auto& firewall = where(call).firewall;
  const auto name = call.parameters.text("name");
  if (find_alias(firewall, name) != firewall.aliases.end()) {
    return Answer::bad("name", fmt::format("alias '{}' already exists", name));
  }
  firewall.aliases[name] = alias_from(call.parameters);
  return Answer::of();
}

Answer remove_alias(Call& call) {
  auto& firewall = where(call).firewall;
  if (auto refusal = check_digest(call, aliases_digest(firewall))) return std::move(*refusal);
  if (const auto found = find_alias(firewall, call.parameters.text("name"));
      found != firewall.aliases.end()) {
    firewall.aliases.erase(found);
  }
  return Answer::of();
}

Answer ipsets(Call& call) {
  const auto& firewall = where(call).firewall;
  std::vector<Config> list;
  for (const auto& [name, set] : firewall.ipsets) {
    list.push_back({{"name", name}});
    if (!set.comment.empty()) list.back()["comment"] = set.comment;
  }
  const auto digest = list_digest(list);
  base::JsonArray rows;
  for (const auto& entry : list) {
    auto row = to_json(entry);
    row["digest"] = digest;
    rows.emplace_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

Answer ipset(Call& call) {
  const auto& firewall = where(call).firewall;
  const auto name = call.parameters.text("name");
  const auto found = firewall.ipsets.find(name);
  if (found == firewall.ipsets.end()) return Answer::fail(fmt::format("no such IPSet '{}'", name));
  const auto digest = list_digest(found->second.entries);
  base::JsonArray rows;
  for (const auto& entry : found->second.entries) {
    auto row = to_json(entry, {"nomatch"});
    row["digest"] = digest;
    rows.emplace_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

Answer add_ipset(Call& call) {
  auto& firewall = where(call).firewall;
  const auto name = call.parameters.text("name");
  if (firewall.ipsets.contains(name))
    return Answer::bad("name", fmt::format("IPSet '{}' already exists", name));
  firewall.ipsets[name].comment = call.parameters.text("comment");
  return Answer::of();
}

Answer add_ipset_entry(Call& call) {
  auto& firewall = where(call).firewall;
  const auto name = call.parameters.text("name");
  const auto found = firewall.ipsets.find(name);
  if (found == firewall.ipsets.end()) return Answer::fail(fmt::format("no such IPSet '{}'", name));
  auto& entries = found->second.entries;
  const auto cidr = call.parameters.text("cidr");
  for (const auto& entry : entries) {
    if (get(entry, "cidr") == cidr)
      return Answer::bad("cidr", fmt::format("address '{}' already exists", cidr));
  }
  Config entry = alias_from(call.parameters);
  if (call.parameters.flag("nomatch")) entry["nomatch"] = "1";
  entries.insert(entries.begin(), std::move(entry));
  return Answer::of();
}

Answer remove_ipset(Call& call) {
  auto& firewall = where(call).firewall;
  const auto name = call.parameters.text("name");
  const auto found = firewall.ipsets.find(name);
  if (found == firewall.ipsets.end()) return Answer::of();
  if (!found->second.entries.empty() && !call.parameters.flag("force")) {
    return Answer::fail(fmt::format("IPSet '{}' is not empty", name));
  }
  firewall.ipsets.erase(found);
  return Answer::of();
}

Answer groups(Call& call) {
  std::vector<Config> list;
  for (const auto& [name, group] : call.state.security_groups) {
    list.push_back({{"group", name}});
    if (!group.comment.empty()) list.back()["comment"] = group.comment;
  }
  const auto digest = list_digest(list);
  base::JsonArray rows;
  for (const auto& entry : list) {
    auto row = to_json(entry);
    row["digest"] = digest;
    rows.emplace_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

Answer group(Call& call) {
  const auto found = group_rules(call);
  return found ? list_rules(**found, group_scope(call)) : found.error();
}

Answer add_group_rule(Call& call) {
  const auto found = group_rules(call);
  return found ? create_rule(**found, group_scope(call), call.parameters) : found.error();
}

using enum base::Method;
constexpr std::string_view kPlaces[] = {"/cluster", "/nodes/{node}", "/nodes/{node}/qemu/{vmid}",
                                        "/nodes/{node}/lxc/{vmid}"};

constexpr Route kRoutes[] = {
    {Get, "/firewall/options", get_options},
    {Put, "/firewall/options", set_options},
    {Get, "/firewall/rules", rules},
    {Post, "/firewall/rules", add_rule},
    {Get, "/firewall/rules/{pos}", rule},
    {Put, "/firewall/rules/{pos}", change_rule},
    {Delete, "/firewall/rules/{pos}", remove_rule},
    {Get, "/firewall/aliases", aliases},
    {Post, "/firewall/aliases", add_alias},
    {Get, "/firewall/aliases/{name}", alias},
    {Delete, "/firewall/aliases/{name}", remove_alias},
    {Get, "/firewall/ipset", ipsets},
    {Post, "/firewall/ipset", add_ipset},
    {Get, "/firewall/ipset/{name}", ipset},
    {Post, "/firewall/ipset/{name}", add_ipset_entry},
    {Delete, "/firewall/ipset/{name}", remove_ipset},
    {Get, "/firewall/groups", groups},
    {Get, "/firewall/groups/{group}", group},
    {Post, "/firewall/groups/{group}", add_group_rule},
};

}  // namespace

RouteTable firewall_routes() { return {kRoutes, kPlaces}; }

}  // namespace simulator
