// Who may approve a change or lift a freeze: a person who knows the passphrase, at a terminal, and root
// for the service, whose state folder belongs to another user.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "cli/backend.h"
#include "state/folder.h"

namespace cli {

/// Whether the passphrase decides. False for root where the folder belongs to another user: no client of that
/// user's server can be root, and root may write there anyway.
bool needs_passphrase(const state::Folder& folder);

/// "ann", or "ann (root)" where root acts for her by sudo.
std::string person(const Variables& variables);

/// Shows `about` on the terminal and asks for the passphrase; `prompt` is "Passphrase to approve it: ". Root
/// for another user is asked y or n, if there is a terminal. Returns who it is and how that is known: "ann,
/// by passphrase" or "ann (root), as root". The error is a sentence: no terminal, no passphrase is set, it is
/// another one, or the person declines.
std::expected<std::string, std::string> authorized(const state::Folder& folder, const Variables& variables,
                                                   std::string_view about, std::string_view prompt);

}  // namespace cli
