// The command line as plain values; the only place that knows a command line library.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace cli {

enum class Command : std::uint8_t {
  Serve,
  Call,
  Tools,
  Simulate,
  Doctor,
  Token,
  Freeze,
  Thaw,
  Trust,
  Plans,
  Approve,
  Reject,
  Audit,
  Print,
  Licences,
  Setup,
  Help,
  Version
};

/// Of the command audit; empty: not given.
struct AuditArguments {
  bool verify = false;
  std::string since, until, caller, object, tool;
  std::string head;
};

struct Arguments {
  Command command = Command::Serve;
  std::vector<config::Flag> flags;  ///< the settings among the flags

  std::optional<Command> topic;    ///< help: of which command; else of all
  std::string tool;                ///< call: the tool's name; tools: the one to describe, or ""
  std::vector<std::string> pairs;  ///< call: key=value
  std::string json;                ///< call --json: arguments as one object, or "-" for stdin; else empty
  bool yes = false;                ///< call, trust: --yes answers the question
  std::string chart;               ///< call --chart: the file for the picture; else empty
  bool as_json = false;            ///< tools --json, audit --json
  std::string listen = "127.0.0.1:8006";  ///< simulate
  std::string token;                      ///< simulate: USER@REALM!NAME=SECRET instead of the built-in one
  std::string role;                       ///< simulate: what the token's user has instead of Administrator
  std::optional<std::string> path;        ///< simulate: where the role holds; else everywhere
  bool plain = false;                     ///< simulate: HTTP without TLS
  std::string token_name;                 ///< token: what to call it
  std::optional<std::string> token_tier;  ///< token --tier
  std::optional<std::vector<std::string>> token_categories;  ///< token --categories
  std::optional<std::vector<std::string>> token_scope;       ///< token --scope
  std::string reason;                                        ///< freeze --reason; else empty
  std::string address;                                       ///< trust: of PVE; else empty
  std::string what;                                          ///< print: one of kPrinted
  std::string plan;                                          ///< approve, reject: the id
  bool set_passphrase = false;                               ///< approve --set-passphrase
  AuditArguments audit;
  /// setup: the values of its own flags, by flag; a switch has "true".
  std::map<std::string, std::vector<std::string>, std::less<>> setup;
  std::string root;  ///< setup --root: the folder that stands for / in tests; else empty
};

/// `words` are argv without the program's name. The error is one sentence and never repeats a value that may
/// be a secret.
std::expected<Arguments, std::string> parse(std::span<const char* const> words);

/// The sentence about a flag for the simulated cluster in a call without one: the flag would have no effect,
/// and the user would not notice. `simulated` is what the settings say.
std::optional<std::string> misplaced(const Arguments& arguments, bool simulated);

/// What --help says of a command.
struct CommandText {
  Command command;
  std::string_view synopsis;  ///< behind "mcp-pve ": "[settings] doctor"; of Serve without a name
  std::string_view purpose;   ///< a sentence without its stop
  std::string_view details;   ///< lines
};
std::span<const CommandText> command_texts();
/// Its details; of setup they come from its questions.
std::string details_of(const CommandText& text);

/// The text of --help; of a command what belongs to it alone.
std::string usage(std::optional<Command> topic = {});

}  // namespace cli
