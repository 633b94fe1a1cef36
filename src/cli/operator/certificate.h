// The certificate that PVE shows at an address, for a person who decides whether to trust it.
#pragma once

#include <expected>
#include <string>

#include "net/certificate.h"
#include "net/client.h"

namespace cli {

/// One address of PVE and its certificate.
struct ShownCertificate {
  std::string address;
  net::CertificateFacts facts;
  bool verified = false;  ///< by an authority that this machine trusts
};

/// What the server at the end of this route shows, whatever the route verifies or pins. The error is a
/// sentence. No API token is sent.
std::expected<ShownCertificate, std::string> look_at(net::ClientOptions route);

/// Several lines: the address, the names, the dates and the fingerprint.
std::string described(const ShownCertificate& certificate);

}  // namespace cli
