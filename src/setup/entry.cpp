#include "setup/entry.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"

namespace setup {
namespace {

// What only a local and only a remote entry may have, in any client's file: Codex refuses the one kind in an
// entry of the other.
constexpr std::array<std::string_view, 6> kLocalMembers{"command",  "args",    "env",
                                                        "env_vars", "envFile", "cwd"};
constexpr std::array<std::string_view, 9> kRemoteMembers{"url",     "httpUrl",        "serverUrl",
                                                         "headers", "http_headers",   "env_http_headers",
                                                         "oauth",   "oauth_resource", "bearer_token_env_var"};
constexpr std::array<std::string_view, 3> kUrlMembers{"url", "httpUrl", "serverUrl"};
constexpr std::string_view kAuthorization = "Authorization";
constexpr std::string_view kBearer = "Bearer ";

base::JsonObject headers_of(const Server& server) {
  base::JsonObject headers;
  if (!server.bearer.empty()) headers[kAuthorization] = std::string(kBearer) + server.bearer;
  return headers;
}

base::JsonObject local_members(const Server& server) {
  base::JsonObject members;
  members["command"] = server.command;
  if (!server.args.empty()) {
    base::JsonArray args;
    for (const auto& arg : server.args) args.emplace_back(arg);
    members["args"] = std::move(args);
  }
  if (!server.env.empty()) {
    base::JsonObject env;
    for (const auto& [key, value] : server.env) env[key] = value;
    members["env"] = std::move(env);
  }
  return members;
}

base::JsonObject members_of(const Client& client, const Server& server) {
  const bool remote = !server.url.empty();
  base::JsonObject members;
  if (client.writes_type) members["type"] = remote ? "http" : "stdio";
  if (!remote) {
    const auto local = local_members(server);
    for (const auto& [key, value] : local) members[key] = value;
    return members;
  }
  members[client.url] = server.url;
  if (auto headers = headers_of(server); !headers.empty()) members[client.headers] = std::move(headers);
  return members;
}

bool is_header_member(std::string_view key) {
  return std::ranges::find(kRemoteMembers, key) != kRemoteMembers.end() &&
         std::ranges::find(kUrlMembers, key) == kUrlMembers.end();
}

bool is_empty(const base::Json& value) {
  return (value.is_object() && value.get_object().empty()) || (value.is_array() && value.get_array().empty());
}

/// A type that a person or the client wrote, and that says the same as the entry without it.
bool says_the_same(const base::Json& type, bool remote) {
  const auto word = base::raw_text(type);
  return remote ? word == "http" || word == "streamable-http" : word == "stdio";
}

/// True when the entry already sends its headers to this URL: they stay. To another URL they must not go.
bool same_url(const Client& client, const Server& server, const base::JsonObject& existing) {
  return !server.url.empty() && base::raw_text(existing, client.url) == server.url;
}

bool is_unwanted(std::string_view key, const base::Json& value, const Server& server) {
  const bool remote = !server.url.empty();
  if (key == "type") return !says_the_same(value, remote);
  const bool local_member = std::ranges::find(kLocalMembers, key) != kLocalMembers.end();
  const bool remote_member = std::ranges::find(kRemoteMembers, key) != kRemoteMembers.end();
  if (!remote) return remote_member || ((key == "args" || key == "env") && !is_empty(value));
  return local_member || (remote_member && key.starts_with("bearer") && !server.bearer.empty()) ||
         std::ranges::find(kUrlMembers, key) != kUrlMembers.end();
}

bool sound_text(std::string_view text) { return base::is_utf8(text) && !base::has_control(text); }

bool sound_name(std::string_view name) {
  const auto fits = [](char c) { return base::is_alnum(c) || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= 64 && base::is_alnum(name.front()) &&
         std::ranges::all_of(name, fits);
}

bool sound_variable(const std::pair<std::string, std::string>& variable) {
  const auto& [key, value] = variable;
  return !key.empty() && key.find('=') == std::string::npos && sound_text(key) && sound_text(value);
}

constexpr std::string_view kNoText = " must be UTF-8 without control characters";

std::optional<std::string> misfit_of_local(const Server& server) {
  if (!server.bearer.empty()) return "a bearer token needs a URL";
  // A client's own command would take it for one of its options.
  if (server.command.starts_with('-')) return "the command must not begin with \"-\"";
  if (!sound_text(server.command) || !std::ranges::all_of(server.args, sound_text))
    return "command and arguments" + std::string(kNoText);
  for (auto at = server.env.begin(); at != server.env.end(); ++at) {
    const auto name = base::printable(at->first, 80);
    if (!sound_variable(*at))
      return "the variable \"" + name + "\" must have a name without \"=\", and" + std::string(kNoText);
    if (std::any_of(server.env.begin(), at, [&](const auto& other) { return other.first == at->first; }))
      return "the variable \"" + name + "\" is given twice";
  }
  return std::nullopt;
}

std::optional<std::string> misfit_of_remote(const Server& server) {
  if (!server.args.empty() || !server.env.empty()) return "arguments and variables need a command";
  if (!server.url.starts_with("https://") && !server.url.starts_with("http://"))
    return "the URL must begin with https:// or http://";
  if (!sound_text(server.url) || !sound_text(server.bearer))
    return "URL and bearer token" + std::string(kNoText);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> misfit(const Client& client, const Server& server) {
  if (!sound_name(server.name))
    return "the server's name must begin with a letter or a digit and hold at most 64 letters, digits, \"-\" "
           "and "
           "\"_\", not \"" +
           base::printable(server.name, 80) + "\"";
  if (server.command.empty() == server.url.empty()) return "the server needs either a command or a URL";
  if (!server.url.empty() && client.url.empty()) return std::string(client.no_remote);
  return server.url.empty() ? misfit_of_local(server) : misfit_of_remote(server);
}

EntryChange change_to(const Client& client, const Server& server, const base::JsonObject* existing) {
  EntryChange change{.members = members_of(client, server), .unwanted = {}};
  if (existing == nullptr) return change;
  const bool same = same_url(client, server, *existing);
  if (const auto* headers = same ? base::object(*existing, client.headers) : nullptr) {
    auto kept = *headers;
    if (!server.bearer.empty()) kept[kAuthorization] = std::string(kBearer) + server.bearer;
    change.members[client.headers] = std::move(kept);
  }
  for (const auto& member : *existing) {
    const std::string_view key = member.key();
    if (change.members.contains(key)) continue;
    const bool elsewhere = !server.url.empty() && !same && is_header_member(key);
    if (elsewhere || is_unwanted(key, member.value(), server)) change.unwanted.emplace_back(key);
  }
  return change;
}

base::JsonObject changed(const EntryChange& change, const base::JsonObject* existing) {
  base::JsonObject entry = existing == nullptr ? base::JsonObject{} : *existing;
  for (const auto& key : change.unwanted) entry.erase(key);
  for (const auto& member : change.members) entry[member.key()] = member.value();
  return entry;
}

Server server_of(const Client& client, std::string_view name, const base::JsonObject& entry) {
  Server server;
  server.name = name;
  server.command = base::raw_text(entry, "command");
  for (const auto& arg : base::list(entry, "args")) server.args.emplace_back(base::raw_text(arg));
  if (const auto* env = base::object(entry, "env")) {
    for (const auto& member : *env) server.env.emplace_back(member.key(), base::raw_text(member.value()));
  }
  for (const auto key : {client.url, std::string_view("url"), std::string_view("serverUrl")}) {
    if (server.url.empty() && !key.empty()) server.url = base::raw_text(entry, key);
  }
  if (const auto* headers = client.headers.empty() ? nullptr : base::object(entry, client.headers)) {
    const auto value = base::raw_text(*headers, kAuthorization);
    if (value.starts_with(kBearer)) server.bearer = value.substr(kBearer.size());
  }
  return server;
}

base::JsonObject common_entry(const Server& server) {
  if (server.url.empty()) return local_members(server);
  base::JsonObject entry{{"type", "http"}, {"url", server.url}};
  if (auto headers = headers_of(server); !headers.empty()) entry["headers"] = std::move(headers);
  return entry;
}

bool only_entry_differs(const base::JsonObject& before, const base::JsonObject& after,
                        std::string_view servers, std::string_view name, const base::JsonObject* entry) {
  base::JsonObject expected = before;
  base::JsonObject found = after;
  if (entry != nullptr) {
    auto& all = expected[servers];
    if (!all.is_object()) all = base::JsonObject{};
    all.get_object()[name] = *entry;
    return expected == found;
  }
  if (auto* all = expected.if_contains(servers); all != nullptr && all->is_object())
    all->get_object().erase(name);
  for (auto* tree : {&expected, &found}) {
    const auto* all = tree->if_contains(servers);
    if (all != nullptr && is_empty(*all) && all->is_object()) tree->erase(servers);
  }
  return expected == found;
}

}  // namespace setup
