#include "pve/task_status.h"

#include "base/json_read.h"
#include "pve/path.h"

namespace pve {
std::string task_path(const Upid& upid, std::string_view leaf) {
  const auto filled = fill_path("/nodes/{node}/tasks/{upid}/", [&](std::string_view name) {
    return name == "node" ? upid.node : upid.text;
  });
  // parse_upid() has made sure that both can be segments.
  return filled.value_or("/") + std::string(leaf);
}

std::expected<std::optional<std::string>, Error> task_status(Client& client, const Upid& upid,
                                                             const std::stop_token& stop) {
  const auto answer = client.call({base::Method::Get, task_path(upid, "status"), {}}, stop);
  if (!answer) return std::unexpected(answer.error());
  if (base::raw_text(answer->data, "status") != "stopped") return std::nullopt;
  auto exit_status = base::text(answer->data, "exitstatus");
  return exit_status.empty() ? "unexpected status" : exit_status;
}

}  // namespace pve
