// What a look-up gives.
#pragma once

#include <expected>
#include <string>
#include <vector>

namespace net {

/// IP literals (with a zone where one is needed), or a clause that says why there are none.
using Addresses = std::expected<std::vector<std::string>, std::string>;

}  // namespace net
