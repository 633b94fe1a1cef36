#include "cli/setup/setup.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/setup/apply.h"
#include "cli/setup/people.h"
#include "cli/setup/steps.h"
#include "config/file.h"
#include "config/table.h"
#include "setup/clients.h"
#include "tool/tool.h"

namespace cli {
namespace {

Answer<Draft> ask_all(const Host& host, const Interview& interview) {
  Draft draft;
  if (auto step = ask_name(host, interview, draft); !step) return std::unexpected(step.error());
  if (auto step = ask_connection(host, interview, draft); !step) return std::unexpected(step.error());
  if (auto step = ask_access(host, interview, draft); !step) return std::unexpected(step.error());
  if (auto step = ask_token(host, interview, draft); !step) return std::unexpected(step.error());
  decide_settings(draft);
  if (auto step = ask_guards(interview, draft); !step) return std::unexpected(step.error());
  if (auto step = ask_clients(host, interview, local_server(host, draft), draft); !step)
    return std::unexpected(step.error());
  return draft;
}

/// The name of a tool that asks PVE what there is.
std::string overview_tool() {
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools) {
      if (!category.opt_in && tool.call.method == base::Method::Get && tool.call.path == "/cluster/resources")
        return std::string(tool.name);
    }
  }
  return {};
}

void say_how_to_go_on(const Host& host, const Interview& interview, const Draft& draft, bool works) {
  std::string text;
  bool by_hand = draft.clients.empty();
  for (const auto& edit : draft.clients) {
    by_hand = by_hand || !edit.by_hand.empty();
    if (edit.by_hand.empty()) text += fmt::format("{}: {}\n", edit.client->title, edit.client->then);
  }
  if (by_hand)
    text += "For any other client, paste this into its settings:\n" +
            ::setup::to_paste(local_server(host, draft));
  interview.show(text + (works ? "Restart your client, and ask: Which guests run, and how busy are the nodes?"
                               : what_to_mend(draft.settings_file)));
}

/// Everything behind the questions.
Answer<int> finish(const Host& host, const Interview& interview, const Draft& draft, const RunCommand& run) {
  auto files = files_of(draft);
  if (!files) return std::unexpected(files.error());
  const bool nothing = files->empty() && draft.grant.parts.empty();
  show_files(interview, draft, *files);
  if (nothing) interview.show("Everything is set up like this already; nothing was changed.");
  if (interview.is_set(Topic::DryRun)) {
    if (!nothing) interview.show("This is what setup would do. Nothing was changed, because of --dry-run.");
    return kDone;
  }
  if (!nothing) {
    const auto agreed = interview.agrees("Do this?");
    if (!agreed) return std::unexpected(agreed.error());
    if (!*agreed) return std::unexpected(Stop{kFailed, "Nothing was changed."});
    const auto backups = carry_out(draft, *std::move(files));
    if (!backups) return std::unexpected(backups.error());
    show_backups(interview, *backups);
  }
  const int code = try_out(interview, draft.settings_file, run);
  say_how_to_go_on(host, interview, draft, code == kDone);
  return code;
}

/// Why setup must not write into these homes; nothing if it may.
std::optional<std::string> home_of_another(const Host& host) {
  const auto person = person_of(host);
  std::vector<std::filesystem::path> folders{host.home, host.folder};
  if (!person.config.empty()) folders.push_back(person.config);
  for (const auto& [variable, folder] : person.folders) folders.push_back(folder);
  for (const auto& folder : folders) {
    if (auto wrong = owned_by_another(folder, ::geteuid())) return wrong;
  }
  return std::nullopt;
}

/// The flags of setup; the error is a sentence about one that it does not take.
std::expected<GivenFlags, std::string> flags_of(const Arguments& arguments) {
  auto given = arguments.setup;
  for (const auto& flag : arguments.flags) {
    const bool asked =
        std::ranges::any_of(questions(), [&](const Question& each) { return each.flag == flag.name; });
    if (!asked)
      return std::unexpected(flag.name +
                             " cannot be given to setup. Write this setting into the settings file instead.");
    given[flag.name].push_back(flag.value);
  }
  return given;
}

}  // namespace

