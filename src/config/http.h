// The rules for the HTTP endpoint that go over more than one setting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.h"

namespace config {

/// Why the settings of the endpoint do not go together: a certificate without its key, no_auth beside tokens.
/// A sentence.
std::optional<std::string> http_misfit(const Http& http);

/// Why the endpoint must not be served, as a sentence with the remedy. Other machines can reach it, or a real
/// cluster is behind it, and callers need not prove who they are; or access tokens could not name it. Nothing
/// without --http.
std::optional<std::string> http_refusal(const Settings& settings);

/// What deserves a warning all the same, as a sentence: tokens cross the network in the clear.
std::optional<std::string> http_warning(const Http& http);

/// The public URL: http.url, or http(s)://ADDRESS:PORT/mcp with the port that is listened on.
std::string endpoint_url(const Http& http, std::uint16_t port);

/// Why a text cannot be the secret that replicas share, as a clause; nothing when it can.
std::optional<std::string> state_key_misfit(std::string_view text);

}  // namespace config
