// Public documents next to the endpoint.
#pragma once

#include <string>
#include <string_view>

#include "net/http.h"
#include "net/responder.h"
#include "transport/http/server.h"

namespace transport {

/// The target without its query.
std::string_view path_of(std::string_view target);

/// False: the request asks for none of them. Pages of any origin may read them: they are public, and an OAuth
/// client in a browser begins with them (RFC 9728).
bool serve_document(const Documents& documents, const net::Request& request, net::Responder& responder);

}  // namespace transport
