#include "engine/outcome/started.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.h"

namespace engine {
namespace {

constexpr std::size_t kLongest = 2000;
constexpr std::size_t kLongestState = 800;

std::string state_text(const ObjectState& state) {
  base::JsonObject object;
  if (!state.status.empty()) object["status"] = state.status;
  if (!state.config.empty()) object["config"] = state.config;
  if (!state.object.is_null()) object["object"] = state.object;
  if (!state.backups.empty()) object["backups"] = state.backups;
  auto text = base::write_json(base::Json(object));
  if (text.size() <= kLongestState) return text;
  object.erase("config");
  object.erase("object");
  object.erase("backups");
  text = base::write_json(base::Json(object));
  return text.size() <= kLongestState ? text : "{}";
}

ObjectState state_of(base::JsonObject& object) {
  ObjectState state;
  for (auto& member : object) {
    if (member.key() == "object") state.object = std::move(member.value());
    auto* value = member.value().if_object();
    if (value != nullptr && member.key() == "status") state.status = std::move(*value);
    if (value != nullptr && member.key() == "config") state.config = std::move(*value);
    if (value != nullptr && member.key() == "backups") state.backups = std::move(*value);
  }
  return state;
}

}  // namespace

std::string handle_of(const Started& started) {
  return fmt::format("{}\t{}\t{}\t{}", started.upid.text, started.tool,
                     base::write_json(base::Json(started.arguments)), state_text(started.before));
}

std::optional<Started> parse_handle(std::string_view handle) {
  if (handle.size() > kLongest) return std::nullopt;
  const auto parts = base::split(handle, '\t');
  if (parts.size() != 4 || parts[1].empty()) return std::nullopt;
  auto upid = pve::parse_upid(parts[0]);
  auto arguments = base::parse_json(parts[2]);
  auto before = base::parse_json(parts[3]);
  if (!upid || !arguments || !arguments->is_object() || !before || !before->is_object()) return std::nullopt;
  return Started{*std::move(upid), std::string(parts[1]), std::move(arguments->get_object()),
                 state_of(before->get_object())};
}

mcp::TaskState working(const Started& started, std::string_view doing, base::Clock::Wall now) {
  const auto begin = pve::start_time(started.upid);
  // The node's clock may be ahead of this server's.
  const auto seconds =
      std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(now - begin).count());
  mcp::TaskState state;
  state.message = fmt::format("{}: running, {} s", doing, seconds);
  state.created = begin;
  state.updated = std::max<base::Clock::Wall>(begin, now);
  return state;
}

mcp::Task begun(const Started& started, std::string_view doing, const std::string& note,
                base::Clock::Wall now) {
  mcp::Task task{handle_of(started), working(started, doing, now)};
  if (!note.empty()) task.state.message = note + " " + task.state.message;
  return task;
}

}  // namespace engine
