#include "change/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/json_read.h"
#include "change/settings.h"
#include "change/value.h"

namespace change {
namespace {

const base::JsonObject* pool(const base::Json& state) {
  if (const auto* object = state.if_object()) return object;
  const auto items = base::list(state);
  return items.size() == 1 ? items.front().if_object() : nullptr;
}

/// Returns the member whose `key`, "vm" or "storage", is `id`.
const base::JsonObject* member(const base::JsonObject* pool, std::string_view key, const std::string& id) {
  if (pool == nullptr) return nullptr;
  for (const auto& each : base::objects(*pool, "members")) {
    const bool is_storage = base::raw_text(each, "type") == "storage";
    if (is_storage == (key == "storage") && base::raw_word(each, key) == id) return &each;
  }
  return nullptr;
}

std::string words_of(const base::JsonObject* member, std::string_view key, const std::string& id) {
  if (key == "storage") return "storage \"" + shown(std::string_view(id)) + "\"";
  if (member == nullptr) return "guest " + shown(std::string_view(id));
  const auto kind = base::raw_text(*member, "type") == "lxc" ? "container " : "VM ";
  const auto name = base::text(*member, "name", 60);
  return kind + shown(std::string_view(id)) + (name.empty() ? "" : " (" + name + ")");
}

struct Moves {
  std::vector<std::string> added;
  std::vector<std::string> removed;
};

void one(const Change& change, std::string_view key, const std::string& id, Moves& moves,
         Description& description) {
  const bool removes = is_true(change.arguments, "delete");
  const auto* before = member(pool(change.before), key, id);
  const auto* after = member(pool(change.after), key, id);
  const auto name = words_of(after == nullptr ? before : after, key, id);
  if (before == nullptr && after != nullptr) {
    moves.added.push_back(name);
  } else if (before != nullptr && after == nullptr) {
    moves.removed.push_back(name);
  } else if (after != nullptr) {
    description.unchanged.push_back(name + (removes ? " is still in it" : " was already in it"));
  } else {
    description.unchanged.push_back(
        name + (removes ? " was not in it"
                        : " is not in it; check that it exists and that the API token may see it"));
  }
}

}  // namespace

Description describe_pool(const Change& change) {
  Description description;
  if (pool(change.before) == nullptr || pool(change.after) == nullptr) return description;
  Moves moves;
  for (const auto& id : listed(change.arguments, "vms")) one(change, "vmid", id, moves, description);
  for (const auto& id : listed(change.arguments, "storage")) one(change, "storage", id, moves, description);
  if (!moves.added.empty()) description.changes.push_back(enumerated(moves.added) + " added");
  if (!moves.removed.empty()) description.changes.push_back(enumerated(moves.removed) + " removed");
  if (change.arguments.contains("comment")) {
    static const base::Json kNone;
    const auto comment = [](const base::JsonObject* of) {
      const auto* value = of == nullptr ? nullptr : of->if_contains("comment");
      return value == nullptr ? kNone : *value;
    };
    const auto words = difference("comment", comment(pool(change.before)), comment(pool(change.after)));
    if (!words.empty()) description.changes.push_back(words);
  }
  return description;
}

}  // namespace change
