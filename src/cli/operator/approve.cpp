// The commands about plans: which are open, and a person's decision on one.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/plural.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/commands.h"
#include "cli/operator/authority.h"
#include "cli/operator/terminal.h"
#include "cli/output.h"
#include "cli/state_folder.h"
#include "state/database.h"
#include "state/passphrase.h"
#include "state/plans.h"

namespace cli {
namespace {

using state::Decision;

int failed(std::string_view sentence, int code) {
  base::log(base::LogLevel::Error, sentence);
  return code;
}

int told(std::string_view text) {
  return print(STDOUT_FILENO, shown(text, ::isatty(STDOUT_FILENO) == 1)) ? kDone : kFailed;
}

std::int64_t seconds(const base::Clock& clock) {
  return std::chrono::floor<std::chrono::seconds>(clock.wall()).time_since_epoch().count();
}

/// "40 s", "3 min"
std::string time_text(std::int64_t length) {
  return length < 60 ? fmt::format("{} s", length) : fmt::format("{} min", length / 60);
}

std::string status(const state::Plan& plan) {
  constexpr std::array<std::string_view, 4> kWords = {"open", "approved", "rejected", "used"};
  const std::string word(kWords.at(static_cast<std::size_t>(plan.decision)));
  return plan.by.empty() ? word : word + " by " + plan.by;
}

/// The plan as the caller was shown it: its lines hold names and other text from PVE.
std::string fenced(std::string_view text) {
  std::string out;
  for (const auto line : base::split(text, '\n')) out += "\n  | " + base::printable(line, 2000);
  return out;
}

std::string described(const state::Plan& plan, std::int64_t now) {
  return fmt::format("{}  {}; {} old, ends in {}; of {}\n  {}: {}{}", plan.id, status(plan),
                     time_text(now - plan.issued), time_text(plan.until - now),
                     plan.caller.empty() ? "the user of a server on stdio" : "the caller " + plan.caller,
                     plan.tool, plan.object, fenced(plan.text));
}

/// The state folder and its database.
struct Place {
  state::Surroundings surroundings;
  state::Folder folder;
  std::unique_ptr<state::Database> database;
};

std::optional<Place> place_of(const config::Settings& settings, const Variables& variables) {
  auto surroundings = surroundings_of(settings, variables);
  auto folder = state::folder(surroundings);
  if (!folder) return std::nullopt;
  auto database = std::make_unique<state::Database>([folder = *folder] { return std::optional(folder); });
  return Place{std::move(surroundings), *std::move(folder), std::move(database)};
}

std::string path_of(const Place& place) { return base::printable(place.folder.path.string()); }

/// The plan that a person may decide on; an exit code if there is none.
std::expected<state::Plan, int> open_plan(const Place& place, std::string_view id, std::int64_t now) {
  const auto plan = state::find_plan(*place.database, id, now);
  if (!plan) return std::unexpected(failed(plan.error().text, kFailed));
  if (!*plan)
    return std::unexpected(failed(
        fmt::format("the state folder {} has no plan with the id \"{}\". A plan ends after {} minutes. Run "
                    "`mcp-pve plans` to list them.",
                    path_of(place), base::printable(id, 40), guard::Plans::kGoodFor.count()) +
            about_service(place.surroundings, place.folder, "plans"),
        kFailed));
  if ((*plan)->decision == Decision::Spent)
    return std::unexpected(failed(fmt::format("a call has used the plan {} already.", (*plan)->id), kFailed));
  if ((*plan)->decision == Decision::Rejected)
    return std::unexpected(
        failed(fmt::format("the plan {} is {}. If it shall go through after all, the caller "
                           "must call the tool again, which makes another plan.",
                           (*plan)->id, status(**plan)),
               kFailed));
  return **plan;
}

int set_passphrase(const Place& place) {
  const auto terminal = Terminal::open();
  if (!terminal)
    return failed("there is no terminal to ask for the passphrase on. Run this on a terminal.", kFailed);
  const auto is_set = state::has_passphrase(place.folder);
  if (!is_set) return failed(is_set.error(), kFailed);
  if (*is_set && needs_passphrase(place.folder)) {
    const auto old = terminal->secret("Present passphrase: ");
    const auto right = state::is_passphrase(place.folder, old.value_or(""));
    if (!right) return failed(right.error(), kFailed);
    if (!*right) return failed("this is not the passphrase. It stays as it is.", kFailed);
  }
  const auto text = terminal->secret("New passphrase: ");
  const auto again = text ? terminal->secret("New passphrase again: ") : std::nullopt;
  if (!text || !again || *text != *again)
    return failed("the two are not equal. No passphrase was set.", kFailed);
  if (const auto done = state::set_passphrase(place.folder, *text); !done)
    return failed(done.error(), kFailed);
  return told(
      fmt::format("The passphrase is set; its hash is in {}. `mcp-pve approve` and `mcp-pve thaw` ask "
                  "for it.",
                  base::printable(state::passphrase_file(place.folder).string())) +
      about_service(place.surroundings, place.folder, "approve --set-passphrase"));
}

}  // namespace

int list_plans(const config::Settings& settings, const Variables& variables, const base::Clock& clock) {
  const auto place = place_of(settings, variables);
  if (!place) return failed(kNoFolder, kUsage);
  const auto now = seconds(clock);
  const auto plans = state::list_plans(*place->database, now);
  if (!plans) return failed(plans.error().text, kFailed);
  std::string text;
  for (const auto& plan : *plans) text += (text.empty() ? "" : "\n") + described(plan, now);
  if (plans->empty()) text = fmt::format("There are no plans in the state folder {}.", path_of(*place));
  return told(text + about_service(place->surroundings, place->folder, "plans"));
}

int approve(const Arguments& arguments, const config::Settings& settings, const Variables& variables,
            const base::Clock& clock) {
  const auto place = place_of(settings, variables);
  if (!place) return failed(kNoFolder, kUsage);
  if (arguments.set_passphrase) return set_passphrase(*place);
  const auto plan = open_plan(*place, arguments.plan, seconds(clock));
  if (!plan) return plan.error();
  if (plan->decision == Decision::Approved)
    return told(fmt::format("The plan {} is {}.", plan->id, status(*plan)));
  const auto who =
      authorized(place->folder, variables, described(*plan, seconds(clock)), "Passphrase to approve it: ");
  if (!who) return failed("Nothing was approved: " + who.error(), kFailed);
  const auto before =
      state::decide_plan(*place->database, plan->id, Decision::Approved, *who, seconds(clock));
  if (!before) return failed(before.error().text, kFailed);
  if (!*before || (*before)->decision != Decision::Open)
    return failed(fmt::format("the plan {} is over, or somebody else has decided on it meanwhile.", plan->id),
                  kFailed);
  return told(
      fmt::format("Approved. The caller may now repeat the call with confirm: \"{}\", once, until {} UTC.",
                  plan->id, base::date_text(plan->until)));
}

int reject(const Arguments& arguments, const config::Settings& settings, const Variables& variables,
           const base::Clock& clock) {
  const auto place = place_of(settings, variables);
  if (!place) return failed(kNoFolder, kUsage);
  const auto plan = open_plan(*place, arguments.plan, seconds(clock));
  if (!plan) return plan.error();
  const auto before =
      state::decide_plan(*place->database, plan->id, Decision::Rejected, person(variables), seconds(clock));
  if (!before) return failed(before.error().text, kFailed);
  if (!*before || (*before)->decision == Decision::Spent)
    return failed(fmt::format("it is too late: a call has used the plan {}.", plan->id), kFailed);
  return told(fmt::format("Rejected. No call goes through with the id {}.", plan->id));
}

}  // namespace cli
