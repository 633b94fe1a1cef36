// Certificates: SHA-256 fingerprints as PVE shows them, and self-signed ones for servers of our own.
#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace net {

/// SHA-256 of the DER form of a certificate.
using Fingerprint = std::array<std::uint8_t, 32>;

/// Reads 64 hexadecimal digits of either case, with or without colons, optionally after "sha256:" or "SHA256
/// Fingerprint=". The error is a clause without the value: "has 40 hexadecimal digits, that is SHA-1; …".
std::expected<Fingerprint, std::string> parse_fingerprint(std::string_view text);

/// "AA:BB:…", as `pvenode cert info` prints it.
std::string to_text(const Fingerprint& fingerprint);

/// What a certificate says of itself. Its texts are one line each, and harmless to a terminal.
struct CertificateFacts {
  std::string fingerprint;  ///< as to_text() writes it; empty: the server showed no certificate
  std::string subject, issuer;
  std::vector<std::string> names;    ///< DNS names and IP addresses that it is valid for
  std::int64_t from = 0, until = 0;  ///< epoch seconds; 0: unknown
};

CertificateFacts facts_of(const X509* certificate);

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;  ///< a secret
  Fingerprint fingerprint{};
};

/// A self-signed EC P-256 certificate, valid from an hour ago for ten years. `names` are DNS names and IP
/// literals; the first is also the common name.
std::expected<Certificate, std::string> make_certificate(std::span<const std::string> names);

/// Of the first certificate in a PEM text.
std::expected<Fingerprint, std::string> fingerprint_of_pem(std::string_view pem);

}  // namespace net
