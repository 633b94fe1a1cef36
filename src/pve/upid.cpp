#include "pve/upid.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/text.h"
#include "pve/path.h"

namespace pve {
namespace {

bool is_hex(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
  });
}

}  // namespace

std::optional<Upid> parse_upid(std::string_view text) {
  constexpr std::size_t kParts = 9;
  if (segment_misfit(text)) return std::nullopt;
  const auto parts = base::split(text, ':');
  if (parts.size() != kParts || parts[0] != "UPID" || !parts[8].empty()) return std::nullopt;
  if (segment_misfit(parts[1]) || parts[5].empty() || parts[7].empty()) return std::nullopt;
  if (!is_hex(parts[2]) || !is_hex(parts[3]) || !is_hex(parts[4])) return std::nullopt;
  return Upid{std::string(text), std::string(parts[1]), std::string(parts[5]), std::string(parts[6]),
              std::string(parts[7])};
}

std::chrono::sys_seconds start_time(const Upid& upid) {
  const auto parts = base::split(upid.text, ':');
  std::uint32_t seconds = 0;
  if (parts.size() > 4) std::from_chars(parts[4].data(), parts[4].data() + parts[4].size(), seconds, 16);
  return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

}  // namespace pve
