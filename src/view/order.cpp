#include "view/order.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace view {
namespace {

/// The sort key of an item, read once: looking it up in each comparison takes longer than sorting.
struct Place {
  const base::JsonObject* item;
  /// Missing values come first, then numbers, then texts, so that mixed types have a defined order.
  int rank = 0;
  double number = 0;
  std::string text = {};

  Place(const base::JsonObject& object, const base::Json* value) : item(&object) {
    if (value == nullptr || value->is_null()) return;
    rank = value->is_number() ? 1 : 2;
    if (rank == 1) {
      number = value->to_number<double>();
    } else {
      text = base::wire_text(*value);
    }
  }

  bool operator<(const Place& other) const {
    if (rank != other.rank) return rank < other.rank;
    if (number != other.number) return number < other.number;
    return text < other.text;
  }
};

}  // namespace

void sort_by(std::span<const std::string_view> keys, Items& items) {
  if (keys.empty()) return;
  const auto key = keys.front();
  std::vector<Place> places;
  places.reserve(items.size());
  for (const auto* item : items) places.emplace_back(*item, item->if_contains(key));
  // Items with equal keys keep PVE's order, which is their order in memory.
  std::ranges::sort(places, [](const Place& a, const Place& b) {
    return a < b || (!(b < a) && std::less<>{}(a.item, b.item));
  });
  for (std::size_t begin = 0; begin < places.size();) {
    auto end = begin + 1;
    while (end < places.size() && !(places[begin] < places[end])) ++end;
    if (end == begin + 1) {
      items[begin] = places[begin].item;
      begin = end;
      continue;
    }
    Items equal;
    for (auto i = begin; i < end; ++i) equal.push_back(places[i].item);
    sort_by(keys.subspan(1), equal);
    std::ranges::copy(equal, items.begin() + static_cast<std::ptrdiff_t>(begin));
    begin = end;
  }
}

}  // namespace view
