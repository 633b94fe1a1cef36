// Authenticates a request by its API token, or by a ticket from POST /access/ticket.
#pragma once

#include <expected>

#include "net/http.h"
#include "simulator/core/call.h"

namespace simulator {

/// The caller, or PVE's 401 without a body.
std::expected<Identity, Answer> authenticate(const State& state, const net::Request& request);

}  // namespace simulator
