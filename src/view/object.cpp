#include "view/object.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"
#include "view/free_text.h"
#include "view/human.h"
#include "view/kind.h"
#include "view/table.h"

namespace view {
namespace {

/// Objects that a change takes as one text, so they are shown in that form.
constexpr std::array<std::string_view, 3> kPropertyStrings = {"fleecing", "performance", "prune-backups"};
constexpr std::size_t kNote = 120;
constexpr std::size_t kUnbounded = 10'000'000;
constexpr std::size_t kReserved = 80;  ///< bytes for each member after a list
/// The columns of guests and storages inside another object (a pool's members), as in the list of the
/// cluster's resources.
constexpr tool::View kResources{
    .kind = tool::View::Kind::Table,
    .noun = "resources",
    .columns = "id name type node status cpu mem/maxmem disk/maxdisk uptime lock tags storage content"};

bool is_table(const base::Json& value) {
  const auto* array = value.if_array();
  return array != nullptr && !array->empty() &&
         std::ranges::all_of(*array, [](const base::Json& item) { return item.is_object(); });
}

/// Returns the first line next to its label and the others below it.
std::string indented(const std::string& text) {
  std::string out;
  for (const auto line : base::split(text, '\n')) out.append(out.empty() ? " " : "\n  ").append(line);
  return out;
}

std::string joined(std::string_view key, const base::JsonArray& array, std::size_t budget) {
  std::vector<std::string> parts;
  for (const auto& item : array) parts.push_back(human({}, item));
  if (is_unordered(key)) std::ranges::sort(parts);
  std::string text;
  std::size_t shown = 0;
  for (const auto& part : parts) {
    if (text.size() + part.size() + 30 > budget)
      return text + fmt::format(", … {} more", array.size() - shown);
    text += (text.empty() ? "" : ", ") + part;
    ++shown;
  }
  return text;
}

constexpr std::string_view kBelow = "\n  ";

/// Returns a list of texts of which one is free text.
std::string marked_items(const base::JsonArray& array, std::size_t budget) {
  std::string text;
  for (const auto& item : array) text += (text.empty() ? "" : "\n") + base::wire_text(item);
  return marked_lines(text, kBelow, budget);
}

bool has_free_text(const tool::View& view, std::string_view key, const base::JsonArray& array) {
  return std::ranges::any_of(array, [&](const base::Json& item) {
    return item.is_string() && is_free_text(view, key, std::string_view(item.get_string()));
  });
}

/// Returns a small object as "cores 8, model Xeon".
std::string members(const base::JsonObject& object) {
  std::string text;
  std::vector<std::string_view> keys;
  for (const auto& member : object) keys.push_back(member.key());
  std::ranges::sort(keys);
  for (const auto key : keys) {
    const auto& value = object.at(key);
    // CPU flags fill a screen and do not describe the node's state.
    if (value.is_null() || key == "flags") continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", base::printable(key, 60),
                        shortened(human(key, value)));
  }
  return text;
}

/// Decodes public keys, which PVE stores percent-encoded.
std::string decoded(std::string_view key, const base::Json& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return {};
  auto plain = key == "sshkeys" ? base::percent_decode(*text) : std::string(*text);
  while (plain.ends_with('\n')) plain.pop_back();
  return plain;
}

std::string line(const tool::View& view, std::string_view key, const base::Json& value, std::size_t budget) {
  const auto label = base::printable(key, 100);
  if (is_table(value)) {
    TableOptions options;
    // Each row is indented by two blanks, which take part of the budget.
    options.budget = budget - budget / 5;
    const bool resources = value.get_array().front().get_object().contains("maxdisk");
    auto inner = resources ? kResources : tool::View{};
    inner.quoted = view.quoted;
    const auto shown = show_table(inner, value.get_array(), {}, options);
    return label + ":" + indented(shown ? shown->text : shown.error());
  }
  if (const auto* array = value.if_array())
    return label + ":" +
           (has_free_text(view, key, *array) ? marked_items(*array, budget)
                                             : " " + joined(key, *array, budget));
  if (const auto* object = value.if_object()) {
    const bool written_so = std::ranges::find(kPropertyStrings, key) != kPropertyStrings.end();
    return label + ": " + (written_so ? human(key, value) : members(*object));
  }
  const auto text = decoded(key, value);
  if (is_free_text(view, key, text)) return label + ":" + marked_lines(text, kBelow, budget);
  return label + ": " + human(key, key == "sshkeys" ? base::Json(text) : value);
}

std::string pair_line(std::string_view label, const base::JsonObject& object) {
  const auto slash = label.find('/');
  const auto used = label.substr(0, slash);
  const auto limit = label.substr(slash + 1);
  return fmt::format("{}: {}", label, human_pair(used, object.at(used), limit, object.at(limit)));
}

struct Label {
  std::string_view text;  ///< a member, or a pair such as "mem/maxmem"
  bool is_pair;
};

constexpr std::string_view kPending = "pending";

/// Returns the values that are pending until the guest's next start.
const base::JsonObject* pending_of(const base::JsonObject& object) { return base::object(object, kPending); }

bool is_list(const Label& label, const base::JsonObject& object) {
  const auto* value = label.is_pair ? nullptr : object.if_contains(label.text);
  return value != nullptr && value->is_array();
}

bool waits(const base::JsonObject& object, std::string_view key) {
  const auto* pending = pending_of(object);
  return pending != nullptr && pending->contains(key);
}

/// Returns the members in display order: those of the view, then the others.
std::vector<Label> labels_of(const tool::View& view, const base::JsonObject& object) {
  std::vector<Label> labels;
  std::vector<std::string_view> done;
  if (pending_of(object) != nullptr) done.push_back(kPending);
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    const auto [label, key, whole] = view.columns[i];
    const bool is_pair = !whole.empty() && object.contains(key) && object.contains(whole);
    if (is_pair) done.push_back(whole);
    if (waits(object, key) || !is_uninformative(key, object.if_contains(key)))
      labels.push_back({is_pair ? label : key, is_pair});
    done.push_back(key);
  }
  const auto begin = labels.size();
  for (const auto& member : object) {
    if (!is_uninformative(member.key(), &member.value()) &&
        std::ranges::find(done, std::string_view(member.key())) == done.end())
      labels.push_back({member.key(), false});
  }
  if (const auto* pending = pending_of(object)) {
    for (const auto& member : *pending) {
      const auto known = [&](const Label& label) { return label.text == std::string_view(member.key()); };
      if (std::ranges::none_of(labels, known)) labels.push_back({member.key(), false});
    }
  }
  if (!view.ordered)
    std::ranges::sort(labels.begin() + static_cast<std::ptrdiff_t>(begin), labels.end(), {}, &Label::text);
  return labels;
}

