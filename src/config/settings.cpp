#include "config/settings.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <utility>

#include "base/text.h"
#include "config/file.h"
#include "config/http.h"
#include "config/names.h"
#include "config/readers.h"
#include "config/table.h"
#include "config/token.h"
#include "config/toml.h"

namespace config {
namespace {

enum class Layer : std::uint8_t { Flag, Environment, File };

struct Found {
  Given given;
  Layer layer = Layer::File;
};

// The values from all sources, by row of the table.
using Findings = std::map<const Setting*, Found>;

std::string_view variable_value(std::span<const std::string_view> environment, std::string_view name) {
  for (const auto entry : environment) {
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') {
      return entry.substr(name.size() + 1);
    }
  }
  return {};
}

void from_flags(std::span<const Flag> flags, Findings& findings) {
  for (const auto& row : table()) {
    Given given{std::string(row.flag), {}};
    for (const auto& flag : flags) {
      if (!row.flag.empty() && flag.name == row.flag) given.values.push_back(flag.value);
    }
    if (!given.values.empty()) findings.try_emplace(&row, Found{std::move(given), Layer::Flag});
  }
}

/// The sentence about a variable and its alias that say different things; nothing if they agree.
std::optional<std::string> disagreement(const Setting& row, std::span<const std::string_view> environment) {
  if (!row.alias_must_agree) return std::nullopt;
  const auto list = [&](std::string_view name) {
    return parts({std::string(name), {std::string(variable_value(environment, name))}});
  };
  const auto own = list(row.variable);
  const auto other = list(row.alias);
  if (own.empty() || other.empty() || own == other) return std::nullopt;
  return std::string(row.variable) + " and " + std::string(row.alias) +
         " are two names of one setting, but have different values; keep " + std::string(row.variable) + ".";
}

std::optional<std::string> from_environment(std::span<const std::string_view> environment,
                                            Findings& findings) {
  for (const auto& row : table()) {
    if (auto sentence = disagreement(row, environment)) return sentence;
    for (const auto name : {row.variable, row.alias}) {
      if (name.empty()) continue;
      const auto value = variable_value(environment, name);
      if (value.empty()) continue;
      findings.try_emplace(&row, Found{{std::string(name), {std::string(value)}}, Layer::Environment});
    }
  }
  return std::nullopt;
}

const Setting* row_of_variable(std::string_view variable) {
  for (const auto& row : table()) {
    if (row.variable == variable) return &row;
  }
  return nullptr;
}

std::expected<void, std::string> from_file(const FileText& file, Findings& findings) {
  auto entries = parse_toml(file.text);
  if (!entries) return std::unexpected(file.path + ", " + entries.error() + ".");
  for (auto& entry : *entries) {
    const auto row = std::ranges::find_if(
        table(), [&](const Setting& setting) { return !setting.key.empty() && setting.key == entry.key; });
    if (row == table().end()) return std::unexpected(unknown_key(entry, file.path));
    const std::string source = entry.key + " in " + file.path;
    if (entry.values.empty()) return std::unexpected(source + " is an empty list; set a value or remove it.");
    // An empty string in the file counts as unset, like an empty variable.
    if (entry.values.size() == 1 && entry.values.front().empty()) continue;
    // A setting without a flag is a secret.
    if (row->flag.empty() && file.exposure)
      return std::unexpected(base::printable(source) + " is a secret, but " + *file.exposure + ".");
    findings.try_emplace(&*row, Found{{source, std::move(entry.values), entry.is_array}, Layer::File});
  }
  return {};
}

std::optional<Layer> layer_of(const Findings& findings, const Setting* row) {
  const auto at = findings.find(row);
  return at == findings.end() ? std::optional<Layer>{} : at->second.layer;
}

// Of two settings that give the same secret, such as a value and a file, the one of the higher layer counts.
std::optional<std::string> settle_secret(Findings& findings, const Setting* secret, const Setting* file) {
  const auto of_secret = layer_of(findings, secret);
  const auto of_file = layer_of(findings, file);
  if (!of_secret || !of_file) return std::nullopt;
  if (of_secret == of_file) {
    return findings[secret].given.source + " and " + findings[file].given.source +
           " are both set; keep one of them.";
  }
  findings.erase(*of_secret < *of_file ? file : secret);
  return std::nullopt;
}

// Of id and secret in one, of a secret, a secret's file and a command, the one of the highest layer counts:
// mixing the id of one token with the secret of another only gives a 401.
std::optional<std::string> settle_token(Findings& findings) {
  const Setting* id = row_of_variable("PVE_TOKEN_ID");
  const Setting* secret = row_of_variable("PVE_TOKEN_SECRET");
  const Setting* file = row_of_variable("PVE_TOKEN_SECRET_FILE");
  const Setting* command = row_of_variable("PVE_TOKEN_COMMAND");
  const Setting* both = row_of_variable("PROXMOX_VE_API_TOKEN");
  const auto layer = [&](const Setting* row) { return layer_of(findings, row); };
  if (layer(both)) {
    const auto above_file = [&](const Setting* row) {
      return layer(row).value_or(Layer::File) != Layer::File;
    };
    if (above_file(id) || above_file(secret) || above_file(file) || above_file(command)) {
      findings.erase(both);
    } else {
      for (const auto* row : {id, secret, file, command}) findings.erase(row);
    }
  }
  for (const auto& [one, other] : {std::pair{secret, file}, {secret, command}, {file, command}}) {
    if (auto error = settle_secret(findings, one, other)) return error;
  }
  return std::nullopt;
}

/// A path as the user may write it: "~/" is the shell's word, which nobody expands where a client starts us.
std::string at_home(std::string_view path, std::string_view home) {
  if (!path.starts_with("~/") || home.empty()) return std::string(path);
  return std::string(home) + std::string(path.substr(1));
}

/// The values of settings that name a file. The file of settings may be read from any directory, so its
/// relative paths begin in its own folder; those of flags and variables begin where we run.
void resolve_paths(const Sources& sources, const std::string& file, Findings& findings) {
  const auto home = variable_value(sources.environment, "HOME");
  const auto folder = std::filesystem::path(file).parent_path();
  for (auto& [row, found] : findings) {
    const bool is_folder = row->argument == "FOLDER";
    if (row->argument != "FILE" && !is_folder) continue;
    for (auto& value : found.given.values) {
      value = at_home(value, home);
      if (found.layer != Layer::File) continue;
      value = (is_folder ? std::filesystem::absolute(folder) / value : folder / value).string();
    }
  }
}

// --config and PVE_CONFIG name a file that must exist, the default one may be absent.
std::expected<std::optional<FileText>, std::string> config_file(const Sources& sources,
                                                                const Findings& findings) {
  if (const auto at = findings.find(row_of_variable("PVE_CONFIG")); at != findings.end()) {
    const auto& given = at->second.given;
    if (given.values.size() != 1)
      return std::unexpected(given.source + " is given more than once, but takes one file.");
    const auto path = at_home(given.values.front(), variable_value(sources.environment, "HOME"));
    auto file = read_file(path);
    if (!file) return std::unexpected(complaint(given.source, path, file.error().requirement));
    return std::move(*file);
  }
  const auto path = default_config_path(variable_value(sources.environment, "XDG_CONFIG_HOME"),
                                        variable_value(sources.environment, "HOME"));
  if (path.empty()) return std::nullopt;
  auto file = read_file(path);
  if (file) return std::move(*file);
  if (file.error().absent) return std::nullopt;
  return std::unexpected(complaint("The settings file", path, file.error().requirement));
}

/// Takes the secret of a service from systemd's credential, where nothing else sets one.
void use_credential(std::span<const std::string_view> environment, Cluster& cluster) {
  const auto folder = variable_value(environment, "CREDENTIALS_DIRECTORY");
  if (!cluster.token_secret_source.empty() || !folder.starts_with('/')) return;
  auto path = std::string(folder) + "/pve-token-secret";
  const auto file = read_file(path);
  if (!file && file.error().absent) return;
  cluster.token_secret_file = std::move(path);
  cluster.token_secret_source = "$CREDENTIALS_DIRECTORY/pve-token-secret";
}

std::optional<std::string> check_secret_file(const Cluster& cluster) {
  const auto& path = cluster.token_secret_file;
  if (path.empty()) return std::nullopt;
  const auto& source = cluster.token_secret_source;
  const auto file = read_file(path);
  if (!file) return complaint(source, path, file.error().requirement);
  if (!is_token_secret(base::trim(file->text))) {
    return complaint(source, path, "the file must hold the token's secret and nothing else");
  }
  if (file->exposure) return complaint(source, path, *file->exposure);
  return std::nullopt;
}

// TLS checks later whether they match each other and are trusted; this check finds a wrong path at the start.
std::optional<std::string> check_pem_files(const Findings& findings, const Settings& settings) {
  struct Pem {
    std::string_view variable;
    const std::string& path;
    std::string_view label;  ///< the end of the line that begins the expected PEM block
    std::string_view what;
  };
  const auto& http = settings.http;
  for (const auto& pem : {Pem{"PVE_CA_FILE", settings.cluster.ca_file, "CERTIFICATE-----", "certificate"},
                          Pem{"PVE_HTTP_CERTIFICATE", http.certificate, "CERTIFICATE-----", "certificate"},
                          Pem{"PVE_HTTP_KEY", http.key, "PRIVATE KEY-----", "private key"}}) {
    const auto at = findings.find(row_of_variable(pem.variable));
    if (at == findings.end() || (pem.variable.starts_with("PVE_HTTP") && !http.listen)) continue;
    const auto file = read_file(pem.path);
    if (!file) return complaint(at->second.given.source, pem.path, file.error().requirement);
    if (file->text.find(pem.label) == std::string::npos)
      return complaint(at->second.given.source, pem.path,
                       "the file holds no " + std::string(pem.what) + " in PEM format");
  }
  return std::nullopt;
}

// A variable and the file of settings may stay while another run uses stdin; a flag is meant for this run.
std::optional<std::string> misplaced_http(const Findings& findings, const Settings& settings) {
  if (settings.http.listen) return std::nullopt;
  for (const auto& [row, found] : findings) {
    if (found.layer == Layer::Flag && row->key.starts_with("http."))
      return found.given.source + " applies to the HTTP endpoint only; add --http ADDRESS:PORT or remove it.";
  }
  return std::nullopt;
}

std::optional<std::string> read_state_key(const Findings& findings, Settings& settings) {
  const auto at = findings.find(row_of_variable("PVE_STATE_KEY_FILE"));
  if (at == findings.end()) return std::nullopt;
  const auto& path = settings.state_key_file;
  const auto file = read_file(path);
  if (!file) return complaint(at->second.given.source, path, file.error().requirement);
  const auto key = base::trim(file->text);
  if (const auto misfit = state_key_misfit(key))
    return complaint(at->second.given.source, path, "its content " + *misfit);
  if (file->exposure) return complaint(at->second.given.source, path, *file->exposure);
  settings.state_key = key;
  return std::nullopt;
}

}  // namespace

