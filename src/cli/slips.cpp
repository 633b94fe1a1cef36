#include "cli/slips.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii.h"
#include "base/edit_distance.h"
#include "base/json_end.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "cli/setup/questions.h"
#include "config/names.h"
#include "config/table.h"
#include "config/token.h"
#include "tool/tool.h"

namespace cli {
namespace {

constexpr std::size_t kShown = 80;
constexpr std::array<std::string_view, 17> kCommands = {
    "setup",  "print", "licences", "plans", "approve", "reject", "call", "tools",  "simulate",
    "doctor", "token", "freeze",   "thaw",  "trust",   "audit",  "help", "version"};

constexpr auto kOptions = std::to_array<CommandOption>({
    {"--help", ""},
    {"--version", ""},
    {"--json", "an object, such as --json '{\"vmid\":100}', or - for stdin", "call"},
    {"--chart", "a file, such as --chart web01.png", "call"},
    {"--listen", "an address and a port, such as --listen 127.0.0.1:8006", "simulate"},
    {"--token", "an id and a secret, such as --token 'me@pve!mine=secret'", "simulate"},
    {"--role", "a role of PVE, such as --role PVEAuditor", "simulate"},
    {"--path", "a path of PVE's permissions, such as --path /vms", "simulate"},
    {"--tier", "a tier, such as --tier read-only", "token"},
    {"--plain", "", "simulate"},
    {"--yes", "", "call"},
    {"--yes", "", "trust"},
    {"--json", "", "tools"},
    {"--json", "", "audit"},
    {"--set-passphrase", "", "approve"},
    {"--reason", "text, such as --reason 'storage migration'", "freeze"},
    {"--since", "a time, such as --since 7d or --since 2026-11-28", "audit"},
    {"--until", "a time, such as --until 2d or --until 2026-11-28", "audit"},
    {"--caller", "a name, such as --caller laptop", "audit"},
    {"--object", "a number, a name or a path, such as --object 118", "audit"},
    {"--tool", "a name, such as --tool '*delete*'", "audit"},
    {"--head", "a number and a hash, such as --head 12:3f0c...", "audit"},
});

std::string hint(std::string_view word, std::span<const std::string_view> words) {
  const auto near = base::nearest(word, words);
  return near.empty() ? "see mcp-pve --help." : "did you mean " + std::string(near) + "?";
}

bool takes_argument(std::string_view tool, std::string_view name) {
  for (const auto& category : catalog::categories()) {
    for (const auto& row : category.tools) {
      if (row.name == tool)
        return std::ranges::any_of(row.params, [&](const auto& param) { return param.name == name; });
    }
  }
  return false;
}

/// A flag with at most two letters of difference.
std::string_view near_flag(std::string_view name) {
  constexpr std::size_t kNear = 2;
  std::string_view best;
  auto least = kNear + 1;
  const auto consider = [&](std::string_view flag) {
    // The same name is another command's.
    if (flag.empty() || flag == name || name.size() > kShown) return;
    if (const auto distance = base::edit_distance(name, flag); distance < least) {
      best = flag;
      least = distance;
    }
  };
  for (const auto& option : kOptions) consider(option.name);
  for (const auto& row : questions()) consider(row.flag);
  for (const auto& row : config::table()) consider(row.flag);
  return best;
}

bool is_of_setup(std::string_view name) {
  return std::ranges::any_of(questions(),
                             [&](const Question& row) { return !row.setting && row.flag == name; });
}

std::string unknown_flag(std::string_view name, std::string_view value, std::string_view tool) {
  const auto sentence = base::printable(name, kShown) + " is not an option here; ";
  const auto near = is_of_setup(name) ? std::string_view{} : near_flag(name);
  const auto argument = name.substr(std::min(name.find_first_not_of('-'), name.size()));
  if (!tool.empty() && (near.empty() || takes_argument(tool, argument)))
    return sentence + "a tool's arguments are key=value: " + as_pair(argument, value) + ".";
  if (!near.empty()) return sentence + "did you mean " + std::string(near) + "?";
  const auto own = std::ranges::find(kOptions, name, &CommandOption::name);
  const std::string of = own != kOptions.end() ? std::string(own->of) : is_of_setup(name) ? "setup" : "";
  const std::string belongs = of.empty() ? "" : "it belongs to " + of + "; ";
  if (const auto* row = config::meant_by(name, config::Place::Flag))
    return sentence + belongs + "did you mean " + std::string(row->flag) + "?";
  if (!belongs.empty()) return sentence + belongs + "see mcp-pve help " + of + ".";
  std::vector<std::string_view> names;
  for (const auto& option : kOptions) names.push_back(option.name);
  for (const auto& row : config::table()) {
    if (!row.flag.empty()) names.push_back(row.flag);
  }
  return sentence + hint(name, names);
}

std::string_view reason(std::string_view text, std::size_t at) {
  if (at >= text.size()) return "it ends too early";
  const char there = text[at];
  const auto before = base::trim(text.substr(0, at));
  if (there == '\'') return "JSON needs double quotes";
  if ((there == '}' || there == ']') && before.ends_with(','))
    return "there is a comma before the closing bracket";
  if (base::is_letter(there)) return "a name or a string must begin with a double quote";
  return "JSON does not allow this character there";
}

}  // namespace

std::span<const CommandOption> options() { return kOptions; }

std::string unexpected_word(std::string_view word, std::string_view next, std::string_view tool) {
  const auto equals = word.find('=');
  const auto name = word.substr(0, equals);
  if (name == "--token-secret" || name == "--secret" || name == "--api-token" || name == "--password") {
    return std::string(name) +
           " does not exist, because every user of the machine can read the arguments of a process: use the "
           "variable PVE_TOKEN_SECRET or --token-secret-file.";
  }
  if (name.starts_with('-'))
    return unknown_flag(name, equals == std::string_view::npos ? next : word.substr(equals + 1), tool);
  return "\"" + base::printable(config::without_secrets(word), kShown) + "\" is not expected here; " +
         hint(word, kCommands);
}

std::string missing_value(std::string_view name) {
  std::string takes = "a value";
  for (const auto& option : kOptions) {
    if (option.name == name && !option.takes.empty()) takes = option.takes;
  }
  for (const auto& row : questions()) {
    if (row.flag == name && !row.argument.empty()) takes = row.example;
  }
  for (const auto& row : config::table()) {
    if (row.flag == name) takes = std::string(row.flag) + " " + std::string(row.argument);
  }
  return base::printable(name, kShown) + " has no value; write " + takes + ".";
}

std::string as_pair(std::string_view key, std::string_view value) {
  const bool number = !value.empty() && std::ranges::all_of(value, base::is_digit);
  return base::printable(key, kShown) + "=" + (number ? std::string(value.substr(0, kShown)) : "VALUE");
}

std::string no_json(std::string_view source, std::string_view text) {
  const auto at = base::json_end(text);
  std::string sentence = std::string(source) + " is not valid JSON: ";
  // A single character does not reveal a secret.
  if (at < text.size())
    sentence += "at character " + std::to_string(at + 1) + " (" + base::printable(text.substr(at, 1)) + ") ";
  return sentence + std::string(reason(text, at)) + ". In a shell: --json '{\"vmid\":100}'.";
}

}  // namespace cli
