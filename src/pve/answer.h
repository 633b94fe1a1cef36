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

/// Why the response is none of a call that PVE carries out, told as by read_response(); nothing where it is.
std::optional<Error> read_refusal(const net::Response& response);

}  // namespace pve
