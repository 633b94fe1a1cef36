#include "engine/fetch.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/json_read.h"

namespace engine {
namespace {

/// Reads the end of a log, unless the call names a start. PVE counts from the beginning, so the first answer
/// gives the number of lines.
std::expected<pve::Answer, pve::Error> from_the_end(const Work& work, const Ready& ready,
                                                    const pve::Call& wanted) {
  constexpr std::int64_t kFirst = 500;
  constexpr std::int64_t kMost = 5000;
  auto& client = work.cluster.client;
  const auto& arguments = ready.target.arguments;
  const auto limit = base::number(arguments, "limit");
  if (work.row.tool().view.kind != tool::View::Kind::Log || arguments.contains("start") || limit == 0)
    return client.call(wanted, work.call.stop);
  auto plain = wanted;
  std::erase_if(plain.parameters, [](const auto& parameter) { return parameter.first == "limit"; });
  auto first = plain;
  first.parameters.emplace_back("limit", std::to_string(limit.value_or(kFirst)));
  auto answer = client.call(first, work.call.stop);
  if (!answer || answer->total.value_or(0) <= limit.value_or(kFirst)) return answer;
  const auto most = limit.value_or(kMost);
  auto last = plain;
  last.parameters.emplace_back("start", std::to_string(std::max<std::int64_t>(0, *answer->total - most)));
  last.parameters.emplace_back("limit", std::to_string(most));
  return client.call(last, work.call.stop);
}

/// True if PVE has no log of the task. PVE says so in a log line, with status 200.
bool lacks_log(const Row& row, const base::Json& data) {
  const auto* lines = data.if_array();
  return row.about().locator == tool::Locator::Task && lines != nullptr && lines->size() == 1 &&
         base::raw_text(lines->front(), "t").starts_with("unable to open file - ");
}

/// The error with which PVE answers a read of such a task's status.
pve::Error no_such_task() {
  pve::Error error;
  error.status = 400;
  error.message = "Parameter verification failed.";
  error.errors = {{"upid", "no such task"}};
  return error;
}

}  // namespace

std::expected<pve::Answer, pve::Error> fetch(const Work& work, const Ready& ready, const pve::Call& wanted) {
  auto answer = from_the_end(work, ready, wanted);
  if (answer && lacks_log(work.row, answer->data)) return std::unexpected(no_such_task());
  return answer;
}

}  // namespace engine
