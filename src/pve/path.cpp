#include "pve/path.h"

#include <algorithm>

#include "base/number.h"
#include "base/text.h"

namespace pve {

std::optional<std::string> segment_misfit(std::string_view value) {
  if (value.empty()) return "is empty";
  if (value == "." || value == "..") return "is a relative directory";
  if (value.find('/') != std::string_view::npos) return "contains '/'";
  if (value.find('\\') != std::string_view::npos) return "contains '\\'";
  if (!base::is_utf8(value)) return "is not valid UTF-8";
  if (base::has_control(value)) return "contains a control character";
  return std::nullopt;
}

namespace {

/// PVE reads the rest of the path as the value of these, because ids of volumes and networks contain slashes.
bool takes_rest(std::string_view name) { return name == "volume" || name == "cidr"; }

/// The value as the end of a path: each of its parts is a segment.
std::expected<std::string, std::string> rest_of_path(std::string_view value) {
  std::string path;
  for (const auto part : base::split(value, '/')) {
    if (const auto misfit = segment_misfit(part)) return std::unexpected(*misfit);
    path += (path.empty() ? "" : "/") + base::percent_encode(part);
  }
  return path;
}

std::expected<std::string, std::string> segment(std::string_view value) {
  if (auto misfit = segment_misfit(value)) return std::unexpected(*std::move(misfit));
  return base::percent_encode(value);
}

}  // namespace

std::expected<std::string, std::string> fill_path(
    std::string_view path_template, const std::function<std::string(std::string_view name)>& value_of) {
  std::string path;
  while (!path_template.empty()) {
    const auto open = path_template.find('{');
    path += path_template.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = path_template.find('}', open);
    if (close == std::string_view::npos)
      return std::unexpected("the path template '" + std::string(path_template) + "' has '{' without '}'");
    const auto name = path_template.substr(open + 1, close - open - 1);
    const std::string value = value_of(name);
    const bool last = close + 1 == path_template.size();
    const auto filled = last && takes_rest(name) ? rest_of_path(value) : segment(value);
    if (!filled)
      return std::unexpected(std::string(name) + " '" + base::printable(value, 100) + "' " + filled.error() +
                             " and cannot be part of a path");
    path += *filled;
    path_template.remove_prefix(close + 1);
  }
  return path;
}

std::optional<std::int64_t> guest_of_access_path(std::string_view path) {
  constexpr std::string_view kGuests = "/vms/";
  if (!path.starts_with(kGuests)) return std::nullopt;
  return base::parse_number<std::int64_t>(path.substr(kGuests.size()));
}

}  // namespace pve
