#include "config/apply.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/near.h"
#include "base/pattern.h"
#include "base/text.h"
#include "config/command.h"
#include "config/readers.h"
#include "config/token.h"

namespace config::apply {
namespace {

/// The tool with all words of the name and the fewest others, else the one with the most similar letters;
/// nothing where there are no tools.
std::vector<std::string_view> nearest_tool(std::string_view name, std::span<const std::string_view> tools) {
  const auto words = base::split(name, '_');
  std::string_view best;
  for (const auto tool : tools) {
    const auto own = base::split(tool, '_');
    const auto has = [&](auto word) { return std::ranges::find(own, word) != own.end(); };
    if (std::ranges::all_of(words, has) && (best.empty() || tool.size() < best.size())) best = tool;
  }
  return best.empty() ? base::most_alike(name, tools, 1) : std::vector{best};
}

/// The tool whose beginning is most like the letters before the pattern's "*".
std::vector<std::string_view> nearest_beginning(std::string_view letters,
                                                std::span<const std::string_view> tools) {
  std::vector<std::string_view> beginnings;
  for (const auto tool : tools) beginnings.push_back(tool.substr(0, letters.size() + 1));
  auto near = base::most_alike(letters, beginnings, 1);
  for (auto& name : near)
    name = *std::ranges::find_if(tools, [&](auto tool) { return tool.starts_with(name); });
  return near;
}

/// A name that matches no tool would allow nothing or forbid nothing, and the user would not notice.
std::optional<std::string> tool_list(const Given& given, const Known& known,
                                     std::vector<std::string>& target) {
  auto patterns = parts(given);
  if (patterns.empty()) return complaint(given.source, as_written(given), "must name at least one tool");
  for (const auto& pattern : patterns) {
    if (std::ranges::any_of(known.tools, [&](auto tool) { return base::fits_pattern(pattern, tool); }))
      continue;
    auto letters = pattern;
    std::erase(letters, '*');
    std::string requirement =
        letters == pattern ? "no tool has this name" : "no tool has a name that matches it";
    const bool is_beginning = pattern == letters + "*";
    for (const auto near :
         is_beginning ? nearest_beginning(letters, known.tools) : nearest_tool(letters, known.tools))
      requirement += "; the nearest is " + std::string(near);
    return complaint(given.source, pattern, requirement);
  }
  target = std::move(patterns);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> base_url(const Given& given, const Known&, Settings& settings) {
  // A list, from commas and from repetition; what each part means is not judged here.
  settings.cluster.base_url = base::trim(as_written(given));
  settings.cluster.base_url_source = given.source;
  return std::nullopt;
}

std::optional<std::string> token_id(const Given& given, const Known&, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (auto misfit = token_id_misfit(*value)) return complaint(given.source, *value, *misfit);
  settings.cluster.token_id = std::move(*value);
  settings.cluster.token_id_source = given.source;
  return std::nullopt;
}

std::optional<std::string> token_secret(const Given& given, const Known&, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (!is_token_secret(*value)) return given.source + std::string(kNoSecret);
  settings.cluster.token_secret = std::move(*value);
  settings.cluster.token_secret_source = given.source;
  return std::nullopt;
}

std::optional<std::string> token_secret_file(const Given& given, const Known&, Settings& settings) {
  settings.cluster.token_secret_source = given.source;
  return set_path(given, settings.cluster.token_secret_file);
}

// A command may hold a password, so no error shows it.
std::optional<std::string> token_command(const Given& given, const Known&, Settings& settings) {
  const std::string hidden = " (its value is not shown).";
  auto words = given.values;
  if (!given.is_array) {
    const auto value = single(given);
    if (!value) return value.error();
    auto split = split_command(*value);
    if (!split) return given.source + " " + split.error() + hidden;
    words = *std::move(split);
  }
  if (words.empty() || words.front().empty())
    return given.source + " must begin with a program, as in: pass show pve" + hidden;
  if (std::ranges::any_of(words, [](const std::string& word) { return base::has_control(word); }))
    return given.source + " must not hold control characters" + hidden;
  settings.cluster.token_command = std::move(words);
  settings.cluster.token_secret_source = given.source;
  return std::nullopt;
}

std::optional<std::string> api_token(const Given& given, const Known&, Settings& settings) {
  const auto value = single(given);
  if (!value) return value.error();
  const auto equals = value->find('=');
  const std::string id = value->substr(0, equals);
  const std::string secret = equals == std::string::npos ? "" : value->substr(equals + 1);
  const std::string hidden = " (its value is not shown).";
  if (equals != std::string::npos && is_short_token_id(id))
    return given.source + ": " + std::string(kShortTokenName) + hidden;
  if (!is_token_id(id) || !is_token_secret(secret))
    return given.source + " must have the form user@realm!name=secret" + hidden;
  settings.cluster.token_id = id;
  settings.cluster.token_secret = secret;
  settings.cluster.token_id_source = given.source;
  settings.cluster.token_secret_source = given.source;
  return std::nullopt;
}

std::optional<std::string> tier(const Given& given, const Known& known, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(known.tiers, *value) == known.tiers.end()) {
    return not_among(given, *value, known.tiers);
  }
  settings.tier = std::move(*value);
  settings.tier_source = given.source;
  return std::nullopt;
}

std::optional<std::string> categories(const Given& given, const Known& known, Settings& settings) {
  std::vector<std::string_view> choices{"all", "everything"};
  choices.insert(choices.end(), known.categories.begin(), known.categories.end());
  auto words = parts(given);
  if (words.empty()) {
    return complaint(given.source, as_written(given), "must name at least one of " + alternatives(choices));
  }
  // "all" is the word for the usual ones, so that another can be named beside them.
  if (std::erase(words, "all") > 0)
    words.insert(words.begin(), known.usual_categories.begin(), known.usual_categories.end());
  if (std::erase(words, "everything") > 0)
    words.insert(words.begin(), known.categories_with_tools.begin(), known.categories_with_tools.end());
  for (const auto& word : words) {
    if (std::ranges::find(known.categories, word) == known.categories.end()) {
      return not_among(given, word, choices);
    }
  }
  settings.categories = std::move(words);
  return std::nullopt;
}

std::optional<std::string> tools_allow(const Given& given, const Known& known, Settings& settings) {
  return tool_list(given, known, settings.tools_allow);
}

std::optional<std::string> tools_deny(const Given& given, const Known& known, Settings& settings) {
  return tool_list(given, known, settings.tools_deny);
}

std::optional<std::string> verify_ssl(const Given& given, const Known&, Settings& settings) {
  settings.cluster.verify_ssl_source = given.source;
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

std::optional<std::string> ask_timeout(const Given& given, const Known&, Settings& settings) {
  const auto seconds = number(given, 10, 600, " of seconds");
  if (!seconds) return seconds.error();
  settings.ask_timeout = std::chrono::seconds{*seconds};
  return std::nullopt;
}

std::optional<std::string> node_tasks(const Given& given, const Known&, Settings& settings) {
  const auto count = number(given, 0, 1000, "");
  if (!count) return count.error();
  settings.node_tasks = *count;
  return std::nullopt;
}

// An unknown code would ignore no finding.
std::optional<std::string> ignore_findings(const Given& given, const Known& known, Settings& settings) {
  auto patterns = parts(given);
  for (const auto& pattern : patterns) {
    const std::string_view code = std::string_view(pattern).substr(0, pattern.find(':'));
    if (std::ranges::find(known.findings, code) == known.findings.end())
      return not_among(given, code, known.findings);
  }
  settings.ignore_findings = std::move(patterns);
  return std::nullopt;
}

std::optional<std::string> confirm(const Given& given, const Known& known, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(known.confirms, *value) == known.confirms.end())
    return not_among(given, *value, known.confirms);
  settings.confirm = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> scope(const Given& given, const Known&, Settings& settings) {
  settings.scope = parts(given);
  settings.scope_source = given.source;
  if (!settings.scope.empty()) return std::nullopt;
  return complaint(given.source, as_written(given), "must hold at least one term, such as vmid:100-199");
}

std::optional<std::string> approval(const Given& given, const Known& known, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(known.approvals, *value) == known.approvals.end())
    return not_among(given, *value, known.approvals);
  settings.approval = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> audit(const Given& given, const Known&, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(kAudits, *value) == std::end(kAudits)) return not_among(given, *value, kAudits);
  settings.audit = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> audit_days(const Given& given, const Known&, Settings& settings) {
  const auto days = number(given, 1, 36'500, " of days");
  if (!days) return days.error();
  settings.audit_days = *days;
  return std::nullopt;
}

std::optional<std::string> audit_log(const Given& given, const Known&, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(kAuditLogs, *value) == std::end(kAuditLogs))
    return not_among(given, *value, kAuditLogs);
  settings.audit_log = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> protect(const Given& given, const Known&, Settings& settings) {
  settings.protect = parts(given);
  settings.protect_source = given.source;
  if (!settings.protect.empty()) return std::nullopt;
  return complaint(given.source, as_written(given), "must hold at least one term, such as vmid:100-199");
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
  const auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(kThemes, *value) == std::end(kThemes)) return not_among(given, *value, kThemes);
  settings.dark_charts = *value == "dark";
  return std::nullopt;
}

std::optional<std::string> state_dir(const Given& given, const Known&, Settings& settings) {
  auto value = single(given);
  if (!value) return value.error();
  // Every process must find the same folder, wherever it runs.
  if (!value->starts_with('/') || base::has_control(*value))
    return complaint(given.source, *value, "must be the absolute path of a folder");
  settings.state_dir = std::move(*value);
  return std::nullopt;
}

std::optional<std::string> log(const Given& given, const Known&, Settings& settings) {
  const auto value = single(given);
  if (!value) return value.error();
  if (std::ranges::find(kLogForms, *value) == std::end(kLogForms)) return not_among(given, *value, kLogForms);
  settings.log_json = *value == "json";
  return std::nullopt;
}

std::optional<std::string> debug(const Given& given, const Known&, Settings& settings) {
  // Other programs use this variable too, with values such as "express:*" for "on".
  if (given.source == "DEBUG") {
    constexpr std::array<std::string_view, 5> kOff = {"", "0", "false", "no", "off"};
    const auto word = base::lower_ascii(base::trim(as_written(given)));
    settings.debug = std::ranges::find(kOff, word) == kOff.end();
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

std::optional<std::string> world(const Given& given, const Known&, Settings& settings) {
  return set_path(given, settings.world);
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

}  // namespace config::apply
