#include "engine/bounds/cut.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/bounds/guest_names.h"

namespace engine {
namespace {

/// What became of a value.
enum class Rest : std::uint8_t { Stays, Goes };

/// Texts of the guest itself, or of a person.
constexpr auto kProse = std::to_array<std::string_view>(
    {"description", "comment", "comments", "notes", "notes-template", "content", "out-data", "err-data"});

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

class Cut {
 public:
  explicit Cut(Sight& sight) : sight_(sight) {}

  Rest value(base::Json& value, std::string_view key = {}) {
    if (auto* object = value.if_object()) return this->object(*object);
    if (auto* array = value.if_array()) return this->array(*array);
    if (auto* text = value.if_string(); text != nullptr && !is_one_of(key, kProse)) this->text(*text);
    return Rest::Stays;
  }

 private:
  bool hides(std::optional<std::int64_t> vmid) { return vmid && !sight_.sees(*vmid); }

  void text(boost::json::string& text) {
    std::string masked(text);
    mask_owners(masked, sight_);
    if (masked != std::string_view(text)) text = masked;
  }

  Rest array(base::JsonArray& items) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto* name = items[i].if_string();
      if (name != nullptr && hides(typed_guest(*name))) continue;
      if (value(items[i]) == Rest::Goes) continue;
      if (kept != i) items[kept] = std::move(items[i]);
      ++kept;
    }
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(kept), items.end());
    return Rest::Stays;
  }

  Rest object(base::JsonObject& object) {
    if (hides_subject(object)) return Rest::Goes;
    // PVE adds up the figures of a pool's guests.
    const bool sums = base::raw_text(object, "type") == "pool";
    std::vector<std::string> gone;
    for (auto& member : object) {
      const std::string_view key = member.key();
      bool goes = hides(typed_guest(key)) || (sums && member.value().is_number());
      if (!goes && is_list(key)) {
        goes = list(member.value()) == Rest::Goes;
        if (goes && key != kExcept) return Rest::Goes;
      } else if (!goes) {
        goes = value(member.value(), key) == Rest::Goes;
      }
      if (goes) gone.emplace_back(key);
    }
    for (const auto& key : gone) object.erase(key);
    return Rest::Stays;
  }

  bool hides_subject(const base::JsonObject& object) {
    const auto text = [&](std::string_view key) { return base::raw_text(object, key); };
    if (const auto task = pve::parse_upid(text("upid"))) return !sight_.sees(*task);
    if (hides(base::number(object, "vmid")) || hides(base::number(object, "guest"))) return true;
    for (const auto* key : {"sid", "id", "path"}) {
      if (hides(typed_guest(text(key)))) return true;
    }
    // Of included volumes the number of the guest is its id.
    if ((text("type") == "qemu" || text("type") == "lxc") && hides(base::number(object, "id"))) return true;
    const auto owners = volume_owners(text("volid"));
    return !owners.empty() && hides(owners.back().vmid);
  }

  static constexpr std::string_view kExcept = "exclude";
  static bool is_list(std::string_view key) {
    constexpr auto kLists = std::to_array<std::string_view>({"vmid", "vms", "resources", kExcept});
    return is_one_of(key, kLists);
  }

  bool hides_item(std::string_view item) {
    return std::ranges::any_of(guests_in_list(item), [&](auto vmid) { return !sight_.sees(vmid); });
  }

  /// Goes if it named guests and has nothing left.
  Rest list(base::Json& value) {
    if (auto* items = value.if_array()) {
      const auto before = items->size();
      auto* const end = std::remove_if(items->begin(), items->end(), [&](const base::Json& item) {
        return !item.is_structured() && hides_item(base::wire_text(item));
      });
      items->erase(end, items->end());
      if (items->empty() && before > 0) return Rest::Goes;
      return array(*items);
    }
    const auto* text = value.if_string();
    if (text == nullptr) return Rest::Stays;
    auto parts = base::list_items(std::string_view(*text));
    const auto before = parts.size();
    std::erase_if(parts, [&](std::string_view part) { return hides_item(part); });
    if (parts.size() == before) return Rest::Stays;
    if (parts.empty()) return Rest::Goes;
    // Assigned after the parts were joined, which refer to it.
    value = base::join(parts, ",");
    return Rest::Stays;
  }

  Sight& sight_;
};

}  // namespace

bool cut(base::Json& data, Sight& sight) { return Cut(sight).value(data) == Rest::Stays; }

void mask_owners(std::string& text, Sight& sight) {
  if (text.find('\n') != std::string::npos) return;
  auto owners = volume_owners(text);
  std::vector<std::int64_t> hidden;
  for (const auto& owner : owners) {
    if (owner.sure && !sight.sees(owner.vmid)) hidden.push_back(owner.vmid);
  }
  if (hidden.empty()) return;
  // A directory of a storage has the number in the folder and in the file: "nas:100/vm-100-disk-0".
  for (auto owner = owners.rbegin(); owner != owners.rend(); ++owner) {
    if (std::ranges::find(hidden, owner->vmid) != hidden.end()) text.replace(owner->at, owner->length, "?");
  }
}

}  // namespace engine
