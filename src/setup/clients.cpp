#include "setup/clients.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace setup {
namespace {

// `--env` takes all words up to the next option, so a name must not follow it.
constexpr std::array<std::string_view, 12> kClaudeLocal{"claude",  "mcp",  "add",         "{env}",
                                                        "--scope", "user", "--transport", "stdio",
                                                        "{name}",  "--",   "{command}",   "{args}"};
constexpr std::array<std::string_view, 9> kClaudeRemote{"claude",      "mcp",  "add",    "--scope", "user",
                                                        "--transport", "http", "{name}", "{url}"};
constexpr std::array<std::string_view, 6> kClaudeRemoval{"claude",  "mcp",  "remove",
                                                         "--scope", "user", "{name}"};
constexpr std::array<std::string_view, 3> kCodeAdd{"code", "--add-mcp", "{json}"};
constexpr std::array<std::string_view, 8> kCodexLocal{"codex", "mcp", "add",       "{name}",
                                                      "{env}", "--",  "{command}", "{args}"};
constexpr std::array<std::string_view, 6> kCodexRemote{"codex", "mcp", "add", "{name}", "--url", "{url}"};
constexpr std::array<std::string_view, 4> kCodexRemoval{"codex", "mcp", "remove", "{name}"};
constexpr std::array<std::string_view, 9> kGeminiLocal{"gemini", "mcp",    "add",       "--scope",  "user",
                                                       "{env}",  "{name}", "{command}", "{-- args}"};
constexpr std::array<std::string_view, 9> kGeminiRemote{"gemini",      "mcp",  "add",    "--scope", "user",
                                                        "--transport", "http", "{name}", "{url}"};
constexpr std::array<std::string_view, 6> kGeminiRemoval{"gemini",  "mcp",  "remove",
                                                         "--scope", "user", "{name}"};

constexpr std::array<Client, 6> kClients{{
    {.id = "claude-code",
     .title = "Claude Code",
     .format = Format::Json,
     .program = "claude",
     .linux_folder = ".claude",
     .mac_folder = ".claude",
     .file = "../.claude.json",
     .servers = "mcpServers",
     .writes_type = true,
     .url = "url",
     .headers = "headers",
     .folder_variable = "CLAUDE_CONFIG_DIR",
     .file_in_moved_folder = ".claude.json",
     .add_local = kClaudeLocal,
     .add_remote = kClaudeRemote,
     .removal = kClaudeRemoval,
     .then = "Start a new session of claude."},
    {.id = "claude-desktop",
     .title = "Claude Desktop",
     .format = Format::Json,
     .program = "claude-desktop",
     .linux_folder = "Claude",
     .mac_folder = "Library/Application Support/Claude",
     .in_config = true,
     .file = "claude_desktop_config.json",
     .servers = "mcpServers",
     .no_remote =
         "this file names only programs to start; give it a command that connects to the URL, such as "
         "npx mcp-remote URL, or add the URL in Claude Desktop under Settings, Connectors",
     .then = "Quit Claude Desktop and start it again."},
    {.id = "cursor",
     .title = "Cursor",
     .format = Format::Jsonc,
     .program = "cursor",
     .linux_folder = ".cursor",
     .mac_folder = ".cursor",
     .file = "mcp.json",
     .servers = "mcpServers",
     .url = "url",
     .headers = "headers",
     .then = "Enable the server in Cursor's settings, under MCP."},
    {.id = "vscode",
     .title = "VS Code",
     .format = Format::Jsonc,
     .program = "code",
     .linux_folder = "Code/User",
     .mac_folder = "Library/Application Support/Code/User",
     .in_config = true,
     .file = "mcp.json",
     .servers = "servers",
     .writes_type = true,
     .url = "url",
     .headers = "headers",
     .add_local = kCodeAdd,
     .add_remote = kCodeAdd,
     .then = "Run the command \"MCP: List Servers\" in VS Code and start the server."},
    {.id = "codex",
     .title = "Codex",
     .format = Format::Toml,
     .program = "codex",
     .linux_folder = ".codex",
     .mac_folder = ".codex",
     .file = "config.toml",
     .servers = "mcp_servers",
     .url = "url",
     .headers = "http_headers",
     .folder_variable = "CODEX_HOME",
     .file_in_moved_folder = "config.toml",
     .add_local = kCodexLocal,
     .add_remote = kCodexRemote,
     .removal = kCodexRemoval,
     .then = "Start a new session of codex."},
    {.id = "gemini",
     .title = "Gemini CLI",
     .format = Format::Jsonc,
     .program = "gemini",
     .linux_folder = ".gemini",
     .mac_folder = ".gemini",
     .file = "settings.json",
     .servers = "mcpServers",
     .url = "httpUrl",
     .headers = "headers",
     .add_local = kGeminiLocal,
     .add_remote = kGeminiRemote,
     .removal = kGeminiRemoval,
     .then = "Start a new session of gemini."},
}};

constexpr bool known_word(std::string_view word) {
  constexpr std::array<std::string_view, 7> kPlaces{"{name}", "{command}", "{url}",    "{json}",
                                                    "{env}",  "{args}",    "{-- args}"};
  return !word.empty() && (!word.starts_with('{') || std::ranges::find(kPlaces, word) != kPlaces.end());
}

constexpr bool sound_words(const Client& client, Words words) {
  return std::ranges::all_of(words, known_word) && (words.empty() || words.front() == client.program);
}

constexpr bool sound(const Client& client) {
  const bool named = !client.id.empty() && !client.title.empty() && !client.then.empty();
  const bool placed = !client.linux_folder.empty() && !client.mac_folder.empty() && !client.file.empty() &&
                      !client.servers.empty() &&
                      client.folder_variable.empty() == client.file_in_moved_folder.empty();
  const bool remote = client.url.empty() ? !client.no_remote.empty() && client.add_remote.empty()
                                         : client.no_remote.empty() && !client.headers.empty();
  return named && placed && remote && sound_words(client, client.add_local) &&
         sound_words(client, client.add_remote) && sound_words(client, client.removal);
}

constexpr bool distinct_ids() {
  for (std::size_t i = 0; i < kClients.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (kClients[i].id == kClients[j].id) return false;
    }
  }
  return true;
}

