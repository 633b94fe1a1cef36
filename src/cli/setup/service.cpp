// mcp-pve setup --service
#include "cli/setup/service_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "auth/token_file.h"
#include "base/program.h"
#include "base/text.h"
#include "cli/authentication.h"
#include "cli/output.h"
#include "cli/setup/apply.h"
#include "cli/setup/checks.h"
#include "cli/setup/setup.h"
#include "cli/setup/steps.h"
#include "config/listen.h"
#include "net/certificate.h"
#include "net/url.h"
#include "setup/clients.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOwnCertificate = "certificate.pem";
constexpr std::string_view kOwnKey = "key.pem";

/// What the service has beside the settings of every server.
struct Service {
  std::string certificate, key;  ///< as systemd finds them
  std::string authority;         ///< what a client must trust; empty: what it trusts anyway
  std::string token;             ///< a new bearer token; empty: that person has one already
  std::string url;
  std::vector<FileChange> files;
};

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

/// Adds a file of the service, if it changes.
Step add_file(Service& service, const fs::path& path, std::string text, mode_t mode, bool secret = false) {
  auto before = content_of_file(path);
  if (!before) return std::unexpected(Stop{kFailed, before.error()});
  FileChange change{path, *std::move(before), std::move(text), mode, secret, 0755};
  if (change.changes()) service.files.push_back(std::move(change));
  return {};
}

/// A unit can name such a path without quotes.
bool fits_unit(std::string_view path) {
  return !base::has_control(path) && path.find_first_of(" $%\"'\\") == std::string_view::npos;
}

std::expected<std::string, std::string> existing_file(std::string_view text) {
  if (!fits_unit(text))
    return std::unexpected("\"" + base::printable(text) +
                           "\" cannot stand in a unit of systemd: use a path without blanks, $, %, quotes, "
                           "backslashes and control characters.");
  if (text.empty() || (text.starts_with('/') && ::access(std::string(text).c_str(), R_OK) == 0))
    return std::string(text);
  return std::unexpected("\"" + base::printable(text) +
                         "\" is not the full path of a file that can be read.");
}

/// PVE's certificate on a node, as pveproxy shows it.
void take_nodes_certificate(const Host& host, Service& service) {
  const bool own = ::access((host.root / "etc/pve/local/pveproxy-ssl.pem").c_str(), R_OK) == 0;
  std::error_code error;
  const auto local = fs::read_symlink(host.root / "etc/pve/local", error);
  const auto folder = error ? std::string("/etc/pve/local") : "/etc/pve/" + local.string();
  service.certificate = folder + (own ? "/pveproxy-ssl.pem" : "/pve-ssl.pem");
  service.key = folder + (own ? "/pveproxy-ssl.key" : "/pve-ssl.key");
  if (!own) service.authority = "/etc/pve/pve-root-ca.pem";
}

Step make_certificate(const Host& host, const std::string& url, Service& service) {
  service.certificate = "/etc/mcp-pve/" + std::string(kOwnCertificate);
  service.key = "/etc/mcp-pve/" + std::string(kOwnKey);
  service.authority = service.certificate;
  const auto certificate = host.folder / kOwnCertificate;
  const auto key = host.folder / kOwnKey;
  std::error_code error;
  if (fs::exists(certificate, error) && fs::exists(key, error)) return {};
  const auto parsed = net::parse_url(url.substr(0, url.rfind('/')));
  const std::vector<std::string> names{parsed ? parsed->host : host_name(), host_name(), "localhost"};
  const auto made = net::make_certificate(names);
  if (!made) return std::unexpected(Stop{kFailed, made.error()});
  if (auto added = add_file(service, key, made->key_pem, 0600, true); !added) return added;
  return add_file(service, certificate, made->certificate_pem, 0644);
}

/// The setting's own check, and that the service may listen there.
std::expected<std::string, std::string> checked_listen(std::string_view text) {
  auto checked = check_of(Topic::Listen)(text);
  if (!checked) return checked;
  constexpr std::uint16_t kFirstFree = 1024;
  const auto endpoint = config::parse_listen("--http", *checked, std::nullopt);
  if (!endpoint) return std::unexpected(endpoint.error());
  if (endpoint->port >= kFirstFree) return checked;
  return std::unexpected(config::complaint(
      "--http", text, "the service has no right to a port below 1024, so take one from 1024 to 65535"));
}

