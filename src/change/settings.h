// Changes of objects that are a set of settings: a storage, a user, an HA resource, options.
#pragma once

#include "change/change.h"

namespace change {

/// Of an update: each setting that the call names, before and after. Of a removal: nothing.
Told tell_settings(const Change& change);

/// The state with what the call sets and without what it deletes.
base::Json expected_settings(const tool::About& about, const base::JsonObject& arguments,
                             const base::Json& before);

/// Of the list `items` the one whose `key` is `value`; nullptr when there is none.
const base::JsonObject* item(const base::Json& items, std::string_view key, std::string_view value);

/// The argument as it travels, "" where it is not given.
std::string argument(const base::JsonObject& arguments, std::string_view name);
bool is_true(const base::JsonObject& arguments, std::string_view name);
/// The words of the argument, a list.
std::vector<std::string> listed(const base::JsonObject& arguments, std::string_view name);

}  // namespace change
