#include "engine/object.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "engine/human.h"
#include "engine/table.h"

namespace engine {
namespace {

constexpr std::size_t kNote = 120;
constexpr std::size_t kMember = 100;
/// Guests and storages inside another object (a pool's members), as in the list of the cluster's resources.
constexpr tool::View kResources{
    .kind = tool::View::Kind::Table,
    .noun = "resources",
    .columns = "id name type node status cpu mem/maxmem disk/maxdisk uptime lock tags storage content"};

bool is_table(const base::Json& value) {
  const auto* array = value.if_array();
  return array != nullptr && !array->empty() &&
         std::ranges::all_of(*array, [](const base::Json& item) { return item.is_object(); });
}

/// The first line beside its label, the others below it.
std::string indented(const std::string& text) {
  std::string out;
  for (const auto line : base::split(text, '\n')) out.append(out.empty() ? " " : "\n  ").append(line);
  return out;
}

std::string joined(const base::JsonArray& array) {
  std::string text;
  for (const auto& item : array) text += (text.empty() ? "" : ", ") + human({}, item);
  return text;
}

/// "cores 8, model Xeon" of a small object.
std::string members(const base::JsonObject& object) {
  std::string text;
  std::vector<std::string_view> keys;
  for (const auto& member : object) keys.push_back(member.key());
  std::ranges::sort(keys);
  for (const auto key : keys) {
    const auto& value = object.at(key);
    // A screenful that says nothing of the machine's state.
    if (value.is_null() || key == "flags") continue;
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", key, base::printable(human(key, value), kMember));
  }
  return text;
}

std::string line(std::string_view key, const base::Json& value, std::size_t budget) {
  const auto label = base::printable(key, 100);
  if (is_table(value)) {
    TableOptions options;
    options.budget = budget;
    const bool resources = value.get_array().front().get_object().contains("maxdisk");
    const auto shown = show_table(resources ? kResources : tool::View{}, value.get_array(), {}, options);
    return label + ":" + indented(shown ? shown->text : shown.error());
  }
  if (const auto* array = value.if_array()) return label + ": " + joined(*array);
  if (const auto* object = value.if_object()) return label + ": " + members(*object);
  return label + ": " + human(key, value);
}

std::string pair_line(std::string_view label, const base::JsonObject& object) {
  const auto slash = label.find('/');
  const auto used = label.substr(0, slash);
  const auto limit = label.substr(slash + 1);
  return fmt::format("{}: {}", label, human_pair(used, object.at(used), limit, object.at(limit)));
}

}  // namespace

std::string show_object(const tool::View& view, const base::JsonObject& object, std::size_t budget) {
  std::vector<std::string> lines;
  std::vector<std::string_view> done;
  for (const auto label :
       view.columns.empty() ? std::vector<std::string_view>{} : base::split(view.columns, ' ')) {
    const auto slash = label.find('/');
    const auto first = label.substr(0, slash);
    if (slash != std::string_view::npos && object.contains(first) &&
        object.contains(label.substr(slash + 1))) {
      lines.push_back(pair_line(label, object));
      done.push_back(label.substr(slash + 1));
    } else if (object.contains(first)) {
      lines.push_back(line(first, object.at(first), budget));
    }
    done.push_back(first);
  }
  std::vector<std::string_view> rest;
  for (const auto& member : object) {
    const bool empty =
        member.value().is_null() || (member.value().is_string() && member.value().get_string().empty());
    if (!empty && std::ranges::find(done, std::string_view(member.key())) == done.end())
      rest.push_back(member.key());
  }
  if (!view.ordered) std::ranges::sort(rest);
  for (const auto key : rest) lines.push_back(line(key, object.at(key), budget));

  std::string text;
  std::size_t shown = 0;
  for (; shown < lines.size() && text.size() + lines[shown].size() + 1 + kNote <= budget; ++shown)
    text += (shown == 0 ? "" : "\n") + lines[shown];
  if (shown < lines.size())
    text += fmt::format("\n{} more lines do not fit into PVE_MAX_RESULT ({} bytes)", lines.size() - shown,
                        budget);
  return text.empty() ? "(nothing)" : text;
}

}  // namespace engine
