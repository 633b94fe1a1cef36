// What each row of the table does with a value: checks it and puts it into the settings.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/table.h"

/// One function for each setting, named after it; their contract is that of config::Apply.
namespace config::apply {

// The words that some settings take.
inline constexpr std::string_view kAudits[] = {"required", "off"};
inline constexpr std::string_view kAuditLogs[] = {"none", "syslog"};
inline constexpr std::string_view kThemes[] = {"light", "dark"};
inline constexpr std::string_view kLogForms[] = {"text", "json"};

std::optional<std::string> base_url(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> token_id(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> token_secret(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> token_secret_file(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> token_command(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> api_token(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> tier(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> categories(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> tools_allow(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> tools_deny(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> verify_ssl(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> ca_file(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> fingerprint(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> timeout(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> wait(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> ask_timeout(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> node_tasks(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> ignore_findings(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> audit(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> audit_days(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> audit_log(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> confirm(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> scope(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> approval(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> protect(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> output(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> max_result(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> chart_theme(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> state_dir(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> log(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> debug(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> simulate(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> guests(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> world(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> pve(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> fault(const Given& given, const Known& known, Settings& settings);

std::optional<std::string> http_listen(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> http_audiences(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> http_no_auth(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> http_tokens(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> http_issuer(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> http_jwks(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> http_url(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> http_certificate(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> http_key(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> http_hosts(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> http_origins(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> state_key(const Given& given, const Known& known, Settings& settings);
std::optional<std::string> state_key_file(const Given& given, const Known& known, Settings& settings);

}  // namespace config::apply
