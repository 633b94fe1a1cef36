#include "cli/setup/service_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cli {
namespace {

constexpr std::string_view kUnit = R"([Unit]
Description=MCP server for Proxmox VE
Wants=network-online.target
After=network-online.target pve-cluster.service

[Service]
ExecStart={} --config /etc/mcp-pve/config.toml
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
LoadCredential=pve-token-secret:/etc/mcp-pve/pve.secret

# A user of its own, who exists while the service runs and owns nothing but the state folder.
DynamicUser=yes
StateDirectory=mcp-pve
StateDirectoryMode=0700
UMask=0077

# It sees the system without writing to it, and neither homes nor devices nor other processes.
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectProc=invisible
ProcSubset=pid
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
PrivateUsers=yes
RemoveIPC=yes

# It gets no right that it does not have.
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
KeyringMode=private
# AF_UNIX: the system's log, and the resolvers of systemd and NSS.
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
)";

constexpr std::string_view kCertificateLines = R"([Service]
LoadCredential=certificate.pem:{}
LoadCredential=key.pem:{}
Environment=PVE_HTTP_CERTIFICATE=%d/certificate.pem
Environment=PVE_HTTP_KEY=%d/key.pem
)";

constexpr std::string_view kCertificateCheck = R"([Unit]
Description=Restarts the MCP server for Proxmox VE after a change of its certificate

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'cmp -s "$$1" /run/credentials/mcp-pve.service/certificate.pem || systemctl try-restart mcp-pve.service' sh {}
)";

constexpr std::string_view kTimer = R"([Unit]
Description=Looks each day whether the certificate of the MCP server for Proxmox VE has changed

[Timer]
OnCalendar=daily
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
)";

}  // namespace

std::string service_unit(std::string_view program) { return fmt::format(kUnit, program); }

bool is_hidden_from_service(std::string_view program, std::string_view home) {
  constexpr std::array<std::string_view, 4> kHidden = {"/home/", "/run/user/", "/tmp/", "/var/tmp/"};
  return std::ranges::any_of(kHidden, [&](auto folder) { return program.starts_with(folder); }) ||
         (home.size() > 1 && program.starts_with(std::string(home) + "/"));
}

std::string certificate_lines(std::string_view certificate, std::string_view key) {
  return fmt::format(kCertificateLines, certificate, key);
}

std::string certificate_check(std::string_view certificate) {
  return fmt::format(kCertificateCheck, certificate);
}

std::string certificate_timer() { return std::string(kTimer); }

}  // namespace cli
