// A call as a person or a model writes it: "GET /nodes/pve1/status", "PUT /nodes/{node}/dns".
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/method.h"

namespace pve {

struct WrittenCall {
  base::Method method;
  std::string path;  ///< begins with a slash; each segment is a {placeholder} or needs no encoding
};

/// Tolerates a method in lower case, a missing first slash and the prefix /api2/json. The error is a clause
/// that names what is wrong and the remedy.
std::expected<WrittenCall, std::string> read_call(std::string_view text);

/// True for "{node}".
bool is_placeholder(std::string_view segment);

/// The path with placeholders for the node, the guest and the storage that it names, whose values go into
/// `values`: for an endpoint that the facts lack, so that the rules about these objects apply. The error is a
/// clause about any other placeholder, whose value could make the path that of another endpoint.
std::expected<std::string, std::string> generalized(std::string_view path, base::JsonObject& values);

}  // namespace pve
