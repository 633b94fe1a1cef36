// What the user has set, checked. Flags win over environment variables, those over the TOML file.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/listen.h"

namespace config {

/// One PVE cluster and how to reach it.
struct Cluster {
  /// One address, or several with commas between, as the user wrote them; net::parse_url decides whether they
  /// are usable.
  std::string base_url;
  /// Where base_url came from ("PVE_BASE_URL"), for a sentence about it.
  std::string base_url_source;
  std::string token_id;  ///< user@realm!name, checked
  /// Where id and secret came from; the same where one setting holds both.
  std::string token_id_source, token_secret_source;
  /// At most one of the three is set.
  std::string token_secret;
  std::vector<std::string> token_command;  ///< the program and its arguments, whose output is the secret
  std::string token_secret_file;  ///< held a secret, which other users could not read, when it was checked
  /// As written; net::parse_fingerprint reads them. Verified instead of the chain when not empty.
  std::vector<std::string> fingerprints;
  std::string fingerprint_source;
  std::string ca_file;  ///< PEM; empty: the system's store
  bool verify_ssl = true;
  std::string verify_ssl_source;
};

/// The HTTP endpoint: where it is, and who may call. config/http.h has the rules.
struct Http {
  std::optional<Listen> listen;  ///< absent: MCP is served on stdin and stdout
  bool no_auth = false;
  std::string tokens;  ///< auth reads the file
  /// https, or http to this machine; auth::parse_location decides whether they are usable.
  std::string issuer, jwks;
  std::string url;               ///< endpoint_url() has the default
  std::string certificate, key;  ///< PEM files; both or none
  /// Beside those of `listen` and `url`; lower case.
  std::vector<std::string> hosts, origins;
  /// What access tokens may be for beside the endpoint's URL, as the issuer writes it.
  std::vector<std::string> audiences;
};

struct Settings {
  Cluster cluster;
  Http http;
  /// 32 to 256 characters, from the variable or from state_key_file; empty: none is shared.
  std::string state_key;
  std::string state_key_file;
  std::string tier = "full";
  std::string tier_source;  ///< "PVE_ACCESS_TIER", "access_tier in FILE"; empty: nobody set it
  /// Absent: all.
  std::optional<std::vector<std::string>> categories;
  /// Names with * of the only tools that may run; empty: all. Each matches a tool.
  std::vector<std::string> tools_allow;
  /// Names with * of tools that may not run. Each matches a tool.
  std::vector<std::string> tools_deny;
  std::chrono::seconds timeout{40};  ///< 1 to 3600, for the answer to one request
  /// How long a call that starts a task waits for its end; 0 to 3600, 0: not at all.
  std::chrono::seconds wait{30};
  /// How long a user may take to answer a question; 10 to 600.
  std::chrono::seconds ask_timeout{120};
  /// The maximum number of heavy tasks that this server runs on one node at once; 0 to 1000, 0: unlimited.
  unsigned node_tasks = 4;
  /// Findings that are not reported: "CODE" or "CODE:object" with * and ? for any.
  std::vector<std::string> ignore_findings;
  std::string confirm = "irreversible";  ///< one of Known::confirms
  /// Which guests are seen and changed, and which other kinds of objects may be changed; guard::Terms reads
  /// them. Empty: all.
  std::vector<std::string> scope;
  std::string scope_source;
  /// What no call may change; guard::Terms reads them.
  std::vector<std::string> protect;
  std::string protect_source;
  std::string output = "text";      ///< one of Known::outputs
  std::size_t max_result = 24'000;  ///< bytes of text in one result, 2,000 to 1,000,000
  bool dark_charts = false;
  std::string audit;               ///< "", "required" or "off"
  unsigned audit_days = 365;       ///< 1 to 36500
  std::string audit_log = "none";  ///< "none" or "syslog"
  std::string state_dir;           ///< absolute path of the state folder; empty: the usual one
  bool log_json = false;
  bool debug = false;
  bool simulate = false;
  unsigned guests = 30;  ///< of the simulator, 1 to 100000
  std::string world;     ///< path of a file that describes the simulated cluster; empty: the built-in one
  std::string pve;       ///< which PVE is simulated, "9.0"; empty: the newest
  std::vector<std::string> faults;
  /// The TOML file that was read; empty when there was none.
  std::string file;
  /// Sentences for stderr.
  std::vector<std::string> warnings;
  std::string approval = "caller";  ///< one of Known::approvals
};

/// The words that belong to other folders.
struct Known {
  std::span<const std::string_view> tiers;
  std::span<const std::string_view> categories;
  std::span<const std::string_view> usual_categories;  ///< those that are on where nothing is said
  std::span<const std::string_view> outputs;
  std::span<const std::string_view> confirms;
  std::span<const std::string_view> releases;  ///< of PVE, that can be simulated
  std::span<const std::string_view> findings;  ///< codes of what a report can find
  std::span<const std::string_view> tools{};   ///< names of all tools
  std::span<const std::string_view> approvals{};
  std::span<const std::string_view> categories_with_tools{};  ///< what "everything" stands for
};

/// One flag of the command line, in the order given; a switch has the value "true".
struct Flag {
  std::string name;  ///< "--base-url"
  std::string value;
};

struct Sources {
  std::span<const Flag> flags;
  /// As in environ: "NAME=value".
  std::span<const std::string_view> environment;
};

/// Reads and checks everything that is set. An empty variable counts as unset. A path may begin with ~/; a
/// relative one in the file is taken from the file's folder. The error names the setting as the user wrote
/// it, its value (never a secret) and what is valid; also that of a variable that is near a setting's name.
std::expected<Settings, std::string> load(const Sources& sources, const Known& known);

/// The setting that is missing to reach PVE; nothing if all are set or the simulator is used.
std::optional<std::string> missing(const Settings& settings);

/// The sentence about a value that cannot be used: `NAME is "value", but REQUIREMENT.` Passwords in URLs and
/// anything that looks like a token's secret are masked.
std::string complaint(std::string_view name, std::string_view value, std::string_view requirement);

}  // namespace config
