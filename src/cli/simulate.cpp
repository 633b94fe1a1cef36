#include <unistd.h>

#include <array>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/simulation.h"
#include "config/listen.h"
#include "config/token.h"
#include "net/certificate.h"
#include "net/server.h"
#include "pve/client.h"
#include "simulator/cluster.h"
#include "simulator/in_process.h"

namespace cli {
namespace {

constexpr std::uint16_t kPvePort = 8006;

int failed(std::string_view sentence, int code) {
  base::log(base::LogLevel::Error, sentence);
  return code;
}

// The token is the simulator's own, so it may stand in the arguments and be printed.
bool take_token(const std::string& text, simulator::Options& options) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return false;
  options.token_id = text.substr(0, equals);
  options.token_secret = text.substr(equals + 1);
  return config::is_token_id(options.token_id) && config::is_token_secret(options.token_secret);
}

/// Leaves the token's user one role on one path, as an administrator of PVE would: by calls of its API, which
/// refuse a role and a path that PVE does not have. The error is a sentence.
std::optional<std::string> limit_token(simulator::Cluster& cluster, const simulator::Options& options,
                                       const Arguments& arguments) {
  if (arguments.role.empty()) {
    if (!arguments.path) return std::nullopt;
    return "--path says where a role applies, so it needs --role.";
  }
  const auto user = options.token_id.substr(0, options.token_id.find('!'));
  if (user == "root@pam")
    return "--role does not limit root@pam, which may do everything in PVE; set --token to a token of "
           "another user.";
  simulator::InProcess http(cluster);
  pve::Client client(http, {options.token_id, options.token_secret, ""}, {});
  const auto path = arguments.path.value_or("/");
  const std::array<pve::Parameters, 2> changes = {{
      {{"path", path}, {"users", user}, {"roles", arguments.role}},
      {{"path", "/"}, {"users", user}, {"roles", "Administrator"}, {"delete", "1"}},
  }};
  for (const auto& change : changes) {
    const auto done = client.call({base::Method::Put, "/access/acl", change}, std::stop_token{});
    if (!done)
      return "--role and --path are not valid: " +
             pve::explain(done.error(), "PUT /access/acl", "the simulated cluster", {});
    // The user was made with this role, which must not go again.
    if (path == "/" && arguments.role == "Administrator") break;
  }
  return std::nullopt;
}

std::string announcement(const net::ServerOptions& server, std::uint16_t port,
                         const simulator::Options& options, const std::string& fingerprint) {
  const bool ipv6 = server.address.find(':') != std::string::npos;
  std::string text = "# A simulated PVE cluster; end it with Ctrl-C. To use it, paste:\n";
  text += std::string("export PVE_BASE_URL='") + (fingerprint.empty() ? "http://" : "https://") +
          (ipv6 ? "[" + server.address + "]" : server.address) + ":" + std::to_string(port) + "'\n";
  text += "export PVE_TOKEN_ID='" + options.token_id + "'\n";
  text += "export PVE_TOKEN_SECRET='" + options.token_secret + "'\n";
  if (!fingerprint.empty()) text += "export PVE_FINGERPRINT='" + fingerprint + "'\n";
  return text;
}

}  // namespace

int simulate(const Arguments& arguments, const config::Settings& settings, const facts::Facts& facts,
             const base::Clock& clock) {
  const auto listen = config::parse_listen("--listen", arguments.listen, kPvePort);
  if (!listen) return failed(listen.error(), kUsage);
  auto simulation = simulation_of(settings, clock);
  if (!simulation) return failed(simulation.error(), kUsage);
  auto& options = *simulation;
  if (!arguments.token.empty() && !take_token(arguments.token, options)) {
    return failed(config::is_short_token_id(options.token_id)
                      ? "--token: " + std::string(config::kShortTokenName) + "."
                      : "--token must have the form user@realm!name=secret.",
                  kUsage);
  }
  simulator::Cluster cluster(options, facts, clock);
  for (const auto& fault : settings.faults) {
    if (auto set = cluster.fault(fault); !set) return failed(set.error(), kUsage);
  }

  if (const auto misfit = limit_token(cluster, options, arguments)) return failed(*misfit, kUsage);

  std::promise<void> ended;
  on_termination([&, once = false]() mutable {
    if (!std::exchange(once, true)) ended.set_value();
  });
  net::ServerOptions server_options = net::pveproxy_options();
  server_options.address = listen->address;
  server_options.port = listen->port;
  std::string fingerprint;
  if (!arguments.plain) {
    const std::vector<std::string> names = {"localhost", "127.0.0.1", "::1", listen->address};
    auto certificate = net::make_certificate(names);
    if (!certificate) return failed(certificate.error(), kFailed);
    server_options.certificate_pem = certificate->certificate_pem;
    server_options.key_pem = certificate->key_pem;
    fingerprint = net::to_text(certificate->fingerprint);
  }
  if (!listen->is_loopback()) {
    base::log(base::LogLevel::Warning,
              "listening on " + listen->address + ": other machines can reach the simulator.");
  }
  auto server = net::Server::start(server_options, [&](const net::Request& request) {
    auto reply = cluster.handle(request);
    return net::ServerReply{std::move(reply.response), reply.delay, reply.drop};
  });
  if (!server) return failed(server.error(), kFailed);
  if (!print(STDOUT_FILENO, announcement(server_options, (*server)->port(), options, fingerprint)))
    return kFailed;
  ended.get_future().wait();
  return kDone;
}

}  // namespace cli
