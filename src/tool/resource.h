// A resource as a row of data. catalog/resources.cpp declares the rows, resource/ reads them.
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
    Data,     ///< PVE's `data` as JSON; with {snapname} the list item of that name
    PerNode,  ///< like Data, from each node that has {storage}, merged into one list
    Log,      ///< PVE's [{n,t}] as text
    Api,      ///< the API of the connected PVE; has no tool
  };
  /// How the server detects changes for subscribers.
  enum class Watch : std::uint8_t {
    Never,
    Read,       ///< reads the resource
    Resources,  ///< reads the list of the cluster's resources
  };

  std::string_view uri;  ///< with variables in braces it is a template; {+name} takes the rest, slashes too
  std::string_view name;
  std::string_view title;
  std::string_view description;
  Kind kind = Kind::Data;
  /// The tools whose GET the resource uses and whose rights it needs. For a guest: the tool for VMs, then the
  /// tool for containers.
  std::array<std::string_view, 2> tools{};
  Watch watch = Watch::Read;
  /// Members whose change alone is not a change of the resource, separated by blanks. "pressure*" means all
  /// names with that prefix, "node.maxdisk" only the member of objects whose "type" is node.
  std::string_view volatile_members{};
  /// Members to omit when a list is too long: groups separated by blanks, the first group first; the members
  /// of a group, written as in `volatile_members`, separated by commas.
  std::string_view omit_first{};
  /// Types of the rows to put first when a list is too long, separated by blanks.
  std::string_view first{};

  constexpr bool is_template() const { return uri.find('{') != std::string_view::npos; }
};

constexpr std::string_view mime_type(Resource::Kind kind) {
  return kind == Resource::Kind::Log ? "text/plain" : "application/json";
}

/// Returns which rule the row breaks; empty if it breaks none.
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

/// Returns true if no row breaks a rule and no URI or name occurs twice.
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
