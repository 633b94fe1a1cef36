// GET /nodes/{node}/tasks/{upid}/status.
#pragma once

#include <expected>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "pve/client.h"
#include "pve/upid.h"

namespace pve {

/// "/nodes/pve1/tasks/UPID…/" and the leaf, encoded.
std::string task_path(const Upid& upid, std::string_view leaf);

/// The exit status, printable, once the task has ended; nothing while it runs.
std::expected<std::optional<std::string>, Error> task_status(Client& client, const Upid& upid,
                                                             const std::stop_token& stop);

}  // namespace pve
