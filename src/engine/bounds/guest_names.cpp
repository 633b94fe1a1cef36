#include "engine/bounds/guest_names.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"
#include "engine/words/guest_name.h"
#include "pve/path.h"

namespace engine {
namespace {

/// The digits at the beginning of the text. Returns "" if a letter follows them.
std::string_view leading_digits(std::string_view text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  return end < text.size() && base::is_letter(text[end]) ? std::string_view{} : text.substr(0, end);
}

std::optional<std::int64_t> leading_number(std::string_view text) {
  return base::parse_number<std::int64_t>(leading_digits(text));
}

}  // namespace

std::vector<Owner> volume_owners(std::string_view value) {
  constexpr auto kMarks =
      std::to_array<std::string_view>({"vm-", "base-", "subvol-", "basevol-", "vzdump-qemu-", "vzdump-lxc-",
                                       "vzdump-openvz-", "vm/", "ct/", ":", "images/"});
  std::vector<Owner> owners;
  // Most texts have no digit where these marks would need one.
  if (value.find_first_of("-/:") == std::string_view::npos) return owners;
  for (const auto mark : kMarks) {
    for (auto at = value.find(mark); at != std::string_view::npos; at = value.find(mark, at + 1)) {
      if (at > 0 && base::is_alnum(mark.front()) && base::is_alnum(value[at - 1])) continue;
      const auto rest = value.substr(at + mark.size());
      // "STORAGE:32" asks for a new volume of 32 GiB. In the name of a volume, a slash follows the number of
      // its guest.
      const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
      if (mark == ":" && !rest.substr(digits).starts_with('/')) continue;
      if (const auto number = leading_number(rest))
        owners.push_back({*number, at + mark.size(), digits, mark != ":"});
    }
  }
  std::ranges::sort(owners, {}, &Owner::at);
  return owners;
}

std::vector<std::int64_t> guests_in_list(std::string_view list) {
  std::vector<std::int64_t> guests;
  for (const auto part : base::list_items(list)) {
    if (const auto written = written_guest(part)) {
      guests.push_back(written->vmid);
    } else if (const auto number = leading_number(part)) {
      guests.push_back(*number);
    }
  }
  return guests;
}

std::optional<std::int64_t> typed_guest(std::string_view text) {
  // Only these characters are in front of the number; most texts have neither.
  if (text.find_first_of("/:") == std::string_view::npos) return std::nullopt;
  constexpr std::string_view kService = "service:";
  if (text.starts_with(kService)) text.remove_prefix(kService.size());
  const auto written = written_guest(text);
  if (written && written->container) return written->vmid;
  return pve::guest_of_access_path(text);
}

std::vector<std::int64_t> guests_in_words(std::string_view sentence) {
  std::vector<std::int64_t> guests;
  for (const std::string_view noun : {"VM ", "CT ", "VMID ", "guest ", "container "}) {
    for (auto at = sentence.find(noun); at != std::string_view::npos; at = sentence.find(noun, at + 1)) {
      if (at > 0 && base::is_alnum(sentence[at - 1])) continue;
      if (const auto number = leading_number(sentence.substr(at + noun.size()))) guests.push_back(*number);
    }
  }
  return guests;
}

std::vector<std::int64_t> guests_of_task(std::string_view id) {
  constexpr std::int64_t kLowest = 100;
  std::vector<std::int64_t> guests;
  for (const auto part : base::split(id, '>')) {
    const auto number = leading_number(part);
    if (number && *number >= kLowest) guests.push_back(*number);
  }
  return guests;
}

bool lists_guests(const facts::Parameter& parameter) {
  return parameter.format.starts_with("pve-vmid") || parameter.format.starts_with("pve-ha-resource-") ||
         parameter.format == "pve-replication-job-id";
}

}  // namespace engine
