#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/json_read.h"
#include "base/plural.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "cli/commands.h"
#include "cli/offer/offer.h"
#include "cli/operator/authority.h"
#include "cli/output.h"
#include "cli/privileges.h"
#include "cli/reach.h"
#include "cli/records.h"
#include "cli/state_folder.h"
#include "config/token.h"
#include "engine/bounds/scope.h"
#include "engine/words/remedies.h"
#include "guard/terms.h"
#include "pve/fingerprint.h"
#include "pve/own_access.h"
#include "state/freeze.h"
#include "state/passphrase.h"

namespace cli {
namespace {

// One line per step, printed as soon as it is known; steps after a failed one are left out.
class Report {
 public:
  void good(std::string_view step, std::string_view text) { line("ok  ", step, text); }
  void weak(std::string_view step, std::string_view text) {
    warned_ = true;
    line("warn", step, text);
  }
  void bad(std::string_view step, std::string_view text) {
    failed_ = true;
    line(lenient_ ? "warn" : "FAIL", step, text);
  }
  bool failed() const { return failed_; }
  bool warned() const { return warned_; }
  /// Between begin_host() and end_host() failures count as warnings; end_host() says whether there was none.
  void begin_host(const std::string& host) {
    lenient_ = true;
    good("host", host);
  }
  bool end_host() {
    lenient_ = false;
    return !std::exchange(failed_, false);
  }

