#include "conformance/jobs.h"

#include <utility>

namespace conformance {
namespace {

using mcp::TaskState;
using std::chrono::steady_clock;

constexpr int kInvalidParams = -32602;
constexpr std::chrono::minutes kKept{10};
constexpr std::chrono::milliseconds kPoll{100};
// When nothing is due.
constexpr std::chrono::hours kLong{1};

TaskState::Time now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::unexpected<mcp::ProtocolError> unknown() {
  return std::unexpected(mcp::ProtocolError{kInvalidParams, "There is no such task.", {}});
}

}  // namespace

Jobs::Jobs(Watcher& watcher)
    : watcher_(watcher), thread_([this](const std::stop_token& stop) { run(stop); }) {}

mcp::Task Jobs::begin(const mcp::Caller& caller, Plan plan) {
  const std::scoped_lock lock(mutex_);
  Job job{caller.identity, std::move(plan), {}};
  job.due = steady_clock::now() + job.plan.takes;
  job.state.created = job.state.updated = now();
  job.state.ttl = kKept;
  job.state.poll = kPoll;
  job.state.message = "Under way";
  const auto handle = "job-" + std::to_string(++last_);
  const auto& kept = jobs_.emplace(handle, std::move(job)).first->second;
  begun_.notify_one();
  return {handle, kept.state};
}

Jobs::Job* Jobs::find(const mcp::Caller& caller, std::string_view handle) {
  const auto found = jobs_.find(handle);
  if (found == jobs_.end() || found->second.identity != caller.identity) return nullptr;
  return &found->second;
}

void Jobs::touch(Job& job, TaskState::Status status) {
  job.state.status = status;
  job.state.updated = now();
}

void Jobs::finish(Job& job) {
  job.state.requests.clear();
  auto end = job.plan.end(job.answers);
  if (auto* const error = std::get_if<mcp::ProtocolError>(&end)) {
    job.state.error = std::move(*error);
    job.state.message = "Broken";
    touch(job, TaskState::Status::Failed);
    return;
  }
  job.state.result = std::make_shared<const mcp::Result>(std::get<mcp::Result>(std::move(end)));
  job.state.message = "Done";
  touch(job, TaskState::Status::Completed);
}

std::expected<TaskState, mcp::ProtocolError> Jobs::get(const mcp::Caller& caller, mcp::Era /*era*/,
                                                       std::string_view handle, std::stop_token /*stop*/) {
  const std::scoped_lock lock(mutex_);
  const auto* const job = find(caller, handle);
  if (job == nullptr) return unknown();
  return job->state;
}

std::expected<TaskState, mcp::ProtocolError> Jobs::await(const mcp::Caller& caller, mcp::Era /*era*/,
                                                         std::string_view handle, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const auto* const job = find(caller, handle);
  if (job == nullptr) return unknown();
  changed_.wait(lock, std::move(stop), [&] { return job->state.status != TaskState::Status::Working; });
  return job->state;
}

std::expected<void, mcp::ProtocolError> Jobs::cancel(const mcp::Caller& caller, mcp::Era /*era*/,
                                                     std::string_view handle, std::stop_token /*stop*/) {
  {
    const std::scoped_lock lock(mutex_);
    auto* const job = find(caller, handle);
    if (job == nullptr) return unknown();
    const auto status = job->state.status;
    if (status != TaskState::Status::Working && status != TaskState::Status::InputRequired) return {};
    job->state.requests.clear();
    job->state.message = "Cancelled";
    touch(*job, TaskState::Status::Cancelled);
    changed_.notify_all();
  }
  watcher_.task_changed(handle);
  return {};
}

std::expected<void, mcp::ProtocolError> Jobs::update(const mcp::Caller& caller, std::string_view handle,
                                                     const base::JsonObject& inputs) {
  {
    const std::scoped_lock lock(mutex_);
    auto* const job = find(caller, handle);
    if (job == nullptr) return unknown();
    if (job->state.status != TaskState::Status::InputRequired) return {};
    const auto answered = std::erase_if(job->state.requests, [&](const mcp::InputRequest& request) {
      const auto* const answer = inputs.if_contains(request.key);
      if (answer != nullptr) job->answers[request.key] = *answer;
      return answer != nullptr;
    });
    if (answered == 0) return {};
    touch(*job, TaskState::Status::InputRequired);
    if (job->state.requests.empty()) finish(*job);
    changed_.notify_all();
  }
  watcher_.task_changed(handle);
  return {};
}

void Jobs::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    std::vector<std::string> changed;
    auto next = steady_clock::now() + kLong;
    for (auto& [handle, job] : jobs_) {
      if (job.state.status != TaskState::Status::Working) continue;
      if (job.due > steady_clock::now()) {
        next = std::min(next, job.due);
        continue;
      }
      if (job.plan.asks.empty()) {
        finish(job);
      } else {
        job.state.requests = job.plan.asks;
        job.state.message = "Waiting for an answer";
        touch(job, TaskState::Status::InputRequired);
      }
      changed.push_back(handle);
    }
    if (!changed.empty()) {
      changed_.notify_all();
      lock.unlock();
      for (const auto& handle : changed) watcher_.task_changed(handle);
      lock.lock();
      continue;
    }
    begun_.wait_until(lock, stop, next, [seen = last_, this] { return last_ != seen; });
  }
}

}  // namespace conformance