Step ask_endpoint(const Host& host, const Interview& interview, Draft& draft, Service& service) {
  const auto listen = interview.ask(Topic::Listen, checked_listen, setting_in(draft.settings, "http.listen"));
  if (!listen) return std::unexpected(listen.error());
  const auto port = config::parse_listen("--http", *listen, std::nullopt);
  if (!port) return std::unexpected(Stop{kUsage, port.error()});
  const auto usual = setting_in(draft.settings, "http.url")
                         .value_or(fmt::format("https://{}:{}/mcp", host_name(), port->port));
  const auto url = interview.ask(Topic::Url, check_of(Topic::Url), usual);
  if (!url) return std::unexpected(url.error());
  service.url = *url;
  draft.values.emplace_back("http.listen", *listen);
  draft.values.emplace_back("http.url", *url);
  draft.values.emplace_back("http.tokens", "/etc/mcp-pve/tokens.toml");
  if (is_on_node(host) && !interview.is_set(Topic::Certificate)) {
    take_nodes_certificate(host, service);
    interview.show("The service shows this node's certificate, " + service.certificate + ".");
    return {};
  }
  const auto certificate = interview.ask(Topic::Certificate, existing_file);
  if (!certificate) return std::unexpected(certificate.error());
  if (certificate->empty()) return make_certificate(host, *url, service);
  const auto key = interview.ask(Topic::Key, existing_file);
  if (!key) return std::unexpected(key.error());
  service.certificate = *certificate;
  service.key = *key;
  return {};
}

Step ask_person(const Host& host, const Interview& interview, Service& service) {
  const auto check = [](std::string_view text) -> std::expected<std::string, std::string> {
    if (const auto made = auth::make_token(text, {}, words()); !made) return std::unexpected(made.error());
    return std::string(text);
  };
  const auto person = interview.ask(Topic::Person, check);
  if (!person) return std::unexpected(person.error());
  const auto file = host.folder / "tokens.toml";
  const auto before = content_of_file(file);
  if (!before) return std::unexpected(Stop{kFailed, before.error()});
  auto text = before->value_or("");
  const auto names = auth::token_names(text, file.string());
  if (!names) return std::unexpected(Stop{kFailed, names.error()});
  if (std::ranges::find(*names, *person) != names->end()) {
    interview.show(fmt::format("{} has a bearer token already; its hash is in {}.", *person, file.string()));
    return {};
  }
  const auto made = auth::make_token(*person, {}, words());
  if (!made) return std::unexpected(Stop{kFailed, made.error()});
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  text += (text.empty() ? "" : "\n") + made->entry;
  if (const auto sound = auth::parse_tokens(text, file.string(), words()); !sound)
    return std::unexpected(Stop{kFailed, "With a new bearer token at its end, the file would be wrong: " +
                                             sound.error() + " Mend the file, and run setup again."});
  service.token = made->token;
  return add_file(service, file, std::move(text), 0644);
}

/// The unit of the package stays in its place.
Step add_units(const Host& host, Service& service) {
  const auto units = host.root / "etc/systemd/system";
  std::error_code error;
  const bool packaged = fs::exists(host.root / "usr/lib/systemd/system" / kService, error) ||
                        fs::exists(host.root / "lib/systemd/system" / kService, error);
  if (!packaged) {
    const auto self = fs::read_symlink("/proc/self/exe", error);
    const auto program = error ? std::string("/usr/bin/mcp-pve") : self.string();
    if (host.root == "/" && is_hidden_from_service(program, host.home.string()))
      return std::unexpected(Stop{
          kFailed,
          fmt::format("the service sees neither homes nor /tmp, so it cannot run {}. Install the program as "
                      "/usr/local/bin/mcp-pve, and run setup from there.",
                      base::printable(program))});
    if (auto added = add_file(service, units / kService, service_unit(program), 0644); !added) return added;
  }
  const auto lines = certificate_lines(service.certificate, service.key);
  if (auto added = add_file(service, units / (std::string(kService) + ".d") / "setup.conf", lines, 0644);
      !added)
    return added;
  auto check =
      add_file(service, units / "mcp-pve-certificate.service", certificate_check(service.certificate), 0644);
  if (!check) return check;
  return add_file(service, units / kCertificateTimer, certificate_timer(), 0644);
}

/// Runs systemctl; the error is a sentence.
std::expected<void, std::string> systemctl(const Host& host, const Interview& interview,
                                           std::vector<std::string> words) {
  words.insert(words.begin(), "systemctl");
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
  interview.show("Running: " + line);
  const auto ran = base::run_program(words, {.time = std::chrono::seconds{60}, .errors = 4096}, host.root);
  if (const auto trouble = ran.trouble()) return std::unexpected(line + " " + *trouble + ".");
  if (ran.exit_code() != 0)
    return std::unexpected(fmt::format("{} exited with {}: {}.", line, ran.exit_code(),
                                       base::printable(base::trim(ran.errors), 600)));
  return {};
}

void say_how_to_connect(const Interview& interview, const Draft& draft, const Service& service, bool works) {
  ::setup::Server server;
  server.name = draft.name;
  server.url = service.url;
  server.bearer = service.token.empty() ? "TOKEN" : service.token;
  std::string text;
  if (!service.token.empty())
    text += "The bearer token is shown only once. It stands in these lines for the client's settings:\n";
  text += ::setup::to_paste(server);
  if (!service.authority.empty())
    text += fmt::format(
        "The client must trust the certificate: copy {} to that machine, and start the client with the "
        "variable "
        "NODE_EXTRA_CA_CERTS, which names the copy (clients that are made with Node: Claude Code, Cursor, VS "
        "Code, Gemini CLI).\n",
        service.authority);
  interview.show(text + (works ? "Restart that client, and ask: Which guests run, and how busy are the nodes?"
                               : what_to_mend(draft.settings_file)));
}

