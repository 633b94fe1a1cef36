#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "pve/client.h"

namespace pve {
namespace {

using Kind = net::Failure::Kind;

struct Remedy {
  std::string_view words;  ///< of PVE, as they begin or occur in its message
  std::string_view remedy;
  bool begins = false;  ///< only as they begin: further on they may be a value of the call that PVE repeats
};

// The first match counts.
constexpr std::array kRemedies = {
    Remedy{"not available with API token", "PVE never allows this call to an API token."},
    Remedy{"user != root@pam", "PVE allows this only to root@pam logged in with a password, not to a token."},
    Remedy{"Only root may use this option",
           "PVE allows this option only to root@pam logged in with a password; leave it out."},
    Remedy{"only root can", "PVE allows this only to root@pam logged in with a password, not to a token."},
    Remedy{"Permission check failed",
           "The token lacks this privilege on this path, or what the path names does not exist. An "
           "administrator grants it with: pveum acl modify "
           "PATH --tokens 'USER@REALM!TOKEN' --roles ROLE (with privilege separation the user needs it too).",
           true},
    Remedy{"no quorum",
           "The cluster has no quorum and refuses changes: bring the missing nodes back "
           "(pve_get_cluster_status shows which)."},
    Remedy{"unable to open file '/etc/pve/",
           "The cluster's files are read-only, most likely because it has no quorum "
           "(pve_get_cluster_status shows it)."},
    Remedy{"cluster not ready",
           "The cluster refuses changes for now: see pve_get_cluster_status for missing nodes."},
    Remedy{"got lock request timeout", "Another change holds the cluster's lock: try again in a moment."},
    Remedy{"can't lock file",
           "A running task holds the lock: wait for it (pve_list_tasks with source=active) and try again."},
    Remedy{"is locked (",
           "A task holds this lock, or an interrupted one left it: see pve_list_tasks with source=active; if "
           "none runs, an administrator removes it with qm unlock or pct unlock."},
    Remedy{"Configuration file 'nodes/",
           "There is no such guest on this node: pve_list_cluster_resources tells where it is, if anywhere."},
    Remedy{"unable to find configuration file for",
           "There is no such guest on this node: pve_list_cluster_resources tells where it is, if anywhere."},
    Remedy{"no such cluster node", "pve_list_nodes names the nodes of this cluster."},
    Remedy{"hostname lookup", "No node has this name: pve_list_nodes names the nodes of this cluster."},
    Remedy{"detected modified configuration",
           "Somebody changed it meanwhile: read it again and repeat with the new digest."},
    Remedy{"checksum mismatch",
           "Somebody changed it meanwhile: read it again and repeat with the new digest."},
    Remedy{"No QEMU guest agent configured",
           "Install qemu-guest-agent in the guest and set agent=1 in the VM's configuration."},
    Remedy{"QEMU guest agent is not running",
           "Start qemu-guest-agent in the guest, or wait until it has booted."},
    Remedy{"ha groups have been migrated to rules", "Since PVE 9 rules take the place of HA groups."},
    Remedy{"RRD error",
           "PVE has no statistics of it: it is new (they begin about a minute after its start) or does not "
           "exist (pve_list_cluster_resources lists what does)."},
    Remedy{"protection mode enabled", "Set protection=0 in its configuration first."},
    Remedy{"already running", "It runs already; nothing was changed."},
    Remedy{
        "quit/powerdown failed",
        "The guest did not shut down in time: without an ACPI daemon or the guest agent it never will. Look "
        "at its console, or stop it hard."},
    Remedy{"is running - destroy failed", "Stop it first."},
    Remedy{"not running", "Start it first; pve_list_cluster_resources shows its state."},
    Remedy{"is paused", "Resume it first."},
    Remedy{"used in HA resources",
           "Remove it from HA first (pve_delete_ha_resource), or delete it with purge, which also takes it "
           "out of "
           "backup jobs, replication and HA."},
    Remedy{"is not available on node", "pve_list_node_storage shows what this node has."},
    Remedy{"is not online", "The storage's server does not answer: check it and the network to it."},
    Remedy{"is disabled", "It is switched off in the storage configuration (pve_list_storage)."},
    Remedy{"not enough space", "pve_list_node_storage shows what is free where."},
    Remedy{"No space left on device", "pve_list_node_storage shows what is free where."},
    Remedy{"can't migrate running VM without --online", "Set online."},
    Remedy{"snapshot feature is not available",
           "A disk on this storage cannot be snapshotted; back it up instead."},
    Remedy{"already exists", "Choose another; pve_get_next_vmid gives a free number for a guest."},
    Remedy{"got timeout", "Something else held it for too long: try again in a moment."},
    Remedy{"RPCEnvironment init request failed",
           "The node's cluster file system is down: systemctl status pve-cluster on that node."},
    Remedy{"' not implemented", "This version of PVE does not have this call."},
};

// Only a GET can be repeated without a thought.
bool is_repeatable(std::string_view what) { return what.starts_with("GET"); }

// Made up by PVE's internal proxy; the texts are those of the system, so the number decides.
std::string relay_remedy(const Error& error, std::string_view what) {
  const auto unclear = is_repeatable(what) ? "" : " It may have been carried out: look before repeating it.";
  switch (error.status) {
    case 595:
      return error.message.find("refused") != std::string::npos
                 ? "PVE could not pass the call on: pvedaemon, or pveproxy of the other node, does not run "
                   "there (systemctl status pvedaemon pveproxy)."
                 : "PVE could not reach the node of this call: it is offline or cut off (pve_list_nodes "
                   "shows its status).";
    case 596:
      return std::string(
                 "PVE passed the call on and got no answer: the node hangs or the call failed in its "
                 "middle.") +
             unclear;
    case 597:
    case 598:
    case 599:
      return std::string("PVE passed the call on and the answer broke off.") + unclear;
    default:
      return {};
  }
}

std::string ended(std::string text) {
  if (!text.empty() && std::string_view(".!?…").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

std::string_view unknown_outcome(std::string_view what) {
  if (is_repeatable(what)) return {};
  return " The request had been sent and may have been carried out: look before repeating it.";
}

std::string explain_answer(const Error& error, std::string_view what, std::string_view better) {
  std::string text = error.message;
  for (const auto& [name, reason] : error.errors)
    text.append("\n  ").append(name).append(": ").append(reason);
  text += error.errors.empty() ? " (" : "\n(";
  text += "PVE's answer";
  if (!what.empty()) text += " to " + std::string(what);
  text += ", status " + std::to_string(error.status) + ").";
  auto what_to_do = better.empty() ? relay_remedy(error, what) : std::string(better);
  if (what_to_do.empty()) what_to_do = remedy(error.message);
  if (!what_to_do.empty()) text += " " + what_to_do;
  return text;
}

std::string certificate_text(const net::Failure& failure) {
  std::string text = "The certificate was refused: " + failure.detail + ".";
  if (failure.detail.find("another host") != std::string::npos)
    text += " Write a name that it lists into PVE_BASE_URL.";
  if (failure.fingerprint.empty()) return text;
  return text + " Its SHA-256 fingerprint is " + failure.fingerprint +
         ". If `pvenode cert info` on the node (file pve-ssl.pem or pveproxy-ssl.pem) shows the same, pin it "
         "with PVE_FINGERPRINT=" +
         failure.fingerprint +
         "; or name the CA that signed it in PVE_CA_FILE (on a node: /etc/pve/pve-root-ca.pem).";
}

// Cause and remedy of a call without an answer.
std::string connection_text(const net::Failure& failure, std::string_view base_url) {
  const std::string& why = failure.detail;
  switch (failure.kind) {
    case Kind::Dns:
      return "The name cannot be looked up: " + why +
             ". Check the host in PVE_BASE_URL and this machine's DNS.";
    case Kind::Refused:
      return "Nothing listens there: " + why +
             ". Check the port in PVE_BASE_URL (PVE's is 8006) and that pveproxy runs on the node "
             "(systemctl status pveproxy).";
    case Kind::Unreachable:
      return "There is no way to the host: " + why +
             ". Check the host in PVE_BASE_URL, the network or VPN, and that the node is up.";
    case Kind::ConnectTimeout:
      return "No connection in time: " + why +
             ". Check the host and port in PVE_BASE_URL, firewalls between, and that the node is up.";
    case Kind::Certificate:
      return certificate_text(failure);
    case Kind::Tls:
      if (why.find("CA file") != std::string::npos)
        return "TLS cannot begin: " + why + ". Check PVE_CA_FILE.";
      return "TLS failed: " + why + ". Check that PVE_BASE_URL names PVE's own HTTPS port (8006).";
    case Kind::Timeout:
      return "PVE did not answer in time: " + why +
             ". The node may be busy or wait for another one; PVE_TIMEOUT allows longer.";
    case Kind::Closed:
      return "The connection broke: " + why + ". If it stays so, see journalctl -u pveproxy on the node.";
    case Kind::Protocol:
      return "The answer is unusable: " + why + ". Check that PVE_BASE_URL (" + std::string(base_url) +
             ") names PVE's own port (8006, https).";
    case Kind::Proxy:
      return "The HTTPS proxy does not let the connection through: " + why +
             ". Check HTTPS_PROXY, or add the host to NO_PROXY.";
    case Kind::Cancelled:
      return "The call was cancelled.";
  }
  return why;
}

std::string explain_connection(const Error& error, std::string_view what, std::string_view base_url) {
  if (!error.failure) return ended(error.message);
  std::string text = "No answer from PVE at " + std::string(base_url);
  if (!what.empty()) text += " to " + std::string(what);
  text += ". " + connection_text(*error.failure, base_url);
  if (!error.failure->nothing_sent) text += unknown_outcome(what);
  return text;
}

std::string explain_malformed(const Error& error, std::string_view what, std::string_view base_url) {
  std::string text = error.message;
  if (!what.empty()) text = std::string(what) + ": " + text;
  text += ". Check that PVE_BASE_URL (" + std::string(base_url) +
          ") names PVE itself (https, port 8006), not a login page or a proxy before it.";
  return text + std::string(unknown_outcome(what));
}

}  // namespace

std::string_view remedy(std::string_view message) {
  for (const auto& row : kRemedies) {
    const auto at = message.find(row.words);
    if (at == 0 || (at != std::string_view::npos && !row.begins)) return row.remedy;
  }
  return {};
}

std::string explain(const Error& error, std::string_view what, std::string_view base_url,
                    std::string_view better) {
  switch (error.kind) {
    case Error::Kind::Refused:
      return explain_answer(error, what, better);
    case Error::Kind::Rejected:
      return ended(
          error.message +
          ". Check PVE_TOKEN_ID and PVE_TOKEN_SECRET; pveum user token list USER@REALM shows the tokens "
          "that exist");
    case Error::Kind::Connection:
      return explain_connection(error, what, base_url);
    case Error::Kind::Malformed:
      return explain_malformed(error, what, base_url);
    case Error::Kind::Cancelled:
      return error.failure && !error.failure->nothing_sent && !is_repeatable(what)
                 ? "The call was cancelled after it had been sent; it may have been carried out."
                 : "The call was cancelled.";
  }
  return error.message;
}

}  // namespace pve
