#include "pve/written_call.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace pve {
namespace {

/// True for a segment that PVE reads as it stands. What needs encoding is an argument.
bool is_plain(std::string_view segment) {
  constexpr std::string_view kOthers = "_.:@!+-,=~";
  return !segment.empty() && segment != "." && segment != ".." && std::ranges::all_of(segment, [&](char c) {
    return base::is_alnum(c) || kOthers.find(c) != std::string_view::npos;
  });
}

}  // namespace

bool is_placeholder(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}' &&
         std::ranges::all_of(segment.substr(1, segment.size() - 2),
                             [](char c) { return base::is_alnum(c) || c == '_' || c == '-'; });
}

std::expected<WrittenCall, std::string> read_call(std::string_view text) {
  const auto blank = text.find(' ');
  auto word = std::string(text.substr(0, blank));
  std::ranges::transform(word, word.begin(), base::upper);
  const auto method = base::method_named(word);
  if (!method || blank == std::string_view::npos)
    return std::unexpected(
        fmt::format("\"{}\" is neither a tool nor an endpoint; give the name of a tool, or GET, POST, PUT or "
                    "DELETE and a path, such as \"GET /nodes/{{node}}/disks/list\"",
                    base::printable(text, 100)));
  auto path = base::trim(text.substr(blank));
  if (constexpr std::string_view kPrefix = "/api2/json"; path.starts_with(kPrefix))
    path.remove_prefix(kPrefix.size());
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  WrittenCall written{*method, {}};
  for (const auto segment : base::split(path, '/')) {
    if (!is_placeholder(segment) && !is_plain(segment))
      return std::unexpected(
          fmt::format("\"{}\" cannot be a part of a path; write {{name}} there and give the value in "
                      "arguments",
                      base::printable(segment, 100)));
    written.path += "/" + std::string(segment);
  }
  return written;
}

std::expected<std::string, std::string> generalized(std::string_view path, base::JsonObject& values) {
  std::string made;
  std::string_view before;
  for (const auto segment : base::split(path.substr(1), '/')) {
    const auto name = made == "/nodes"                      ? std::string_view("node")
                      : before == "qemu" || before == "lxc" ? std::string_view("vmid")
                      : before == "storage"                 ? std::string_view("storage")
                                                            : std::string_view{};
    before = segment;
    const bool is_value = !is_placeholder(segment);
    if (!is_value && segment.substr(1, segment.size() - 2) != name)
      return std::unexpected(fmt::format(
          "this server does not know the endpoint, so {} cannot stand in its path; write the value there",
          base::printable(segment, 60)));
    if (name.empty()) {
      made.append("/").append(segment);
      continue;
    }
    made.append("/{").append(name).append("}");
    if (is_value) values[name] = segment;
  }
  return made;
}

}  // namespace pve
