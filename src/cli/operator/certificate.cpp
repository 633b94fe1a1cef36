#include "cli/operator/certificate.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/when.h"

namespace cli {

std::expected<ShownCertificate, std::string> look_at(net::ClientOptions route) {
  ShownCertificate shown;
  shown.address = route.url.text();
  if (!route.url.tls)
    return std::unexpected(shown.address + " has no certificate; write https, as PVE itself needs it.");
  net::SendOptions options;
  options.timeout = route.connect_timeout;
  route.fingerprints.clear();
  route.verify = true;
  shown.verified = net::Client(route).inspect(options).has_value();
  route.verify = false;
  auto facts = net::Client(route).inspect(options);
  if (!facts)
    return std::unexpected(
        fmt::format("{} shows no certificate: {}. Check the address, and that pveproxy runs "
                    "there (systemctl status pveproxy).",
                    shown.address, facts.error().detail));
  shown.facts = *std::move(facts);
  return shown;
}

std::string described(const ShownCertificate& certificate) {
  const auto& facts = certificate.facts;
  const std::vector<std::string_view> names(facts.names.begin(), facts.names.end());
  return fmt::format(
      "{} shows this certificate:\n  subject      {}\n  issuer       {}\n  names        {}\n  valid        "
      "{} to "
      "{} UTC\n  SHA-256      {}",
      certificate.address, facts.subject, facts.issuer, names.empty() ? "none" : base::join(names, ", "),
      base::date_text(facts.from), base::date_text(facts.until), facts.fingerprint);
}

}  // namespace cli