std::string complaint(std::string_view name, std::string_view value, std::string_view requirement) {
  std::string sentence(name);
  sentence += " is \"" + base::printable(without_secrets(value), 200) + "\", but " + std::string(requirement);
  if (!sentence.ends_with('?')) sentence += '.';
  return sentence;
}

std::expected<Settings, std::string> load(const Sources& sources, const Known& known) {
  auto strangers = check_variables(sources.environment);
  if (!strangers) return std::unexpected(std::move(strangers.error()));
  Findings findings;
  from_flags(sources.flags, findings);
  if (auto error = from_environment(sources.environment, findings)) return std::unexpected(*error);
  auto file = config_file(sources, findings);
  if (!file) return std::unexpected(file.error());
  Settings settings;
  if (*file) {
    settings.file = (*file)->path;
    if (auto read = from_file(**file, findings); !read) return std::unexpected(read.error());
  }
  resolve_paths(sources, settings.file, findings);
  if (auto error = settle_token(findings)) return std::unexpected(*error);
  if (auto error =
          settle_secret(findings, row_of_variable("PVE_STATE_KEY"), row_of_variable("PVE_STATE_KEY_FILE")))
    return std::unexpected(*error);
  for (const auto& row : table()) {
    const auto at = findings.find(&row);
    if (at == findings.end() || row.apply == nullptr) continue;
    if (auto error = row.apply(at->second.given, known, settings)) return std::unexpected(*error);
  }
  use_credential(sources.environment, settings.cluster);
  if (auto error = check_secret_file(settings.cluster)) return std::unexpected(*error);
  if (auto error = read_state_key(findings, settings)) return std::unexpected(*error);
  if (auto error = misplaced_http(findings, settings)) return std::unexpected(*error);
  if (auto error = http_misfit(settings.http)) return std::unexpected(*error);
  if (auto error = check_pem_files(findings, settings)) return std::unexpected(*error);
  if (auto warning = http_warning(settings.http)) settings.warnings.push_back(std::move(*warning));
  if (*strangers) settings.warnings.push_back(std::move(**strangers));
  return settings;
}

std::optional<std::string> missing(const Settings& settings) {
  if (settings.simulate) return std::nullopt;
  const auto& cluster = settings.cluster;
  constexpr std::string_view kTry = " (or try --simulate, which needs no PVE).";
  if (cluster.base_url.empty()) {
    return "PVE_BASE_URL is not set; set it to the address of PVE, such as https://pve.example.com:8006" +
           std::string(kTry);
  }
  if (cluster.token_id.empty()) {
    return "PVE_TOKEN_ID is not set; set it to the id of an API token, such as root@pam!mcp (PVE: Datacenter "
           "> Permissions > API Tokens).";
  }
  if (cluster.token_secret.empty() && cluster.token_secret_file.empty() && cluster.token_command.empty()) {
    return "PVE_TOKEN_SECRET is not set; set it to the API token's secret, or set PVE_TOKEN_SECRET_FILE to a "
           "file that holds it.";
  }
  return std::nullopt;
}

}  // namespace config
