// The certificates of a node: what it shows, a custom one, and orders at an ACME authority.
#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/routes.h"
#include "simulator/core/tasks.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

/// The file of the certificate that replaces the node's own.
constexpr std::string_view kCustomFile = "pveproxy-ssl.pem";
constexpr std::int64_t kDay = 86'400;

/// A made-up text in the form of a certificate. Clients can only store it.
std::string pem_of(const Certificate& certificate) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::size_t kLines = 24;
  std::string body;
  for (std::size_t line = 0; line < kLines; ++line) {
    const auto digest = digest_of(fmt::format("{}{}", certificate.fingerprint, line));
    const auto more = digest_of(digest);
    for (std::size_t i = 0; i < 32; ++i) {
      body += kAlphabet[static_cast<unsigned char>(digest[i]) * 7U % 64U];
      body += kAlphabet[static_cast<unsigned char>(more[i]) * 11U % 64U];
    }
    body += '\n';
  }
  return "-----BEGIN CERTIFICATE-----\n" + body + "-----END CERTIFICATE-----\n";
}

JsonObject row_of(const Certificate& certificate) {
  JsonArray names;
  for (const auto& name : certificate.names) names.emplace_back(name);
  return {{"filename", certificate.file},
          {"fingerprint", certificate.fingerprint},
          {"subject", certificate.subject},
          {"issuer", certificate.issuer},
          {"notbefore", certificate.from},
          {"notafter", certificate.until},
          {"public-key-type", certificate.key_type},
          {"public-key-bits", certificate.key_bits},
          {"san", std::move(names)},
          {"pem", pem_of(certificate)}};
}

Answer list(Call& call) {
  JsonArray rows;
  for (const auto& certificate : call.state.node(call.node())->certificates) {
    rows.push_back(row_of(certificate));
  }
  return Answer::of(std::move(rows));
}

bool has_custom(const Node& node) {
  return std::ranges::find(node.certificates, kCustomFile, &Certificate::file) != node.certificates.end();
}

void drop_custom(Node& node) {
  std::erase_if(node.certificates, [](const Certificate& kept) { return kept.file == kCustomFile; });
}

std::string fingerprint_of(std::string_view text) {
  std::string out;
  const auto digest = sha256_of(text);
  for (std::size_t i = 0; i < digest.size(); ++i) {
    if (i != 0 && i % 2 == 0) out += ':';
    out += digest[i] >= 'a' ? static_cast<char>(digest[i] - 'a' + 'A') : digest[i];
  }
  return out;
}

/// Replaces the custom certificate of the node.
const Certificate& put_custom(State& state, Node& node, std::string issuer, std::int64_t days,
                              std::string_view seed) {
  drop_custom(node);
  Certificate made;
  made.file = kCustomFile;
  made.subject = "/CN=" + node.name;
  made.issuer = std::move(issuer);
  made.fingerprint = fingerprint_of(seed);
  made.from = state.now();
  made.until = state.now() + days * kDay;
  made.names = {node.name};
  return node.certificates.emplace_back(std::move(made));
}

/// The simulator does not read the certificate: it shows one of the node's name with that text's fingerprint.
Answer upload(Call& call) {
  auto& node = *call.state.node(call.node());
  const bool present = has_custom(node);
  if (!call.parameters.has("key") && !present) {
    return Answer::bad("key", "Attempted to upload custom certificate without (existing) key.");
  }
  if (present && !call.parameters.flag("force")) {
    return Answer::bad("force", "Custom certificate file exists but force flag is not set.");
  }
  const auto& made = put_custom(call.state, node, "/CN=Custom CA", 365, call.parameters.text("certificates"));
  return Answer::of(row_of(made));
}

Answer remove(Call& call) {
  drop_custom(*call.state.node(call.node()));
  return Answer::of();
}

