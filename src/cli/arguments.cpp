#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cli/about/about.h"
#include "cli/setup/questions.h"
#include "cli/slips.h"
#include "config/table.h"
#include "config/token.h"

namespace cli {
namespace {

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

/// Setup's own flags; those of settings it shares with every command.
CLI::App* add_setup(CLI::App& app, Arguments& arguments) {
  auto* setup = app.add_subcommand("setup");
  for (const auto& row : questions()) {
    if (row.setting) continue;
    auto& values = arguments.setup[std::string(row.flag)];
    auto* option = row.argument.empty() ? setup->add_flag(std::string(row.flag), values)
                                        : setup->add_option(std::string(row.flag), values);
    if (!row.argument.empty()) option->allow_extra_args(false);
  }
  setup->add_option("--root", arguments.root);
  return setup;
}

/// "help" and "version" as people type them, as the flags that they are; "help call" is "call --help".
std::vector<std::string> as_flags(std::span<const char* const> words) {
  std::vector<std::string> all(words.begin(), words.end());
  if (all.front() == "version") all.front() = "--version";
  if (all.front() == "help") {
    all.erase(all.begin());
    all.emplace_back("--help");
  }
  return all;
}

/// The word behind `word`, "" at the end.
std::string_view behind(const std::vector<std::string>& words, std::string_view word) {
  const auto at = std::ranges::find(words, word);
  return at == words.end() || at + 1 == words.end() ? std::string_view{} : std::string_view(*(at + 1));
}

/// The library's error: nearly always an option without its value, whose name begins the message.
std::string complaint_of(const CLI::Error& error) {
  const std::string_view words = error.what();
  const auto name = words.substr(0, words.find_first_of(": "));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && name.starts_with("--"))
    return missing_value(name);
  return base::printable(config::without_secrets(words), 200) + "; see mcp-pve --help.";
}

/// "man, bash, zsh, fish, config"
std::string printed_names() { return base::join(kPrinted, ", "); }

/// --help of a command is about it; of a call it is about the tool.
void settle_help(Arguments& arguments) {
  if (arguments.command == Command::Call && !arguments.tool.empty()) {
    arguments.command = Command::Tools;
    return;
  }
  if (arguments.command != Command::Serve) arguments.topic = arguments.command;
  arguments.command = Command::Help;
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
  call->add_flag("--yes", arguments.yes);
  auto* tools = app.add_subcommand("tools");
  tools->add_option("tool", arguments.tool);
  tools->add_flag("--json", arguments.as_json);
  auto* simulate = app.add_subcommand("simulate");
  simulate->add_option("--listen", arguments.listen);
  simulate->add_option("--token", arguments.token);
  simulate->add_option("--role", arguments.role);
  simulate->add_option("--path", arguments.path);
  simulate->add_flag("--plain", arguments.plain);
  auto* doctor = app.add_subcommand("doctor");
  auto* token = app.add_subcommand("token");
  token->add_option("name", arguments.token_name);
  token->add_option("--tier", arguments.token_tier);
  token->add_option("--categories", arguments.token_categories)->delimiter(',')->allow_extra_args(false);
  token->add_option("--scope", arguments.token_scope)->delimiter(',')->allow_extra_args(false);
  auto* freeze = app.add_subcommand("freeze");
  freeze->add_option("--reason", arguments.reason);
  auto* thaw = app.add_subcommand("thaw");
  auto* trust = app.add_subcommand("trust");
  trust->add_option("address", arguments.address);
  trust->add_flag("--yes", arguments.yes);
  auto* plans = app.add_subcommand("plans");
  auto* approve = app.add_subcommand("approve");
  approve->add_option("plan", arguments.plan);
  approve->add_flag("--set-passphrase", arguments.set_passphrase);
  auto* reject = app.add_subcommand("reject");
  reject->add_option("plan", arguments.plan);
  auto* audit = app.add_subcommand("audit");
  std::string audit_what;
  audit->add_option("what", audit_what);
  audit->add_option("--since", arguments.audit.since);
  audit->add_option("--until", arguments.audit.until);
  audit->add_option("--caller", arguments.audit.caller);
  audit->add_option("--object", arguments.audit.object);
  audit->add_option("--tool", arguments.audit.tool);
  audit->add_option("--head", arguments.audit.head);
  audit->add_flag("--json", arguments.as_json);
  auto* print = app.add_subcommand("print");
  print->add_option("what", arguments.what);
  auto* licences = app.add_subcommand("licences");
  auto* setup = add_setup(app, arguments);
  for (auto* command : {setup, call, tools, simulate, doctor, token, freeze, thaw, trust, plans, approve,
                        reject, audit, print, licences}) {
    command->set_help_flag();
    command->fallthrough();
  }

  const auto all = as_flags(words);
  try {
    // The library takes the words from the back.
    app.parse(std::vector<std::string>(all.rbegin(), all.rend()));
  } catch (const CLI::Error& error) {
    return std::unexpected(complaint_of(error));
  }

  arguments.command = version     ? Command::Version
                      : *call     ? Command::Call
                      : *tools    ? Command::Tools
                      : *simulate ? Command::Simulate
                      : *doctor   ? Command::Doctor
                      : *token    ? Command::Token
                      : *freeze   ? Command::Freeze
                      : *thaw     ? Command::Thaw
                      : *trust    ? Command::Trust
                      : *plans    ? Command::Plans
                      : *approve  ? Command::Approve
                      : *reject   ? Command::Reject
                      : *audit    ? Command::Audit
                      : *print    ? Command::Print
                      : *licences ? Command::Licences
                      : *setup    ? Command::Setup
                                  : Command::Serve;
  std::erase_if(arguments.setup, [](const auto& flag) { return flag.second.empty(); });
  if (version) return arguments;
  if (help) settle_help(arguments);
  if (arguments.command == Command::Help) return arguments;
  if (const auto rest = app.remaining(true); !rest.empty()) {
    return std::unexpected(unexpected_word(rest.front(), behind(all, rest.front()),
                                           arguments.command == Command::Call ? arguments.tool : ""));
  }
  if (arguments.command == Command::Call && arguments.tool.empty()) {
    return std::unexpected("call needs the name of a tool; run mcp-pve tools to list them.");
  }
  if (arguments.command == Command::Token && arguments.token_name.empty()) {
    return std::unexpected("token needs a name for the token, such as: mcp-pve token laptop.");
  }
  const bool decides = arguments.command == Command::Approve || arguments.command == Command::Reject;
  if (decides && arguments.plan.empty() == !arguments.set_passphrase) {
    const auto* const name = arguments.command == Command::Approve ? "approve" : "reject";
    return std::unexpected(arguments.set_passphrase
                               ? std::string("--set-passphrase stands alone; remove the id of the plan.")
                               : std::string(name) +
                                     " needs the id of a plan; run mcp-pve plans to list them.");
  }
  if (!audit_what.empty() && audit_what != "verify") {
    return std::unexpected("audit " + base::printable(audit_what, 60) +
                           " is not a command; did you mean audit verify?");
  }
  if (arguments.command == Command::Print && std::ranges::find(kPrinted, arguments.what) == kPrinted.end())
    return std::unexpected(arguments.what.empty()
                               ? "print needs to know what: " + printed_names() + "."
                               : "print " + base::printable(arguments.what, 60) +
                                     " is not a command; it prints " + printed_names() + ".");
  arguments.audit.verify = !audit_what.empty();
  if (!arguments.audit.head.empty() && !arguments.audit.verify)
    return std::unexpected("--head belongs to audit verify.");
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
        return flag.name + " applies to the simulated cluster only; add --simulate or remove it.";
    }
  }
  return std::nullopt;
}

}  // namespace cli
