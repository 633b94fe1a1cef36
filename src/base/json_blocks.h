// JSON texts of megabytes.
#pragma once

#include <boost/json/storage_ptr.hpp>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"

namespace base {

/// parse_json() into memory of that resource.
std::expected<Json, std::string> parse_json(std::string_view text, std::size_t depth,
                                            boost::json::storage_ptr memory);

/// parse_json() into a few blocks of memory instead of one piece for each member: a third less of it, and
/// quicker to drop. The blocks stay until the value and all that was moved or copied out of it are gone: to
/// keep a small part for long, keep Json(part, boost::json::storage_ptr{}). What is added to the value later
/// lies outside of the blocks, so that it is as safe to change and, while no thread changes it, to read and
/// copy from many threads as any other. Construct from it, as assigning to a value that lies elsewhere
/// copies.
std::expected<Json, std::string> parse_json_in_blocks(std::string_view text, std::size_t depth = kJsonDepth);

}  // namespace base
