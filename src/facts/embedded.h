// The text of pve.txt inside the binary.
#pragma once

#include <string_view>

namespace facts {

std::string_view embedded();

}  // namespace facts
