// to_paste(), own_command(), own_removal(): what a person or a client's own program is given.
#include <algorithm>

#include "base/json.h"
#include "setup/clients.h"
#include "setup/entry.h"
#include "setup/json_style.h"
#include "setup/secrets.h"

namespace setup {
namespace {

std::string json_word(const Server& server) {
  base::JsonObject entry{{"name", server.name}};
  const auto members = common_entry(server);
  for (const auto& member : members) entry[member.key()] = member.value();
  return base::write_json(entry);
}

void append(std::string_view place, const Server& server, std::vector<std::string>& words) {
  if (place == "{name}") {
    words.push_back(server.name);
  } else if (place == "{command}") {
    words.push_back(server.command);
  } else if (place == "{url}") {
    words.push_back(server.url);
  } else if (place == "{json}") {
    words.push_back(json_word(server));
  } else if (place == "{env}") {
    for (const auto& [key, value] : server.env) words.insert(words.end(), {"--env", key + "=" + value});
  } else if (place == "{args}" || place == "{-- args}") {
    if (place == "{-- args}" && !server.args.empty()) words.emplace_back("--");
    words.insert(words.end(), server.args.begin(), server.args.end());
  } else {
    words.emplace_back(place);
  }
}

/// True when a word of the command would show a secret to all users of the machine.
bool holds_secret(const Server& server) {
  const auto secret = [](const auto& variable) {
    return names_secret(variable.first) || masked(variable.second) != variable.second;
  };
  return !server.bearer.empty() || masked(server.url) != server.url ||
         std::ranges::any_of(server.env, secret);
}

/// Gemini CLI cuts a value at its second "=".
bool cut_by_client(const Client& client, const Server& server) {
  return client.id == "gemini" && std::ranges::any_of(server.env, [](const auto& variable) {
           return variable.second.empty() || variable.second.find('=') != std::string::npos;
         });
}

}  // namespace

std::string to_paste(const Server& server) {
  const base::Json block =
      base::JsonObject{{"mcpServers", base::JsonObject{{server.name, common_entry(server)}}}};
  std::string out;
  write_styled(block, {}, "", out);
  return out + "\n";
}

std::vector<std::string> own_command(const Client& client, const Server& server) {
  std::vector<std::string> words;
  if (misfit(client, server) || holds_secret(server) || cut_by_client(client, server)) return words;
  for (const auto place : server.url.empty() ? client.add_local : client.add_remote)
    append(place, server, words);
  return words;
}

std::vector<std::string> own_removal(const Client& client, std::string_view name) {
  std::vector<std::string> words;
  Server server;
  server.name = name;
  for (const auto place : client.removal) append(place, server, words);
  return words;
}

}  // namespace setup
