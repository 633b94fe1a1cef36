// What PVE's /access/permissions says about what a tier needs.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace cli {

/// The privileges that tools of the tier use and that `permissions` (path -> privilege -> propagate) grants
/// on no path, separated by commas; "" when none lacks.
std::string lacking_privileges(const base::Json& permissions, std::string_view tier);

bool has_no_privileges(const base::Json& permissions);

/// PVE's booleans are 1, 0, "1", "0".
bool privsep_is_on(const base::Json& value);

/// 9 of "9.2.11"; 0 when it begins with no digit.
unsigned leading_number(std::string_view version);

}  // namespace cli
