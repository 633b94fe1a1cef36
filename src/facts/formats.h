// PVE's verifiers of named formats ("pve-node"). Their texts are recorded, or from memory of PVE::JSONSchema.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace facts {

/// PVE's error without "invalid format - " before it; nothing when the value fits or its verdict is not
/// certain.
std::optional<std::string> format_misfit(std::string_view format, std::string_view value);

/// The same of addresses, networks, volumes and sizes. Apart, since our callers may write some of them in
/// another form, which is put right before PVE gets it.
std::optional<std::string> written_misfit(std::string_view format, std::string_view value);

}  // namespace facts
