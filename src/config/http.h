// The rules for the HTTP endpoint that concern more than one setting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.h"

namespace config {

/// Why the endpoint's settings contradict each other (a certificate without its key, no_auth together with
/// tokens), as a sentence.
std::optional<std::string> http_misfit(const Http& http);

/// Why the endpoint must not be served, as a sentence with the remedy: callers need not authenticate although
/// other machines can reach it or it serves a real cluster; or access tokens could not name it. Nothing
/// without --http.
std::optional<std::string> http_refusal(const Settings& settings);

/// A warning for valid settings, as a sentence: bearer tokens cross the network unencrypted.
std::optional<std::string> http_warning(const Http& http);

/// The public URL: http.url, or http(s)://ADDRESS:PORT/mcp with the port that is listened on.
std::string endpoint_url(const Http& http, std::uint16_t port);

/// Why a text cannot be the secret that replicas share, as a clause; nothing when it can.
std::optional<std::string> state_key_misfit(std::string_view text);

}  // namespace config