std::string one_line(const tool::View& view, const Label& label, const base::JsonObject& object,
                     std::size_t room) {
  if (label.is_pair) return pair_line(label.text, object);
  const auto* value = object.if_contains(label.text);
  auto text = value == nullptr ? base::printable(label.text, 100) + ": not set"
                               : line(view, label.text, *value, room);
  if (!waits(object, label.text)) return text;
  const auto& later = pending_of(object)->at(label.text);
  if (later.is_string() && is_free_text(view, label.text, std::string_view(later.get_string())))
    return text + "\n  pending:" + marked_lines(std::string_view(later.get_string()), kBelow, room);
  return text + fmt::format(" (pending: {})", later.is_null() ? "unset" : human(label.text, later));
}

bool names(const tool::View& view, std::string_view label) {
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    if (view.columns[i].label == label || view.columns[i].key == label) return true;
  }
  return false;
}

/// Returns the members that the labels show.
std::vector<std::string> keys_of(const std::vector<Label>& labels, const base::JsonObject& object) {
  std::vector<std::string> keys;
  for (const auto& label : labels) {
    for (const auto key : base::split(label.text, label.is_pair ? '/' : '\0')) keys.emplace_back(key);
  }
  if (pending_of(object) != nullptr) keys.emplace_back(kPending);
  return keys;
}

/// PVE has two values for the memory of a VM, and its lists show one of them.
bool has_two_memories(const std::vector<std::string>& keys, const base::JsonObject& object) {
  const auto has = [&](std::string_view key) { return std::ranges::find(keys, key) != keys.end(); };
  const auto host = base::real(object, "memhost", 0);
  return has("mem") && has("memhost") && host > 0 && host != base::real(object, "mem", 0);
}

