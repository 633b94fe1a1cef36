#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/tasks.h"

namespace simulator {
namespace {

// The time until a worker notices the signal. A real one needs about two seconds.
constexpr std::int64_t kStopDelayMs = 1500;
// PVE keeps many more tasks. The limit keeps a long run from using ever more memory.
constexpr std::size_t kHistory = 4000;

std::string last_line(std::string_view status) {
  if (status == "OK") return "TASK OK";
  if (status.starts_with("WARNINGS: ")) return "TASK " + std::string(status);
  return "TASK ERROR: " + std::string(status);
}

void note(State& state, const Task& task, std::string message) {
  const auto user = task.token.empty() ? task.user : task.user + "!" + task.token;
  log_line(state, task.node, user, "pvedaemon", std::move(message),
           task.status == "OK" || task.running ? 6 : 3);
}

void unlock(State& state, const Task& task) {
  if (task.locked_guest == 0) return;
  if (auto* guest = state.guest(task.locked_guest)) guest->config.erase("lock");
}

/// Takes the UPID by value, because the task may move while its work runs.
void finish(State& state, std::string upid) {  // NOLINT(performance-unnecessary-value-param)
  auto* task = find_task(state, upid);
  state.now_ms = std::max(state.now_ms, task->end_ms);
  unlock(state, *task);
  TaskEnd end;
  if (task->stopping) {
    end.status = task->stopped_status;
    if (const auto on_stop = std::move(task->on_stop)) on_stop(state);
  } else if (const auto work = std::move(task->work)) {
    end = work(state);
    task = find_task(state, upid);
  }
  task->running = false;
  task->work = nullptr;
  task->on_stop = nullptr;
  task->status = std::move(end.status);
  task->end_log = std::move(end.log);
  note(state, *task, "end task " + task->upid + " " + task->status);
}

}  // namespace

void log_line(State& state, std::string node, std::string user, std::string tag, std::string message,
              unsigned priority) {
  const auto uid = state.log.empty() ? 1 : state.log.front().uid + 1;
  state.log.push_front({state.now(), std::move(node), std::move(user), std::move(tag), std::move(message),
                        229, priority, uid});
  if (state.log.size() > 500) state.log.pop_back();
}

std::string start_task(State& state, TaskSpec spec) {
  Task task;
  task.node = std::move(spec.node);
  task.type = std::move(spec.type);
  task.id = std::move(spec.id);
  task.user = std::move(spec.user);
  if (const auto bang = task.user.find('!'); bang != std::string::npos) {
    task.token = task.user.substr(bang + 1);
    task.user.resize(bang);
  }
  task.pid = state.next_pid++;
  task.start_ms = state.now_ms;
  task.start = state.now();
  const auto* const node = state.node(task.node);
  const auto booted_ms = node == nullptr ? 0 : node->booted * 1000;
  task.pstart = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (state.now_ms - booted_ms) / 10));
  const auto scaled = static_cast<double>(spec.duration.count()) * std::max(0.0, state.options.task_speed);
  task.end_ms = task.start_ms + static_cast<std::int64_t>(scaled);
  task.log = std::move(spec.log);
  task.work = std::move(spec.work);
  task.on_stop = std::move(spec.on_stop);
  task.stopped_status = std::move(spec.stopped_status);
  const auto user = task.token.empty() ? task.user : task.user + "!" + task.token;
  task.upid = fmt::format("UPID:{}:{:08X}:{:08X}:{:08X}:{}:{}:{}:", task.node, task.pid, task.pstart,
                          task.start, task.type, task.id, user);
  if (auto* guest = state.guest(spec.lock_guest); guest != nullptr && guest->lock().empty()) {
    guest->config["lock"] = spec.lock;
    task.locked_guest = spec.lock_guest;
  }
  auto upid = task.upid;
  state.tasks.push_front(std::move(task));
  note(state, state.tasks.front(), "starting task " + upid);
  if (scaled < 1) finish(state, upid);
  while (state.tasks.size() > kHistory && !state.tasks.back().running) state.tasks.pop_back();
  return upid;
}

Answer run_task(Call& call, std::string_view type, std::string_view id, std::chrono::milliseconds duration,
                TaskWork work, std::vector<std::string> log) {
  TaskSpec spec;
  spec.node = call.node().empty() ? call.state.local_node : call.node();
  spec.type = type;
  spec.id = id.empty() ? call.parameters.text("vmid") : std::string(id);
  spec.user = call.identity.full();
  spec.duration = duration;
  spec.log = std::move(log);
  spec.work = std::move(work);
  return Answer::of(base::Json(start_task(call.state, std::move(spec))));
}

Answer failing_task(Call& call, std::string_view type, std::string_view id, std::string error) {
  auto work = [error = std::move(error)](State&) { return TaskEnd{error, {}}; };
  return run_task(call, type, id, std::chrono::milliseconds(100), std::move(work));
}

Task* find_task(State& state, std::string_view upid) {
  const auto found = std::ranges::find(state.tasks, upid, &Task::upid);
  return found == state.tasks.end() ? nullptr : &*found;
}

void stop_task(State& state, Task& task) {
  if (!task.running || task.stopping) return;
  task.stopping = true;
  task.end_ms = std::min(task.end_ms, state.now_ms + kStopDelayMs);
}

void later(State& state, std::chrono::milliseconds in, std::function<void(State&)> work) {
  const auto scaled = static_cast<double>(in.count()) * std::max(0.0, state.options.task_speed);
  if (scaled < 1) return work(state);
  state.later.push_back({state.now_ms + static_cast<std::int64_t>(scaled), std::move(work)});
}

void advance(State& state, std::int64_t now_ms) {
  for (;;) {
    const Task* due = nullptr;
    for (const auto& task : state.tasks) {
      if (!task.running || task.end_ms > now_ms) continue;
      if (due == nullptr || task.end_ms < due->end_ms) due = &task;
    }
    const auto next = std::ranges::min_element(state.later, {}, &Later::at_ms);
    const bool waits = next != state.later.end() && next->at_ms <= now_ms;
    if (waits && (due == nullptr || next->at_ms < due->end_ms)) {
      state.now_ms = std::max(state.now_ms, next->at_ms);
      const auto work = std::move(next->work);
      state.later.erase(next);
      work(state);
    } else if (due != nullptr) {
      finish(state, due->upid);
    } else {
      break;
    }
  }
  state.now_ms = std::max(state.now_ms, now_ms);
}

std::vector<std::string> task_log(const State& state, const Task& task) {
  std::vector<std::string> lines;
  auto shown = task.log.size();
  const auto length = task.end_ms - task.start_ms;
  if ((task.running || task.stopping) && length > 0 && shown > 0) {
    const auto passed = std::clamp<std::int64_t>(state.now_ms - task.start_ms, 0, length);
    shown = std::min(shown,
                     1 + static_cast<std::size_t>(passed) * (shown - 1) / static_cast<std::size_t>(length));
  }
  lines.assign(task.log.begin(), task.log.begin() + static_cast<std::ptrdiff_t>(shown));
  if (!task.running) {
    lines.insert(lines.end(), task.end_log.begin(), task.end_log.end());
    lines.push_back(last_line(task.status));
  }
  if (lines.empty()) lines.emplace_back("no content");
  return lines;
}

}  // namespace simulator
