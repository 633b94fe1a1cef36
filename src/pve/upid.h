// PVE's handle of a task: UPID:node:pid:pstart:starttime:type:id:user@realm[!token]:
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pve {

struct Upid {
  std::string text;  ///< the whole, as PVE wrote it
  std::string node;
  std::string type;  ///< "qmstart", "vzdump", …
  std::string id;    ///< what the task is about, often a vmid; may be empty
  std::string user;  ///< user@realm, with "!token" where a token started it
};

/// Nothing if `text` is not a UPID or cannot be part of a path.
std::optional<Upid> parse_upid(std::string_view text);

/// When the task began, by its node's clock; the epoch where that is not legible.
std::chrono::sys_seconds start_time(const Upid& upid);

}  // namespace pve
