// Who sends this request: an API token, or a ticket of POST /access/ticket.
#pragma once

#include <expected>

#include "net/http.h"
#include "simulator/core/call.h"

namespace simulator {

/// The 401 has no body and PVE delays it by three seconds.
std::expected<Identity, Answer> authenticate(const State& state, const net::Request& request);

}  // namespace simulator
