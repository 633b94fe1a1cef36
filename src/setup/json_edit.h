// Edits of one member of one object of a JSON text; every other byte stays.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"
#include "setup/entry.h"
#include "setup/json_text.h"

namespace setup {

/// The object of the text; empty for a blank text. Error: a clause, also when the top is no object.
std::expected<base::JsonObject, std::string> json_object_of(std::string_view text, Comments comments);

/// `text` with that change of the member `name` of the object `servers`, both made where they are missing.
std::expected<std::string, std::string> json_with_entry(std::string_view text, Comments comments,
                                                        std::string_view servers, std::string_view name,
                                                        const EntryChange& change);

/// `text` without that member, and without the objects around it that json_with_entry() made.
std::expected<std::string, std::string> json_without_entry(std::string_view text, Comments comments,
                                                           std::string_view servers, std::string_view name);

}  // namespace setup
