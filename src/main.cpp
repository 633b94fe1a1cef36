// Builds the parts, connects them and runs the command.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "catalog/catalog.h"
#include "catalog/resources.h"
#include "cli/about/about.h"
#include "cli/arguments.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/hardening.h"
#include "cli/known.h"
#include "cli/offer/offer.h"
#include "cli/offer/served.h"
#include "cli/output.h"
#include "cli/records.h"
#include "cli/serve_http.h"
#include "cli/signals.h"
#include "cli/state_folder.h"
#include "cli/state_key.h"
#include "config/settings.h"
#include "config/table.h"
#include "engine/toolbox.h"
#include "facts/facts.h"
#include "guard/plans.h"
#include "guard/policy.h"
#include "mcp/seal.h"
#include "mcp/server.h"
#include "resource/watch.h"
#include "state/folder.h"
#include "tool/tool.h"
#include "transport/stop.h"

namespace {

using base::LogLevel;

std::string_view variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

std::vector<std::string_view> environment() {
  std::vector<std::string_view> entries;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) entries.emplace_back(*entry);
  return entries;
}

std::expected<config::Settings, std::string> load(const cli::Arguments& arguments) {
  return config::load({arguments.flags, environment()}, cli::known());
}

bool needs_pve(cli::Command command) {
  return command != cli::Command::Tools && command != cli::Command::Simulate &&
         command != cli::Command::Plans && command != cli::Command::Approve &&
         command != cli::Command::Reject && command != cli::Command::Freeze &&
         command != cli::Command::Thaw && command != cli::Command::Trust && command != cli::Command::Audit;
}

/// The error is a sentence about a setting.
std::expected<engine::Rules, std::string> rules_of(const config::Settings& settings) {
  auto terms = guard::Terms::parse(settings.protect, guard::protect_kinds());
  if (!terms) return std::unexpected(settings.protect_source + ": " + terms.error() + ".");
  const auto confirm = engine::confirm_named(settings.confirm).value_or(engine::Confirm::Changes);
  const auto approval = engine::approval_named(settings.approval).value_or(engine::Approval::Human);
  if (approval == engine::Approval::Human && confirm == engine::Confirm::Never)
    return std::unexpected(
        "PVE_APPROVAL is \"human\", but PVE_CONFIRM is \"never\", so no change would ask for an approval. "
        "Remove one of them.");
  return engine::Rules{confirm, approval, *std::move(terms)};
}

/// The error is a sentence about a setting.
std::expected<engine::Options, std::string> options(const config::Settings& settings) {
  auto rules = rules_of(settings);
  if (!rules) return std::unexpected(std::move(rules.error()));
  return engine::Options{settings.wait,
                         settings.node_tasks,
                         {engine::output_named(settings.output).value_or(engine::Output::Text),
                          settings.max_result, settings.dark_charts, settings.simulate},
                         settings.ignore_findings,
                         rules->confirm,
                         rules->approval,
                         std::move(rules->protect)};
}

/// Empty: the settings have no scope. The error is a sentence about the setting.
std::expected<std::vector<engine::ScopeTerms>, std::string> scopes_of(const config::Settings& settings) {
  std::vector<engine::ScopeTerms> scopes;
  if (settings.scope.empty()) return scopes;
  auto terms = guard::Terms::parse(settings.scope, guard::scope_kinds());
  if (!terms) return std::unexpected(settings.scope_source + ": " + terms.error() + ".");
  scopes.push_back({*std::move(terms), "PVE_SCOPE"});
  return scopes;
}

guard::Policy policy_of(const config::Settings& settings) {
  guard::Policy policy{tool::tier_named(settings.tier).value_or(tool::Tier::ReadOnly),
                       settings.categories ? *settings.categories : catalog::usual_categories()};
  if (!settings.tools_allow.empty()) policy.allow.push_back(settings.tools_allow);
  policy.deny = settings.tools_deny;
  return policy;
}

int fail(std::string_view sentence) {
  base::log(LogLevel::Error, sentence);
  return cli::kUsage;
}

/// Returns true if the bearer tokens were read again.
bool reload_tokens(cli::HttpService& http) {
  const auto read = http.reload();
  if (!read) base::log(LogLevel::Error, read.error());
  if (read.value_or(false)) base::log(LogLevel::Info, "the tokens were read again.");
  return read.value_or(false);
}

