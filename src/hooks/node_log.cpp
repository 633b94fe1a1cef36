#include "hooks/hooks.h"

#include <string_view>
#include <utility>

#include "base/json_read.h"
#include "base/when.h"
#include "hooks/times.h"

namespace hooks {
namespace {

/// Returns whether the text is a date in PVE's format, by the node's clock.
bool is_local_date(std::string_view text) {
  const auto date = base::parse_date(text);
  return date && !date->zoned && text.find_first_of("Tt") == std::string_view::npos;
}

}  // namespace

std::expected<void, std::string> read_log_times(tool::Context& context, base::JsonObject& arguments) {
  base::JsonObject dates;
  for (const auto& [given, name] : {std::pair{kSinceGiven, "since"}, std::pair{kUntilGiven, "until"}}) {
    const auto text = base::raw_word(arguments, given);
    if (!is_local_date(text)) continue;
    dates[name] = text;
    arguments.erase(given);
  }
  if (const auto read = read_times(context.now(), arguments); !read) return read;
  for (const auto* name : {"since", "until"}) {
    const auto epoch = base::number(arguments, name);
    if (!epoch) continue;
    const auto clock = context.get("/nodes/{node}/time");
    if (!clock) return std::unexpected("The node's clock could not be read: " + clock.error().sentence);
    const auto ahead = base::number(*clock, "localtime", 0) - base::number(*clock, "time", 0);
    dates[name] = base::date_text(*epoch + ahead);
  }
  for (const auto& date : dates) arguments[date.key()] = date.value();
  return {};
}

}  // namespace hooks
