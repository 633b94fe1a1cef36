// From a URI as a client wrote it to the row it means.
#pragma once

#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "tool/resource.h"

namespace resource {

struct Match {
  const tool::Resource* row;
  /// Decoded and fit to be segments of a path; of "+path" all segments are, with slashes between.
  std::map<std::string, std::string, std::less<>> values;
};

/// Strict: the scheme pve, at most 2 KiB, percent-decoded once, no query, no fragment, and no value that is
/// empty, a variable in braces, or holds a slash, a backslash, a control character or a step between
/// directories; a path of the API may hold variables. The error is a sentence.
std::expected<Match, std::string> match(std::span<const tool::Resource> rows, std::string_view uri);

}  // namespace resource
