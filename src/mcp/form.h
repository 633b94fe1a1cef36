// Checks a client's answers to questions.
#pragma once

#include <string_view>

#include "base/json.h"
#include "seam/request.h"

namespace mcp {

/// The method of the question: "elicitation/create", "sampling/createMessage", "roots/list".
std::string_view method_of(InputRequest::Kind kind);

/// Whether this is an answer to such a question at all, whatever a form was filled in with: an ElicitResult,
/// a CreateMessageResult or a ListRootsResult.
bool is_answer(const base::Json& answer, InputRequest::Kind kind);

/// The same, and an accepted form has the content it requires. Any answer to a confirmation will do.
bool answers(const base::Json& answer, const InputRequest& request);

}  // namespace mcp
