// Edits of one table of a table of a TOML text; every other byte stays.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "setup/entry.h"

namespace setup {

/// `text` with that change of [`servers`.`name`], which is put at the end when it is missing. Refused when it
/// is an inline table or has dotted keys. Error: a clause.
std::expected<std::string, std::string> toml_with_entry(std::string_view text, std::string_view servers,
                                                        std::string_view name, const EntryChange& change);

/// `text` without that table and those below it. Error: a clause.
std::expected<std::string, std::string> toml_without_entry(std::string_view text, std::string_view servers,
                                                           std::string_view name);

}  // namespace setup
