#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/commands.h"
#include "cli/operator/terminal.h"
#include "cli/output.h"
#include "cli/state_folder.h"
#include "net/client.h"
#include "pve/fingerprint.h"
#include "state/trusted.h"

namespace cli {
namespace {

int failed(std::string_view sentence, int code) {
  base::log(base::LogLevel::Error, sentence);
  return code;
}

/// One address of PVE and its certificate.
struct Host {
  std::string address;
  net::CertificateFacts shown;
  std::string stored;     ///< the fingerprint that is trusted so far; may be empty
  bool verified = false;  ///< by an authority that this machine trusts
};

constexpr std::string_view kFlag = "--fingerprint";

/// Why the command line and the settings do not go together; a sentence.
std::optional<std::string> misfit(const Arguments& arguments, const config::Settings& settings) {
  const auto& cluster = settings.cluster;
  if (settings.simulate) return "the simulated cluster has no certificate; remove --simulate.";
  if (!cluster.fingerprints.empty() && cluster.fingerprint_source != kFlag)
    return fmt::format(
        "{} is set, so the server would ignore the fingerprint that `mcp-pve trust` stores. Remove it, and "
        "repeat the command.",
        base::printable(cluster.fingerprint_source));
  if (arguments.yes && cluster.fingerprints.empty())
    return "--yes would store a fingerprint that nobody has compared. Add --fingerprint with the one that "
           "`pvenode cert info` shows on the node.";
  if (arguments.address.empty() && cluster.base_url.empty())
    return "PVE_BASE_URL is not set. Name the address, as in: mcp-pve trust https://pve.example.com:8006";
  return std::nullopt;
}

/// What the server at the end of this route shows; the error is a sentence. No API token is sent.
std::expected<Host, std::string> look_at(net::ClientOptions route) {
  Host host;
  host.address = route.url.text();
  if (!route.url.tls)
    return std::unexpected(host.address + " has no certificate; write https, as PVE itself needs it.");
  net::SendOptions options;
  options.timeout = route.connect_timeout;
  route.fingerprints.clear();
  route.verify = true;
  host.verified = net::Client(route).inspect(options).has_value();
  route.verify = false;
  auto facts = net::Client(route).inspect(options);
  if (!facts)
    return std::unexpected(
        fmt::format("{} shows no certificate: {}. Check the address, and that pveproxy runs "
                    "there (systemctl status pveproxy).",
                    host.address, facts.error().detail));
  host.shown = *std::move(facts);
  return host;
}

std::string described(const Host& host) {
  const auto& shown = host.shown;
  const std::vector<std::string_view> names(shown.names.begin(), shown.names.end());
  return fmt::format(
      "{} shows this certificate:\n  subject      {}\n  issuer       {}\n  names        {}\n  valid        "
      "{} to "
      "{} UTC\n  SHA-256      {}",
      host.address, shown.subject, shown.issuer, names.empty() ? "none" : base::join(names, ", "),
      base::date_text(shown.from), base::date_text(shown.until), shown.fingerprint);
}

std::string question(const Host& host) {
  auto text = described(host);
  if (!host.stored.empty())
    text += "\nAnother one was trusted so far: " + host.stored +
            "\nThis is expected after a renewal; otherwise another machine may be answering in PVE's place.";
  if (host.verified)
    text +=
        "\nAn authority that this machine trusts has signed it, so it is accepted without being stored; "
        "once stored, each renewal must be trusted again.";
  return text + "\n" + std::string(pve::kCompareFingerprint) +
         ".\nTrust this certificate, and no other at this address?";
}

/// Whether the user trusts it; an exit code if the command ends with an error.
std::expected<bool, int> decided(const Host& host, const Arguments& arguments,
                                 const std::vector<net::Fingerprint>& expected) {
  const auto same = [&](const net::Fingerprint& one) { return net::to_text(one) == host.shown.fingerprint; };
  if (!expected.empty() && std::ranges::none_of(expected, same)) {
    print(STDERR_FILENO, shown(described(host), true));
    return std::unexpected(
        failed(fmt::format("{} does not have the fingerprint that {} expects. Nothing was stored.",
                           host.address, kFlag),
               kFailed));
  }
  if (arguments.yes) return true;
  const auto terminal = Terminal::open();
  if (!terminal) {
    print(STDERR_FILENO, shown(described(host), true));
    return std::unexpected(failed(
        "there is no terminal to ask on. Run it on a terminal, or add --yes and --fingerprint with the "
        "fingerprint that `pvenode cert info` shows on the node.",
        kFailed));
  }
  return terminal->says_yes(question(host));
}

/// Shows one certificate and stores it if the user agrees. Returns an exit code.
int settle(const Host& host, const state::Folder& folder, const Arguments& arguments,
           const std::vector<net::Fingerprint>& expected) {
  if (host.stored == host.shown.fingerprint) {
    print(STDOUT_FILENO, described(host) + "\nIt is trusted already.\n");
    return kDone;
  }
  const auto agreed = decided(host, arguments, expected);
  if (!agreed) return agreed.error();
  if (!*agreed) return failed("Nothing was stored for " + host.address + ".", kFailed);
  if (const auto stored = state::trust(folder, host.address, host.shown.fingerprint); !stored)
    return failed(stored.error(), kFailed);
  print(STDOUT_FILENO,
        fmt::format("{} is trusted with the fingerprint {} (in {}). Restart the servers that run already.\n",
                    host.address, host.shown.fingerprint,
                    base::printable(state::trusted_file(folder).string())));
  return kDone;
}

}  // namespace

int trust(const Arguments& arguments, const config::Settings& settings, const Variables& variables) {
  if (const auto sentence = misfit(arguments, settings)) return failed(*sentence, kUsage);
  const auto folder = state::folder(surroundings_of(settings, variables));
  if (!folder) return failed(kNoFolder, kUsage);
  const auto trusted = state::trusted(*folder);
  if (!trusted) return failed(trusted.error(), kFailed);
  auto meant = settings;
  if (!arguments.address.empty()) {
    meant.cluster.base_url = arguments.address;
    meant.cluster.base_url_source = "the address";
  }
  const auto routes = routes_of(meant, variables);
  if (!routes) return failed(routes.error(), kUsage);
  const auto expected =
      settings.cluster.fingerprints.empty() ? std::vector<net::Fingerprint>{} : routes->front().fingerprints;
  int code = kDone;
  for (const auto& route : *routes) {
    auto host = look_at(route);
    if (!host) {
      code = failed(host.error(), kFailed);
      continue;
    }
    if (const auto stored = trusted->find(host->address); stored != trusted->end())
      host->stored = stored->second;
    code = std::max(code, settle(*host, *folder, arguments, expected));
  }
  return code;
}

}  // namespace cli
