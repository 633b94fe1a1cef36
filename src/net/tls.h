// OpenSSL contexts for the client and the server, and the judgement on a peer's certificate.
#pragma once

#include <openssl/types.h>

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/certificate.h"
#include "net/http.h"

namespace net {

struct FreeContext {
  void operator()(SSL_CTX* context) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeContext>;

/// The checks of the server's certificate.
struct TlsTrust {
  bool verify = true;
  std::string ca_file;
  std::vector<Fingerprint> fingerprints;
};

/// TLS 1.2 or newer. Loads the system's certificates and `ca_file` only when they decide. The handshake
/// itself accepts every certificate: judge() decides after it, before a byte of a request is sent, so that a
/// refusal can name reason and fingerprint. The error is one clause.
std::expected<TlsContext, std::string> client_context(const TlsTrust& trust);

/// Names the host for SNI and for the check of names. `host` is a name or an IP literal.
bool expect_host(SSL* session, std::string_view host);

struct Judgement {
  std::string fingerprint;  ///< of the certificate shown, "" when none was
  std::string objection;    ///< "" when accepted, else one clause
};
Judgement judge(SSL* session, const TlsTrust& trust);

/// A server's context from PEM texts. The error is one clause without the key.
std::expected<TlsContext, std::string> server_context(const std::string& certificate_pem,
                                                      const std::string& key_pem);

}  // namespace net
