// The property strings that PVE's schema gives by a name alone.
#pragma once

#include <string_view>

namespace facts {

/// In the form of pve.txt; the name of each is PVE's name of the format.
std::string_view registered_forms();

}  // namespace facts
