#include "engine/guest_name.h"

#include <fmt/format.h>

#include "base/number.h"
#include "base/text.h"

namespace engine {
namespace {

constexpr std::size_t kShown = 60;

std::string none_named(std::string_view text, const std::optional<WrittenGuest>& written,
                       const std::vector<pve::Guest>& guests) {
  std::vector<std::string_view> names;
  for (const auto& guest : guests) names.push_back(guest.name);
  const auto near = base::nearest(written ? written->name : text, names);
  return fmt::format("There is no guest {}{} among the {} that this token may see{}", written ? "" : "named ",
                     base::printable(text, kShown), guests.size(),
                     near.empty() ? "." : fmt::format("; did you mean {}?", base::printable(near, kShown)));
}

}  // namespace

std::string shown_guest(std::int64_t vmid, std::string_view name) {
  return name.empty() ? std::to_string(vmid) : fmt::format("{} ({})", vmid, name);
}

std::optional<WrittenGuest> written_guest(std::string_view text) {
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  auto rest = text.substr(digits.size());
  WrittenGuest written;
  const auto vmid = base::parse_number<std::int64_t>(digits);
  if (!vmid) return std::nullopt;
  written.vmid = *vmid;
  if (rest.empty()) return written;
  if (!rest.starts_with(" (") || !rest.ends_with(')')) return std::nullopt;
  rest.remove_prefix(2);
  rest.remove_suffix(1);
  written.name = rest;
  return rest.empty() ? std::nullopt : std::optional(written);
}

std::optional<std::int64_t> guest_number(std::string_view text) {
  const auto written = written_guest(text);
  return written ? std::optional(written->vmid) : std::nullopt;
}

std::optional<std::string> misnamed(const WrittenGuest& written, const pve::Guest& guest) {
  if (written.name.empty() || guest.name.empty()) return std::nullopt;
  if (base::lower_ascii(written.name) == base::lower_ascii(guest.name)) return std::nullopt;
  return fmt::format(
      "Guest {} is called {}, not {}: the number may have become another guest's. Give the number alone, or "
      "with the name it has.",
      guest.vmid, base::printable(guest.name, kShown), base::printable(written.name, kShown));
}

std::expected<pve::Guest, std::string> guest_named(std::string_view text,
                                                   const std::vector<pve::Guest>& guests) {
  const auto written = written_guest(text);
  if (const auto* guest = written ? pve::find(guests, written->vmid) : nullptr; guest != nullptr) {
    if (auto wrong = misnamed(*written, *guest)) return std::unexpected(*std::move(wrong));
    return *guest;
  }
  const auto wanted = base::lower_ascii(text);
  const pve::Guest* found = nullptr;
  for (const auto& guest : guests) {
    if (guest.name.empty() || base::lower_ascii(guest.name) != wanted) continue;
    if (found != nullptr) {
      return std::unexpected(
          fmt::format("Several guests are named {}, {} and {} among them: give the number.",
                      base::printable(text, kShown), found->vmid, guest.vmid));
    }
    found = &guest;
  }
  if (found != nullptr) return *found;
  return std::unexpected(none_named(text, written, guests));
}

}  // namespace engine
