// Reads the parameters of a request, as leniently as PVE's own server.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "simulator/core/call.h"

namespace simulator {

/// The value for a nested JSON object, which no parameter accepts.
inline constexpr std::string_view kHashMark("\0HASH", 5);

struct Target {
  /// Percent-decoded once, without /api2/json and without doubled and trailing slashes:
  /// "/nodes/pve1/qemu/100/config".
  std::string path;
  Parameters::Values query;
  /// "json" or "extjs".
  std::string format;
};

/// Splits and decodes the target. The error is PVE's answer to a target that it does not serve.
std::expected<Target, Answer> read_target(std::string_view target);

/// The parameters of a form or JSON body. Fails as PVE does on bodies of GET and DELETE, other content types,
/// more than 512 KiB, and broken JSON.
std::expected<Parameters::Values, Answer> read_body(const net::Request& request);

/// Splits the text at '&' and ';' and each pair at '=', drops everything after a second '=', then decodes.
Parameters::Values read_form(std::string_view text);

}  // namespace simulator
