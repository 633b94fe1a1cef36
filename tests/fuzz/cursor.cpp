// Any cursor, limit, filter and fields: nothing crashes, and whoever follows the cursors sees every item
// once.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/row/server_arguments.h"
#include "tool/tool.h"
#include "view/table.h"

namespace {

constexpr tool::View kView{.kind = tool::View::Kind::Table, .noun = "items", .columns = "id name"};

void check(bool holds) {
  if (!holds) std::abort();
}

base::JsonArray items(std::size_t count, std::size_t width) {
  base::JsonArray all;
  for (std::size_t i = 0; i < count; ++i) {
    base::JsonObject item;
    item["id"] = i;
    item["name"] = std::string(i % 7 == 0 ? 10 * width : width, 'n');
    all.emplace_back(std::move(item));
  }
  return all;
}

/// A line of the input; "" when there is no more.
std::string_view line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  const auto found = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return found;
}

view::Selection selection_of(std::string_view cursor, std::int64_t limit, std::string_view filter,
                             std::string_view fields) {
  engine::Arguments arguments;
  const auto add = [&](std::string_view name, base::Json value) {
    engine::Field field;
    field.name = field.wire = name;
    field.for_server = true;
    arguments.push_back({field, std::move(value)});
  };
  add("cursor", base::Json(cursor));
  if (limit != 0) add("limit", limit);
  add("filter", base::Json(filter));
  add("fields", base::Json(fields));
  auto taken = engine::take_server_arguments(arguments);
  check(arguments.empty());
  return taken.selection;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto all = items(data[0], data[1]);
  const std::int64_t limit = data[2];
  std::string_view rest(reinterpret_cast<const char*>(data) + 3, size - 3);
  std::string cursor(line(rest));
  const auto filter = line(rest);
  const auto fields = line(rest);
  view::TableOptions options;
  options.budget = 2'000;
  options.pages = options.structured = true;
  options.selects = true;
  // As the model sent it: anything.
  const auto first = view::show_table(kView, all, selection_of(cursor, limit, filter, fields), options);
  if (!first) return 0;
  // From the beginning: every item once.
  std::size_t seen = 0;
  std::size_t at = 0;
  cursor = "0";
  for (std::size_t pages = 0;; ++pages) {
    check(pages <= all.size());
    // An explicit limit, so that a list which does not fit is paged instead of summed up.
    const auto shown = view::show_table(
        kView, all, selection_of(cursor, limit == 0 ? 1000 : limit, filter, fields), options);
    check(shown.has_value() && shown->text.size() <= options.budget + 1000);
    seen += shown->structured.at("items").as_array().size();
    if (!shown->structured.contains("cursor")) {
      check(seen == static_cast<std::size_t>(shown->structured.at("count").to_number<std::uint64_t>()));
      return 0;
    }
    cursor = shown->structured.at("cursor").as_string();
    check(!cursor.empty() && cursor.size() <= 9 &&
          cursor.find_first_not_of("0123456789") == std::string::npos);
    const std::size_t next = std::stoul(cursor);
    check(next > at);
    at = next;
  }
}
