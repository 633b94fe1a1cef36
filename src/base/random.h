// Unpredictable random bytes.
#pragma once

#include <cstddef>
#include <string>

namespace base {

/// From OpenSSL's generator, good for keys and tokens. Throws std::runtime_error when the system has none.
std::string random_bytes(std::size_t count);

}  // namespace base