static_assert(std::ranges::all_of(kClients, sound), "a client's row lacks something");
static_assert(distinct_ids(), "two clients have the same id");

const std::filesystem::path* moved_folder(const Client& client, const Person& person) {
  if (client.folder_variable.empty()) return nullptr;
  const auto at = person.folders.find(client.folder_variable);
  return at == person.folders.end() || at->second.empty() ? nullptr : &at->second;
}

std::filesystem::path folder_of(const Client& client, const Person& person) {
  if (const auto* moved = moved_folder(client, person)) return *moved;
  if (person.system == System::MacOs) return person.home / client.mac_folder;
  if (!client.in_config) return person.home / client.linux_folder;
  return (person.config.empty() ? person.home / ".config" : person.config) / client.linux_folder;
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace

std::span<const Client> clients() { return kClients; }

const Client* client_named(std::string_view id) {
  const auto* const at = std::ranges::find(kClients, id, &Client::id);
  return at == kClients.end() ? nullptr : at;
}

std::filesystem::path file_of(const Client& client, const Person& person) {
  const bool moved = moved_folder(client, person) != nullptr;
  const auto path = folder_of(client, person) / (moved ? client.file_in_moved_folder : client.file);
  return path.lexically_normal();
}

bool seems_installed(const Client& client, const Person& person,
                     const std::function<bool(std::string_view program)>& on_path) {
  if (is_there(folder_of(client, person)) || is_there(file_of(client, person))) return true;
  return on_path && !client.program.empty() && on_path(client.program);
}

}  // namespace setup
