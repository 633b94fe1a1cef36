#include "resource/uri.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "pve/path.h"

namespace resource {
namespace {

constexpr std::string_view kScheme = "pve://";
constexpr std::size_t kMostBytes = 2048;

bool escapes_are_whole(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !base::is_hex(text[at + 1]) || !base::is_hex(text[at + 2])) return false;
  }
  return true;
}

bool is_variable(std::string_view segment) { return segment.starts_with('{'); }

std::string_view name_of(std::string_view segment) { return segment.substr(1, segment.size() - 2); }

/// The row's variables with their raw values; nothing when the URI is not the row's.
std::optional<Match> fits(const tool::Resource& row, std::string_view rest) {
  Match found{&row, {}};
  for (const auto segment : base::split(row.uri.substr(kScheme.size()), '/')) {
    if (segment == "{+path}") {
      // An absolute path expands to two slashes.
      if (rest.starts_with('/')) rest.remove_prefix(1);
      found.values["+path"] = rest;
      return found;
    }
    if (rest.data() == nullptr) return std::nullopt;
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    if (is_variable(segment)) {
      found.values[std::string(name_of(segment))] = part;
    } else if (part != segment) {
      return std::nullopt;
    }
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  }
  if (rest.data() != nullptr) return std::nullopt;
  return found;
}

std::optional<std::string> misfit(std::string_view value, bool has_slashes) {
  if (!has_slashes && value.starts_with('{') && value.ends_with('}'))
    return "is the variable of the template; replace it with a value";
  if (!has_slashes) return pve::segment_misfit(value);
  for (const auto part : base::split(value, '/')) {
    if (auto why = pve::segment_misfit(part)) return why;
  }
  return std::nullopt;
}

}  // namespace

std::expected<Match, std::string> match(std::span<const tool::Resource> rows, std::string_view uri) {
  const auto refused = [&](std::string_view why) {
    return std::unexpected(fmt::format("There is no resource {}: {}.", base::printable(uri, 200), why));
  };
  if (uri.size() > kMostBytes) return refused("a URI has at most 2048 bytes");
  if (!uri.starts_with(kScheme)) return refused("URIs of this server begin with pve://");
  if (uri.find_first_of("?#") != std::string_view::npos) return refused("it has a query or a fragment");
  if (!escapes_are_whole(uri)) return refused("a percent sign must be written as %25");
  for (const auto& row : rows) {
    auto found = fits(row, uri.substr(kScheme.size()));
    if (!found) continue;
    for (auto& [name, value] : found->values) {
      value = base::percent_decode(value);
      if (const auto why = misfit(value, name.starts_with('+')))
        return refused(fmt::format("its {} {}", name.starts_with('+') ? name.substr(1) : name, *why));
    }
    return *std::move(found);
  }
  return refused("call resources/list and resources/templates/list to see those that exist");
}

}  // namespace resource
