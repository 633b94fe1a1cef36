// Makes a request to PVE from checked arguments.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"
#include "pve/client.h"
#include "tool/tool.h"

namespace engine {

/// The argument as PVE reads it; empty if it is missing, a list or an object.
std::string argument_text(const base::JsonObject& arguments, std::string_view name);

/// The path with the arguments in its placeholders. The error is a sentence for the model.
std::expected<std::string, std::string> path(std::string_view path_template,
                                             const base::JsonObject& arguments);

/// `arguments` are checked and have PVE's names. Those in the path's placeholders go there, all others become
/// parameters; an array becomes one parameter for each item.
std::expected<pve::Call, std::string> request(const tool::Endpoint& endpoint,
                                              const base::JsonObject& arguments);

}  // namespace engine