 private:
  static void line(std::string_view mark, std::string_view step, std::string_view text) {
    constexpr std::size_t kWidth = 12;
    std::string out = std::string(mark) + "  " + std::string(step);
    if (step.size() < kWidth) out.append(kWidth - step.size(), ' ');
    // Prints the remedy on its own lines below the step.
    for (const char c : shown(text, ::isatty(STDOUT_FILENO) == 1)) {
      out += c;
      if (c == '\n') out.append(6 + kWidth, ' ');
    }
    out.resize(out.find_last_not_of(' ') + 1);
    print(STDOUT_FILENO, out);
  }
  bool failed_ = false;
  bool warned_ = false;
  bool lenient_ = false;
};

std::string origin(const config::Settings& settings) {
  return settings.file.empty() ? "" : ", with " + settings.file;
}

void settings_step(const config::Settings& settings, const Backend& backend, Report& report) {
  const std::string limits =
      ", tier " + settings.tier + " (" +
      (settings.tier_source.empty() ? "default" : base::printable(settings.tier_source)) + ")";
  if (settings.simulate) {
    return report.good("settings", "the simulated cluster" + limits + origin(settings));
  }
  std::string hosts;
  for (const auto& way : backend.ways()) hosts += (hosts.empty() ? "" : ", ") + way.route.url.text();
  report.good("settings", hosts + " as " + settings.cluster.token_id + ", secret from " +
                              base::printable(settings.cluster.token_secret_source) + limits +
                              origin(settings));
}

/// Where the lists of tools exclude some.
void tools_step(const guard::Policy& policy, Report& report) {
  const auto offer = offer_of(catalog::categories(), policy);
  const auto text = told(offer);
  const auto problem = warning(offer);
  if (!problem.empty()) return report.weak("tools", problem + (text.empty() ? "" : "\n") + text);
  if (!text.empty()) report.good("tools", text);
}

/// Whether `mcp-pve freeze` reaches this server, and whether it has.
void freeze_step(const config::Settings& settings, const std::optional<state::Folder>& folder,
                 Report& report) {
  // Without changes there is nothing to freeze.
  if (const auto why = unusable(folder); !why.empty() && settings.tier != tool::kTierNames.front())
    return report.weak("freeze", fmt::format("`mcp-pve freeze` cannot reach this server, because {}\nSet "
                                             "PVE_STATE_DIR to a folder that its user owns.",
                                             why));
  if (!folder) return;
  if (const auto freeze = state::frozen(*folder)) return report.weak("freeze", describe(*freeze, *folder));
  if (const auto problem = state::weakness(*folder)) return report.weak("freeze", *problem);
  report.good("freeze", "changes are not frozen; `mcp-pve freeze` freezes them by a file in " +
                            base::printable(folder->path.string()));
}

/// Whether a person can approve changes, and against whom that does not help.
void approval_step(const config::Settings& settings, const std::optional<state::Folder>& folder,
                   Report& report) {
  if (settings.approval != "human") return;
  if (const auto why = unusable(folder); !why.empty())
    return report.weak("approval", fmt::format("`mcp-pve approve` cannot reach this server, because {}\nSet "
                                               "PVE_STATE_DIR to a folder that its user owns.",
                                               why));
  const auto is_set = state::has_passphrase(*folder);
  if (!is_set) return report.bad("approval", is_set.error());
  if (!*is_set && needs_passphrase(*folder))
    return report.weak(
        "approval",
        "only the client's user can approve a change, when the client asks: no passphrase is set"
        "\nRun mcp-pve approve --set-passphrase on a terminal, or approve plans as root.");
  if (!settings.http.listen)
    return report.weak(
        "approval",
        "a person approves each call that destroys something; but a client on stdio that has a shell "
        "under this account can read the API token and go to PVE without this server\nRun "
        "the server as another user (a service over HTTP, ssh, a container), and give the API "
        "token few rights.");
  report.good("approval", "a person approves each call that destroys something, with mcp-pve approve");
}

/// Whether changes are recorded, or refused because they cannot be.
void audit_step(const config::Settings& settings, const Variables& variables, Report& report) {
  // Without changes there is nothing to record.
  if (settings.tier == tool::kTierNames.front()) return;
  const auto status = audit_status(settings, variables);
  if (status.stops_changes) return report.bad("audit", status.text);
  status.problem ? report.weak("audit", status.text) : report.good("audit", status.text);
}

void name_and_tcp_steps(const net::ClientOptions& route, const std::string& source, Report& report) {
  const auto& host = route.proxy ? route.proxy->host : route.url.host;
  const auto port = route.proxy ? route.proxy->port : route.url.port;
  if (route.proxy) {
    report.good("proxy", "HTTPS_PROXY connects through " + host + ":" + std::to_string(port) +
                             "; NO_PROXY=" + route.url.host + " connects without it");
  }
  const auto found = look_up(host, port, route.connect_timeout);
  if (!found) {
    return report.bad("name", found.error() + "\nCheck the spelling in " + base::printable(source) +
                                  ", or use the node's IP address.");
  }
  report.good("name", host + " is " + found->text());
  const auto open = connects(*found, route.connect_timeout);
  if (open) return report.good("connection", *open);
  report.bad("connection", open.error() +
                               "\nCheck that pveproxy runs on the node (systemctl status pveproxy), that the "
                               "port is right (8006), and that no firewall blocks it.");
}

// A fingerprint together with the advice to compare it: a user must not pin it unseen.
std::string to_pin(const std::string& fingerprint, const net::Url& url) {
  return "The certificate has the fingerprint\n" + fingerprint + "\n" +
         std::string(pve::kCompareFingerprint) + ".\nIf both are equal, pin it: run mcp-pve trust " +
         url.text() + "\nor set PVE_FINGERPRINT=" + fingerprint;
}

void tls_step(net::Client& network, const net::ClientOptions& route, const config::Cluster& cluster,
              Report& report) {
  if (!route.url.tls)
    return report.weak("TLS", "not used; this is allowed to this machine only, and PVE itself needs https");
  net::SendOptions options;
  options.timeout = route.connect_timeout;
  const auto seen = network.probe(options);
  if (!seen) {
    const auto& failure = seen.error();
    if (failure.fingerprint.empty())
      return report.bad("TLS", failure.detail +
                                   "\nCheck that PVE_BASE_URL names PVE's own HTTPS port (8006) and that "
                                   "pveproxy runs there (systemctl status pveproxy).");
    return report.bad(
        "TLS", "the certificate was refused: " + failure.detail + "\n" +
                   to_pin(failure.fingerprint, route.url) +
                   "\nOr trust PVE's CA: set PVE_CA_FILE to a copy of the node's /etc/pve/pve-root-ca.pem.");
  }
  if (!route.verify && route.fingerprints.empty()) {
    return report.weak("TLS", "the certificate is not verified (" +
                                  base::printable(cluster.verify_ssl_source) + ")\n" +
                                  to_pin(*seen, route.url));
  }
  const auto* const how = route.fingerprints.empty()     ? "certificate verified, fingerprint "
                          : cluster.fingerprints.empty() ? "certificate pinned by mcp-pve trust, "
                                                         : "certificate pinned, ";
  report.good("TLS", how + *seen);
}

void way_steps(const Way& way, const config::Cluster& cluster, Report& report) {
  name_and_tcp_steps(way.route, cluster.base_url_source, report);
  if (!report.failed()) tls_step(*way.network, way.route, cluster, report);
}

/// The user of a token as the shell takes it, or what stands for one that it would not.
std::string user_in_shell(std::string_view token_id) {
  const auto user = token_id.substr(0, token_id.rfind('!'));
  const bool plain = std::ranges::all_of(user, [](char c) {
    return base::is_alnum(c) || std::string_view("@._-").find(c) != std::string_view::npos;
  });
  return plain && !user.empty() ? std::string(user) : "USER@REALM";
}

/// What to look at when PVE rejects the token, with the settings as they were given.
std::string about_rejection(const std::string& rejection, const config::Cluster& cluster) {
  std::string text = rejection + ".";
  if (cluster.token_id_source.empty()) return text;
  text += "\nCheck " + base::printable(cluster.token_id_source);
  if (cluster.token_secret_source != cluster.token_id_source)
    text += " and " + base::printable(cluster.token_secret_source);
  text +=
      "; on a node, \"pveum user token list " + user_in_shell(cluster.token_id) + "\" lists the API tokens.";
  if (!cluster.token_secret.empty() && !config::is_uuid(cluster.token_secret))
    text += "\nPVE's secrets look like 12345678-1234-1234-1234-123456789abc; this one does not.";
  return text;
}

// Why there was no answer, and what to do.
void no_answer(const pve::Error& error, const pve::Client& client, const config::Cluster& cluster,
               Report& report) {
  if (error.kind == pve::Error::Kind::Rejected)
    return report.bad("token", about_rejection(error.message, cluster));
  constexpr std::string_view kPlain = "http:";
  const auto& url = client.base_url();
  if (url.starts_with(kPlain) && error.kind != pve::Error::Kind::Refused)
    return report.bad("answer", "PVE did not answer, because it needs https: set PVE_BASE_URL=https:" +
                                    std::string(url.substr(kPlain.size())));
  report.bad("answer", engine::explanation(error, "GET /version", url, {}));
}

// False if PVE does not accept the API token, so that further requests are pointless.
bool token_and_version_steps(pve::Client& client, const config::Cluster& cluster, const facts::Facts& facts,
                             Report& report) {
  const auto answer = client.call({base::Method::Get, "/version", {}}, std::stop_token{});
  if (!answer) {
    no_answer(answer.error(), client, cluster, report);
    return false;
  }
  report.good("token", "accepted");
  const auto version = base::text(answer->data, "version", 40);
  if (version.empty()) {
    report.bad("version", "the answer to GET /version has no version; check that this is PVE");
    return false;
  }
  if (leading_number(version) < 8) {
    report.weak("version", "PVE " + version + " is older than 8; these tools were not made for it");
  } else {
    const auto newest = facts.version();
    const auto known = std::min(facts::parse_version(version).value_or(newest), newest);
    report.good("version",
                "PVE " + version + " (parameters are checked as of " + facts::to_text(known) + ")");
  }
  return true;
}

/// Each privilege on a line of its own, its tools in brackets.
std::string listed(const std::vector<LackingPrivilege>& lacking) {
  constexpr std::size_t kMost = 3;
  std::string text;
  for (const auto& [privilege, tools] : lacking) {
    const std::span<const std::string_view> few(tools.data(), std::min(tools.size(), kMost));
    text += "\n" + privilege + " (" + base::join(few, ", ");
    if (tools.size() > kMost) text += " and " + std::to_string(tools.size() - kMost) + " more";
    text += ")";
  }
  return text;
}

std::string separation_hint(const std::optional<bool>& separated) {
  if (!separated.value_or(true)) return {};
  return std::string("\nThe API token ") + (separated ? "has" : "may have") +
         " privilege separation: it has only the rights that both the token and its user have. Add a "
         "permission for the token (Datacenter > Permissions > Add > API Token Permission), or uncheck "
         "Privilege Separation.";
}

struct Lack {
  std::vector<LackingPrivilege> lacking;
  std::vector<LackingPrivilege> left_out;  ///< an API token that shall only look does without them
};

Lack lack_of(const base::Json& permissions, const guard::Policy& policy, const facts::Facts& facts) {
  Lack lack;
  auto all = lacking_privileges(permissions, catalog::categories(), policy, facts);
  if (all.empty()) return lack;
  const auto needed = needed_privileges(catalog::categories(), policy, facts);
  for (auto& each : all) {
    const bool by_intent = std::ranges::find(needed.left_out, each.privilege, &LackingPrivilege::privilege) !=
                           needed.left_out.end();
    (by_intent ? lack.left_out : lack.lacking).push_back(std::move(each));
  }
  return lack;
}

void privileges_step(pve::Client& client, const config::Settings& settings, const facts::Facts& facts,
                     const guard::Policy& policy, Report& report) {
  const auto answer = client.call({base::Method::Get, "/access/permissions", {}}, std::stop_token{});
  if (!answer) {
    return report.bad("privileges",
                      engine::explanation(answer.error(), "GET /access/permissions", client.base_url(), {}));
  }
  const auto [lacking, left_out] = lack_of(answer->data, policy, facts);
  const bool has_none = has_no_privileges(answer->data);
  if (lacking.empty() && !has_none) {
    std::string text =
        "the API token has every privilege that the tools need in the access tier " + settings.tier;
    if (!left_out.empty())
      text +=
          ", but for these, with which it could also change something; without them the tools in brackets "
          "show less, or PVE refuses them:" +
          listed(left_out);
    return report.good("privileges", text);
  }
  base::SystemClock clock;
  const auto access = pve::OwnAccessCache(client, clock).now(std::stop_token{});
  const auto hint = separation_hint(access->separated);
  if (has_none) {
    return report.bad("privileges",
                      "the API token has none, so lists will be empty" +
                          (hint.empty() ? "\nGrant its user a role such as PVEAuditor." : hint));
  }
  report.weak("privileges",
              "the API token lacks these everywhere; PVE refuses the tools in brackets, or shows them less:" +
                  listed(lacking) + "\nIf you intend this, do nothing." + hint);
}

/// Which guests PVE_SCOPE holds now: its terms were accepted when the settings were read.
void scope_step(pve::Client& client, const config::Settings& settings, Report& report) {
  if (settings.scope.empty()) return;
  auto terms = guard::Terms::parse(settings.scope, guard::scope_kinds());
  if (!terms) return report.bad("scope", settings.scope_source + ": " + terms.error() + ".");
  base::SystemClock clock;
  engine::Scope scope({{*std::move(terms), "PVE_SCOPE"}}, client, clock);
  const auto held = scope.held(std::stop_token{});
  if (!held)
    return report.weak("scope", "no guest is seen, because PVE_SCOPE cannot be judged: " + held.error());
  if (!held->unjudged.empty())
    return report.weak("scope", fmt::format("the guests of {} are not seen, because the node does not answer",
                                            fmt::join(held->unjudged, ", ")));
  if (held->vmids.empty())
    return report.weak("scope",
                       "PVE_SCOPE holds none of the guests that this API token sees; check its terms");
  const std::vector<std::int64_t> vmids(held->vmids.begin(), held->vmids.end());
  constexpr std::size_t kShown = 20;
  const auto shown = std::span(vmids).first(std::min(kShown, vmids.size()));
  report.good("scope", fmt::format("PVE_SCOPE holds {}: {}{}", base::count_of(vmids.size(), "guests"),
                                   fmt::join(shown, ", "), vmids.size() > kShown ? ", …" : ""));
}

/// Of several hosts each by itself: some may fail, but not all.
void hosts_steps(const config::Settings& settings, std::span<const Way> ways, const facts::Facts& facts,
                 Report& report) {
  const auto& cluster = settings.cluster;
  const base::SystemClock clock;
  const auto credentials = credentials_of(cluster, clock);
  std::string good;
  std::string bad;
  for (const auto& way : ways) {
    const auto host = way.route.url.text();
    report.begin_host(host);
    way_steps(way, cluster, report);
    if (!report.failed()) {
      pve::Client client(*way.network, credentials, {host, settings.timeout, {}});
      token_and_version_steps(client, cluster, facts, report);
    }
    auto& list = report.end_host() ? good : bad;
    list += (list.empty() ? "" : ", ") + host;
  }
  if (good.empty()) return report.bad("hosts", "none of them works; see above");
  if (bad.empty()) return report.good("hosts", "all work");
  report.weak("hosts", "these work: " + good + "\nthese do not, see above: " + bad);
}

/// The last line, if no step has failed.
std::string closing(const config::Settings& settings, const Report& report) {
  std::string text = report.warned() ? "It works, but see the warnings above. Start your client.\n"
                                     : "Everything works: start your client.\n";
  if (!settings.simulate && settings.tier == "full" && settings.cluster.token_id.starts_with("root@pam!"))
    text +=
        "An API token of root@pam can delete everything in the access tier full. Set "
        "PVE_ACCESS_TIER=read-only to "
        "allow reading only.\n";
  return text;
}

}  // namespace

int doctor(const config::Settings& settings, Backend& backend, const facts::Facts& facts,
           const guard::Policy& policy, const std::optional<state::Folder>& folder,
           const Variables& variables) {
  Report report;
  settings_step(settings, backend, report);
  tools_step(policy, report);
  freeze_step(settings, folder, report);
  approval_step(settings, folder, report);
  audit_step(settings, variables, report);
  const auto ways = backend.ways();
  const bool several = ways.size() > 1;
  if (several) {
    hosts_steps(settings, ways, facts, report);
  } else if (!ways.empty()) {
    way_steps(ways.front(), settings.cluster, report);
  }
  if (report.failed()) return kFailed;
  if (several || token_and_version_steps(backend.client(), settings.cluster, facts, report))
    privileges_step(backend.client(), settings, facts, policy, report);
  if (!report.failed()) scope_step(backend.client(), settings, report);
  if (report.failed()) return kFailed;
  print(STDOUT_FILENO, closing(settings, report));
  return kDone;
}

}  // namespace cli
