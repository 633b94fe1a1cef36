#include "state/trusted.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "state/private_file.h"

namespace state {
namespace {

constexpr std::string_view kName = "trusted";
constexpr std::string_view kHead =
    "# Certificates that `mcp-pve trust` has stored: the address and the SHA-256 fingerprint.\n";

/// 32 bytes in hexadecimal, with colons between.
bool is_fingerprint(std::string_view text) {
  constexpr std::size_t kLength = 32 * 3 - 1;
  if (text.size() != kLength) return false;
  for (std::size_t at = 0; at < kLength; ++at) {
    if (at % 3 == 2 ? text[at] != ':' : base::hex_value(text[at]) < 0) return false;
  }
  return true;
}

}  // namespace

std::filesystem::path trusted_file(const Folder& folder) { return folder.path / kName; }

std::expected<Trusted, std::string> trusted(const Folder& folder) {
  auto text = read_private(folder, kName);
  if (!text) return std::unexpected(std::move(text.error()));
  Trusted all;
  if (!*text) return all;
  std::size_t number = 0;
  for (const auto line : base::split(**text, '\n')) {
    ++number;
    const auto words = base::trim(line);
    if (words.empty() || words.starts_with('#')) continue;
    const auto blank = words.find(' ');
    const auto fingerprint = base::trim(words.substr(std::min(blank, words.size())));
    if (blank == std::string_view::npos || !is_fingerprint(fingerprint))
      return std::unexpected(
          fmt::format("line {} of {} is \"{}\", but must be an address and a SHA-256 fingerprint. Remove the "
                      "line, and run `mcp-pve trust`.",
                      number, base::printable(trusted_file(folder).string()), base::printable(words, 200)));
    all.insert_or_assign(std::string(words.substr(0, blank)), std::string(fingerprint));
  }
  return all;
}

std::expected<void, std::string> trust(const Folder& folder, std::string_view address,
                                       std::string_view fingerprint) {
  auto all = trusted(folder);
  if (!all) return std::unexpected(std::move(all.error()));
  all->insert_or_assign(std::string(address), std::string(fingerprint));
  std::string text(kHead);
  for (const auto& [of, value] : *all) text += fmt::format("{} {}\n", of, value);
  return write_private(folder, kName, text);
}

}  // namespace state
