#include "engine/words/guest_name.h"

#include <fmt/format.h>

#include <utility>

#include "base/number.h"
#include "base/text.h"

namespace engine {
namespace {

constexpr std::size_t kShown = 60;

}  // namespace

std::string shown_guest(std::int64_t vmid, std::string_view name) {
  return name.empty() ? std::to_string(vmid) : fmt::format("{} ({})", vmid, base::printable(name, kShown));
}

std::string kind_and_name(const pve::Guest& guest) {
  return fmt::format("{} {}", guest.container ? "container" : "VM", shown_guest(guest.vmid, guest.name));
}

std::optional<WrittenGuest> written_guest(std::string_view text) {
  std::optional<bool> container;
  for (const auto& [prefix, is_container] : {std::pair("qemu/", false), std::pair("vm:", false),
                                             std::pair("lxc/", true), std::pair("ct:", true)}) {
    if (container || !text.starts_with(prefix)) continue;
    container = is_container;
    text.remove_prefix(std::string_view(prefix).size());
  }
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  auto rest = text.substr(digits.size());
  const auto vmid = base::parse_number<std::int64_t>(digits);
  if (!vmid) return std::nullopt;
  WrittenGuest written{*vmid, {}, container};
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

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && base::lower_ascii(a) == base::lower_ascii(b);
}

std::optional<std::string> misnamed(const WrittenGuest& written, const pve::Guest& guest) {
  if (written.container.value_or(guest.container) != guest.container)
    return fmt::format("guest {} is a {}, not a {}.", guest.vmid, guest.container ? "container" : "VM",
                       guest.container ? "VM" : "container");
  if (written.name.empty() || guest.name.empty() || same_name(written.name, guest.name)) return std::nullopt;
  return fmt::format(
      "guest {} is named {}, not {}; another guest may have got this number. Give the number alone, or with "
      "its present name.",
      guest.vmid, base::printable(guest.name, kShown), base::printable(written.name, kShown));
}

std::vector<const pve::Guest*> named(std::string_view name, std::span<const pve::Guest> guests) {
  std::vector<const pve::Guest*> exactly;
  std::vector<const pve::Guest*> nearly;
  if (name.empty()) return exactly;
  for (const auto& guest : guests) {
    if (guest.name == name) exactly.push_back(&guest);
    if (same_name(guest.name, name)) nearly.push_back(&guest);
  }
  return exactly.empty() ? nearly : exactly;
}

}  // namespace engine