std::expected<std::vector<Label>, std::string> chosen_of(std::string_view fields,
                                                         const base::JsonObject& object) {
  std::vector<Label> labels;
  for (const auto part : base::split(fields, ',')) {
    const auto key = base::trim(part);
    if (key.empty()) continue;
    const auto slash = key.find('/');
    const bool is_pair = slash != std::string_view::npos && object.contains(key.substr(0, slash)) &&
                         object.contains(key.substr(slash + 1));
    if (!is_pair && !object.contains(key) && !waits(object, key)) {
      std::vector<std::string_view> there;
      for (const auto& member : object) there.push_back(member.key());
      std::ranges::sort(there);
      return std::unexpected(fmt::format("fields: no field \"{}\"; there are {} (* shows all)",
                                         base::printable(key, 60),
                                         base::printable(base::join(there, ", "), 2000)));
    }
    labels.push_back({key, is_pair});
  }
  return labels;
}

/// Returns all members if they fit, as for most objects.
std::string whole(const tool::View& view, const std::vector<Label>& labels, const base::JsonObject& object,
                  std::size_t budget) {
  std::string text;
  for (const auto& label : labels) {
    text += (text.empty() ? "" : "\n") + one_line(view, label, object, kUnbounded);
    if (text.size() > budget) return {};
  }
  return text;
}

/// Divides the budget that the other members leave among the long lists.
std::string divided(const tool::View& view, const std::vector<Label>& labels, const base::JsonObject& object,
                    std::size_t budget) {
  std::string text;
  std::size_t left_out = 0;
  auto lists = static_cast<std::size_t>(
      std::ranges::count_if(labels, [&](const Label& label) { return is_list(label, object); }));
  auto others = labels.size() - lists;
  for (const auto& label : labels) {
    auto room = budget > text.size() + kNote ? budget - text.size() - kNote : 0;
    const auto all = room;
    // Reserve space for the members after a long list.
    if (is_list(label, object)) {
      const auto reserved = std::min(room / 2, others * kReserved);
      room = (room - reserved) / lists--;
    } else {
      --others;
    }
    const auto next = one_line(view, label, object, room);
    if (next.size() + 1 > all) {
      ++left_out;
    } else {
      text += (text.empty() ? "" : "\n") + next;
    }
  }
  if (left_out > 0)
    text += fmt::format("\n{} more members left out: PVE_MAX_RESULT is {} bytes", left_out, budget);
  return text;
}

}  // namespace

std::expected<ShownObject, std::string> show_object(const tool::View& view, const base::JsonObject& object,
                                                    std::size_t budget, std::string_view fields) {
  auto labels = labels_of(view, object);
  ShownObject shown;
  std::string more;
  const auto wanted = base::trim(fields);
  if (!wanted.empty() && wanted != "*") {
    auto chosen = chosen_of(wanted, object);
    if (!chosen) return std::unexpected(std::move(chosen.error()));
    labels = *std::move(chosen);
  } else if (wanted.empty() && view.brief) {
    const auto all = labels.size();
    std::erase_if(labels, [&](const Label& label) { return !names(view, label.text); });
    if (labels.size() < all) more = fmt::format("fields=* shows {} more", all - labels.size());
  }
  shown.keys = keys_of(labels, object);
  if (labels.empty()) {
    shown.text = "(nothing)";
    return shown;
  }
  shown.text = whole(view, labels, object, budget);
  if (shown.text.empty()) shown.text = divided(view, labels, object, budget);
  const auto say = [&](std::string_view line) {
    shown.remark.append(shown.remark.empty() ? "" : "\n").append(line);
  };
  if (labels.size() == 1 && labels.front().text == "digest") say("Nothing is set; PVE's defaults apply.");
  if (has_two_memories(shown.keys, object)) say("mem: used inside the guest; memhost: taken on the node");
  if (!more.empty()) say(more);
  if (!shown.remark.empty()) shown.text += "\n" + shown.remark;
  return shown;
}

std::string show_object(const tool::View& view, const base::JsonObject& object, std::size_t budget) {
  auto shown = show_object(view, object, budget, "*");
  return shown ? std::move(shown->text) : std::move(shown.error());
}

}  // namespace view
