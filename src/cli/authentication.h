// Who may call over HTTP, from the settings.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "auth/authenticator.h"
#include "base/clock.h"
#include "cli/backend.h"
#include "config/settings.h"

namespace cli {

/// The product's tiers and categories in auth's words.
auth::Words words();

/// Authenticates the callers of the endpoint that listens on `port`; null if neither tokens nor an issuer are
/// set (config::http_refusal says whether that is allowed). Reads the file of tokens; asks nothing of the
/// network. `clock` must outlive it. The error is a sentence.
std::expected<std::unique_ptr<auth::Authenticator>, std::string> authenticator(
    const config::Settings& settings, std::uint16_t port, const Variables& variables,
    const base::Clock& clock);

}  // namespace cli