/// Returns true if the rules about tools and changes were read again: all of them or none.
bool reload_policy(const cli::Arguments& arguments, cli::ServedByScope& served) {
  const auto settings = load(arguments);
  auto rules = settings ? rules_of(*settings) : std::unexpected(settings.error());
  if (rules) {
    served.set(policy_of(*settings), *rules);
    base::log(LogLevel::Info,
              "tier, categories and tools were read again, and so were PVE_CONFIRM, PVE_APPROVAL and "
              "PVE_PROTECT.");
  } else {
    base::log(LogLevel::Error, "tier, categories and tools are unchanged: " + rules.error());
  }
  return rules.has_value();
}

/// Reloads what may change while the server runs. Each part is reloaded on its own, so that an error in one
/// file does not keep a revoked bearer token valid.
void reload(const cli::Arguments& arguments, cli::ServedByScope& served, cli::HttpService* http,
            mcp::Changes& changes) {
  const bool tokens = http != nullptr && reload_tokens(*http);
  const bool policy = reload_policy(arguments, served);
  if (!tokens && !policy) return;
  changes.tools_changed();
  changes.prompts_changed();
  changes.resources_changed();
}

/// Returns only if the server cannot start.
int serve(const cli::Arguments& arguments, const config::Settings& settings, cli::ServedByScope& served,
          transport::StopControl& stop) {
  auto& toolbox = served.server().toolbox;
  auto& cluster = toolbox.cluster();
  std::unique_ptr<cli::HttpService> http;
  if (settings.http.listen) {
    auto opened = cli::HttpService::open(settings, variable, cluster.clock);
    if (!opened) return fail(opened.error());
    http = *std::move(opened);
  }
  resource::Watch watch(catalog::resources(), toolbox);
  const mcp::Server server(
      {served.tools(), &served.resources(), &served.prompts(), &served.completer(), &served.tasks(), &watch},
      {"mcp-pve", settings.simulate ? "Proxmox VE (simulated)" : "Proxmox VE", MCP_PVE_VERSION,
       engine::instructions(settings.simulate)},
      std::make_shared<const mcp::Seal>([&] { return cli::state_key(settings, variable); }), cluster.clock,
      mcp::Patience{.limit = settings.ask_timeout});
  cli::on_signals([&] { stop.stop(cli::kDone); },
                  [&] { reload(arguments, served, http.get(), server.changes()); });
  if (const auto text = cli::warning(cli::offer_of(catalog::categories(), policy_of(settings)));
      !text.empty())
    base::log(LogLevel::Warning, text);
  // Every client asks for the list of tools first, so another thread prepares it meanwhile.
  std::thread([&toolbox] { toolbox.prepare(); }).detach();
  if (!settings.simulate) cli::check_in_background(cluster.client);
  // Calls that ignore their stop token and the background check still use local variables of this function,
  // so no destructor may run.
  cli::leave(http ? http->serve(server, stop) : cli::serve(server, stop));
}

int run(const cli::Arguments& arguments, const config::Settings& settings) {
  base::SystemClock clock;
  const facts::Facts facts;
  if (arguments.command == cli::Command::Simulate) return cli::simulate(arguments, settings, facts, clock);
  if (arguments.command == cli::Command::Freeze) return cli::freeze(arguments, settings, variable, clock);
  if (arguments.command == cli::Command::Thaw) return cli::thaw(settings, variable);
  if (arguments.command == cli::Command::Plans) return cli::list_plans(settings, variable, clock);
  if (arguments.command == cli::Command::Approve) return cli::approve(arguments, settings, variable, clock);
  if (arguments.command == cli::Command::Reject) return cli::reject(arguments, settings, variable, clock);
  if (arguments.command == cli::Command::Trust) return cli::trust(arguments, settings, variable);
  if (arguments.command == cli::Command::Audit) return cli::audit(arguments, settings, variable, clock);

  transport::StopControl stop;
  cli::Backend::OnRejected on_rejected;
  if (arguments.command == cli::Command::Serve) {
    on_rejected = [&](const std::string& sentence) {
      base::log(LogLevel::Error, sentence);
      stop.stop(cli::kFailed);
    };
  }
  const auto backend =
      cli::Backend::open(settings, facts, clock, variable, on_rejected, cli::hold_of(settings, variable));
  if (!backend) return fail(backend.error());
  const auto policy = policy_of(settings);
  auto engine_options = options(settings);
  if (!engine_options) return fail(engine_options.error());
  auto scopes = scopes_of(settings);
  if (!scopes) return fail(scopes.error());
  const bool calls = arguments.command == cli::Command::Call;
  cli::Records records(settings, variable, clock,
                       !calls          ? "elicitation"
                       : arguments.yes ? "--yes"
                                       : "terminal");
  engine::Access access{(*backend)->client(), facts, clock, *std::move(engine_options)};
  access.plans = &records.plans();
  access.audit = records.audit();
  cli::ServedByScope served({access, policy, *std::move(scopes)});
  auto& toolbox = served.server().toolbox;
  switch (arguments.command) {
    case cli::Command::Call:
      return cli::call(toolbox, arguments, settings, variable);
    case cli::Command::Tools:
      if (!arguments.tool.empty()) return cli::show_tool(toolbox, arguments.tool, arguments.as_json);
      return cli::list_tools(catalog::categories(), policy, toolbox, arguments.as_json);
    case cli::Command::Doctor:
      return cli::doctor(settings, **backend, facts, policy,
                         state::folder(cli::surroundings_of(settings, variable)), variable);
    default:
      return serve(arguments, settings, served, stop);
  }
}

