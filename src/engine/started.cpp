#include "engine/started.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"

namespace engine {
namespace {

constexpr std::size_t kLongest = 2000;
constexpr std::size_t kSubject = 300;

}  // namespace

std::string handle_of(const Started& started) {
  return fmt::format("{}\t{}\t{}", started.upid.text, started.tool,
                     base::printable(started.subject, kSubject));
}

std::optional<Started> parse_handle(std::string_view handle) {
  if (handle.size() > kLongest) return std::nullopt;
  const auto parts = base::split(handle, '\t');
  if (parts.size() != 3 || parts[1].empty() || parts[2].empty()) return std::nullopt;
  auto upid = pve::parse_upid(parts[0]);
  if (!upid) return std::nullopt;
  return Started{*std::move(upid), std::string(parts[1]), base::printable(parts[2], kSubject + 10)};
}

mcp::TaskState working(const Started& started, base::Clock::Wall now) {
  const auto begin = pve::start_time(started.upid);
  // The node's clock may be ahead of ours.
  const auto seconds =
      std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(now - begin).count());
  mcp::TaskState state;
  state.message = fmt::format("{}: running, {} s", started.subject, seconds);
  state.created = begin;
  state.updated = std::max<base::Clock::Wall>(begin, now);
  return state;
}

mcp::Task begun(const Started& started, const std::string& note, base::Clock::Wall now) {
  mcp::Task task{handle_of(started), working(started, now)};
  if (!note.empty()) task.state.message = note + " " + task.state.message;
  return task;
}

}  // namespace engine
