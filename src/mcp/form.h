// Answers of a client to what it was asked.
#pragma once

#include <string_view>

#include "base/json.h"
#include "mcp/request.h"

namespace mcp {

/// The method of the question: "elicitation/create", "sampling/createMessage", "roots/list".
std::string_view method_of(InputRequest::Kind kind);

/// Whether this is an answer to that question: an ElicitResult, with the content an accepted form requires, a
/// CreateMessageResult or a ListRootsResult.
bool answers(const base::Json& answer, const InputRequest& request);

}  // namespace mcp
