// A server as the entry of a settings file, and back; JSON also for what a file writes as TOML.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "setup/clients.h"

namespace setup {

/// How an entry changes: `members` are set, `unwanted` members go, all others stay.
struct EntryChange {
  base::JsonObject members;
  std::vector<std::string> unwanted;
};

/// What is wrong with the server for this client, as a clause; nothing when it can be written.
std::optional<std::string> misfit(const Client& client, const Server& server);

/// How `existing` (null: there is no entry) becomes the entry of `server`.
EntryChange change_to(const Client& client, const Server& server, const base::JsonObject* existing);

/// `existing` (null: there is no entry) after that change.
base::JsonObject changed(const EntryChange& change, const base::JsonObject* existing);

/// The server of an entry; members of other types than expected count as missing.
Server server_of(const Client& client, std::string_view name, const base::JsonObject& entry);

/// The entry as most clients write it, with a type where it is a URL.
base::JsonObject common_entry(const Server& server);

/// True when `after` is `before` but for `servers`.`name`, which is `entry` (null: there is none). An empty
/// or missing object `servers` are the same where the entry is gone.
bool only_entry_differs(const base::JsonObject& before, const base::JsonObject& after,
                        std::string_view servers, std::string_view name, const base::JsonObject* entry);

}  // namespace setup
