// What a resource is: a row of data, as a tool is. catalog/resources.cpp declares the rows, resource/ reads
// them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/ascii.h"
#include "tool/rules.h"

namespace tool {

struct Resource {
  enum class Kind : std::uint8_t {
    Data,     ///< PVE's `data` as JSON; with {snapname} the item of the list that has that name
    PerNode,  ///< the same of each node that has the storage {storage}, as one list
    Log,      ///< PVE's [{n,t}] as text
    Api,      ///< the connected PVE's API itself; no tool
  };
  /// How changes are found for those who listen.
  enum class Watch : std::uint8_t {
    Never,
    Read,       ///< by reading it
    Resources,  ///< in the one list of the cluster's resources
  };

  std::string_view uri;  ///< with variables in braces it is a template; {+name} takes the rest, slashes too
  std::string_view name;
  std::string_view title;
  std::string_view description;
  Kind kind = Kind::Data;
  /// The tools whose GET it is and whose rights it needs: of a guest the one for VMs, then the one for
  /// containers.
  std::array<std::string_view, 2> tools{};
  Watch watch = Watch::Read;
  /// Members that tick: no change by themselves. Separated by blanks; "pressure*" means all that begin so,
  /// "node.maxdisk" only that of an object whose "type" is node.
  std::string_view ticking{};
  /// What a list that does not fit can do without: groups separated by blanks, the first goes first; the
  /// members of a group, written as in `ticking`, separated by commas.
  std::string_view spare{};
  /// Types of the rows that a list that does not fit begins with, separated by blanks.
  std::string_view first{};

  constexpr bool is_template() const { return uri.find('{') != std::string_view::npos; }
};

constexpr std::string_view mime_type(Resource::Kind kind) {
  return kind == Resource::Kind::Log ? "text/plain" : "application/json";
}

/// Why the row breaks a rule; empty when it does not.
constexpr std::string_view fault(const Resource& row) {
  constexpr std::string_view kScheme = "pve://";
  if (!row.uri.starts_with(kScheme) || row.uri.ends_with('/')) return "not a URI of the scheme pve";
  if (row.uri.find("//", kScheme.size()) != std::string_view::npos) return "an empty segment";
  const auto known = [](std::string_view name) {
    for (const std::string_view variable : {"node", "vmid", "snapname", "upid", "storage", "+path"}) {
      if (name == variable) return true;
    }
    return false;
  };
  if (!placeholders_all(row.uri, known)) return "an unknown variable";
  if (row.name.empty() || !std::ranges::all_of(row.name, [](char c) {
        return base::is_lower(c) || base::is_digit(c) || c == '-';
      })) {
    return "a name that is not of small letters, digits and hyphens";
  }
  if (row.title.empty() || !text_is_clean(row.title)) return "no title, or a control character in it";
  if (!row.description.ends_with('.') || !text_is_clean(row.description)) return "a malformed description";
  const bool api = row.kind == Resource::Kind::Api;
  if (api != row.tools[0].empty()) return "no tool whose rights apply";
  const auto names = path_names(row.uri);
  const auto has = [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); };
  const bool guest = has("vmid");
  if (guest == row.tools[1].empty()) return "guests have two tools, others one";
  if ((row.kind == Resource::Kind::PerNode) != has("storage")) return "what is on several nodes is a storage";
  if ((row.kind == Resource::Kind::Log) != has("upid")) return "a log is a task's";
  if (api && row.watch != Resource::Watch::Never) return "the API does not change";
  return {};
}

/// True when no row has a fault and no URI or name occurs twice.
constexpr bool valid(std::span<const Resource> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!fault(rows[i]).empty()) return false;
    for (std::size_t k = 0; k < i; ++k) {
      if (rows[i].uri == rows[k].uri || rows[i].name == rows[k].name) return false;
    }
  }
  return true;
}

}  // namespace tool
