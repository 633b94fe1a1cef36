#include "net/certificate.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <optional>

#include "base/ascii.h"
#include "base/owned.h"
#include "base/random.h"
#include "base/text.h"

namespace net {
namespace {

using CertificatePtr = base::Owned<X509, X509_free>;
using KeyPtr = base::Owned<EVP_PKEY, EVP_PKEY_free>;
using BioPtr = base::Owned<BIO, BIO_free>;
using ExtensionPtr = base::Owned<X509_EXTENSION, X509_EXTENSION_free>;
using NamesPtr = base::Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

std::optional<Fingerprint> digest(const X509* certificate) {
  Fingerprint fingerprint{};
  unsigned length = 0;
  if (X509_digest(certificate, EVP_sha256(), fingerprint.data(), &length) != 1 ||
      length != fingerprint.size())
    return std::nullopt;
  return fingerprint;
}

// The text of a PEM writer.
template <class Write>
std::string pem_text(Write write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || write(bio.get()) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string name_text(const X509_NAME* name) {
  return base::printable(
      pem_text([&](BIO* bio) {
        return X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0 ? 1 : 0;
      }),
      300);
}

std::int64_t epoch_of(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? ::timegm(&parts) : 0;
}

std::string address_text(const ASN1_OCTET_STRING* value) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* bytes = ASN1_STRING_get0_data(value);
  const int length = ASN1_STRING_length(value);
  if (length != 4 && length != 16) return "";
  return ::inet_ntop(length == 4 ? AF_INET : AF_INET6, bytes, text.data(), text.size()) == nullptr
             ? ""
             : text.data();
}

std::vector<std::string> alternative_names(const X509* certificate) {
  std::vector<std::string> names;
  const NamesPtr list(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int at = 0; at < sk_GENERAL_NAME_num(list.get()); ++at) {
    const auto* entry = sk_GENERAL_NAME_value(list.get(), at);
    std::string name;
    if (entry->type == GEN_IPADD) name = address_text(entry->d.iPAddress);
    if (entry->type == GEN_DNS)
      name = base::printable({reinterpret_cast<const char*>(ASN1_STRING_get0_data(entry->d.dNSName)),
                              static_cast<std::size_t>(ASN1_STRING_length(entry->d.dNSName))},
                             255);
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

bool add_alternative_names(X509* certificate, std::span<const std::string> names) {
  const NamesPtr list(GENERAL_NAMES_new());
  for (const auto& name : names) {
    GENERAL_NAME* entry = GENERAL_NAME_new();
    std::array<unsigned char, 16> address{};
    const int bytes = ::inet_pton(AF_INET, name.c_str(), address.data()) == 1    ? 4
                      : ::inet_pton(AF_INET6, name.c_str(), address.data()) == 1 ? 16
                                                                                 : 0;
    if (bytes > 0) {
      ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
      ASN1_OCTET_STRING_set(value, address.data(), bytes);
      GENERAL_NAME_set0_value(entry, GEN_IPADD, value);
    } else {
      ASN1_IA5STRING* value = ASN1_IA5STRING_new();
      ASN1_STRING_set(value, name.data(), static_cast<int>(name.size()));
      GENERAL_NAME_set0_value(entry, GEN_DNS, value);
    }
    if (sk_GENERAL_NAME_push(list.get(), entry) == 0) {
      GENERAL_NAME_free(entry);
      return false;
    }
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, list.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

bool add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  auto bytes = base::random_bytes(16);
  bytes[0] = static_cast<char>(bytes[0] & 0x7F);
  const base::Owned<BIGNUM, BN_free> number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                                      static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool fill(X509* certificate, EVP_PKEY* key, std::span<const std::string> names) {
  constexpr long kHour = 3600;
  constexpr long kTenYears = 3650L * 24 * kHour;
  X509_NAME* subject = X509_get_subject_name(certificate);
  const std::string common = names.front().substr(0, 64);
  return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kHour) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kTenYears) != nullptr &&
         X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common.data()),
                                    static_cast<int>(common.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 && add_alternative_names(certificate, names) &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
         add_extension(certificate, NID_subject_key_identifier, "hash") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

}  // namespace

std::expected<Fingerprint, std::string> parse_fingerprint(std::string_view text) {
  text = base::trim(text);
  const std::string lower = base::lower_ascii(text);
  for (const std::string_view prefix : {"sha256 fingerprint=", "sha256:"}) {
    if (lower.starts_with(prefix)) {
      text.remove_prefix(prefix.size());
      break;
    }
  }
  if (text.empty()) return std::unexpected("is empty");
  Fingerprint fingerprint{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // A colon separates pairs of digits and nothing else.
    if (c == ':' && digits > 0 && digits % 2 == 0 && text[i - 1] != ':' && i + 1 < text.size()) continue;
    const int value = base::hex_value(c);
    if (value < 0)
      return std::unexpected(
          "has a character that is neither a hexadecimal digit nor a colon between two bytes");
    if (digits < 64) {
      auto& byte = fingerprint[digits / 2];
      byte = static_cast<std::uint8_t>(byte * 16 + value);
    }
    ++digits;
  }
  if (digits == 40)
    return std::unexpected("has 40 hexadecimal digits, that is SHA-1; the SHA-256 fingerprint has 64");
  if (digits != 64)
    return std::unexpected("has " + std::to_string(digits) +
                           " hexadecimal digits; a SHA-256 fingerprint has 64");
  return fingerprint;
}

std::string to_text(const Fingerprint& fingerprint) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(fingerprint.size() * 3);
  for (const std::uint8_t byte : fingerprint) {
    if (!out.empty()) out += ':';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

CertificateFacts facts_of(const X509* certificate) {
  CertificateFacts facts;
  const auto fingerprint = digest(certificate);
  if (!fingerprint) return facts;
  facts.fingerprint = to_text(*fingerprint);
  facts.subject = name_text(X509_get_subject_name(certificate));
  facts.issuer = name_text(X509_get_issuer_name(certificate));
  facts.names = alternative_names(certificate);
  facts.from = epoch_of(X509_get0_notBefore(certificate));
  facts.until = epoch_of(X509_get0_notAfter(certificate));
  return facts;
}

std::expected<Certificate, std::string> make_certificate(std::span<const std::string> names) {
  if (names.empty()) return std::unexpected("a certificate needs at least one name");
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertificatePtr certificate(X509_new());
  if (!key || !certificate || !fill(certificate.get(), key.get(), names))
    return std::unexpected("OpenSSL could not make a certificate for '" + base::printable(names.front()) +
                           "'");
  Certificate made;
  made.certificate_pem = pem_text([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); });
  made.key_pem = pem_text([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  const auto fingerprint = digest(certificate.get());
  if (made.certificate_pem.empty() || made.key_pem.empty() || !fingerprint)
    return std::unexpected("OpenSSL could not write the certificate");
  made.fingerprint = *fingerprint;
  return made;
}

std::expected<Fingerprint, std::string> fingerprint_of_pem(std::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const CertificatePtr certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!certificate) return std::unexpected("the text holds no PEM certificate");
  const auto fingerprint = digest(certificate.get());
  if (!fingerprint) return std::unexpected("OpenSSL could not compute the fingerprint");
  return *fingerprint;
}

}  // namespace net
