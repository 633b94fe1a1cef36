#include "engine/plan/present.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/json_read.h"
#include "base/plural.h"
#include "base/text.h"
#include "change/value.h"
#include "engine/cluster/request.h"
#include "facts/secret_parts.h"
#include "view/free_text.h"
#include "view/human.h"

namespace engine {
namespace {

constexpr std::size_t kMost = 12;

/// The name of the last parameter in the path: "pos" of ".../rules/{pos}".
std::string_view last_parameter(std::string_view path) {
  const auto begin = path.rfind('{');
  if (begin == std::string_view::npos) return {};
  return path.substr(begin + 1, path.find('}', begin) - begin - 1);
}

/// The object of the change in what was read for it; nullptr if it is not there.
const base::JsonObject* item_of(const Row& row, const base::JsonObject& arguments, const Object& object) {
  if (const auto* whole = object.present.if_object()) return whole;
  const auto* list = object.present.if_array();
  if (list == nullptr) return nullptr;
  auto name = last_parameter(row.tool().call.path);
  // PUT /pools names the pool among its arguments.
  if (name.empty()) name = "poolid";
  const auto wanted = argument_text(arguments, name);
  if (wanted.empty()) return nullptr;
  // A snapshot is "snapname" in the path and "name" in the list.
  const std::array<std::string_view, 3> keys = {name, "name", "id"};
  for (const auto& item : *list) {
    const auto* each = item.if_object();
    const auto is_it = [&](std::string_view key) { return base::raw_word(item, key) == wanted; };
    if (each != nullptr && std::ranges::any_of(keys, is_it)) return each;
  }
  return nullptr;
}

/// Of a snapshot PVE shows the whole configuration of the guest.
constexpr std::array<std::string_view, 4> kOfSnapshot = {"description", "snaptime", "vmstate", "parent"};

bool is_hidden(const Row& row, std::string_view key, const base::Json& value) {
  const auto* text = value.if_string();
  const bool of_guest = row.about().subject == tool::Subject::Snapshot &&
                        std::ranges::find(kOfSnapshot, key) == kOfSnapshot.end();
  return of_guest || key == "digest" || value.is_null() || (text != nullptr && text->empty()) ||
         change::is_secret(key) || row.about().in_path(key);
}

std::string setting(std::string_view key, const base::Json& value) {
  if (const auto* list = value.if_array(); list != nullptr && !list->empty() && list->front().is_object())
    return base::count_of(list->size(), base::printable(key, 60));
  if (value.is_structured()) return fmt::format("{} {}", base::printable(key, 60), change::shown(value));
  const auto text = facts::without_secret_parts(key, view::human(key, value));
  return fmt::format("{} {}", base::printable(key, 60), view::shortened(text));
}

}  // namespace

std::vector<std::string> settings_now(const Row& row, const base::JsonObject& arguments,
                                      const Object& object) {
  std::vector<std::string> all;
  const auto* item = item_of(row, arguments, object);
  if (item == nullptr) return all;
  std::size_t left_out = 0;
  for (const auto& [key, value] : *item) {
    if (is_hidden(row, key, value)) continue;
    if (all.size() < kMost) {
      all.push_back(setting(key, value));
    } else {
      ++left_out;
    }
  }
  if (left_out > 0) all.push_back(fmt::format("and {} more", left_out));
  return all;
}

std::vector<std::string> settings_changed(const Row& row, const base::JsonObject& arguments,
                                          const Object& object) {
  std::vector<std::string> all;
  const auto* item = item_of(row, arguments, object);
  if (item == nullptr) return all;
  for (const auto& [name, value] : arguments) {
    if (name == "digest" || name == "delete" || row.about().in_path(name)) continue;
    const auto* now = item->if_contains(name);
    auto told = change::difference(name, now == nullptr ? base::Json() : *now, value);
    if (!told.empty()) all.push_back(std::move(told));
  }
  const auto deleted = argument_text(arguments, "delete");
  for (const auto name : base::list_items(deleted)) {
    const auto* now = item->if_contains(name);
    if (now != nullptr) all.push_back(change::difference(name, *now, base::Json()));
  }
  return all;
}

}  // namespace engine
