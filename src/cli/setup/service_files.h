// The files of the service for systemd. The package installs the unit as service_unit() writes it.
#pragma once

#include <string>
#include <string_view>

namespace cli {

inline constexpr std::string_view kService = "mcp-pve.service";
inline constexpr std::string_view kCertificateTimer = "mcp-pve-certificate.timer";

/// The unit, for this program ("/usr/bin/mcp-pve"). It reads /etc/mcp-pve/config.toml, and the API token's
/// secret from /etc/mcp-pve/pve.secret, which root alone can read.
std::string service_unit(std::string_view program);

/// Whether the unit hides the program from the service: in a home, or in a folder for temporary files. `home`
/// is that of root.
bool is_hidden_from_service(std::string_view program, std::string_view home);

/// Lines beside the unit (mcp-pve.service.d/setup.conf) that hand the certificate and its key to the service.
std::string certificate_lines(std::string_view certificate, std::string_view key);

/// A service that restarts the other one if it runs with another certificate than this file has, and the
/// timer that starts it each day.
std::string certificate_check(std::string_view certificate);
std::string certificate_timer();

/// The files that setup writes for the service, below /; the package's unit is not among them.
inline constexpr std::string_view kServiceFiles[] = {
    "etc/mcp-pve/tokens.toml",
    "etc/mcp-pve/certificate.pem",
    "etc/mcp-pve/key.pem",
    "etc/systemd/system/mcp-pve.service",
    "etc/systemd/system/mcp-pve.service.d/setup.conf",
    "etc/systemd/system/mcp-pve-certificate.service",
    "etc/systemd/system/mcp-pve-certificate.timer",
};

}  // namespace cli
