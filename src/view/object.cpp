#include "view/object.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "view/human.h"
#include "view/table.h"

namespace view {
namespace {

constexpr std::size_t kNote = 120;
constexpr std::size_t kMember = 100;
constexpr std::size_t kUnbounded = 10'000'000;
constexpr std::size_t kReserved = 80;  ///< for a member behind a list
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

std::string joined(const base::JsonArray& array, std::size_t budget) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& item : array) {
    auto part = human({}, item);
    if (text.size() + part.size() + 30 > budget)
      return text + fmt::format(", … {} more", array.size() - shown);
    text += (text.empty() ? "" : ", ") + part;
    ++shown;
  }
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
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", base::printable(key, 60),
                        base::printable(human(key, value), kMember));
  }
  return text;
}

std::string line(std::string_view key, const base::Json& value, std::size_t budget) {
  const auto label = base::printable(key, 100);
  if (is_table(value)) {
    TableOptions options;
    // Each row is indented by two.
    options.budget = budget - budget / 5;
    const bool resources = value.get_array().front().get_object().contains("maxdisk");
    const auto shown = show_table(resources ? kResources : tool::View{}, value.get_array(), {}, options);
    return label + ":" + indented(shown ? shown->text : shown.error());
  }
  if (const auto* array = value.if_array()) return label + ": " + joined(*array, budget);
  if (const auto* object = value.if_object()) return label + ": " + members(*object);
  return label + ": " + human(key, value);
}

std::string pair_line(std::string_view label, const base::JsonObject& object) {
  const auto slash = label.find('/');
  const auto used = label.substr(0, slash);
  const auto limit = label.substr(slash + 1);
  return fmt::format("{}: {}", label, human_pair(used, object.at(used), limit, object.at(limit)));
}

struct Label {
  std::string_view text;  ///< a member, or "mem/maxmem"
  bool is_pair;
};

bool is_list(const Label& label, const base::JsonObject& object) {
  return !label.is_pair && object.at(label.text).is_array();
}

/// The members in the order in which they are shown: those of the view, then the others.
std::vector<Label> labels_of(const tool::View& view, const base::JsonObject& object) {
  std::vector<Label> labels;
  std::vector<std::string_view> done;
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    const auto [label, key, whole] = view.columns[i];
    const bool is_pair = !whole.empty() && object.contains(key) && object.contains(whole);
    if (is_pair) done.push_back(whole);
    if (object.contains(key)) labels.push_back({is_pair ? label : key, is_pair});
    done.push_back(key);
  }
  const auto begin = labels.size();
  for (const auto& member : object) {
    const auto& value = member.value();
    const bool empty = value.is_null() || (value.is_string() && value.get_string().empty());
    if (!empty && std::ranges::find(done, std::string_view(member.key())) == done.end())
      labels.push_back({member.key(), false});
  }
  if (!view.ordered)
    std::ranges::sort(labels.begin() + static_cast<std::ptrdiff_t>(begin), labels.end(), {}, &Label::text);
  return labels;
}

std::string one_line(const Label& label, const base::JsonObject& object, std::size_t room) {
  return label.is_pair ? pair_line(label.text, object) : line(label.text, object.at(label.text), room);
}

/// Everything, where that is short enough: most objects.
std::string whole(const std::vector<Label>& labels, const base::JsonObject& object, std::size_t budget) {
  std::string text;
  for (const auto& label : labels) {
    text += (text.empty() ? "" : "\n") + one_line(label, object, kUnbounded);
    if (text.size() > budget) return {};
  }
  return text;
}

/// Long lists share what the other members leave.
std::string shared_out(const std::vector<Label>& labels, const base::JsonObject& object, std::size_t budget) {
  std::string text;
  std::size_t left_out = 0;
  auto lists = static_cast<std::size_t>(
      std::ranges::count_if(labels, [&](const Label& label) { return is_list(label, object); }));
  auto others = labels.size() - lists;
  for (const auto& label : labels) {
    auto room = budget > text.size() + kNote ? budget - text.size() - kNote : 0;
    const auto all = room;
    // A long list leaves room for what stands behind it.
    if (is_list(label, object)) {
      const auto reserved = std::min(room / 2, others * kReserved);
      room = (room - reserved) / lists--;
    } else {
      --others;
    }
    const auto next =
        label.is_pair ? pair_line(label.text, object) : line(label.text, object.at(label.text), room);
    if (next.size() + 1 > all) {
      ++left_out;
    } else {
      text += (text.empty() ? "" : "\n") + next;
    }
  }
  if (left_out > 0)
    text += fmt::format("\n{} more members do not fit into PVE_MAX_RESULT ({} bytes)", left_out, budget);
  return text;
}

}  // namespace

std::string show_object(const tool::View& view, const base::JsonObject& object, std::size_t budget) {
  const auto labels = labels_of(view, object);
  if (labels.empty()) return "(nothing)";
  auto text = whole(labels, object, budget);
  return text.empty() ? shared_out(labels, object, budget) : text;
}

}  // namespace view
