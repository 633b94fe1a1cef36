// The firewall of the cluster, of nodes and of guests: options, rules, aliases, IP sets, security groups.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/network/firewall_rule.h"

namespace simulator {
namespace {

constexpr auto kClusterOptions = std::to_array<std::string_view>(
    {"ebtables", "enable", "log_ratelimit", "policy_forward", "policy_in", "policy_out"});

/// The firewall that the call's path names.
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
  return {own, {call.guest_type() == GuestType::Qemu ? "vm" : "ct", &state.firewall, &own}};
}

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

std::expected<Named<Config>*, Answer> aliases(Call& call) { return &where(call).firewall.aliases; }

std::string sections_digest(const Named<Config>& sections, const std::string& key) {
  std::vector<Config> list;
  for (const auto& [id, section] : sections) {
    list.push_back(section);
    list.back()[key] = id;
  }
  return list_digest(list);
}

std::string aliases_digest(const Named<Config>& aliases) { return sections_digest(aliases, "name"); }

/// Finds the alias without regard to case, as PVE does.
std::expected<std::string, Answer> identify_alias(Call& call) {
  auto name = call.parameters.text("name");
  for (const auto& [kept, alias] : where(call).firewall.aliases) {
    if (base::lower_ascii(kept) == base::lower_ascii(name)) return kept;
  }
  return name;
}

base::JsonObject alias_row(const Call&, const std::string&, const Config& alias) {
  auto row = section_json(alias);
  row["ipversion"] = address_version(get(alias, "cidr")).value_or(4);
  return row;
}

std::optional<Answer> apply_alias(Call& call, const std::string& name, Config& alias, Step) {
  const auto wanted = call.parameters.text("rename", name);
  if (wanted != name && where(call).firewall.aliases.contains(wanted)) {
    return Answer::bad("name", fmt::format("alias '{}' already exists", wanted));
  }
  alias = {{"cidr", call.parameters.text("cidr")}};
  if (const auto comment = call.parameters.text("comment"); !comment.empty()) alias["comment"] = comment;
  return std::nullopt;
}

void rename_alias(Call& call, const std::string& name) {
  auto alias = where(call).firewall.aliases.extract(name);
  alias.key() = call.parameters.text("rename", name);
  where(call).firewall.aliases.insert(std::move(alias));
}

constexpr Store<Config> kAliases{
    .key = "name",
    .objects = aliases,
    .missing = {"no such alias", "name"},
    .deletes_missing = true,
    .exists = {"alias '{name}' already exists", "name"},
    .digest = aliases_digest,
    .digest_in = Shown::InLists,
    .identify = identify_alias,
    .row = alias_row,
    .apply = apply_alias,
    .settle = rename_alias,
};

template <typename T>
base::JsonObject comment_row(const Call&, const std::string&, const T& object) {
  base::JsonObject row;
  if (!object.comment.empty()) row["comment"] = object.comment;
  return row;
}

template <typename T>
std::string names_digest(const Named<T>& objects, const std::string& key) {
  std::vector<Config> list;
  for (const auto& [name, object] : objects) {
    list.push_back({{key, name}});
    if (!object.comment.empty()) list.back()["comment"] = object.comment;
  }
  return list_digest(list);
}

template <typename T>
std::optional<Answer> apply_comment(Call& call, const std::string&, T& object, Step) {
  object.comment = call.parameters.text("comment");
  return std::nullopt;
}

std::expected<Named<IpSet>*, Answer> ipsets(Call& call) { return &where(call).firewall.ipsets; }

std::string ipsets_digest(const Named<IpSet>& sets) { return names_digest(sets, "name"); }

std::optional<Answer> release_ipset(const Call& call, const std::string& name, const IpSet& set) {
  if (set.entries.empty() || call.parameters.flag("force")) return std::nullopt;
  return Answer::fail(fmt::format("IPSet '{}' is not empty", name));
}

constexpr Store<IpSet> kIpSets{
    .key = "name",
    .objects = ipsets,
    .missing = {"no such IPSet '{name}'"},
    .deletes_missing = true,
    .exists = {"IPSet '{name}' already exists", "name"},
    .digest = ipsets_digest,
    .row = comment_row<IpSet>,
    .apply = apply_comment<IpSet>,
    .release = release_ipset,
};

std::expected<Named<Config>*, Answer> entries(Call& call) {
  auto& sets = where(call).firewall.ipsets;
  const auto found = sets.find(call.parameters.text("name"));
  if (found == sets.end()) return std::unexpected(refusal(call, kIpSets.missing));
  return &found->second.entries;
}

/// A new entry must be an address or the name of an alias; PVE keeps a network without its host bits.
std::optional<Answer> prepare_entry(Call& call, Step step) {
  if (step == Step::Update) return std::nullopt;
  const auto cidr = call.parameters.text("cidr");
  call.parameters.set("cidr", {without_host_bits(cidr)});
  return check_entry(cidr, where(call).scope);
}

std::string entries_digest(const Named<Config>& entries) { return sections_digest(entries, "cidr"); }

base::JsonObject entry_row(const Call&, const std::string&, const Config& entry) {
  return section_json(entry, "nomatch");
}

std::optional<Answer> apply_entry(Call& call, const std::string&, Config& entry, Step) {
  entry.clear();
  if (const auto comment = call.parameters.text("comment"); !comment.empty()) entry["comment"] = comment;
  if (call.parameters.flag("nomatch")) entry["nomatch"] = "1";
  return std::nullopt;
}

constexpr Store<Config> kEntries{
    .key = "cidr",
    .objects = entries,
    .missing = {"no such IP/Network", "cidr"},
    .deletes_missing = true,
    .exists = {"address '{cidr}' already exists", "cidr"},
    .digest = entries_digest,
    .row = entry_row,
    .prepare = prepare_entry,
    .apply = apply_entry,
};

std::string groups_digest(const Named<SecurityGroup>& groups) { return names_digest(groups, "group"); }

RuleScope group_scope(const Call& call) { return {"group", &call.state.firewall, nullptr}; }

std::optional<Answer> release_group(const Call&, const std::string& name, const SecurityGroup& group) {
  if (group.rules.empty()) return std::nullopt;
  return Answer::fail(fmt::format("Security group '{}' is not empty", name));
}

constexpr Store<SecurityGroup> kGroups{
    .key = "group",
    .objects = all_of<&State::security_groups>,
    .missing = {"no such security group '{group}'"},
    .exists = {"Security group '{group}' already exists", "group"},
    .digest = groups_digest,
    .row = comment_row<SecurityGroup>,
    .apply = apply_comment<SecurityGroup>,
    .release = release_group,
};

/// The rules of a firewall or of a security group.
struct Rules {
  std::vector<Config>& list;
  RuleScope scope;
};

std::expected<Rules, Answer> rules_of(Call& call) {
  if (!call.parameters.has("group")) {
    const auto [firewall, scope] = where(call);
    return Rules{firewall.rules, scope};
  }
  const auto found = call.state.security_groups.find(call.parameters.text("group"));
  if (found == call.state.security_groups.end()) return std::unexpected(refusal(call, kGroups.missing));
  return Rules{found->second.rules, group_scope(call)};
}

Answer rules(Call& call) {
  const auto found = rules_of(call);
  return found ? list_rules(found->list, found->scope) : found.error();
}

Answer rule(Call& call) {
  const auto found = rules_of(call);
  return found ? read_rule(found->list, found->scope, call.parameters) : found.error();
}

Answer add_rule(Call& call) {
  const auto found = rules_of(call);
  return found ? create_rule(found->list, found->scope, call.parameters) : found.error();
}

Answer change_rule(Call& call) {
  const auto found = rules_of(call);
  return found ? update_rule(found->list, found->scope, call) : found.error();
}

Answer remove_rule(Call& call) {
  const auto found = rules_of(call);
  return found ? delete_rule(found->list, found->scope, call) : found.error();
}

using enum base::Method;
constexpr std::string_view kPlaces[] = {"/cluster", "/nodes/{node}", "/nodes/{node}/qemu/{vmid}",
                                        "/nodes/{node}/lxc/{vmid}"};

constexpr Route kFirewallRoutes[] = {
    {Get, "/firewall/options", get_options},
    {Put, "/firewall/options", set_options},
    {Get, "/firewall/rules", rules},
    {Post, "/firewall/rules", add_rule},
    {Get, "/firewall/rules/{pos}", rule},
    {Put, "/firewall/rules/{pos}", change_rule},
    {Delete, "/firewall/rules/{pos}", remove_rule},
    {Get, "/firewall/aliases", list_objects<kAliases>},
    {Post, "/firewall/aliases", create_object<kAliases>},
    {Get, "/firewall/aliases/{name}", read_object<kAliases>},
    {Put, "/firewall/aliases/{name}", update_object<kAliases>},
    {Delete, "/firewall/aliases/{name}", delete_object<kAliases>},
    {Get, "/firewall/ipset", list_objects<kIpSets>},
    {Post, "/firewall/ipset", create_object<kIpSets>},
    {Delete, "/firewall/ipset/{name}", delete_object<kIpSets>},
    {Get, "/firewall/ipset/{name}", list_objects<kEntries>},
    {Post, "/firewall/ipset/{name}", create_object<kEntries>},
    {Get, "/firewall/ipset/{name}/{cidr}", read_object<kEntries>},
    {Put, "/firewall/ipset/{name}/{cidr}", update_object<kEntries>},
    {Delete, "/firewall/ipset/{name}/{cidr}", delete_object<kEntries>},
    {Get, "/firewall/groups", list_objects<kGroups>},
    {Post, "/firewall/groups", create_object<kGroups>},
    {Get, "/firewall/groups/{group}", rules},
    {Post, "/firewall/groups/{group}", add_rule},
    {Delete, "/firewall/groups/{group}", delete_object<kGroups>},
    {Get, "/firewall/groups/{group}/{pos}", rule},
    {Put, "/firewall/groups/{group}/{pos}", change_rule},
    {Delete, "/firewall/groups/{group}/{pos}", remove_rule},
};

}  // namespace

RouteTable firewall_routes() { return {kFirewallRoutes, kPlaces}; }

}  // namespace simulator
