// mcp-pve setup --remove
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/program.h"
#include "base/text.h"
#include "cli/backend.h"
#include "cli/output.h"
#include "cli/setup/apply.h"
#include "cli/setup/people.h"
#include "cli/setup/service_files.h"
#include "cli/setup/setup.h"
#include "cli/setup/steps.h"
#include "config/settings.h"
#include "setup/clients.h"

namespace cli {
namespace {

/// The settings that setup did not write stay, and comments of the person's own; a file without any goes.
Answer<FileChange> settings_without_ours(const Draft& draft) {
  FileChange change{draft.settings_file, draft.has_settings ? std::optional(draft.settings) : std::nullopt,
                    draft.has_settings ? std::optional(draft.settings) : std::nullopt, 0600};
  if (draft.record == Record{}) return change;
  SettingValues none;
  for (const auto& key : draft.record.keys) none.emplace_back(key, std::nullopt);
  auto text = with_record(draft.settings, {});
  if (text) text = with_settings(*text, none);
  if (!text)
    return std::unexpected(
        Stop{kFailed, fmt::format("{}: {}. Remove the settings by hand.",
                                  base::printable(draft.settings_file.string()), text.error())});
  change.after = std::nullopt;
  if (!is_without_contents(*text)) change.after = *std::move(text);
  return change;
}

/// The client files that name the server.
void edit_clients(const Host& host, const Interview& interview, Draft& draft,
                  const std::vector<const ::setup::Client*>& clients) {
  const auto person = person_of(host);
  for (const auto* client : clients) {
    ClientEdit edit{client, {::setup::file_of(*client, person), {}, {}}, ""};
    const auto before = content_of_file(edit.file.path);
    if (before && base::trim(before->value_or("")).empty()) continue;
    auto after = before ? ::setup::without_server(*client, **before, draft.name)
                        : std::expected<std::string, std::string>();
    if (!before || !after) {
      edit.by_hand = before ? fmt::format("{} was not changed: {}.", base::printable(edit.file.path.string()),
                                          after.error())
                            : before.error() + " It was not changed.";
      if (const auto words = ::setup::own_removal(*client, draft.name); !words.empty())
        edit.by_hand += " Mend the file, or run: " + command_text(words);
      interview.show(edit.by_hand);
      draft.clients.push_back(std::move(edit));
      continue;
    }
    if (*after == **before) continue;
    edit.file.before = *before;
    if (!after->empty()) edit.file.after = *std::move(after);
    draft.clients.push_back(std::move(edit));
  }
}

Answer<std::vector<const ::setup::Client*>> clients_meant(const Interview& interview) {
  std::vector<const ::setup::Client*> all;
  for (const auto& client : ::setup::clients()) all.push_back(&client);
  if (!interview.is_set(Topic::Client)) return all;
  return choose_clients(interview, all);
}

/// Whether the token in PVE goes too; then `draft.access` can do it.
Answer<bool> ask_removal_in_pve(const Host& host, const Interview& interview, Draft& draft) {
  if (draft.record.pve.token_id.empty() || interview.is_set(Topic::DryRun)) return false;
  const bool node = is_on_node(host) && host.is_root;
  bool wanted = interview.is_set(Topic::Login) || (node && interview.is_set(Topic::Yes));
  if (!wanted && interview.has_person() && !interview.is_set(Topic::Yes)) {
    const auto agreed = interview.agrees_in_person(
        node ? "Remove the API token in PVE too?" : "Remove the API token in PVE too (this needs a login)?",
        Topic::Login);
    if (!agreed) return agreed;
    wanted = *agreed;
  }
  if (!wanted) return false;
  if (node) {
    draft.access = on_this_node(host.root);
    return true;
  }
  config::Settings settings;
  settings.cluster.base_url = setting_in(draft.settings, "cluster.base_url").value_or("");
  settings.cluster.base_url_source = "cluster.base_url";
  const auto pinned = setting_in(draft.settings, "cluster.fingerprint").value_or("");
  for (const auto item : base::list_items(pinned)) settings.cluster.fingerprints.emplace_back(item);
  auto routes = routes_of(settings, host.variables);
  if (!routes) return std::unexpected(Stop{kFailed, routes.error()});
  draft.routes = *std::move(routes);
  if (auto logged_in = log_in_once(interview, draft); !logged_in) return std::unexpected(logged_in.error());
  return true;
}

Step remove_in_pve(const Interview& interview, const std::vector<AccessChange>& changes, Draft& draft) {
  for (const auto& change : changes) {
    if (const auto answer = draft.access->change(change); !answer)
      return std::unexpected(
          Stop{kFailed, answer.error().sentence +
                            (answer.error().unanswered
                                 ? " This may have been done all the same: " + command_line(change) + "."
                                 : "") +
                            " No file was changed."});
    interview.show("Done: " + command_line(change));
  }
  return {};
}

std::string indented(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += "\n  " + line;
  return text;
}

void show_removal(const Interview& interview, const Draft& draft, bool in_pve,
                  const std::vector<AccessChange>& changes) {
  if (in_pve) {
    std::vector<std::string> lines;
    for (const auto& change : changes) lines.push_back(command_line(change));
    interview.show(lines.empty() ? "Nothing of it is left in PVE."
                                 : "PVE is to be changed as by these commands:" + indented(lines));
  } else if (!draft.record.pve.token_id.empty()) {
    interview.show(
        "These commands, run as root on a node, remove the API token, its role and its user. The "
        "last two only if nothing else needs them:" +
        indented(removal_lines(draft.record.pve.token_id)));
  }
  if (draft.token_id.empty() || draft.token_id == draft.record.pve.token_id) return;
  std::string text = "The API token " + base::printable(draft.token_id) +
                     " was not made by setup, as far as the settings file says; it stays in PVE.";
  if (const auto lines = removal_lines(draft.token_id); !lines.empty())
    text +=
        " These commands, run as root on a node, remove it, its role and its user. The last two only if "
        "nothing else needs them:" +
        indented(lines);
  interview.show(text);
}

/// What setup has not made, as far as its record says.
void show_what_stays(const Host& host, const Interview& interview, const Draft& draft) {
  if (draft.has_settings && draft.record == Record{})
    interview.show(base::printable(draft.settings_file.string()) +
                   " stays, because no comment in it says what setup wrote there.");
  std::error_code error;
  for (const auto name : kServiceFiles) {
    const auto path = host.root / name;
    if (draft.service && !draft.record.service.contains(name) && std::filesystem::exists(path, error))
      interview.show(base::printable(path.string()) + " stays, because setup did not make it.");
  }
  if (draft.record.file != draft.secret_file && std::filesystem::exists(draft.secret_file, error))
    interview.show(base::printable(draft.secret_file.string()) + " stays, because setup did not make it.");
}

/// All files that go or change.
Answer<std::vector<FileChange>> files_to_change(const Host& host, const Draft& draft) {
  std::vector<FileChange> files;
  for (const auto name : kServiceFiles) {
    if (!draft.service || !draft.record.service.contains(name)) continue;
    auto text = content_of_file(host.root / name);
    if (!text) return std::unexpected(Stop{kFailed, text.error()});
    // No backups: they would be units and keys too.
    if (*text) files.push_back({host.root / name, *std::move(text), {}, 0600, true});
  }
  for (const auto& edit : draft.clients) {
    if (edit.by_hand.empty()) files.push_back(edit.file);
  }
  auto settings = settings_without_ours(draft);
  if (!settings) return std::unexpected(settings.error());
  if (settings->changes()) files.push_back(*std::move(settings));
  if (draft.record.file != draft.secret_file) return files;
  auto secret = content_of_file(draft.secret_file);
  if (!secret) return std::unexpected(Stop{kFailed, secret.error()});
  if (*secret) files.push_back({draft.secret_file, *std::move(secret), {}, 0600, true});
  return files;
}

/// The end: a Stop if the server may still be in a client's file.
Answer<void> removed_but_for(const Draft& draft) {
  std::string files;
  for (const auto& edit : draft.clients) {
    if (!edit.by_hand.empty())
      files += (files.empty() ? "" : ", ") + base::printable(edit.file.path.string());
  }
  if (files.empty()) return {};
  return std::unexpected(
      Stop{kFailed, fmt::format("the server {} may still be in {}. Remove it there.", draft.name, files)});
}

Step remove_all(const Host& host, const Interview& interview, Draft& draft,
                const std::vector<FileChange>& files, const std::vector<AccessChange>& changes) {
  if (auto done = remove_in_pve(interview, changes, draft); !done) return done;
  const bool has_service = !draft.record.service.empty();
  // A service that is not there cannot be stopped, and need not be.
  if (has_service)
    (void)base::run_program(
        {"systemctl", "disable", "--now", std::string(kService), std::string(kCertificateTimer)}, {},
        host.root);
  const auto backups = write_files(files);
  if (!backups) return std::unexpected(Stop{kFailed, backups.error() + " All files are as they were."});
  show_backups(interview, *backups);
  if (has_service) (void)base::run_program({"systemctl", "daemon-reload"}, {}, host.root);
  interview.show(has_service ? "The service is removed; its state folder /var/lib/mcp-pve stays."
                             : "The server " + draft.name + " is removed. Restart your clients.");
  return {};
}

}  // namespace

Answer<void> hold_removal(const Host& host, const Interview& interview) {
  Draft draft;
  draft.service = interview.is_set(Topic::Service);
  if (draft.service && !host.is_root)
    return std::unexpected(
        Stop{kUsage, "the service belongs to root, so run setup --remove --service as root."});
  if (auto named = ask_name(host, interview, draft); !named) return named;
  draft.token_id = setting_in(draft.settings, "cluster.token_id").value_or("");
  const auto clients = clients_meant(interview);
  if (!clients) return std::unexpected(clients.error());
  if (!draft.service) edit_clients(host, interview, draft, *clients);
  const auto files = files_to_change(host, draft);
  if (!files) return std::unexpected(files.error());
  const auto in_pve = ask_removal_in_pve(host, interview, draft);
  if (!in_pve) return std::unexpected(in_pve.error());
  std::vector<AccessChange> changes;
  if (*in_pve) {
    const auto state = read_access(*draft.access);
    if (!state) return std::unexpected(Stop{kFailed, state.error() + " Nothing was changed."});
    changes = removal_of(draft.record.pve, *state);
  }
  show_files(interview, *files);
  show_what_stays(host, interview, draft);
  show_removal(interview, draft, *in_pve, changes);
  if (files->empty() && changes.empty()) {
    interview.show("There is no server " + draft.name + " here; nothing was changed.");
    return removed_but_for(draft);
  }
  if (interview.is_set(Topic::DryRun)) {
    interview.show("This is what setup would do. Nothing was changed, because of --dry-run.");
    return {};
  }
  const auto agreed = interview.agrees("Do this?");
  if (!agreed) return std::unexpected(agreed.error());
  if (!*agreed) return std::unexpected(Stop{kFailed, "Nothing was changed."});
  if (auto done = remove_all(host, interview, draft, *files, changes); !done) return done;
  return removed_but_for(draft);
}

}  // namespace cli
