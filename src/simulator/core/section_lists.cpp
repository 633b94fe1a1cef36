#include "simulator/core/section_lists.h"

#include <fmt/format.h>

#include "base/text.h"
#include "simulator/core/store.h"

namespace simulator {

base::JsonObject section_with_lists(const Config& section, std::string_view numbers, std::string_view lists) {
  auto row = section_json(section, numbers);
  for (const auto list : base::split(lists, ' ')) {
    if (!has(section, list)) continue;
    base::JsonArray items;
    for (const auto item : base::split(get(section, list), '\n')) items.emplace_back(item);
    row[list] = std::move(items);
  }
  return row;
}

std::string lines_of(const Call& call, std::string_view parameter) {
  const auto found = call.parameters.all().find(parameter);
  return found == call.parameters.all().end() ? "" : fmt::format("{}", fmt::join(found->second, "\n"));
}

void set_with_lists(const Call& call, std::string_view keys, Config& section) {
  for (const auto& [name, values] : call.parameters.all()) {
    if (holds_word("digest delete node lock-token", name) || holds_word(keys, name)) continue;
    section[name] = lines_of(call, name);
  }
}

}  // namespace simulator
