#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/known.h"
#include "cli/setup/questions.h"
#include "config/table.h"

namespace cli {
namespace {

constexpr auto kTexts = std::to_array<CommandText>({
    {Command::Serve, "[settings]", "Serves MCP on stdin and stdout, with --http over HTTP", ""},
    {Command::Call, "[settings] call TOOL [KEY=VALUE]...", "Calls one tool",
     "A value that is valid JSON (a number, true, false, a list or an object) is passed as JSON, any other "
     "value as text:\n  vmid=100 force=true tags='\"100\"'\n'{\"vmid\":100}' gives the arguments as one "
     "object, as --json OBJECT does; --json - reads it from stdin.\n--chart FILE writes the picture of a "
     "statistics tool (PNG).\nA call that destroys something shows its plan and asks on the terminal whether "
     "to go ahead; --yes "
     "answers yes to every confirmation.\nmcp-pve tools TOOL shows the arguments that a tool takes.\n"},
    {Command::Tools, "[settings] tools [TOOL] [--json]", "Lists the tools, or shows one with its arguments",
     "Lists the tools that these settings offer. --json prints what an MCP client gets.\n"},
    {Command::Setup, "setup [options]", "Sets everything up: API token, settings, clients", ""},
    {Command::Doctor, "[settings] doctor", "Checks the connection to PVE, step by step",
     "For each step that fails, it says what to do. The exit code is 1 if a step failed.\n"},
    {Command::Simulate, "[settings] simulate [options]", "Serves the simulated cluster to any PVE client",
     "--listen ADDRESS:PORT   where; default 127.0.0.1:8006\n--token ID=SECRET       USER@REALM!NAME=SECRET "
     "instead of the built-in token\n--role ROLE             the role of the token's user instead of "
     "Administrator, such as PVEAuditor\n--path PATH             the path of that role, such as /vms; "
     "default /\n--plain                 HTTP without TLS\n"},
    {Command::Token, "token NAME [--tier TIER] [--categories LIST] [--scope TERMS]",
     "Makes a bearer token for HTTP clients",
     "Prints the lines for the file that --http-tokens names on stdout, and the token itself on stderr:\n"
     "  mcp-pve token laptop --tier read-only >> tokens.toml\n"},
    {Command::Freeze, "[settings] freeze [--reason TEXT]", "Stops every change at once, until thaw",
     "Every running server that shares the state folder refuses changes from now on. Reads go on, and calls "
     "in "
     "flight finish. If root has no state folder, this command, run as root, freezes the service "
     "(/var/lib/mcp-pve).\n"
     "--reason TEXT           what the refusals say, such as 'storage migration until 18:00'\n"},
    {Command::Thaw, "[settings] thaw", "Allows changes again after freeze", ""},
    {Command::Plans, "[settings] plans", "Lists the plans that wait for a confirmation or an approval",
     "Shows the id, the age, the caller, the tool, the object and what would be lost.\n"},
    {Command::Approve, "[settings] approve ID | --set-passphrase",
     "Approves a plan, so that its call may be repeated with the id",
     "Shows the plan and asks for the passphrase on the terminal. --set-passphrase sets it, and asks for the "
     "present one first. Root approves for a server of another user without a passphrase.\n"},
    {Command::Reject, "[settings] reject ID", "Rejects a plan: its id does not let a call through", ""},
    {Command::Trust, "[settings] trust [URL] [--yes --fingerprint EXPECTED]",
     "Shows PVE's certificate, asks whether to trust it, and pins it",
     "Stores the fingerprint in the state folder, for the address URL or those of PVE_BASE_URL; servers that "
     "start from then on accept this certificate there, and no other. Compare the fingerprint with the one "
     "that "
     "pvenode cert info shows on the node.\n--yes stores it without a question, if it is the one that "
     "--fingerprint expects.\n"},
    {Command::Audit, "[settings] audit [verify] [options]",
     "Shows the recorded changes, or checks the records",
     "--since TIME, --until TIME    a date, a date and a time (UTC), or an age such as 7d\n--caller NAME, "
     "--tool NAME     with * for any text\n--object OBJECT               a guest's number or name, or a "
     "path; "
     "* stands for any text\n--json                        the records, a line each\n\naudit verify checks "
     "that no record was altered, inserted, reordered or removed. --head NUMBER:HASH, from a line of the "
     "system's log, also finds out whether the newest records were removed.\nThe exit code is 1 if a record "
     "is not "
     "as it was written, or if the audit cannot be read. If root has no state folder, this command, run as "
     "root, reads the audit of the service (/var/lib/mcp-pve).\n"},
    {Command::Print, "print man | bash | zsh | fish | config | service", "Prints a file for the system",
     "The manual page, the completion of a shell, a settings file that explains every setting, or the unit "
     "of the "
     "service:\n  mcp-pve print man | man -l -\n  source <(mcp-pve print bash)\n  mcp-pve print config > "
     "~/.config/mcp-pve/config.toml\n"},
    {Command::Licences, "licences", "Shows the notices of the libraries and of the font in this program", ""},
});

std::string heading(std::string_view text) { return "mcp-pve " + std::string(text) + "\n"; }

/// The flags of setup, from the questions that they answer.
std::string setup_details() {
  constexpr std::size_t kWidth = 110;
  constexpr std::size_t kIndent = 4;
  std::string text =
      "Asks each question on the terminal; a flag answers one, and --yes the others. Nothing is written "
      "before "
      "the last\nquestion. A password, a code and a secret are typed or read from a file, and never shown.\n";
  for (const auto& row : questions()) {
    text += std::string(row.flag) + (row.argument.empty() ? "" : " ") + std::string(row.argument) + "\n";
    std::string line(kIndent, ' ');
    for (const auto word : base::split(row.help, ' ')) {
      if (line.size() + word.size() + 1 > kWidth) {
        text += line + "\n";
        line.assign(kIndent, ' ');
      }
      line += (line.size() == kIndent ? "" : " ") + std::string(word);
    }
    text += line + "\n";
  }
  return text;
}

std::string about(const CommandText& text) {
  return "Usage: " + heading(text.synopsis) + "\n" + std::string(text.purpose) + ".\n" + details_of(text) +
         "\nmcp-pve --help shows the settings.\n";
}

}  // namespace

std::string details_of(const CommandText& text) {
  return text.command == Command::Setup ? setup_details() : std::string(text.details);
}

std::span<const CommandText> command_texts() { return kTexts; }

std::string usage(std::optional<Command> topic) {
  std::string list;
  for (const auto& text : kTexts) {
    if (text.command == topic) return about(text);
    list += (list.empty() ? "Usage: " : "       ") + heading(text.synopsis) + "           " +
            std::string(text.purpose) + "\n";
  }
  return "mcp-pve serves the tools of a Proxmox VE cluster to MCP clients.\n\n" + list +
         "       mcp-pve help [COMMAND] | version             also --help, --version\n\n"
         "Exit codes: 0 done, 1 failed or cannot serve, 2 bad usage or settings.\n\n"
         "Settings: a flag overrides an environment variable, and a variable overrides the TOML file.\n"
         "[in brackets: variable, key in the file, default]\n\n" +
         config::help(known());
}

}  // namespace cli