Answer<Draft> ask_all(const Host& host, const Interview& interview, Service& service) {
  Draft draft;
  draft.service = true;
  if (auto step = ask_name(host, interview, draft); !step) return std::unexpected(step.error());
  if (auto step = ask_connection(host, interview, draft); !step) return std::unexpected(step.error());
  if (auto step = ask_access(host, interview, draft); !step) return std::unexpected(step.error());
  if (auto step = ask_token(host, interview, draft); !step) return std::unexpected(step.error());
  decide_settings(draft);
  if (auto step = ask_guards(interview, draft); !step) return std::unexpected(step.error());
  if (auto step = ask_endpoint(host, interview, draft, service); !step) return std::unexpected(step.error());
  if (auto step = ask_person(host, interview, service); !step) return std::unexpected(step.error());
  if (auto step = add_units(host, service); !step) return std::unexpected(step.error());
  for (const auto& file : service.files) {
    if (!file.before) draft.service_files.push_back(file.path.lexically_relative(host.root).string());
  }
  return draft;
}

/// Runs systemctl without showing anything: whether it succeeds.
bool is_so(const Host& host, std::string_view question) {
  return base::run_program({"systemctl", std::string(question), "--quiet", std::string(kService)},
                           {.time = std::chrono::seconds{60}}, host.root)
      .succeeded();
}

Step run_all(const Host& host, const Interview& interview,
             const std::vector<std::vector<std::string>>& commands) {
  for (const auto& command : commands) {
    if (const auto ran = systemctl(host, interview, command); !ran)
      return std::unexpected(Stop{kFailed, ran.error() + " All files are written."});
  }
  interview.show("See how it runs with: systemctl status mcp-pve, journalctl -u mcp-pve");
  return {};
}

/// All files are as they should be; the service may still be stopped.
Answer<int> start_if_stopped(const Host& host, const Interview& interview) {
  interview.show("Everything is set up like this already; nothing was changed.");
  if (interview.is_set(Topic::DryRun)) return kDone;
  const bool enabled = is_so(host, "is-enabled");
  if (enabled && is_so(host, "is-active")) return kDone;
  interview.show(enabled ? "The service does not run." : "The service does not start with the system.");
  const auto agreed = interview.agrees("Enable and start the service?");
  if (!agreed) return std::unexpected(agreed.error());
  if (!*agreed) return std::unexpected(Stop{kFailed, "Nothing was changed."});
  const auto ran = run_all(host, interview,
                           {{"daemon-reload"},
                            {"enable", "--now", std::string(kService)},
                            {"enable", "--now", std::string(kCertificateTimer)}});
  if (!ran) return std::unexpected(ran.error());
  return kDone;
}

Answer<int> hold(const Host& host, const Interview& interview, const RunCommand& run) {
  Service service;
  const auto draft = ask_all(host, interview, service);
  if (!draft) return std::unexpected(draft.error());
  auto files = files_of(*draft);
  if (!files) return std::unexpected(files.error());
  files->insert(files->end(), service.files.begin(), service.files.end());
  if (files->empty() && draft->grant.parts.empty()) return start_if_stopped(host, interview);
  show_files(interview, *draft, *files);
  if (interview.is_set(Topic::DryRun)) {
    interview.show("This is what setup would do; then it would run systemctl to start " +
                   std::string(kService) + ". Nothing was changed, because of --dry-run.");
    return kDone;
  }
  const auto agreed = interview.agrees("Do this, and start the service?");
  if (!agreed) return std::unexpected(agreed.error());
  if (!*agreed) return std::unexpected(Stop{kFailed, "Nothing was changed."});
  const auto backups = carry_out(*draft, *std::move(files));
  if (!backups) return std::unexpected(backups.error());
  show_backups(interview, *backups);
  const int code =
      try_out(interview, draft->settings_file, run, {"--token-secret-file", draft->secret_file.string()});
  say_how_to_connect(interview, *draft, service, code == kDone);
  const auto ran = run_all(host, interview,
                           {{"daemon-reload"},
                            {"enable", std::string(kService)},
                            {"enable", "--now", std::string(kCertificateTimer)},
                            {"restart", std::string(kService)}});
  if (!ran) return std::unexpected(ran.error());
  return code;
}

}  // namespace

int hold_service_setup(const Host& host, const Interview& interview, const RunCommand& run) {
  if (!host.is_root)
    return ended_by({kUsage, "setup --service writes /etc/mcp-pve and units of systemd, so run it as root."});
  const auto code = hold(host, interview, run);
  return code ? *code : ended_by(code.error());
}

}  // namespace cli
