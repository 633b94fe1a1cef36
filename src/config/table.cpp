#include "config/table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "config/token.h"

namespace config {
namespace {

std::string alternatives(std::span<const std::string_view> words) { return base::join(words, ", "); }

std::string not_among(const Given& given, std::string_view value, std::span<const std::string_view> words) {
  std::string requirement = "must be one of " + alternatives(words);
  if (const auto near = base::nearest(value, words); !near.empty()) {
    requirement += "; did you mean \"" + std::string(near) + "\"?";
  }
  return complaint(given.source, value, requirement);
}

// The one value of a setting that is not a list.
std::expected<std::string, std::string> single(const Given& given) {
  if (given.values.size() != 1) {
    return std::unexpected(given.source + " is given " + std::to_string(given.values.size()) +
                           " times, but takes one value.");
  }
  return std::string(base::trim(given.values.front()));
}

// The parts of a list, from commas and from repetition; empty parts fall away.
std::vector<std::string> parts(const Given& given) {
  std::vector<std::string> found;
  for (const auto& value : given.values) {
    for (const auto part : base::split(value, ',')) {
      if (const auto trimmed = base::trim(part); !trimmed.empty()) found.emplace_back(trimmed);
    }
  }
  return found;
}

std::string as_written(const Given& given) {
  std::string all;
  for (const auto& value : given.values) {
    if (!all.empty()) all += ',';
    all += value;
  }
  return all;
}

std::optional<std::string> set_boolean(const Given& given, bool& target) {
  const auto value = single(given);
  if (!value) return value.error();
  const std::string word = base::lower_ascii(*value);
  if (word == "true" || word == "1" || word == "yes" || word == "on") {
    target = true;
  } else if (word == "false" || word == "0" || word == "no" || word == "off") {
    target = false;
  } else {
    return complaint(given.source, *value, "must be true or false");
  }
  return std::nullopt;
}

std::expected<unsigned, std::string> number(const Given& given, unsigned low, unsigned high,
                                            std::string_view unit) {
  const auto value = single(given);
  if (!value) return std::unexpected(value.error());
  unsigned parsed = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), parsed);
  if (error != std::errc{} || end != value->data() + value->size() || parsed < low || parsed > high) {
    return std::unexpected(complaint(given.source, *value,
                                     "must be a whole number" + std::string(unit) + " from " +
                                         std::to_string(low) + " to " + std::to_string(high)));
  }
  return parsed;
}

