// Describes changes of objects that are a set of settings: a storage, a user, an HA resource, options.
#pragma once

#include "change/change.h"

namespace change {

/// For an update: describes each setting that the call names, before and after. For a removal: returns
/// nothing.
Description describe_settings(const Change& change);

/// Returns the state with the values that the call sets and without those that it deletes.
base::Json expected_settings(const tool::About& about, const base::JsonObject& arguments,
                             const base::Json& before);

/// Returns the item of `items` whose `key` is `value`; nullptr if there is none.
const base::JsonObject* item(const base::Json& items, std::string_view key, std::string_view value);

/// Returns the argument as sent; "" if it is not given.
std::string argument(const base::JsonObject& arguments, std::string_view name);
bool is_true(const base::JsonObject& arguments, std::string_view name);
/// Returns the words of an argument that is a list.
std::vector<std::string> listed(const base::JsonObject& arguments, std::string_view name);

}  // namespace change
