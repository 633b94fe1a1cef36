// GET /version.
#pragma once

#include <expected>
#include <stop_token>
#include <string>

#include "pve/client.h"

namespace pve {

/// "9.2.11"; an answer without a version is Error::Malformed.
std::expected<std::string, Error> version(Client& client, const std::stop_token& stop);

}  // namespace pve
