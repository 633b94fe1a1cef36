// Requests that may ask the client for something before they are done, in both eras.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "mcp/exchange.h"
#include "mcp/server.h"
#include "seam/request.h"

namespace mcp {

/// Tries with the inputs so far: an answer, or what is missing. Changes nothing before it has all it asks
/// for.
using Attempt = std::function<std::variant<Reply, NeedInput>(const base::JsonObject& inputs)>;

/// The params of the request that matter. Asked for only where there is a question or a state.
using Subject = std::function<base::JsonObject()>;

/// The answer when the client cannot be asked; `reason` is a clause.
using CannotAsk = std::function<Reply(const NeedInput& need, std::string_view reason)>;

/// Legacy: asks by requests to the client, waits, and tries again. Modern: answers `input_required` with a
/// sealed state, and continues when the client repeats the request with that state. The state holds the
/// inputs so far, is good for ten minutes and only for this caller, `method` and `subject`, the params that
/// matter. Answers without a state count as well; confirmations only with a state that asked for them, and
/// the answer to one uses its state up, yes or no, as does each later round that holds it, so that the change
/// is made once. That is known to this process alone (SpentStates): at another one that shares the key of the
/// seals, the same caller could repeat the same request until the state expires. States without a
/// confirmation can be used again everywhere. An invalid answer is -32602; a form that is not filled in is
/// asked again.
Reply in_rounds(const Server& server, const Exchange& exchange, std::string_view method,
                const Subject& subject, const Attempt& attempt, const CannotAsk& cannot_ask);

/// The capability that a client must have declared to be asked this: {"elicitation":{"form":{}}}.
base::JsonObject required_capability(InputRequest::Kind kind);
bool can_be_asked(const Envelope& envelope, InputRequest::Kind kind);
/// Why it cannot, as a clause: "this client did not declare roots".
std::string undeclared(InputRequest::Kind kind);

}  // namespace mcp
