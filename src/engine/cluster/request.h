// From checked arguments to a call of PVE.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"
#include "pve/client.h"
#include "tool/tool.h"

namespace engine {

/// An argument as PVE reads it; empty where there is none, or it is a list or an object.
std::string argument_text(const base::JsonObject& arguments, std::string_view name);

/// The path filled from the arguments; the error is a sentence for the model.
std::expected<std::string, std::string> path(std::string_view path_template,
                                             const base::JsonObject& arguments);

/// `arguments` by PVE's names, checked. What the path uses goes there, the rest to the parameters, an array
/// once per item.
std::expected<pve::Call, std::string> request(const tool::Endpoint& endpoint,
                                              const base::JsonObject& arguments);

}  // namespace engine
