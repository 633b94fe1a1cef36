// The step "clients".
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "cli/setup/people.h"
#include "cli/setup/steps.h"
#include "config/settings.h"

namespace cli {
namespace {

using ::setup::Client;

std::string all_ids() {
  std::string ids;
  for (const auto& client : ::setup::clients()) ids += (ids.empty() ? "" : ", ") + std::string(client.id);
  return ids;
}

std::expected<std::string, std::string> checked_clients(std::string_view text) {
  if (text == "all" || text == "none") return std::string(text);
  for (const auto part : base::split(text, ',')) {
    const auto id = base::trim(part);
    if (::setup::client_named(id) == nullptr)
      return std::unexpected(config::complaint("--client", id, "write all, none, or some of " + all_ids()));
  }
  return std::string(text);
}

std::vector<const Client*> named(std::string_view answer, const std::vector<const Client*>& found) {
  if (answer == "all") return found;
  std::vector<const Client*> chosen;
  if (answer == "none") return chosen;
  for (const auto part : base::split(answer, ',')) {
    const auto* client = ::setup::client_named(base::trim(part));
    if (std::ranges::find(chosen, client) == chosen.end()) chosen.push_back(client);
  }
  return chosen;
}

ClientEdit edit_of(const Client& client, const ::setup::Person& person, const ::setup::Server& server) {
  ClientEdit edit{&client, {::setup::file_of(client, person), {}, {}}, ""};
  const auto words = ::setup::own_command(client, server);
  const auto remedy = words.empty() ? "" : " Mend the file, or run: " + command_text(words);
  auto before = content_of_file(edit.file.path);
  if (!before) {
    edit.by_hand = before.error() + remedy;
    return edit;
  }
  edit.file.before = *before;
  edit.file.after = *before;
  auto after = ::setup::with_server(client, before->value_or(""), server);
  if (after) {
    edit.file.after = *std::move(after);
    return edit;
  }
  edit.by_hand = fmt::format("{} was not changed: {}.{}", base::printable(edit.file.path.string()),
                             after.error(), remedy);
  return edit;
}

}  // namespace

bool is_on_path(const Host& host, std::string_view program) {
  if (program.empty()) return false;
  const auto path = host.variables("PATH");
  for (const auto folder : base::split(path, ':')) {
    if (!folder.empty() && ::access(fmt::format("{}/{}", folder, program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::string command_text(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + base::printable(word);
  return text;
}

::setup::Person person_of(const Host& host) {
  ::setup::Person person;
  person.home = host.home;
  if (const auto config = host.variables("XDG_CONFIG_HOME"); config.starts_with('/')) person.config = config;
#ifdef __APPLE__
  person.system = ::setup::System::MacOs;
#endif
  for (const auto& client : ::setup::clients()) {
    const auto folder = client.folder_variable.empty() ? "" : host.variables(client.folder_variable);
    if (folder.starts_with('/')) person.folders[std::string(client.folder_variable)] = folder;
  }
  return person;
}

std::vector<const Client*> installed_clients(const Host& host) {
  const auto person = person_of(host);
  std::vector<const Client*> found;
  for (const auto& client : ::setup::clients()) {
    if (::setup::seems_installed(client, person, [&](auto program) { return is_on_path(host, program); }))
      found.push_back(&client);
  }
  return found;
}

Answer<std::vector<const Client*>> choose_clients(const Interview& interview,
                                                  const std::vector<const Client*>& found) {
  std::string list = found.empty() ? "No client was found here; setup knows " + all_ids() + "."
                                   : std::string("These clients are installed here:");
  for (const auto* client : found) list += fmt::format("\n  {:<16} {}", client->id, client->title);
  interview.show(list);
  const auto answer = interview.ask(Topic::Client, checked_clients, found.empty() ? "none" : "all");
  if (!answer) return std::unexpected(answer.error());
  return named(*answer, found);
}

Step ask_clients(const Host& host, const Interview& interview, const ::setup::Server& server, Draft& draft) {
  const auto chosen = choose_clients(interview, installed_clients(host));
  if (!chosen) return std::unexpected(chosen.error());
  const auto person = person_of(host);
  for (const auto* client : *chosen) {
    draft.clients.push_back(edit_of(*client, person, server));
    const auto& edit = draft.clients.back();
    if (!edit.by_hand.empty()) {
      interview.show(edit.by_hand);
    } else if (!edit.file.changes()) {
      interview.show(fmt::format("{} has it already.", client->title));
    }
  }
  return {};
}

void start(::setup::Server& server, const std::filesystem::path& program) {
  const bool from_npx = std::ranges::find(program, std::filesystem::path("_npx")) != program.end();
  server.command = from_npx ? "npx" : program.string();
  if (from_npx) server.args = {"-y", "mcp-pve"};
}

::setup::Server local_server(const Host& host, const Draft& draft) {
  ::setup::Server server;
  server.name = draft.name;
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  start(server, error ? "mcp-pve" : self);
  // A client may start it without XDG_CONFIG_HOME.
  if (draft.settings_file != host.home / ".config/mcp-pve/config.toml")
    server.args.insert(server.args.end(), {"--config", draft.settings_file.string()});
  return server;
}

}  // namespace cli
