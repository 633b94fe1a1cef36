#include "cli/operator/authority.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/operator/terminal.h"
#include "state/passphrase.h"

namespace cli {

bool needs_passphrase(const state::Folder& folder) {
  struct stat about{};
  const bool is_others = ::stat(folder.path.c_str(), &about) == 0 && about.st_uid != 0;
  return ::geteuid() != 0 || !is_others;
}

std::string person(const Variables& variables) {
  const auto own = state::user_name(::geteuid());
  const auto behind = variables("SUDO_USER");
  return ::geteuid() != 0 || behind.empty() ? own : fmt::format("{} ({})", base::printable(behind, 40), own);
}

std::expected<std::string, std::string> authorized(const state::Folder& folder, const Variables& variables,
                                                   std::string_view about, std::string_view prompt) {
  const auto who = person(variables);
  const auto terminal = Terminal::open();
  if (!needs_passphrase(folder)) {
    if (terminal && !terminal->says_yes(std::string(about) + "\nDo this?"))
      return std::unexpected("the answer is not y.");
    return who + ", as root";
  }
  const auto is_set = state::has_passphrase(folder);
  if (!is_set) return std::unexpected(is_set.error());
  if (!*is_set)
    return std::unexpected(
        "no passphrase is set. Run `mcp-pve approve --set-passphrase` on a terminal first.");
  if (!terminal)
    return std::unexpected("there is no terminal to ask for the passphrase on. Run this on a terminal.");
  terminal->show(about);
  const auto typed = terminal->secret(prompt);
  if (!typed) return std::unexpected("no passphrase was typed.");
  const auto right = state::is_passphrase(folder, *typed);
  if (!right) return std::unexpected(right.error());
  if (!*right) return std::unexpected("this is not the passphrase.");
  return who + ", by passphrase";
}

}  // namespace cli