std::vector<std::string> domains_of(const Node& node) {
  std::vector<std::string> domains;
  for (const auto& domain : split_list(get(parse_properties(get(node.options, "acme")), "domains"))) {
    domains.push_back(domain);
  }
  for (const auto& [key, value] : node.options) {
    if (key.starts_with("acmedomain")) domains.emplace_back(get(parse_properties(value, "domain"), "domain"));
  }
  return domains;
}

TaskEnd fetch(State& state, const std::string& name, const std::vector<std::string>& domains,
              const std::string& account) {
  if (!state.acme.accounts.contains(account)) {
    return {fmt::format("ACME account config file '{}' does not exist.", account), {}};
  }
  auto& node = *state.node(name);
  put_custom(state, node, "/C=US/O=Let's Encrypt/CN=R11", 90, fmt::format("{}{}", name, state.now_ms));
  node.certificates.back().names = domains;
  node.certificates.back().subject = "/CN=" + domains.front();
  TaskEnd end;
  for (const auto& domain : domains) {
    end.log.push_back(fmt::format("Getting authorization details for '{}'", domain));
    end.log.emplace_back("The validation for this domain is valid already!");
  }
  for (const std::string_view line :
       {"All domains validated!", "Creating CSR", "Checking order status", "Order is ready, finalizing order",
        "valid!", "Downloading certificate", "Setting pveproxy certificate and key", "Restarting pveproxy"}) {
    end.log.emplace_back(line);
  }
  return end;
}

Answer order(Call& call, std::string_view type) {
  const auto& node = *call.state.node(call.node());
  const auto domains = domains_of(node);
  // PVE fails so on a node that has no ACME settings.
  if (domains.empty()) {
    return Answer::fail(
        "Can't use an undefined value as a HASH reference at /usr/share/perl5/PVE/API2/ACME.pm line 195.");
  }
  const auto account = get(parse_properties(get(node.options, "acme"), "account"), "account", "default");
  return run_task(
      call, type, {}, std::chrono::seconds(10),
      [name = node.name, domains, account](State& state) { return fetch(state, name, domains, account); },
      {"Loading ACME account details", "Placing ACME order"});
}

Answer order_new(Call& call) {
  if (has_custom(*call.state.node(call.node())) && !call.parameters.flag("force")) {
    return Answer::bad("force", "Custom certificate exists but 'force' is not set.");
  }
  return order(call, "acmenewcert");
}

Answer renew(Call& call) {
  const auto& node = *call.state.node(call.node());
  const auto found = std::ranges::find(node.certificates, kCustomFile, &Certificate::file);
  if (found == node.certificates.end()) {
    return Answer::fail("No current (custom) certificate found, please order a new certificate!");
  }
  if (found->until - call.state.now() > 30 * kDay && !call.parameters.flag("force")) {
    return Answer::bad("force",
                       "Certificate does not expire within the next 30 days, and 'force' is not set.");
  }
  return order(call, "acmerenew");
}

Answer revoke(Call& call) {
  if (!has_custom(*call.state.node(call.node()))) {
    return Answer::fail("No current (custom) certificate found, please order a new certificate!");
  }
  return run_task(call, "acmerevoke", {}, std::chrono::seconds(3),
                  [name = call.node()](State& state) {
                    drop_custom(*state.node(name));
                    return TaskEnd{};
                  },
                  {"Loading ACME account details", "Revoking old certificate", "Deleting certificate files",
                   "Restarting pveproxy to revert to self-signed certificates"});
}

using enum base::Method;
constexpr Route kCertificateRoutes[] = {
    {Get, "/nodes/{node}/certificates/info", list},
    {Post, "/nodes/{node}/certificates/custom", upload},
    {Delete, "/nodes/{node}/certificates/custom", remove},
    {Post, "/nodes/{node}/certificates/acme/certificate", order_new},
    {Put, "/nodes/{node}/certificates/acme/certificate", renew},
    {Delete, "/nodes/{node}/certificates/acme/certificate", revoke},
};

}  // namespace

std::span<const Route> certificate_routes() { return kCertificateRoutes; }

}  // namespace simulator
