// The steps "name" and "where is PVE".
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/operator/certificate.h"
#include "cli/output.h"
#include "cli/setup/steps.h"
#include "config/settings.h"
#include "net/certificate.h"
#include "net/url.h"
#include "pve/fingerprint.h"

namespace cli {
namespace {

std::expected<std::string, std::string> checked_name(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  const bool fits =
      text.size() >= 2 && text.size() <= kLongest && base::is_letter(text.front()) &&
      std::ranges::all_of(text, [](char c) { return base::is_alnum(c) || c == '-' || c == '_'; });
  if (base::lower_ascii(text) == "config")
    return std::unexpected(config::complaint(
        "--name", text, "config.toml is the settings file of the server pve, so take another name"));
  if (fits) return std::string(text);
  return std::unexpected(config::complaint(
      "--name", text, "a name has 2 to 32 letters, digits, - and _, and begins with a letter"));
}

std::expected<std::string, std::string> checked_port(std::string_view text) {
  const auto port = base::parse_number<std::uint16_t>(text);
  if (port && *port != 0) return std::string(text);
  return std::unexpected(config::complaint("--port", text, "a port is a number from 1 to 65535"));
}

/// True if the text names its port, or a scheme that implies one.
bool names_port(std::string_view part) {
  if (part.find("://") != std::string_view::npos) return true;
  const auto colon = part.rfind(':');
  const bool bare_ipv6 = part.find(':') != colon && !part.starts_with('[');
  return colon != std::string_view::npos && !bare_ipv6 && !part.ends_with(']');
}

std::string with_port(const std::string& hosts, std::string_view port) {
  std::string urls;
  for (const auto part : base::split(hosts, ',')) {
    const auto trimmed = base::trim(part);
    if (trimmed.empty()) continue;
    auto text = std::string(trimmed);
    if (auto url = net::parse_url(trimmed); url && !names_port(trimmed)) {
      url->port = base::parse_number<std::uint16_t>(port).value_or(url->port);
      text = url->text();
    }
    urls += (urls.empty() ? "" : ",") + text;
  }
  return urls;
}

std::expected<std::vector<net::ClientOptions>, std::string> routes_to(const Host& host,
                                                                      const std::string& urls) {
  config::Settings settings;
  settings.cluster.base_url = urls;
  settings.cluster.base_url_source = "--host";
  auto routes = routes_of(settings, host.variables);
  if (routes) {
    for (auto& route : *routes) route.fingerprints.clear();
  }
  return routes;
}

Answer<std::string> ask_port(const Interview& interview, const std::string& hosts) {
  for (const auto part : base::split(hosts, ',')) {
    if (!names_port(base::trim(part))) return interview.ask(Topic::Port, checked_port);
  }
  return "8006";
}

/// The addresses, and the certificate at each of them.
Answer<std::vector<ShownCertificate>> find_nodes(const Host& host, const Interview& interview, Draft& draft) {
  const auto known = setting_in(draft.settings, "cluster.base_url");
  const auto fallback = known ? *known : is_on_node(host) ? "127.0.0.1" : "";
  const auto check = [&](std::string_view text) -> std::expected<std::string, std::string> {
    const auto routes = routes_to(host, with_port(std::string(text), "8006"));
    if (!routes) return std::unexpected(routes.error());
    return std::string(text);
  };
  for (;;) {
    const auto hosts = interview.ask(Topic::Host, check, fallback);
    if (!hosts) return std::unexpected(hosts.error());
    const auto port = ask_port(interview, *hosts);
    if (!port) return std::unexpected(port.error());
    auto routes = routes_to(host, with_port(*hosts, *port));
    if (!routes) return std::unexpected(Stop{kUsage, routes.error()});
    std::vector<ShownCertificate> all;
    std::string problem;
    for (const auto& route : *routes) {
      auto shown = look_at(route);
      if (!shown) {
        problem = shown.error();
        break;
      }
      all.push_back(*std::move(shown));
    }
    if (problem.empty()) {
      draft.routes = *std::move(routes);
      return all;
    }
    if (!interview.has_person() || interview.is_set(Topic::Host))
      return std::unexpected(Stop{kFailed, problem});
    interview.show(problem);
  }
}

/// The fingerprint to pin; "" if the certificate needs none.
Answer<std::string> settle(const ShownCertificate& shown, const std::string& expected,
                           const std::string& pinned, const Interview& interview) {
  const auto& fingerprint = shown.facts.fingerprint;
  const auto is_in = [&](const std::string& list) {
    for (const auto item : base::list_items(list)) {
      const auto one = net::parse_fingerprint(item);
      if (one && net::to_text(*one) == fingerprint) return true;
    }
    return false;
  };
  interview.show(described(shown));
  if (!expected.empty()) {
    if (is_in(expected)) return fingerprint;
    return std::unexpected(
        Stop{kFailed, shown.address + " does not have the fingerprint that --fingerprint expects."});
  }
  if (is_in(pinned)) {
    interview.show("It is pinned already.");
    return fingerprint;
  }
  if (shown.verified) {
    interview.show("An authority that this machine trusts has signed it, so it need not be pinned.");
    return "";
  }
  if (!pinned.empty())
    interview.show("Another one is pinned so far: " + base::printable(pinned) +
                   "\nThis is expected after a renewal; otherwise another machine may be answering in PVE's "
                   "place.");
  interview.show(std::string(pve::kCompareFingerprint) + ".");
  if (interview.is_set(Topic::DryRun) && !interview.has_person()) return fingerprint;
  const auto agreed = interview.agrees_in_person(question(Topic::Fingerprint).prompt, Topic::Fingerprint);
  if (!agreed) return std::unexpected(agreed.error());
  if (!*agreed) return std::unexpected(Stop{kFailed, "the certificate is not trusted. Nothing was changed."});
  return fingerprint;
}

}  // namespace

bool is_on_node(const Host& host) {
  return ::access((host.root / "etc/pve/local/pve-ssl.pem").c_str(), R_OK) == 0;
}

std::optional<std::string> fingerprint_of_node(const Host& host) {
  for (const auto* name : {"pveproxy-ssl.pem", "pve-ssl.pem"}) {
    const auto pem = content_of_file(host.root / "etc/pve/local" / name);
    if (!pem || !*pem) continue;
    if (const auto fingerprint = net::fingerprint_of_pem(**pem)) return net::to_text(*fingerprint);
  }
  return std::nullopt;
}

Step ask_name(const Host& host, const Interview& interview, Draft& draft) {
  const auto name = interview.ask(Topic::Name, checked_name);
  if (!name) return std::unexpected(name.error());
  draft.name = *name;
  const bool first = *name == "pve" || draft.service;
  draft.settings_file = host.folder / (first ? "config.toml" : *name + ".toml");
  draft.secret_file = host.folder / (draft.service ? "pve.secret" : *name + ".secret");
  auto settings = content_of_file(draft.settings_file);
  if (!settings) return std::unexpected(Stop{kFailed, settings.error()});
  draft.has_settings = settings->has_value();
  draft.settings = settings->value_or("");
  draft.record = record_in(draft.settings);
  if (const auto readable = with_settings(draft.settings, {}); !readable)
    return std::unexpected(Stop{
        kFailed, fmt::format("{}: {}.", base::printable(draft.settings_file.string()), readable.error())});
  if (draft.has_settings)
    interview.show(base::printable(draft.settings_file.string()) +
                   " exists; Enter keeps what it says, and its other lines stay.");
  return {};
}

Step ask_connection(const Host& host, const Interview& interview, Draft& draft) {
  if (is_on_node(host)) interview.show("This machine is a PVE node.");
  auto certificates = find_nodes(host, interview, draft);
  if (!certificates) return std::unexpected(certificates.error());
  auto expected = interview.given(Topic::Fingerprint).value_or("");
  // On the node itself its own file says which certificate is the right one.
  if (expected.empty() && is_on_node(host) && draft.routes.size() == 1 &&
      draft.routes.front().url.is_loopback())
    expected = fingerprint_of_node(host).value_or("");
  const auto pinned = setting_in(draft.settings, "cluster.fingerprint").value_or("");
  for (std::size_t i = 0; i < certificates->size(); ++i) {
    const auto& shown = certificates->at(i);
    const auto fingerprint = settle(shown, expected, pinned, interview);
    if (!fingerprint) return std::unexpected(fingerprint.error());
    draft.base_url += (draft.base_url.empty() ? "" : ",") + shown.address;
    if (fingerprint->empty()) continue;
    if (const auto bytes = net::parse_fingerprint(*fingerprint)) draft.routes.at(i).fingerprints = {*bytes};
    if (draft.fingerprint.find(*fingerprint) != std::string::npos) continue;
    draft.fingerprint += (draft.fingerprint.empty() ? "" : ",") + *fingerprint;
  }
  return {};
}

}  // namespace cli
