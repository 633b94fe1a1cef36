// The MCP clients that `mcp-pve setup` knows, and the edits of their settings files: text in, text out.
// Nothing here reads or writes a file; seems_installed() only asks whether some exist.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace setup {

enum class System { Linux, MacOs };

/// Where the files of a person are.
struct Person {
  std::filesystem::path home;         ///< HOME
  std::filesystem::path config = {};  ///< XDG_CONFIG_HOME; empty: HOME/.config. Not used on macOS.
  System system = System::Linux;
  /// Folders of clients by the variable that moves them (Client::folder_variable), where it is set.
  std::map<std::string, std::filesystem::path, std::less<>> folders = {};
};

/// What a client shall start (`command`) or reach (`url`): one of the two, not both.
struct Server {
  std::string
      name;  ///< a letter or digit, then letters, digits, "-" and "_"; at most 64: what all clients take
  std::string command = {};
  std::vector<std::string> args = {};
  std::vector<std::pair<std::string, std::string>> env = {};
  std::string url = {};
  std::string bearer = {};  ///< sent as "Authorization: Bearer …"; only with `url`

  bool operator==(const Server&) const = default;
};

/// Json: comments and trailing commas are refused, as its client refuses them. Jsonc: they are kept.
enum class Format { Json, Jsonc, Toml };

/// The words of a command. "{name}", "{command}", "{url}" and "{json}" (an object with the name) stand for
/// one word, "{env}" for "--env" and K=V of each variable, "{args}" for all, "{-- args}" for "--" and all or
/// nothing.
using Words = std::span<const std::string_view>;

struct Client {
  std::string_view id;     ///< in flags: "claude-code"
  std::string_view title;  ///< for people: "Claude Code"
  Format format;
  std::string_view program;                    ///< what is on PATH where it is installed; "" if nothing is
  std::string_view linux_folder;               ///< exists where the client is installed; below HOME
  std::string_view mac_folder;                 ///< the same, below HOME
  bool in_config = false;                      ///< on Linux, linux_folder is below Person::config
  std::string_view file;                       ///< in the folder; "../x" is beside it
  std::string_view servers;                    ///< the object of all servers in the file
  bool writes_type = false;                    ///< "type": "stdio" or "http" in each entry
  std::string_view url = {};                   ///< the member that holds a URL; "" where the file takes none
  std::string_view headers = {};               ///< the member that holds HTTP headers
  std::string_view no_remote = {};             ///< where `url` is "": why, and the remedy
  std::string_view folder_variable = {};       ///< the variable that names another folder than these
  std::string_view file_in_moved_folder = {};  ///< the file in that folder
  Words add_local = {};
  Words add_remote = {};
  Words removal = {};
  std::string_view then;  ///< what a person does after the change: an imperative sentence
};

/// In the order in which people are asked. Static; the rows are checked at compile time.
std::span<const Client> clients();

/// Null when no client has this id.
const Client* client_named(std::string_view id);

/// The settings file of all projects of this person; it need not exist.
std::filesystem::path file_of(const Client& client, const Person& person);

/// True when its folder or its file exists, or its program is on PATH. `on_path` may be empty.
bool seems_installed(const Client& client, const Person& person,
                     const std::function<bool(std::string_view program)>& on_path);

/// `text` with this server, everything else byte for byte as it was; the same text when it is there already.
/// Empty text: there is no file yet. An entry of the same name is changed in place: its members that say what
/// is started or reached become those of `server` (the variables all together), and others stay. HTTP headers
/// stay while the URL does, but for Authorization when `server` has a bearer token. Both texts are parsed and
/// compared, and the edit is refused when anything else would differ. Error: a clause that begins with the
/// line, where one is at fault, and never repeats a value of the file.
std::expected<std::string, std::string> with_server(const Client& client, std::string_view text,
                                                    const Server& server);

/// `text` without the server of this name; the same text when it has none. Undoes with_server() byte for
/// byte.
/// "" when nothing else was in the file: remove it. Errors as above.
std::expected<std::string, std::string> without_server(const Client& client, std::string_view text,
                                                       std::string_view name);

/// What is there under this name; nothing also where the text cannot be read. It may hold secrets.
std::optional<Server> has_server(const Client& client, std::string_view text, std::string_view name);

/// A unified diff for people, with 3 lines of context; "" for equal texts. One line per line, harmless to a
/// terminal and at most 300 bytes long; what looks like a secret is "********" (setup/secrets.h).
std::string difference(std::string_view file, std::string_view before, std::string_view after);

/// For any other client: a JSON object `mcpServers`, ends with a line break. Holds the bearer token.
std::string to_paste(const Server& server);

/// The client's own command for the same, by words; replaces no entry that is there (Claude Code refuses
/// one). Empty where the client has none, and where a word would hold a secret: then edit the file.
std::vector<std::string> own_command(const Client& client, const Server& server);

/// The client's own command that removes the server; empty where it has none.
std::vector<std::string> own_removal(const Client& client, std::string_view name);

}  // namespace setup
