#include "hooks/times.h"

#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "base/when.h"

namespace hooks {

std::expected<void, std::string> read_times(std::int64_t now, base::JsonObject& arguments) {
  for (const auto& [given, name] : {std::pair{kSinceGiven, "since"}, std::pair{kUntilGiven, "until"}}) {
    if (!arguments.contains(given)) continue;
    const auto text = base::raw_word(arguments, given);
    const auto time = base::parse_time(text, now);
    if (!time)
      return std::unexpected(
          std::string(name) + ": \"" + base::printable(text, 60) +
          "\" is not a time; give an epoch, a date (2026-11-28 or 2026-11-28 10:00) or an age "
          "(2h, 7d).");
    arguments.erase(given);
    arguments[name] = *time;
  }
  return {};
}

}  // namespace hooks
