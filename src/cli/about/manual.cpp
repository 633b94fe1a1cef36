#include <fmt/format.h>

#include <string>
#include <string_view>

#include "cli/about/about.h"
#include "cli/about/sources.h"
#include "config/table.h"

namespace cli {
namespace {

/// Text as roff shows it: nothing in it is a request or an escape.
std::string roff(std::string_view text) {
  std::string out;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    begins = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

/// Lines that stay lines.
std::string verbatim(std::string_view lines) {
  return lines.empty() ? std::string() : fmt::format(".nf\n{}.fi\n", roff(lines));
}

std::string commands() {
  std::string out = ".SH COMMANDS\n";
  for (const auto& text : command_texts()) {
    out += fmt::format(".TP\n.B mcp\\-pve {}\n{}.\n{}", roff(text.synopsis), roff(text.purpose),
                       details_of(text).empty() ? "" : ".br\n" + verbatim(details_of(text)));
  }
  return out;
}

std::string settings() {
  std::string out =
      ".SH SETTINGS\nA flag overrides an environment variable, and a variable overrides the settings file.\n";
  for (const auto& row : config::table()) {
    const auto head = row.flag.empty()
                          ? std::string(row.variable)
                          : fmt::format("{}{}{}", row.flag, row.argument.empty() ? "" : " ", row.argument);
    out += fmt::format(".TP\n.B {}\n{}\n", roff(head), roff(config::help_of(row, known())));
    if (!row.flag.empty()) out += fmt::format(".br\nVariable: {}\n", roff(row.variable));
    if (!row.alias.empty()) out += fmt::format(".br\nAlso: {}\n", roff(row.alias));
    if (!row.key.empty()) out += fmt::format(".br\nIn the file: {}\n", roff(row.key));
    if (!row.fallback.empty()) out += fmt::format(".br\nDefault: {}\n", roff(row.fallback));
  }
  return out;
}

constexpr std::string_view kFiles =
    ".SH FILES\n"
    ".TP\n.I ~/.config/mcp\\-pve/config.toml\nThe settings of a user. It is read if it exists.\n"
    ".TP\n.I ~/.local/state/mcp\\-pve\nThe state folder: the audit, plans, the freeze, trusted "
    "certificates.\n"
    ".TP\n.I /etc/mcp\\-pve/config.toml\nThe settings of the service mcp\\-pve.service.\n"
    ".TP\n.I /var/lib/mcp\\-pve\nThe state folder of the service.\n"
    ".SH \"EXIT STATUS\"\n0 done, 1 failed or cannot serve, 2 bad usage or settings.\n";

}  // namespace

std::string manual() {
  return fmt::format(
             ".TH MCP\\-PVE 1 \"\" \"mcp\\-pve {}\" \"User Commands\"\n"
             ".SH NAME\nmcp\\-pve \\- serves the tools of a Proxmox VE cluster to MCP clients\n"
             ".SH SYNOPSIS\n.B mcp\\-pve\n[settings] [command]\n"
             ".SH DESCRIPTION\nAn MCP client, such as an AI assistant, starts mcp\\-pve and speaks with it "
             "on its "
             "stdin and stdout, or reaches it over HTTP. mcp\\-pve speaks with the API of Proxmox VE.\n",
             MCP_PVE_VERSION) +
         commands() + settings() + std::string(kFiles);
}

}  // namespace cli
