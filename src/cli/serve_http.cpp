#include <sys/resource.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "cli/authentication.h"
#include "cli/output.h"
#include "cli/serve_http.h"
#include "config/file.h"
#include "config/http.h"
#include "net/tls.h"
#include "transport/http/server.h"

namespace cli {
namespace {

using base::LogLevel;

/// The certificate and its key, watched for a new pair.
class CertificateFiles {
 public:
  explicit CertificateFiles(const config::Http& http) : certificate_(http.certificate), key_(http.key) {}

  struct Pair {
    std::string certificate;
    std::string key;
  };
  /// A pair that fits together; the error is a sentence.
  std::expected<Pair, std::string> read() {
    seen_ = times();
    auto certificate = config::read_file(certificate_);
    if (!certificate) return std::unexpected(unusable(certificate_, certificate.error().requirement));
    auto key = config::read_file(key_);
    if (!key) return std::unexpected(unusable(key_, key.error().requirement));
    if (const auto both = net::server_context(certificate->text, key->text); !both)
      return std::unexpected(unusable(certificate_ + " and " + key_, both.error()));
    return Pair{std::move(certificate->text), std::move(key->text)};
  }
  bool set() const { return !certificate_.empty(); }
  bool changed() const { return set() && times() != seen_; }

 private:
  using Time = std::filesystem::file_time_type;
  std::pair<Time, Time> times() const {
    std::error_code gone;
    return {std::filesystem::last_write_time(certificate_, gone),
            std::filesystem::last_write_time(key_, gone)};
  }

  static std::string unusable(std::string_view what, std::string_view why) {
    return "PVE_HTTP_CERTIFICATE and PVE_HTTP_KEY: " + base::printable(what) +
           " cannot be used: " + std::string(why) + ".";
  }

  const std::string certificate_;
  const std::string key_;
  std::pair<Time, Time> seen_;
};

void renew(CertificateFiles& files, transport::HttpServer& server) {
  const auto pair = files.read();
  const auto used = pair ? server.use_certificate(pair->certificate, pair->key)
                         : std::expected<void, std::string>(std::unexpected(pair.error()));
  if (used) {
    base::log(LogLevel::Info, "the new certificate is in use.");
  } else {
    base::log(LogLevel::Error, "the old certificate stays in use: " + used.error());
  }
}

/// Each connection is an open file, and the system's usual limit is below the connections that this server
/// allows.
void allow_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

mcp::Caller caller_of(auth::Principal principal) {
  return {std::move(principal.identity), std::move(principal.tier), std::move(principal.categories),
          std::move(principal.scopes), std::move(principal.scope)};
}

void authenticate_by(auth::Authenticator& authenticator, transport::HttpOptions& options) {
  options.authenticate = [&authenticator](
                             const net::Headers& headers,
                             const std::stop_token& stop) -> std::expected<mcp::Caller, transport::Refusal> {
    auto principal = authenticator.check(headers, stop);
    if (principal) return caller_of(*std::move(principal));
    auto& denied = principal.error();
    return std::unexpected(
        transport::Refusal{denied.status, std::move(denied.challenge), std::move(denied.sentence)});
  };
  options.scope_challenge = [&authenticator](const std::vector<std::string>& scopes) {
    // The scopes are those of the tiers up to the one that is needed.
    return authenticator.insufficient_scope(scopes.empty() ? 0 : scopes.size() - 1).challenge;
  };
  if (const auto metadata = authenticator.metadata()) {
    const auto paths = authenticator.paths();
    for (const auto& path : {paths.root, paths.inserted, paths.local})
      options.documents.emplace_back(path, *metadata);
  }
}

transport::HttpOptions options_of(const config::Http& http) {
  transport::HttpOptions options;
  options.address = http.listen->address;
  options.port = http.listen->port;
  options.hosts = http.hosts;
  options.origins = http.origins;
  if (const auto scheme = http.url.find("://"); scheme != std::string::npos) {
    const auto rest = http.url.substr(scheme + 3);
    options.hosts.push_back(rest.substr(0, rest.find('/')));
  }
  return options;
}

}  // namespace

std::expected<std::unique_ptr<HttpService>, std::string> HttpService::open(const config::Settings& settings,
                                                                           const Variables& variables,
                                                                           const base::Clock& clock) {
  if (const auto sentence = config::http_refusal(settings)) return std::unexpected(*sentence);
  const auto& http = settings.http;
  if (http.listen->port == 0 && !http.issuer.empty() && http.url.empty()) {
    return std::unexpected("Access tokens must name the endpoint's URL, and " + http.listen->text() +
                           " gets another port at each start; set a port with --http, or set --http-url to "
                           "the URL that clients use.");
  }
  if (CertificateFiles files(http); files.set()) {
    if (const auto pair = files.read(); !pair) return std::unexpected(pair.error());
  }
  auto authenticator = cli::authenticator(settings, http.listen->port, variables, clock);
  if (!authenticator) return std::unexpected(authenticator.error());
  return std::unique_ptr<HttpService>(new HttpService(http, *std::move(authenticator)));
}

std::expected<bool, std::string> HttpService::reload() {
  return authenticator_ ? authenticator_->reload() : false;
}

int HttpService::serve(const mcp::Server& server, transport::StopControl& stop) {
  allow_connections();
  auto options = options_of(http_);
  CertificateFiles files(http_);
  if (files.set()) {
    auto pair = files.read();
    if (!pair) {
      base::log(LogLevel::Error, pair.error());
      return kFailed;
    }
    options.certificate_pem = std::move(pair->certificate);
    options.key_pem = std::move(pair->key);
  }
  if (authenticator_) authenticate_by(*authenticator_, options);
  transport::HttpServer* running = nullptr;
  options.beat = [&] {
    if (files.changed()) renew(files, *running);
  };
  auto started = transport::HttpServer::start(server, std::move(options));
  if (!started) {
    base::log(LogLevel::Error, started.error());
    return kFailed;
  }
  running = started->get();
  auto listen = *http_.listen;
  listen.port = running->port();
  base::log(LogLevel::Info,
            "listening on " + std::string(files.set() ? "https://" : "http://") + listen.text() + "/mcp");
  return running->serve(stop);
}

}  // namespace cli
