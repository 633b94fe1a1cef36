#include "pve/upid.h"

#include <cstdint>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"
#include "pve/path.h"

namespace pve {
std::optional<Upid> parse_upid(std::string_view text) {
  constexpr std::size_t kParts = 9;
  if (segment_misfit(text)) return std::nullopt;
  auto parts = base::split(text, ':');
  // People who copy a UPID often lose its last colon.
  const bool is_cut = parts.size() == kParts - 1;
  if (is_cut) parts.emplace_back();
  if (parts.size() != kParts || parts[0] != "UPID" || !parts[8].empty()) return std::nullopt;
  if (segment_misfit(parts[1]) || parts[5].empty() || parts[7].empty()) return std::nullopt;
  if (!base::is_hex_digits(parts[2]) || !base::is_hex_digits(parts[3]) || !base::is_hex_digits(parts[4]))
    return std::nullopt;
  return Upid{std::string(text) + (is_cut ? ":" : ""), std::string(parts[1]), std::string(parts[5]),
              std::string(parts[6]), std::string(parts[7])};
}

std::chrono::sys_seconds start_time(const Upid& upid) {
  const auto parts = base::split(upid.text, ':');
  const auto seconds = parts.size() > 4 ? base::parse_hex<std::uint32_t>(parts[4]) : std::nullopt;
  return std::chrono::sys_seconds{std::chrono::seconds{seconds.value_or(0)}};
}

}  // namespace pve
