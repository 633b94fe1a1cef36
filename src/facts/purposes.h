// What each endpoint of PVE is for, in words (purposes.txt), and the words that administrators use instead of
// PVE's (synonyms.txt). Both are embedded.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/method.h"

namespace facts {

/// A clause without a full stop, such as "List the disks of a node"; empty if the facts lack the endpoint.
/// `path` is a template. The first call reads the whole text. Safe from many threads.
std::string_view purpose(base::Method method, std::string_view path);

/// Pairs of a word and the words that mean the same, with blanks between them; all in lower case.
std::vector<std::pair<std::string_view, std::string_view>> synonyms();

}  // namespace facts
