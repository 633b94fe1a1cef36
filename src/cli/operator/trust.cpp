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
#include "cli/commands.h"
#include "cli/operator/certificate.h"
#include "cli/operator/terminal.h"
#include "cli/output.h"
#include "cli/state_folder.h"
#include "net/certificate.h"
#include "pve/fingerprint.h"
#include "state/trusted.h"

namespace cli {
namespace {

int failed(std::string_view sentence, int code) {
  base::log(base::LogLevel::Error, sentence);
  return code;
}

/// A certificate, and the fingerprint that is trusted so far at its address; may be empty.
struct Host {
  ShownCertificate certificate;
  std::string stored;
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

std::string question(const Host& host) {
  auto text = described(host.certificate);
  if (!host.stored.empty())
    text += "\nAnother one was trusted so far: " + host.stored +
            "\nThis is expected after a renewal; otherwise another machine may be answering in PVE's place.";
  if (host.certificate.verified)
    text +=
        "\nAn authority that this machine trusts has signed it, so it is accepted without being stored; "
        "once stored, each renewal must be trusted again.";
  return text + "\n" + std::string(pve::kCompareFingerprint) +
         ".\nTrust this certificate, and no other at this address?";
}

/// Whether the user trusts it; an exit code if the command ends with an error.
std::expected<bool, int> decided(const Host& host, const Arguments& arguments,
                                 const std::vector<net::Fingerprint>& expected) {
  const auto same = [&](const net::Fingerprint& one) {
    return net::to_text(one) == host.certificate.facts.fingerprint;
  };
  if (!expected.empty() && std::ranges::none_of(expected, same)) {
    print(STDERR_FILENO, shown(described(host.certificate), true));
    return std::unexpected(
        failed(fmt::format("{} does not have the fingerprint that {} expects. Nothing was stored.",
                           host.certificate.address, kFlag),
               kFailed));
  }
  if (arguments.yes) return true;
  const auto terminal = Terminal::open();
  if (!terminal) {
    print(STDERR_FILENO, shown(described(host.certificate), true));
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
  if (host.stored == host.certificate.facts.fingerprint) {
    print(STDOUT_FILENO, described(host.certificate) + "\nIt is trusted already.\n");
    return kDone;
  }
  const auto agreed = decided(host, arguments, expected);
  if (!agreed) return agreed.error();
  if (!*agreed) return failed("Nothing was stored for " + host.certificate.address + ".", kFailed);
  if (const auto stored = state::trust(folder, host.certificate.address, host.certificate.facts.fingerprint);
      !stored)
    return failed(stored.error(), kFailed);
  print(STDOUT_FILENO,
        fmt::format("{} is trusted with the fingerprint {} (in {}). Restart the servers that run already.\n",
                    host.certificate.address, host.certificate.facts.fingerprint,
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
    auto certificate = look_at(route);
    if (!certificate) {
      code = failed(certificate.error(), kFailed);
      continue;
    }
    Host host{*std::move(certificate), ""};
    if (const auto stored = trusted->find(host.certificate.address); stored != trusted->end())
      host.stored = stored->second;
    code = std::max(code, settle(host, *folder, arguments, expected));
  }
  return code;
}

}  // namespace cli
