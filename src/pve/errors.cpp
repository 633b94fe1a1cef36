#include <string>
#include <string_view>

#include "base/text.h"
#include "pve/client.h"
#include "pve/fingerprint.h"

namespace pve {
namespace {

using Kind = net::Failure::Kind;

// A GET changes nothing, so it is safe to repeat.
bool is_repeatable(std::string_view what) { return what.starts_with("GET"); }

std::string ended(std::string text) {
  if (!text.empty() && std::string_view(".!?…").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

std::string_view unknown_outcome(std::string_view what) {
  if (is_repeatable(what)) return {};
  return " The request was sent, so PVE may have carried it out: check before you repeat it.";
}

/// PVE forwarded the call to another node and got no answer from it.
bool is_lost(const Error& error) { return error.status >= 596 && error.status <= 599; }

std::string explain_answer(const Error& error, std::string_view what, std::string_view what_to_do) {
  std::string text = error.message;
  for (const auto& [name, reason] : error.errors)
    text.append("\n  ").append(name).append(": ").append(reason);
  text += error.errors.empty() ? " (" : "\n(";
  text += "PVE's answer";
  if (!what.empty()) text += " to " + std::string(what);
  text += ", status " + std::to_string(error.status) + ").";
  if (!what_to_do.empty()) text.append(" ").append(what_to_do);
  if (is_lost(error) && !is_repeatable(what))
    text += " PVE may have carried out the request: check before you repeat it.";
  return text;
}

std::string certificate_text(const net::Failure& failure, std::string_view base_url) {
  std::string text = "The certificate was refused: " + failure.detail + ".";
  if (failure.detail.find("another host") != std::string::npos)
    text += " Set PVE_BASE_URL to a name that the certificate lists.";
  if (failure.fingerprint.empty()) return text;
  return text + " Its SHA-256 fingerprint is " + failure.fingerprint + ". " +
         std::string(kCompareFingerprint) + ". If both are equal, pin the certificate: run `mcp-pve trust " +
         std::string(base_url) +
         "` and start the server again, or set PVE_FINGERPRINT=" + failure.fingerprint +
         "; or set PVE_CA_FILE to a copy of the CA's certificate (on a node: /etc/pve/pve-root-ca.pem).";
}

// Cause and remedy of a call without an answer.
std::string connection_text(const net::Failure& failure, std::string_view base_url) {
  const std::string& why = failure.detail;
  switch (failure.kind) {
    case Kind::Dns:
      return "The host name cannot be looked up: " + why +
             ". Check the host in PVE_BASE_URL and this machine's DNS.";
    case Kind::Refused:
      return "Nothing listens on that port: " + why +
             ". Check the port in PVE_BASE_URL (PVE's is 8006) and that pveproxy runs on the node "
             "(systemctl status pveproxy).";
    case Kind::Unreachable:
      return "The host is unreachable: " + why +
             ". Check the host in PVE_BASE_URL, the network or VPN, and that the node is up.";
    case Kind::ConnectTimeout:
      return "The connection timed out: " + why +
             ". Check the host and port in PVE_BASE_URL, the firewalls on the way, and that the node is up.";
    case Kind::Certificate:
      return certificate_text(failure, base_url);
    case Kind::Tls:
      if (why.find("CA file") != std::string::npos)
        return "TLS could not be set up: " + why + ". Check PVE_CA_FILE.";
      return "TLS failed: " + why + ". Check that PVE_BASE_URL names PVE's own HTTPS port (8006).";
    case Kind::Timeout:
      return "The request timed out: " + why +
             ". The node may be busy, or it may be waiting for another node. Raise PVE_TIMEOUT to wait "
             "longer.";
    case Kind::Closed:
      return "The connection broke: " + why +
             ". If this happens again, run journalctl -u pveproxy on the node.";
    case Kind::Protocol:
      return "The answer cannot be read: " + why + ". Check that PVE_BASE_URL (" + std::string(base_url) +
             ") names PVE's own port (8006, https).";
    case Kind::Proxy:
      return "The connection through the HTTPS proxy failed: " + why +
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
          ") is the address of PVE itself (https, port 8006), not of a login page or a proxy in front of it.";
  return text + std::string(unknown_outcome(what));
}

}  // namespace

std::string explain(const Error& error, std::string_view what, std::string_view base_url,
                    std::string_view what_to_do) {
  switch (error.kind) {
    case Error::Kind::Refused:
      return explain_answer(error, what, what_to_do);
    case Error::Kind::Rejected:
      return ended(error.message +
                   ". Check PVE_TOKEN_ID and PVE_TOKEN_SECRET; on a node, pveum user token list USER@REALM "
                   "lists the API tokens");
    case Error::Kind::Connection:
      return explain_connection(error, what, base_url);
    case Error::Kind::Malformed:
      return explain_malformed(error, what, base_url);
    case Error::Kind::Cancelled:
      return error.failure && !error.failure->nothing_sent && !is_repeatable(what)
                 ? "The call was cancelled after the request was sent; PVE may have carried it out."
                 : "The call was cancelled.";
    case Error::Kind::Held:
      return "Nothing was sent: " + error.message;
    case Error::Kind::Hidden:
      return error.message;
  }
  return error.message;
}

}  // namespace pve