std::optional<std::string> set_path(const Given& given, std::string& target) {
  auto value = single(given);
  if (!value) return value.error();
  if (value->empty() || base::has_control(*value)) {
    return complaint(given.source, *value, "must be the path of a file");
  }
  target = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> base_url(const Given& given, const Known&, Settings& settings) {
  // A list, from commas and from repetition; what each part means is not judged here.
  settings.cluster.base_url = base::trim(as_written(given));
  settings.cluster.base_url_source = given.source;
  return std::nullopt;
}

std::optional<std::string> token_id(const Given& given, const Known&, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (!is_token_id(*value)) {
    return complaint(given.source, *value, "must have the form user@realm!name, such as root@pam!mcp");
  }
  settings.cluster.token_id = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> token_secret(const Given& given, const Known&, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (!is_token_secret(*value)) return given.source + std::string(kNoSecret);
  settings.cluster.token_secret = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> token_secret_file(const Given& given, const Known&, Settings& settings) {
  return set_path(given, settings.cluster.token_secret_file);
}

std::optional<std::string> api_token(const Given& given, const Known&, Settings& settings) {
  const auto value = single(given);
  if (!value) return value.error();
  const auto equals = value->find('=');
  const std::string id = value->substr(0, equals);
  const std::string secret = equals == std::string::npos ? "" : value->substr(equals + 1);
  if (!is_token_id(id) || !is_token_secret(secret)) {
    return given.source + " must have the form user@realm!name=secret (its value is not shown).";
  }
  settings.cluster.token_id = id;
  settings.cluster.token_secret = secret;
  return std::nullopt;
}

std::optional<std::string> tier(const Given& given, const Known& known, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(known.tiers, *value) == known.tiers.end()) {
    return not_among(given, *value, known.tiers);
  }
  settings.tier = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> categories(const Given& given, const Known& known, Settings& settings) {
  auto words = parts(given);
  if (words.empty()) {
    return complaint(given.source, as_written(given),
                     "must name at least one of " + alternatives(known.categories));
  }
  // "all" is the word for the usual ones, so that another can be named beside them.
  if (std::erase(words, "all") > 0)
    words.insert(words.begin(), known.usual_categories.begin(), known.usual_categories.end());
  for (const auto& word : words) {
    if (std::ranges::find(known.categories, word) == known.categories.end()) {
      return not_among(given, word, known.categories);
    }
  }
  settings.categories = std::move(words);
  return std::nullopt;
}

std::optional<std::string> verify_ssl(const Given& given, const Known&, Settings& settings) {
  return set_boolean(given, settings.cluster.verify_ssl);
}

std::optional<std::string> ca_file(const Given& given, const Known&, Settings& settings) {
  return set_path(given, settings.cluster.ca_file);
}

std::optional<std::string> fingerprint(const Given& given, const Known&, Settings& settings) {
  settings.cluster.fingerprints = parts(given);
  settings.cluster.fingerprint_source = given.source;
  if (!settings.cluster.fingerprints.empty()) return std::nullopt;
  return complaint(given.source, as_written(given), "must hold at least one fingerprint");
}

std::optional<std::string> timeout(const Given& given, const Known&, Settings& settings) {
  const auto seconds = number(given, 1, 3600, " of seconds");
  if (!seconds) return seconds.error();
  settings.timeout = std::chrono::seconds{*seconds};
  return std::nullopt;
}

std::optional<std::string> wait(const Given& given, const Known&, Settings& settings) {
  const auto seconds = number(given, 0, 3600, " of seconds");
  if (!seconds) return seconds.error();
  settings.wait = std::chrono::seconds{*seconds};
  return std::nullopt;
}

std::optional<std::string> node_tasks(const Given& given, const Known&, Settings& settings) {
  const auto count = number(given, 0, 1000, "");
  if (!count) return count.error();
  settings.node_tasks = *count;
  return std::nullopt;
}

std::optional<std::string> output(const Given& given, const Known& known, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(known.outputs, *value) == known.outputs.end())
    return not_among(given, *value, known.outputs);
  settings.output = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> max_result(const Given& given, const Known&, Settings& settings) {
  const auto bytes = number(given, 2000, 1'000'000, " of bytes");
  if (!bytes) return bytes.error();
  settings.max_result = *bytes;
  return std::nullopt;
}

std::optional<std::string> chart_theme(const Given& given, const Known&, Settings& settings) {
  constexpr std::array<std::string_view, 2> kThemes = {"light", "dark"};
  const auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(kThemes, *value) == kThemes.end()) return not_among(given, *value, kThemes);
  settings.dark_charts = *value == "dark";
  return std::nullopt;
}

std::optional<std::string> debug(const Given& given, const Known&, Settings& settings) {
  // The environment variable counts with any value; flag and file say what they mean.
  if (given.source == "DEBUG") {
    settings.debug = true;
    return std::nullopt;
  }
  return set_boolean(given, settings.debug);
}

std::optional<std::string> simulate(const Given& given, const Known&, Settings& settings) {
  return set_boolean(given, settings.simulate);
}

std::optional<std::string> guests(const Given& given, const Known&, Settings& settings) {
  const auto count = number(given, 1, 100'000, " of guests");
  if (!count) return count.error();
  settings.guests = *count;
  return std::nullopt;
}

std::optional<std::string> pve(const Given& given, const Known& known, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(known.releases, *value) == known.releases.end()) {
    return not_among(given, *value, known.releases);
  }
  settings.pve = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> fault(const Given& given, const Known&, Settings& settings) {
  settings.faults = parts(given);
  return std::nullopt;
}

constexpr auto kTable = std::to_array<Setting>({
    {.flag = "--base-url",
     .argument = "URL",
     .variable = "PVE_BASE_URL",
     .alias = "PROXMOX_VE_ENDPOINT",
     .key = "cluster.base_url",
     .fallback = "required",
     .help =
         "Where PVE answers: https://pve:8006. A bare host means https and port 8006. Several nodes of one "
         "cluster, comma-separated, are tried in turn: one that fails is left aside for 30 s.",
     .repeatable = true,
     .apply = base_url},
    {.flag = "--token-id",
     .argument = "USER@REALM!NAME",
     .variable = "PVE_TOKEN_ID",
     .alias = "",
     .key = "cluster.token_id",
     .fallback = "required",
     .help = "The API token's id, such as root@pam!mcp.",
     .apply = token_id},
    {.flag = "",
     .argument = "",
     .variable = "PVE_TOKEN_SECRET",
     .alias = "",
     .key = "cluster.token_secret",
     .fallback = "required",
     .help =
         "The API token's secret. It has no flag, because everybody on the machine can read the arguments of "
         "a process: use this variable, the file, or --token-secret-file.",
     .apply = token_secret},
    {.flag = "--token-secret-file",
     .argument = "FILE",
     .variable = "PVE_TOKEN_SECRET_FILE",
     .alias = "",
     .key = "cluster.token_secret_file",
     .fallback = "",
     .help = "A file that holds the secret, instead of the secret itself; read again when PVE rejects it.",
     .apply = token_secret_file},
    {.flag = "",
     .argument = "",
     .variable = "PROXMOX_VE_API_TOKEN",
     .alias = "",
     .key = "",
     .fallback = "",
     .help =
         "Id and secret in one, user@realm!name=secret; used when neither PVE_TOKEN_ID nor a secret is set "
         "by a flag or variable.",
     .apply = api_token},
    {.flag = "--access-tier",
     .argument = "TIER",
     .variable = "PVE_ACCESS_TIER",
     .alias = "",
     .key = "access_tier",
     .fallback = "full",
     .help = "What may be done: read-only, read-execute or full.",
     .apply = tier},
    {.flag = "--categories",
     .argument = "LIST",
     .variable = "PVE_CATEGORIES",
     .alias = "",
     .key = "categories",
     .fallback = "all",
     .help = "Only the tools of these categories, separated by commas; all is every one but insight: "
             "all,insight.",
     .repeatable = true,
     .apply = categories},
    {.flag = "--verify-ssl",
     .argument = "BOOLEAN",
     .variable = "PVE_VERIFY_SSL",
     .alias = "",
     .key = "cluster.verify_ssl",
     .fallback = "true",
     .help = "Whether PVE's certificate is verified. Better than false: pin it with PVE_FINGERPRINT.",
     .apply = verify_ssl},
    {.flag = "--ca-file",
     .argument = "FILE",
     .variable = "PVE_CA_FILE",
     .alias = "",
     .key = "cluster.ca_file",
     .fallback = "system",
     .help = "Certificate authorities to trust (PEM), such as a copy of /etc/pve/pve-root-ca.pem.",
     .apply = ca_file},
    {.flag = "--fingerprint",
     .argument = "LIST",
     .variable = "PVE_FINGERPRINT",
     .alias = "",
     .key = "cluster.fingerprint",
     .fallback = "",
     .help =
         "SHA-256 fingerprints of the certificates to accept, as \"pvenode cert info\" shows them; verified "
         "instead of the chain.",
     .repeatable = true,
     .apply = fingerprint},
    {.flag = "--timeout",
     .argument = "SECONDS",
     .variable = "PVE_TIMEOUT",
     .alias = "",
     .key = "timeout",
     .fallback = "40",
     .help = "How long to wait for PVE's answer to one request.",
     .apply = timeout},
    {.flag = "--wait",
     .argument = "SECONDS",
     .variable = "PVE_WAIT",
     .alias = "",
     .key = "wait",
     .fallback = "30",
     .help = "How long a call that starts a task waits for its end; 0 returns at once with the task's UPID.",
     .apply = wait},
    {.flag = "--node-tasks",
     .argument = "N",
     .variable = "PVE_NODE_TASKS",
     .alias = "",
     .key = "node_tasks",
     .fallback = "4",
     .help = "How many starts, migrations, clones, backups of ours run on a node at once; 0: any number.",
     .apply = node_tasks},
    {.flag = "--output",
     .argument = "FORM",
     .variable = "PVE_OUTPUT",
     .alias = "",
     .key = "output",
     .fallback = "text",
     .help = "How results look: text for few tokens, json for PVE's own data, structured for both at once.",
     .apply = output},
    {.flag = "--max-result",
     .argument = "BYTES",
     .variable = "PVE_MAX_RESULT",
     .alias = "",
     .key = "max_result",
     .fallback = "24000",
     .help = "The most text in one result; a longer one ends at a whole row and says how to get the rest.",
     .apply = max_result},
    {.flag = "--chart-theme",
     .argument = "THEME",
     .variable = "PVE_CHART_THEME",
     .alias = "",
     .key = "chart_theme",
     .fallback = "light",
     .help = "How charts look: light or dark.",
     .apply = chart_theme},
    {.flag = "--debug",
     .argument = "",
     .variable = "DEBUG",
     .alias = "",
     .key = "debug",
     .fallback = "off",
     .help = "Logs every request to stderr, without secrets; the variable counts with any value.",
     .apply = debug},
    {.flag = "--config",
     .argument = "FILE",
     .variable = "PVE_CONFIG",
     .alias = "",
     .key = "",
     .fallback = "$XDG_CONFIG_HOME/mcp-pve/config.toml",
     .help = "The TOML file with settings.",
     .apply = nullptr},
    {.flag = "--simulate",
     .argument = "",
     .variable = "PVE_SIMULATE",
     .alias = "",
     .key = "simulate",
     .fallback = "off",
     .help = "Works on a built-in simulated cluster; needs no PVE and no token.",
     .apply = simulate},
    {.flag = "--guests",
     .argument = "NUMBER",
     .variable = "PVE_SIMULATE_GUESTS",
     .alias = "",
     .key = "simulator.guests",
     .fallback = "30",
     .help = "How many guests the simulated cluster has.",
     .apply = guests},
    {.flag = "--pve",
     .argument = "VERSION",
     .variable = "PVE_SIMULATE_VERSION",
     .alias = "",
     .key = "simulator.version",
     .fallback = "9.2",
     .help = "Which PVE the simulated cluster is: 8.4, 9.0 or 9.2.",
     .apply = pve},
    {.flag = "--fault",
     .argument = "FAULT",
     .variable = "PVE_SIMULATE_FAULT",
     .alias = "",
     .key = "simulator.fault",
     .fallback = "",
     .help = "A fault of the simulated cluster, such as latency=200, status=596 or offline=pve3; repeatable.",
     .repeatable = true,
     .apply = fault},
});

// Breaks at blanks; `indent` blanks before every line but the first.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  for (const auto word : base::split(text, ' ')) {
    if (column > indent && column + 1 + word.size() > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? std::string("–") : "`" + std::string(text) + "`";
}

}  // namespace

std::span<const Setting> table() { return kTable; }

std::string help() {
  std::string out;
  for (const auto& row : kTable) {
    std::string head = "  ";
    head += row.flag.empty() ? row.variable : row.flag;
    if (!row.argument.empty()) head += " " + std::string(row.argument);
    std::string text(row.help);
    std::string also;
    if (!row.flag.empty()) also += row.variable;
    if (!row.alias.empty()) also += (also.empty() ? "" : ", ") + std::string(row.alias);
    if (!row.key.empty()) also += (also.empty() ? "" : "; ") + std::string("file: ") + std::string(row.key);
    if (!row.fallback.empty()) {
      also += also.empty() ? "" : "; ";
      also += row.fallback == "required" ? "required" : "default: " + std::string(row.fallback);
    }
    if (!also.empty()) text += " [" + also + "]";
    out += head + "\n      " + wrapped(text, 6, 100) + "\n";
  }
  return out;
}

std::string markdown() {
  std::string out = "| Variable | Flag | Key in the TOML file | Default | Meaning |\n|---|---|---|---|---|\n";
  for (const auto& row : kTable) {
    std::string variable = code(row.variable);
    if (!row.alias.empty()) variable += ", " + code(row.alias);
    out += "| " + variable + " | " + code(row.flag) + " | " + code(row.key) + " | ";
    out += row.fallback.empty() ? "–" : row.fallback == "required" ? "required" : code(row.fallback);
    out += " | " + std::string(row.help) + " |\n";
  }
  return out;
}

}  // namespace config
