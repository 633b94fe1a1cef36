// From an HTTP response to PVE's envelope or its error.
#pragma once

#include <expected>
#include <optional>

#include "net/http.h"
#include "pve/client.h"

namespace pve {

/// Reads one response. A 401 becomes Error::Rejected only when PVE's authentication sent it; one that an
/// operation (a password check) or another server sent is Refused or Malformed. Texts are made printable;
/// secrets are not looked for.
std::expected<Answer, Error> read_response(const net::Response& response);

/// The error of a response that refuses the call, as read_response() gives it; nothing if PVE carried the
/// call out.
std::optional<Error> read_refusal(const net::Response& response);

}  // namespace pve
