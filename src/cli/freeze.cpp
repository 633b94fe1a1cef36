#include "state/freeze.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/operator/authority.h"
#include "cli/output.h"
#include "cli/state_folder.h"
#include "state/passphrase.h"

namespace cli {
namespace {

int failed(std::string_view sentence, int code) {
  base::log(base::LogLevel::Error, sentence);
  return code;
}

int done(const std::string& text) { return print(STDOUT_FILENO, text + "\n") ? kDone : kFailed; }

std::string text_of(const state::Folder& folder) { return base::printable(folder.path.string()); }

std::string with_full_stop(std::string text) {
  if (std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

/// Whether this person may lift the freeze. Anybody may who can write to the folder, unless a passphrase is
/// set or changes need a person.
std::expected<void, std::string> may_thaw(const state::Freeze& freeze, const state::Folder& folder,
                                          const config::Settings& settings, const Variables& variables) {
  const auto is_set = state::has_passphrase(folder);
  const bool asks = !is_set || *is_set || settings.approval == "human";
  if (!asks || !needs_passphrase(folder)) return {};
  const auto who =
      authorized(folder, variables, state::describe(freeze, folder), "Passphrase to allow changes again: ");
  if (!who) return std::unexpected("changes stay frozen: " + who.error());
  return {};
}

}  // namespace

int freeze(const Arguments& arguments, const config::Settings& settings, const Variables& variables,
           const base::Clock& clock) {
  const auto surroundings = surroundings_of(settings, variables);
  const auto folder = state::folder(surroundings);
  if (!folder) return failed(kNoFolder, kUsage);
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.wall()).time_since_epoch().count();
  const auto frozen = state::freeze(*folder, person(variables), now, arguments.reason);
  if (!frozen) return failed(frozen.error(), kFailed);
  const auto& [freeze, was_already] = *frozen;
  if (!freeze.unreadable.empty()) return done("Nothing was written: " + state::describe(freeze, *folder));
  auto text = was_already
                  ? with_full_stop("Changes were frozen already, " + state::since(freeze)) + " That stays. "
                  : with_full_stop("Changes are frozen " + state::since(freeze)) + " ";
  text += fmt::format(
      "Every server that uses the state folder {} refuses changes; reads go on, and calls in flight finish. "
      "Run "
      "`mcp-pve thaw` to allow changes again.",
      text_of(*folder));
  return done(text + about_service(surroundings, *folder, "freeze"));
}

int thaw(const config::Settings& settings, const Variables& variables) {
  const auto surroundings = surroundings_of(settings, variables);
  const auto folder = state::folder(surroundings);
  if (!folder) return failed(kNoFolder, kUsage);
  const auto was = state::thaw(
      *folder, [&](const state::Freeze& freeze) { return may_thaw(freeze, *folder, settings, variables); });
  if (!was) return failed(was.error(), kFailed);
  std::string text = fmt::format("Changes are not frozen in the state folder {}.", text_of(*folder));
  if (*was) {
    text = fmt::format("Every server that uses the state folder {} allows changes again.", text_of(*folder));
    if ((*was)->unreadable.empty()) text += with_full_stop(" They were frozen " + state::since(**was));
  }
  return done(text + about_service(surroundings, *folder, "thaw"));
}

}  // namespace cli
