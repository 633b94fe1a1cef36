#include "engine/guest_name.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace engine {

std::string shown_guest(std::int64_t vmid, std::string_view name) {
  return name.empty() ? std::to_string(vmid) : fmt::format("{} ({})", vmid, name);
}

std::optional<std::int64_t> guest_number(std::string_view text) {
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  const auto rest = text.substr(digits.size());
  if (!rest.empty() && !(rest.starts_with(" (") && rest.ends_with(')'))) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::expected<pve::Guest, std::string> guest_named(std::string_view text,
                                                   const std::vector<pve::Guest>& guests) {
  if (const auto number = guest_number(text)) {
    if (const auto* guest = pve::find(guests, *number)) return *guest;
    return std::unexpected(
        fmt::format("There is no guest {} among the {} that this token may see.", *number, guests.size()));
  }
  const pve::Guest* found = nullptr;
  for (const auto& guest : guests) {
    if (guest.name != text) continue;
    if (found != nullptr) {
      return std::unexpected(
          fmt::format("Several guests are named {}, {} and {} among them: give the number.",
                      base::printable(text, 60), found->vmid, guest.vmid));
    }
    found = &guest;
  }
  if (found != nullptr) return *found;
  return std::unexpected(fmt::format("There is no guest named {} among the {} that this token may see.",
                                     base::printable(text, 60), guests.size()));
}

}  // namespace engine
