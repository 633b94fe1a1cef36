#include "net/tls.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/owned.h"
#include "base/text.h"

namespace net {
namespace {

std::string last_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "unknown error";
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

bool pinned(const Fingerprint& seen, const std::vector<Fingerprint>& allowed) {
  bool found = false;
  for (const auto& one : allowed) found = CRYPTO_memcmp(one.data(), seen.data(), seen.size()) == 0 || found;
  return found;
}

/// "AA:BB or CC:DD"
std::string texts_of(const std::vector<Fingerprint>& fingerprints) {
  std::string text;
  for (const auto& one : fingerprints) text += (text.empty() ? "" : " or ") + to_text(one);
  return text;
}

// Where systems keep the authorities that they trust: OpenSSL's own place first, which is Debian's, or
// another one in a build for all systems.
constexpr auto kFolders = std::to_array<const char*>({
    "/etc/ssl/certs",  // Debian, Ubuntu, SUSE, Arch; on Alpine and Red Hat without an index
});
constexpr auto kBundles = std::to_array<const char*>({
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Red Hat, Fedora
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Red Hat, Fedora
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/ssl/cert.pem",                                  // Alpine
});

// Whether a directory of certificates is indexed by subject, as OpenSSL looks them up.
bool is_indexed(const char* directory) {
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    if (entries->path().extension() == ".0") return true;
  }
  return false;
}

bool is_there(const char* file) { return ::access(file, R_OK) == 0; }

// A bundle in one file costs 100 ms and 8 MB to load; from an indexed directory only what is needed is read.
bool trust_system(SSL_CTX* context) {
  const char* const named_file = std::getenv(X509_get_default_cert_file_env());
  const char* const named_folder = std::getenv(X509_get_default_cert_dir_env());
  if (named_file == nullptr &&
      is_indexed(named_folder != nullptr ? named_folder : X509_get_default_cert_dir()))
    return SSL_CTX_set_default_verify_dir(context) == 1;
  if (named_file == nullptr && named_folder == nullptr && !is_there(X509_get_default_cert_file())) {
    if (const auto* const folder = std::ranges::find_if(kFolders, is_indexed); folder != kFolders.end())
      return SSL_CTX_load_verify_dir(context, *folder) == 1;
    if (const auto* const bundle = std::ranges::find_if(kBundles, is_there); bundle != kBundles.end())
      return SSL_CTX_load_verify_file(context, *bundle) == 1;
  }
  return SSL_CTX_set_default_verify_paths(context) == 1;
}

std::string objection_to_chain(const SSL* session) {
  const long result = SSL_get_verify_result(session);
  if (result == X509_V_OK) return {};
  switch (result) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return std::string("it is not signed by an authority that this machine trusts (") +
             X509_verify_cert_error_string(result) + ")";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return std::string("it is for another host (") + X509_verify_cert_error_string(result) + ")";
    default:
      return X509_verify_cert_error_string(result);
  }
}

}  // namespace

void FreeContext::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

std::expected<TlsContext, std::string> client_context(const TlsTrust& trust) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
    return std::unexpected("TLS cannot be set up: " + last_error());
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  // Kept connections save the handshakes; a resumed session would skip the check of the certificate.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  if (!trust.verify || !trust.fingerprints.empty()) return context;
  if (!trust_system(context.get()))
    return std::unexpected("the system's certificates cannot be read: " + last_error());
  ERR_clear_error();
  if (!trust.ca_file.empty() && SSL_CTX_load_verify_file(context.get(), trust.ca_file.c_str()) != 1)
    return std::unexpected("the CA file '" + base::printable(trust.ca_file) +
                           "' cannot be used: " + last_error());
  // A file that holds an intermediate or the server's own certificate is meant as an anchor too.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
  return context;
}

bool expect_host(SSL* session, std::string_view host) {
  const std::string name(host.substr(0, host.find('%')));
  X509_VERIFY_PARAM* parameters = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (is_address(name)) return X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1;
  return SSL_set_tlsext_host_name(session, name.c_str()) == 1 &&
         X509_VERIFY_PARAM_set1_host(parameters, name.data(), name.size()) == 1;
}

Judgement judge(SSL* session, const TlsTrust& trust) {
  Judgement judgement;
  const X509* certificate = SSL_get0_peer_certificate(session);
  Fingerprint seen{};
  unsigned length = 0;
  if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), seen.data(), &length) != 1) {
    judgement.objection = "the server sent none";
    return judgement;
  }
  judgement.fingerprint = to_text(seen);
  if (!trust.fingerprints.empty()) {
    if (!pinned(seen, trust.fingerprints))
      judgement.objection =
          "its fingerprint differs from the pinned one, " + texts_of(trust.fingerprints) +
          " (expected after a renewal; otherwise another machine may be answering in PVE's place)";
  } else if (trust.verify) {
    judgement.objection = objection_to_chain(session);
  }
  return judgement;
}

std::expected<TlsContext, std::string> server_context(const std::string& certificate_pem,
                                                      const std::string& key_pem) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
    return std::unexpected("TLS cannot be set up: " + last_error());
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  const base::Owned<BIO, BIO_free> chain(
      BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  const base::Owned<BIO, BIO_free> secret(BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())));
  const base::Owned<X509, X509_free> leaf(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
  // Without a password OpenSSL would ask for one on the terminal.
  std::string no_password;
  const base::Owned<EVP_PKEY, EVP_PKEY_free> key(
      PEM_read_bio_PrivateKey(secret.get(), nullptr, nullptr, no_password.data()));
  if (!leaf || SSL_CTX_use_certificate(context.get(), leaf.get()) != 1)
    return std::unexpected("the certificate is not a PEM certificate: " + last_error());
  while (X509* issuer = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr))
    SSL_CTX_add0_chain_cert(context.get(), issuer);
  ERR_clear_error();
  if (!key) return std::unexpected("the key is not a private key in PEM format without a password");
  if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
    return std::unexpected("the key does not match the certificate: " + last_error());
  return context;
}

}  // namespace net
