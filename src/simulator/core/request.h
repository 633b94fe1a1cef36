// From the bytes of a request to its parameters, as crude as PVE's own server.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "simulator/core/call.h"

namespace simulator {

/// Stands for a nested JSON object, which no parameter takes.
inline constexpr std::string_view kHashMark("\0HASH", 5);

struct Target {
  /// Decoded once, without /api2/json: "/nodes/pve1/qemu/100/config". Doubled and trailing slashes are gone.
  std::string path;
  Parameters::Values query;
  /// "json" or "extjs".
  std::string format;
};

/// Splits and decodes the target; the error is PVE's answer to what it does not serve.
std::expected<Target, Answer> read_target(std::string_view target);

/// The parameters of a form or JSON body. Fails as PVE does on bodies of GET and DELETE, other content types,
/// more than 512 KiB, and broken JSON.
std::expected<Parameters::Values, Answer> read_body(const net::Request& request);

/// Pairs split at '&' and ';', each at '=' with everything after a second '=' thrown away, then decoded.
Parameters::Values read_form(std::string_view text);

}  // namespace simulator