/// What a command that needs no settings prints; empty for any other command.
std::string about(const cli::Arguments& arguments) {
  if (arguments.command == cli::Command::Help) return cli::usage(arguments.topic);
  if (arguments.command == cli::Command::Version) return cli::version_text();
  if (arguments.command == cli::Command::Print) return cli::printed(arguments.what);
  if (arguments.command == cli::Command::Licences) return cli::licences_text();
  return {};
}

// Without this, glibc takes large blocks from the arena of each thread once one of them was freed, and keeps
// them there: after some calls the process would hold three answers of a large cluster at once.
void give_back_large_pieces() { ::mallopt(M_MMAP_THRESHOLD, 1024 * 1024); }

/// A command of setup, whose settings are those of the file that it names: a client that starts the server
/// has not the variables of this shell.
int run_with_file(const std::vector<std::string>& words) {
  std::vector<const char*> pointers;
  for (const auto& word : words) pointers.push_back(word.c_str());
  const auto arguments = cli::parse(pointers);
  if (!arguments) return fail(arguments.error());
  auto entries = environment();
  std::erase_if(entries, [](std::string_view entry) {
    return std::ranges::any_of(config::table(), [&](const config::Setting& row) {
      const auto name = entry.substr(0, entry.find('='));
      return !name.empty() && (name == row.variable || name == row.alias);
    });
  });
  const auto settings = config::load({arguments->flags, entries}, cli::known());
  if (!settings) return fail(settings.error());
  for (const auto& warning : settings->warnings) base::log(LogLevel::Warning, warning);
  return run(*arguments, *settings);
}

}  // namespace

int main(int argc, char** argv) {
  // Errors of the settings themselves have this form too.
  base::log_json(variable("PVE_LOG") == "json");
  if (!cli::harden_process())
    base::log(
        LogLevel::Warning,
        "the system did not let this process turn off core dumps and new privileges, so its memory, with "
        "the API token's secret, may be read by other programs of this user.");
  give_back_large_pieces();
  const auto arguments =
      cli::parse(std::span<const char* const>(argv, static_cast<std::size_t>(argc)).subspan(argc > 0));
  if (!arguments) cli::leave(fail(arguments.error()));
  if (const auto text = about(*arguments); !text.empty())
    cli::leave(cli::print(STDOUT_FILENO, text) ? cli::kDone : cli::kFailed);
  if (arguments->command == cli::Command::Token) cli::leave(cli::make_token(*arguments));
  if (arguments->command == cli::Command::Setup)
    cli::leave(cli::set_up(*arguments, facts::Facts{}, variable, run_with_file));
  const auto settings = load(*arguments);
  if (!settings) cli::leave(fail(settings.error()));
  if (const auto sentence = cli::misplaced(*arguments, settings->simulate)) cli::leave(fail(*sentence));
  base::log_json(settings->log_json);
  base::log_debug(settings->debug);
  for (const auto& warning : settings->warnings) base::log(LogLevel::Warning, warning);
  if (needs_pve(arguments->command)) {
    if (const auto sentence = config::missing(*settings)) cli::leave(fail(*sentence));
  }
  cli::leave(run(*arguments, *settings));
}
