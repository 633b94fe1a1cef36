#include "pve/task_status.h"

#include "base/text.h"
#include "pve/path.h"

namespace pve {
namespace {

std::string text_member(const base::Json& data, std::string_view name) {
  const auto* object = data.if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return base::printable(std::string_view(value->get_string()));
}

}  // namespace

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
  if (text_member(answer->data, "status") != "stopped") return std::nullopt;
  auto exit_status = text_member(answer->data, "exitstatus");
  return exit_status.empty() ? "unexpected status" : exit_status;
}

}  // namespace pve
