#include "engine/started.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"

namespace engine {
namespace {

constexpr std::size_t kLongest = 2000;

}  // namespace

std::string handle_of(const Started& started) {
  return fmt::format("{}\t{}\t{}", started.upid.text, started.tool,
                     base::write_json(base::Json(started.arguments)));
}

std::optional<Started> parse_handle(std::string_view handle) {
  if (handle.size() > kLongest) return std::nullopt;
  const auto parts = base::split(handle, '\t');
  if (parts.size() != 3 || parts[1].empty()) return std::nullopt;
  auto upid = pve::parse_upid(parts[0]);
  auto arguments = base::parse_json(parts[2]);
  if (!upid || !arguments || !arguments->is_object()) return std::nullopt;
  return Started{*std::move(upid), std::string(parts[1]), std::move(arguments->get_object())};
}

mcp::TaskState working(const Started& started, std::string_view doing, base::Clock::Wall now) {
  const auto begin = pve::start_time(started.upid);
  // The node's clock may be ahead of ours.
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
