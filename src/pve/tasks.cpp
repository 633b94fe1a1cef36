#include "pve/tasks.h"

#include <algorithm>
#include <condition_variable>
#include <string_view>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "pve/task_status.h"

namespace pve {
namespace {

using std::chrono::milliseconds;
using State = TaskReport::State;

constexpr milliseconds kFirstPause{150};
constexpr milliseconds kLongestPause{2000};
constexpr std::int64_t kLogLines = 200;
/// Most tasks are over before.
constexpr milliseconds kNoProgressBefore{1000};
constexpr std::int64_t kProgressLines = 50;
constexpr std::int64_t kLongestLog = 1'000'000'000;
constexpr unsigned kMostLogFailures = 3;

/// PVE refused, and would refuse again; any other failure may be temporary.
bool is_final(const Error& error) {
  return error.kind == Error::Kind::Rejected || error.kind == Error::Kind::Hidden ||
         (error.kind == Error::Kind::Refused && error.status < 500);
}

std::vector<std::string> lines_of(const base::Json& data) {
  std::vector<std::string> lines;
  for (const auto& row : base::objects(data)) {
    auto line = base::text(row, "t");
    if (!line.empty() && !line.starts_with("TASK ")) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

State state_of(std::string_view exit_status) {
  if (exit_status == "OK") return State::Done;
  return exit_status.starts_with("WARNINGS") ? State::Warnings : State::Failed;
}

/// The state of one task, shared by all of its waiters.
struct Tasks::Watch {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool asking = false;
  std::uint64_t answers = 0;
  base::Clock::Steady next{};  ///< no question before
  milliseconds pause = kFirstPause;
  std::optional<std::string> exit_status;
  std::optional<Error> error;  ///< of the last question

  base::Clock::Steady begin{};
  bool log_due = false;        ///< the status has been asked since the log was read
  bool reading = false;        ///< somebody reads the log
  std::int64_t next_line = 0;  ///< of the log, counted from 0
  unsigned log_failures = 0;   ///< in a row
  std::optional<TaskProgress> progress;

  bool over() const { return exit_status || (error && is_final(*error)); }
};

Tasks::Tasks(Client& client, base::Clock& clock) : client_(client), clock_(clock) {}

Tasks::~Tasks() = default;

std::shared_ptr<Tasks::Watch> Tasks::join(const std::string& upid) {
  const std::scoped_lock lock(mutex_);
  auto& slot = watches_[upid];
  auto watch = slot.lock();
  if (!watch) {
    slot = watch = std::make_shared<Watch>();
    watch->begin = clock_.steady();
  }
  return watch;
}

void Tasks::leave(const std::string& upid, const std::shared_ptr<Watch>& watch) {
  const std::scoped_lock lock(mutex_);
  if (watch.use_count() == 1) watches_.erase(upid);
}

void Tasks::ask(const Upid& upid, Watch& watch, const std::stop_token& stop) {
  auto status = task_status(client_, upid, stop);
  const std::scoped_lock lock(watch.mutex);
  watch.asking = false;
  ++watch.answers;
  const auto now = clock_.steady();
  watch.next = now + watch.pause;
  watch.log_due = now - watch.begin >= kNoProgressBefore && watch.log_failures < kMostLogFailures;
  watch.pause = std::min(watch.pause * 3 / 2, kLongestPause);
  watch.error.reset();
  if (status) {
    watch.exit_status = *std::move(status);
  } else if (status.error().kind != Error::Kind::Cancelled) {
    // The cancellation of one waiter's request says nothing about the task.
    watch.error = std::move(status.error());
  }
  watch.changed.notify_all();
}

/// Reads the lines that are new. If the log has grown far, the next read starts near its end, because the
/// lines in between are stale.
void Tasks::read_on(const Upid& upid, Watch& watch, const std::stop_token& stop) {
  const auto start = watch.next_line;
  const auto answer =
      client_.call({base::Method::Get,
                    task_path(upid, "log"),
                    {{"start", std::to_string(start)}, {"limit", std::to_string(kProgressLines)}}},
                   stop);
  const std::scoped_lock lock(watch.mutex);
  watch.reading = false;
  if (!answer) {
    const auto& error = answer.error();
    if (error.kind != Error::Kind::Cancelled)
      watch.log_failures = is_final(error) ? kMostLogFailures : watch.log_failures + 1;
    return;
  }
  watch.log_failures = 0;
  const auto lines = lines_of(answer->data);
  // PVE's words for a log without lines.
  if (lines.size() == 1 && lines.front() == "no content") return;
  const auto* rows = answer->data.if_array();
  watch.next_line = start + (rows == nullptr ? 0 : static_cast<std::int64_t>(rows->size()));
  if (const auto total = std::min(answer->total.value_or(0), kLongestLog); total > watch.next_line) {
    watch.next_line = std::max(watch.next_line, total - kProgressLines);
  } else if (auto found = task_progress(lines)) {
    watch.progress = std::move(found);
  }
}

void Tasks::wait(const Upid& upid, Watch& watch, milliseconds limit, const OnWait& on_wait,
                 const std::stop_token& stop) {
  const auto begin = clock_.steady();
  const auto waited = [&] { return std::chrono::duration_cast<milliseconds>(clock_.steady() - begin); };
  std::unique_lock lock(watch.mutex);
  const auto tell = [&] {
    const Waiting waiting{waited(), watch.progress};
    lock.unlock();
    if (on_wait) on_wait(waiting);
    lock.lock();
  };
  while (!watch.over() && !stop.stop_requested()) {
    const auto rest = std::chrono::duration_cast<milliseconds>(watch.next - clock_.steady());
    if (watch.asking) {
      const auto seen = watch.answers;
      watch.changed.wait(lock, stop, [&] { return watch.answers != seen; });
      continue;
    }
    if (rest > milliseconds{0} && waited() >= limit) return;
    if (on_wait && watch.log_due && !watch.reading) {
      watch.log_due = false;
      watch.reading = true;
      lock.unlock();
      read_on(upid, watch, stop);
      lock.lock();
      if (watch.progress) tell();
      continue;
    }
    if (rest > milliseconds{0}) {
      lock.unlock();
      clock_.sleep(std::min(rest, limit - waited()), stop);
      lock.lock();
      tell();
      continue;
    }
    watch.asking = true;
    lock.unlock();
    ask(upid, watch, stop);
    lock.lock();
  }
}

std::vector<std::string> Tasks::log_end(const Upid& upid, const std::stop_token& stop) {
  const auto path = task_path(upid, "log");
  const auto first = client_.call({base::Method::Get, path, {{"limit", std::to_string(kLogLines)}}}, stop);
  if (!first) return {};
  const auto total = first->total.value_or(0);
  if (total <= kLogLines) return lines_of(first->data);
  const auto last =
      client_.call({base::Method::Get,
                    path,
                    {{"start", std::to_string(total - kLogLines)}, {"limit", std::to_string(kLogLines)}}},
                   stop);
  return last ? lines_of(last->data) : std::vector<std::string>{};
}

TaskReport Tasks::await(const Upid& upid, milliseconds limit, const OnWait& on_wait,
                        const std::stop_token& stop) {
  const auto begin = clock_.steady();
  const auto watch = join(upid.text);
  wait(upid, *watch, limit, on_wait, stop);
  TaskReport report;
  {
    const std::scoped_lock lock(watch->mutex);
    report.exit_status = watch->exit_status.value_or("");
    report.error = watch->error;
  }
  leave(upid.text, watch);
  report.waited = std::chrono::duration_cast<milliseconds>(clock_.steady() - begin);
  if (!report.exit_status.empty()) {
    report.state = state_of(report.exit_status);
    report.error.reset();
  } else {
    report.state = report.error ? State::Unknown : State::Running;
  }
  return report;
}

TaskReport Tasks::follow(const Upid& upid, milliseconds limit, const OnWait& on_wait,
                         const std::stop_token& stop) {
  auto report = await(upid, limit, on_wait, stop);
  if (report.state != State::Unknown && !stop.stop_requested()) report.log = log_end(upid, stop);
  return report;
}

}  // namespace pve
