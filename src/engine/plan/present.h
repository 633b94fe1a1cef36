// What a plan says of an object that is not a guest: how it is now, and what the change would make of it.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "engine/plan/object.h"
#include "engine/row/row.h"

namespace engine {

/// The settings of the object, each as "key value", without secrets: of `object.present`, or of the item that
/// the last parameter of the path names if that is a list. Empty if it was not read, or is a guest.
std::vector<std::string> settings_now(const Row& row, const base::JsonObject& arguments,
                                      const Object& object);

/// The settings that the call would change, each as "key old -> new". Empty if the object was not read.
std::vector<std::string> settings_changed(const Row& row, const base::JsonObject& arguments,
                                          const Object& object);

}  // namespace engine
