#include "tool/demand.h"

#include <algorithm>
#include <iterator>

#include "tool/about.h"

namespace tool {
namespace {

using base::Method;

struct Rule {
  Method method;
  std::string_view path;  ///< a template, or with a "*" at its end all that begin so
  bool exec;
};

constexpr Rule kRules[] = {
    {Method::Get, "/cluster/acme/meta", false},
    {Method::Get, "/cluster/acme/tos", false},
    {Method::Get, "/nodes/{node}/query-oci-repo-tags", false},
    {Method::Get, "/nodes/{node}/query-url-metadata", false},
    {Method::Get, "/nodes/{node}/report", false},
    {Method::Get, "/nodes/{node}/scan/*", false},
    {Method::Get, "/nodes/{node}/storage/{storage}/file-restore/download", false},
    {Method::Get, "/nodes/{node}/qemu/{vmid}/agent/exec-status", false},
    {Method::Get, "/nodes/{node}/qemu/{vmid}/agent/file-read", false},
    {Method::Get, "/nodes/{node}/qemu/{vmid}/cloudinit/dump", false},
    {Method::Post, "/nodes/{node}/qemu/{vmid}/agent/exec", true},
    {Method::Post, "/nodes/{node}/qemu/{vmid}/agent/file-write", true},
    {Method::Post, "/nodes/{node}/qemu/{vmid}/monitor", true},
    {Method::Put, "/nodes/{node}/qemu/{vmid}/sendkey", true},
};

constexpr bool names(std::string_view rule, std::string_view path) {
  if (!rule.ends_with('*')) return rule == path;
  return path.starts_with(rule.substr(0, rule.size() - 1));
}

constexpr std::string_view last_segment(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

constexpr std::string_view kConsole =
    "It opens a console for a browser. A person opens it in PVE's web interface.";
constexpr std::string_view kLogin = "It logs a person in. This server uses its API token for every call.";
constexpr std::string_view kMembership =
    "It changes which nodes form the cluster. Root does this on a node, with pvecm.";

}  // namespace

Demand demand(Method method, std::string_view path) {
  const auto* rule = std::ranges::find_if(
      kRules, [&](const Rule& each) { return each.method == method && names(each.path, path); });
  if (rule != std::end(kRules)) return {Tier::Full, rule->exec, method == Method::Get};
  if (method == Method::Get) return {Tier::ReadOnly, false, false};
  return {};
}

Demand demand_of_unknown(Method method, std::string_view path) {
  // What is new below the agent may run commands.
  const bool inside = path.find("/agent/") != std::string_view::npos;
  return {Tier::Full, inside || demand(method, path).exec, method == Method::Get};
}

Endpoint same_call(const Endpoint& call) {
  if (call.path == "/pools/{poolid}") return {call.method, "/pools"};
  if (call.method == Method::Post && call.path == endpoints::kTaskByPost) return {Method::Put, call.path};
  return call;
}

std::string_view category_of(Subject subject) {
  switch (subject) {
    case Subject::Acl:
    case Subject::Group:
    case Subject::Realm:
    case Subject::Role:
    case Subject::SecondFactor:
    case Subject::Session:
    case Subject::Token:
    case Subject::User:
      return "access";
    case Subject::Certificate:
    case Subject::Disk:
    case Subject::Node:
    case Subject::Package:
    case Subject::Service:
    case Subject::Subscription:
      return "nodes";
    case Subject::Network:
    case Subject::Sdn:
      return "network";
    case Subject::Backup:
    case Subject::BackupJob:
      return "backup";
    case Subject::Storage:
    case Subject::Volume:
      return "storage";
    // Those of containers besides: CallTarget::also.
    case Subject::Guests:
    case Subject::Vm:
      return "qemu";
    case Subject::Container:
      return "lxc";
    case Subject::Firewall:
    case Subject::FirewallRule:
      return "firewall";
    default:
      return "cluster";
  }
}

std::string_view never_called(Method method, std::string_view path) {
  const auto last = last_segment(path);
  if (last.ends_with("proxy") || last.ends_with("shell") || last.ends_with("websocket")) return kConsole;
  if (last == "mtunnel") return "Nodes use it among themselves to move a guest. Migrate the guest instead.";
  if (path == "/nodes/{node}/execute")
    return "It runs a list of calls as one. Make each of these calls by itself.";
  if (path == "/access/ticket" || path == "/access/vncticket" || is_below(path, "/access/openid"))
    return kLogin;
  if (method != Method::Get && is_below(path, "/cluster/config")) return kMembership;
  if (path.ends_with("/upload"))
    return "It needs a file. Let the node download it instead: POST "
           "/nodes/{node}/storage/{storage}/download-url.";
  return {};
}

}  // namespace tool
