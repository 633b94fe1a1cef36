#include "hooks/hooks.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"

namespace hooks {
namespace {

/// Returns the creation time of a backup and 0 for other volumes, which have no meaningful age.
double age_key(const base::Json& item) {
  return base::raw_text(item, "content") == "backup" ? -base::real(item, "ctime", 0) : 0;
}

/// Keeps of a verification only the state, "ok" or "failed": the rest names a task of the backup server,
/// which no tool can read. Keeps of a key's fingerprint the part that the backup server shows.
void shorten(base::Json& item) {
  constexpr std::size_t kShownFingerprint = 23;
  auto* object = item.if_object();
  if (object == nullptr) return;
  if (const auto* verification = base::object(object, "verification"))
    (*object)["verification"] = base::text(verification, "state");
  if (auto* encrypted = object->if_contains("encrypted"); encrypted != nullptr && encrypted->is_string()) {
    auto& text = encrypted->get_string();
    text.resize(std::min(text.size(), kShownFingerprint));
  }
}

}  // namespace

std::string newest_backups_first(tool::Context&, base::Json& data) {
  auto* array = data.if_array();
  if (array == nullptr) return {};
  using Place = std::tuple<std::string_view, double, std::string_view, std::size_t>;
  std::vector<Place> places;
  places.reserve(array->size());
  for (auto& item : *array) {
    shorten(item);
    places.emplace_back(base::raw_text(item, "content"), age_key(item), base::raw_text(item, "volid"),
                        places.size());
  }
  std::ranges::sort(places);
  base::JsonArray sorted(array->storage());
  sorted.reserve(array->size());
  for (const auto& place : places) sorted.push_back(std::move((*array)[std::get<std::size_t>(place)]));
  *array = std::move(sorted);
  return {};
}

}  // namespace hooks