int ended_by(const Stop& stop) {
  if (!stop.sentence.empty()) base::log(base::LogLevel::Error, stop.sentence);
  return stop.code;
}

void decide_settings(Draft& draft) {
  auto& values = draft.values;
  values.emplace_back("access_tier", draft.tier);
  values.emplace_back("categories",
                      draft.categories == "all" ? std::nullopt : std::optional(draft.categories));
  values.emplace_back("cluster.base_url", draft.base_url);
  if (draft.token_secret_file) {
    values.emplace_back("cluster.token_id", draft.token_id);
    values.emplace_back("cluster.token_secret", std::nullopt);
    values.emplace_back("cluster.token_command", std::nullopt);
    // The unit hands the secret to the service.
    values.emplace_back("cluster.token_secret_file", draft.service ? std::nullopt : draft.token_secret_file);
  }
  values.emplace_back("cluster.fingerprint",
                      draft.fingerprint.empty() ? std::nullopt : std::optional(draft.fingerprint));
}

std::string what_to_mend(const std::filesystem::path& settings) {
  return "It does not work yet. Mend what is said above, and run again: mcp-pve doctor --config " +
         base::printable(settings.string());
}

int try_out(const Interview& interview, const std::filesystem::path& settings, const RunCommand& run,
            const std::vector<std::string>& words) {
  const auto with = [&](std::vector<std::string> command) {
    command.insert(command.end(), {"--config", settings.string()});
    command.insert(command.end(), words.begin(), words.end());
    return run(command);
  };
  interview.show("\nDoctor:");
  if (const int code = with({"doctor"}); code != kDone) return code;
  const auto tool = overview_tool();
  if (tool.empty()) return kDone;
  interview.show("\nOne question, what there is in the cluster (" + tool + "):");
  return with({"call", tool});
}

int hold_setup(const Host& host, Conversation* person, const GivenFlags& given, const RunCommand& run) {
  const Interview interview(person, given);
  if (!interview.is_set(Topic::Service)) {
    if (const auto wrong = home_of_another(host)) return ended_by({kUsage, *wrong});
  }
  if (interview.is_set(Topic::Remove)) {
    const auto removed = hold_removal(host, interview);
    return removed ? kDone : ended_by(removed.error());
  }
  if (interview.is_set(Topic::Service)) return hold_service_setup(host, interview, run);
  const auto draft = ask_all(host, interview);
  if (!draft) return ended_by(draft.error());
  const auto code = finish(host, interview, *draft, run);
  return code ? *code : ended_by(code.error());
}

int set_up(const Arguments& arguments, const facts::Facts& facts, const Variables& variables,
           const RunCommand& run) {
  const auto given = flags_of(arguments);
  if (!given) return ended_by({kUsage, given.error()});
  Host host{variables, facts, arguments.root.empty() ? "/" : arguments.root, ::geteuid() == 0, {}, {}};
  if (host.root != "/") host.is_root = true;
  host.home = variables("HOME");
  const auto file = config::default_config_path(variables("XDG_CONFIG_HOME"), variables("HOME"));
  host.folder = std::filesystem::path(file).parent_path();
  if (given->contains(question(Topic::Service).flag)) host.folder = host.root / "etc/mcp-pve";
  if (host.folder.empty() || !host.home.is_absolute())
    return ended_by({kUsage, "HOME is not set, so the place of the settings is not known. Set HOME."});
  auto terminal = Terminal::open();
  if (!terminal) return hold_setup(host, nullptr, *given, run);
  TerminalConversation conversation(*std::move(terminal));
  return hold_setup(host, &conversation, *given, run);
}

}  // namespace cli
