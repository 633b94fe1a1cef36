#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cli/known.h"
#include "config/table.h"
#include "config/token.h"

namespace cli {
namespace {

constexpr std::array<std::string_view, 5> kCommands = {"call", "tools", "simulate", "doctor", "token"};

// One row of the settings' table with the place where the library leaves its values.
struct SettingFlag {
  const config::Setting* row;
  std::vector<std::string> values;
};

void add_settings(CLI::App& app, std::vector<SettingFlag>& flags) {
  for (const auto& row : config::table()) {
    if (!row.flag.empty()) flags.push_back({&row, {}});
  }
  for (auto& flag : flags) {
    auto* option = flag.row->argument.empty() ? app.add_flag(std::string(flag.row->flag), flag.values)
                                              : app.add_option(std::string(flag.row->flag), flag.values);
    if (!flag.row->argument.empty()) option->allow_extra_args(false);
  }
}

std::string hint(std::string_view word, std::span<const std::string_view> words) {
  const auto near = base::nearest(word, words);
  return near.empty() ? "see mcp-pve --help." : "did you mean " + std::string(near) + "?";
}

// A word that nothing takes. Its value may be a secret, so only names are repeated.
std::string unexpected_word(const std::string& word) {
  const auto name = word.substr(0, word.find('='));
  if (name == "--token-secret" || name == "--secret" || name == "--api-token" || name == "--password") {
    return name +
           " does not exist, because everybody on the machine can read the arguments of a process: use the "
           "variable PVE_TOKEN_SECRET or --token-secret-file.";
  }
  if (!name.starts_with('-')) {
    return "\"" + base::printable(config::without_secrets(word), 80) + "\" is not expected here; " +
           hint(word, kCommands);
  }
  std::vector<std::string_view> names = {"--help", "--version", "--json", "--chart", "--listen"};
  for (const auto& row : config::table()) {
    if (!row.flag.empty()) names.push_back(row.flag);
  }
  return base::printable(name, 80) + " is not an option here; " + hint(name, names);
}

}  // namespace

std::expected<Arguments, std::string> parse(std::span<const char* const> words) {
  Arguments arguments;
  if (words.empty()) return arguments;

  CLI::App app;
  std::vector<SettingFlag> flags;
  add_settings(app, flags);
  bool help = false;
  bool version = false;
  app.set_help_flag();
  app.add_flag("-h,--help", help);
  app.add_flag("-V,--version", version);
  app.allow_extras();
  app.require_subcommand(0, 1);

  auto* call = app.add_subcommand("call");
  call->add_option("tool", arguments.tool);
  call->add_option("arguments", arguments.pairs);
  call->add_option("--json", arguments.json);
  call->add_option("--chart", arguments.chart);
  auto* tools = app.add_subcommand("tools");
  tools->add_flag("--json", arguments.as_json);
  auto* simulate = app.add_subcommand("simulate");
  simulate->add_option("--listen", arguments.listen);
  simulate->add_option("--token", arguments.token);
  simulate->add_flag("--plain", arguments.plain);
  auto* doctor = app.add_subcommand("doctor");
  auto* token = app.add_subcommand("token");
  token->add_option("name", arguments.token_name);
  token->add_option("--tier", arguments.token_tier);
  token->add_option("--categories", arguments.token_categories)->delimiter(',')->allow_extra_args(false);
  for (auto* command : {call, tools, simulate, doctor, token}) {
    command->set_help_flag();
    command->fallthrough();
  }

  try {
    // The library takes the words from the back.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::Error& error) {
    return std::unexpected(base::printable(config::without_secrets(error.what()), 200) +
                           "; see mcp-pve --help.");
  }

  arguments.command = version     ? Command::Version
                      : help      ? Command::Help
                      : *call     ? Command::Call
                      : *tools    ? Command::Tools
                      : *simulate ? Command::Simulate
                      : *doctor   ? Command::Doctor
                      : *token    ? Command::Token
                                  : Command::Serve;
  if (help || version) return arguments;
  if (const auto rest = app.remaining(true); !rest.empty()) {
    return std::unexpected(unexpected_word(rest.front()));
  }
  if (arguments.command == Command::Call && arguments.tool.empty()) {
    return std::unexpected("call needs the name of a tool; mcp-pve tools lists them.");
  }
  if (arguments.command == Command::Token && arguments.token_name.empty()) {
    return std::unexpected("token needs a name for the token, such as: mcp-pve token laptop.");
  }
  for (auto& flag : flags) {
    for (auto& value : flag.values) {
      arguments.flags.push_back({std::string(flag.row->flag), std::move(value)});
    }
  }
  return arguments;
}

std::optional<std::string> misplaced(const Arguments& arguments, bool simulated) {
  if (simulated || arguments.command == Command::Simulate) return std::nullopt;
  for (const auto& flag : arguments.flags) {
    for (const auto& row : config::table()) {
      if (row.flag == flag.name && row.key.starts_with("simulator."))
        return flag.name + " is for the simulated cluster only; add --simulate or leave it out.";
    }
  }
  return std::nullopt;
}

std::string usage() {
  std::string text =
      "mcp-pve serves the tools of a Proxmox VE cluster to MCP clients.\n"
      "\n"
      "Usage: mcp-pve [settings]                          serve MCP on stdin and stdout, with --http over "
      "HTTP\n"
      "       mcp-pve [settings] call TOOL [KEY=VALUE]... one tool; values are JSON where they look like it\n"
      "       mcp-pve [settings] tools [--json]           what is offered under these settings\n"
      "       mcp-pve [settings] doctor                   checks the way to PVE, step by step\n"
      "       mcp-pve [settings] simulate [--listen 127.0.0.1:8006] [--token USER@REALM!NAME=SECRET] "
      "[--plain]\n"
      "                                                   the simulated cluster over HTTPS, for any PVE "
      "client\n"
      "       mcp-pve token NAME [--tier TIER] [--categories LIST]\n"
      "                                                   makes a bearer token for callers over HTTP; needs "
      "no "
      "PVE\n"
      "       mcp-pve --help | --version\n"
      "\n"
      "call --json '{\"node\":\"pve1\"}' takes the arguments as one object; --json - reads it from stdin;\n"
      "     --chart FILE writes the picture of a statistics tool (PNG).\n"
      "Exit codes: 0 done, 1 failed or cannot serve, 2 bad usage or settings.\n"
      "\n"
      "Settings: flags win over environment variables, those over the TOML file. [in brackets: variable, "
      "key\n"
      "in the file, default]\n\n";
  return text + config::help(known());
}

}  // namespace cli
