// The certificates that a person has trusted: for each address of PVE the fingerprint of its certificate.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "state/folder.h"

namespace state {

/// By address, "https://pve:8006"; the fingerprints as they were stored.
using Trusted = std::map<std::string, std::string, std::less<>>;

/// FOLDER/trusted.
std::filesystem::path trusted_file(const Folder& folder);

/// What the file holds; empty if there is none. The error is a sentence: a file that cannot be read or
/// understood must not be taken for an empty one, because a server would then trust more than it should.
std::expected<Trusted, std::string> trusted(const Folder& folder);

/// Stores the fingerprint for the address, in place of an earlier one. Neither may hold a blank. The error is
/// a sentence.
std::expected<void, std::string> trust(const Folder& folder, std::string_view address,
                                       std::string_view fingerprint);

}  // namespace state
