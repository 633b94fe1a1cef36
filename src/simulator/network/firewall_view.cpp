// What rules of a firewall may name: aliases, IP sets and macros; and the log, which is empty.
#include <fmt/format.h>

#include "simulator/core/routes.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

void add_refs(const Call& call, const Firewall& firewall, std::string_view scope, JsonArray& rows) {
  const auto type = call.parameters.text("type");
  const auto add = [&](std::string_view kind, const std::string& name, std::string_view comment) {
    if (!type.empty() && type != kind) return;
    JsonObject row{{"type", kind}, {"scope", scope}, {"name", name}};
    row["ref"] = kind == "ipset" ? "+" + name : name;
    if (!comment.empty()) row["comment"] = comment;
    rows.push_back(std::move(row));
  };
  for (const auto& [name, set] : firewall.ipsets) add("ipset", name, set.comment);
  for (const auto& [name, alias] : firewall.aliases) add("alias", name, get(alias, "comment"));
}

/// A guest may name what the cluster has, and what it has itself.
Answer refs(Call& call) {
  JsonArray rows;
  add_refs(call, call.state.firewall, "dc", rows);
  if (!call.endpoint.path.starts_with("/cluster")) {
    add_refs(call, call.state.guest_firewalls[call.vmid()], "guest", rows);
  }
  return Answer::of(std::move(rows));
}

struct Macro {
  std::string_view name;
  std::string_view description;
};

/// Some of PVE's.
constexpr Macro kMacros[] = {
    {"BGP", "Border Gateway Protocol traffic"},
    {"Ceph", "Ceph Storage Cluster traffic (Ceph Monitors, OSD & MDS Daemons)"},
    {"DNS", "Domain Name System traffic (upd and tcp)"},
    {"HTTP", "Hypertext Transfer Protocol (WWW)"},
    {"HTTPS", "Hypertext Transfer Protocol (WWW) over SSL"},
    {"MySQL", "MySQL server"},
    {"NTP", "Network Time Protocol (ntpd)"},
    {"Ping", "ICMP echo request"},
    {"PostgreSQL", "PostgreSQL server"},
    {"RDP", "Microsoft Remote Desktop Protocol traffic"},
    {"SMB", "Microsoft SMB traffic"},
    {"SMTP", "Simple Mail Transfer Protocol"},
    {"SSH", "Secure shell traffic"},
    {"Web", "WWW traffic (HTTP and HTTPS)"},
};

Answer macros(Call&) {
  JsonArray rows;
  for (const auto& macro : kMacros)
    rows.push_back(JsonObject{{"macro", macro.name}, {"descr", macro.description}});
  return Answer::of(std::move(rows));
}

Answer log(Call&) {
  return Answer::of_total(JsonArray{base::Json(JsonObject{{"n", 1}, {"t", "no content"}})}, 1);
}

using enum base::Method;
constexpr std::string_view kPlaces[] = {"/cluster", "/nodes/{node}", "/nodes/{node}/qemu/{vmid}",
                                        "/nodes/{node}/lxc/{vmid}"};
constexpr Route kFirewallViewRoutes[] = {
    {Get, "/firewall/refs", refs},
    {Get, "/firewall/macros", macros},
    {Get, "/firewall/log", log},
};

}  // namespace

RouteTable firewall_view_routes() { return {kFirewallViewRoutes, kPlaces}; }

}  // namespace simulator
