#include "mcp/task_methods.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>

#include "base/number.h"
#include "mcp/call_tool.h"
#include "mcp/capabilities.h"
#include "mcp/form.h"
#include "mcp/legacy.h"
#include "mcp/modern.h"
#include "mcp/render.h"
#include "mcp/rounds.h"
#include "mcp/seal.h"
#include "seam/tools.h"

namespace mcp {
namespace {

using Status = TaskState::Status;

constexpr std::string_view kRelated = "io.modelcontextprotocol/related-task";
// What an id carries: a handle, or the result itself.
constexpr char kHandle = 'h';
constexpr char kResult = 'r';

std::unexpected<jsonrpc::Error> refused(ProtocolError error) {
  return std::unexpected(jsonrpc::Error{error.code, std::move(error.message), std::move(error.data)});
}

std::string timestamp(TaskState::Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

/// Revision 2025-11-25 counts a result that is an error as a failure of the task.
Status shown(const TaskState& state, Revision revision) {
  const bool bad = state.status == Status::Completed && state.result && state.result->is_error;
  return bad && revision == Revision::R2025_11_25 ? Status::Failed : state.status;
}

constexpr std::array<std::string_view, 5> kStatusNames{"working", "input_required", "completed", "failed",
                                                       "cancelled"};

bool is_final(Status status) { return status != Status::Working && status != Status::InputRequired; }

void write_detail(ObjectText& object, const TaskState& state, Revision revision) {
  if (state.status == Status::InputRequired) {
    ObjectText requests(object.key("inputRequests"));
    for (const auto& request : state.requests) modern::write_input_request(requests, request);
    requests.close();
  }
  if (state.status == Status::Completed && state.result) {
    ObjectText result(object.key("result"));
    // A result inside of another is a whole one.
    modern::begin_complete(result);
    write_result(*state.result, revision, result);
    result.close();
  }
  if (state.status == Status::Failed && state.error) {
    ObjectText error(object.key("error"));
    error.raw("code", std::to_string(state.error->code));
    error.text("message", state.error->message);
    if (!state.error->data.is_null()) error.json("data", state.error->data);
    error.close();
  }
}

std::string purpose(const Caller& caller) { return "task " + caller.identity; }

std::optional<std::string> id_in(const base::JsonObject& params) {
  const auto* const id = params.if_contains("taskId");
  if (id == nullptr || !id->is_string()) return std::nullopt;
  return std::string(id->get_string());
}

/// The task that a request names.
struct Named {
  std::string id;
  std::string handle;           ///< empty: the result is here already
  std::string finished_result;  ///< JSON members
  TaskState::Time created{};
};

std::expected<Named, jsonrpc::Error> named(const Server& server, const Exchange& exchange) {
  if (era(exchange.envelope.revision) == Era::Modern && !declares_tasks(exchange.envelope))
    return std::unexpected(tasks_undeclared());
  auto id = id_in(exchange.params);
  if (!id) return jsonrpc::invalid_params("\"taskId\" must be a string");
  auto payload = server.seal().open(purpose(exchange.caller), *id);
  if (!payload || payload->empty()) return jsonrpc::invalid_params("there is no such task");
  Named task{*std::move(id), {}, {}, {}};
  const auto rest = payload->substr(1);
  if (payload->front() == kHandle) {
    task.handle = rest;
    return task;
  }
  // Made for a revision that fetches results by tasks/result; the extension has nothing of the kind.
  if (era(exchange.envelope.revision) == Era::Modern) return jsonrpc::invalid_params("there is no such task");
  const auto space = rest.find(' ');
  const auto created = base::parse_number<std::int64_t>(rest.substr(0, space));
  if (!created || space == std::string::npos) return jsonrpc::invalid_params("there is no such task");
  task.created = TaskState::Time(std::chrono::milliseconds(*created));
  task.finished_result = rest.substr(space + 1);
  return task;
}

TaskState finished(const Named& task) {
  TaskState state;
  // write_result() puts it last; anywhere else it is somebody's structured content.
  state.status = task.finished_result.ends_with(R"(,"isError":true})") ? Status::Failed : Status::Completed;
  state.created = state.updated = task.created;
  return state;
}

std::expected<TaskState, ProtocolError> state_of(const Server& server, const Exchange& exchange,
                                                 const Named& task) {
  if (task.handle.empty()) return finished(task);
  return server.offer().tasks->get(exchange.caller, era(exchange.envelope.revision), task.handle,
                                   exchange.stop);
}

std::string write_state(const Server& server, const Exchange& exchange, const std::string& id,
                        const TaskState& state, TaskDetail detail) {
  const auto revision = exchange.envelope.revision;
  std::string out;
  ObjectText object(out);
  if (era(revision) == Era::Modern) modern::begin_complete(object);
  write_task(object, id, state, revision, detail);
  if (era(revision) == Era::Modern) modern::write_server_info(object, server.info());
  object.close();
  return out;
}

/// An empty acknowledgement.
std::string write_heard(const Server& server) {
  std::string out;
  ObjectText object(out);
  modern::begin_complete(object);
  modern::write_server_info(object, server.info());
  object.close();
  return out;
}

/// The `_meta` of what belongs to a task.
base::JsonObject related(const std::string& id) {
  base::JsonObject task;
  task["taskId"] = id;
  base::JsonObject meta;
  meta[kRelated] = std::move(task);
  return meta;
}

/// 2025-11-25: the client that waits for the result is asked the task's questions.
std::expected<void, jsonrpc::Error> answer_questions(const Server& server, const Exchange& exchange,
                                                     const Named& task, const TaskState& state) {
  base::JsonObject inputs;
  for (const auto& request : state.requests) {
    if (!can_be_asked(exchange.envelope, request.kind)) {
      auto refused = cannot_ask({{request}}, exchange.envelope, undeclared(request.kind));
      return std::unexpected(std::move(refused.error()));
    }
    auto question = request;
    question.params["_meta"] = related(task.id);
    auto answer = legacy::ask(question, exchange);
    if (!answer) {
      return std::unexpected(
          jsonrpc::Error{jsonrpc::kInternalError, "Asking the user failed: " + answer.error(), {}});
    }
    inputs[request.key] = *std::move(answer);
  }
  auto updated = server.offer().tasks->update(exchange.caller, task.handle, inputs);
  if (!updated) return refused(std::move(updated.error()));
  return {};
}

/// The given answers to open questions; an error if one of them is not valid.
std::expected<base::JsonObject, jsonrpc::Error> answers_to(const TaskState& state,
                                                           const base::JsonObject& given) {
  base::JsonObject fitting;
  for (const auto& request : state.requests) {
    const auto* const answer = given.if_contains(request.key);
    if (answer == nullptr) continue;
    if (!answers(*answer, request))
      return jsonrpc::invalid_params("\"inputResponses\" member \"" + request.key +
                                     "\" is not a valid answer; call tasks/get to see the question");
    fitting[request.key] = *answer;
  }
  return fitting;
}

}  // namespace

void write_task(ObjectText& object, std::string_view id, const TaskState& state, Revision revision,
                TaskDetail detail) {
  const bool modern = revision == Revision::R2026_07_28;
  object.text("taskId", id);
  object.text("status", kStatusNames[static_cast<std::size_t>(shown(state, revision))]);
  if (!state.message.empty()) object.text("statusMessage", state.message);
  object.text("createdAt", timestamp(state.created));
  object.text("lastUpdatedAt", timestamp(state.updated));
  object.raw(modern ? "ttlMs" : "ttl", state.ttl ? std::to_string(state.ttl->count()) : "null");
  if (!is_final(state.status))
    object.raw(modern ? "pollIntervalMs" : "pollInterval", std::to_string(state.poll.count()));
  if (modern && detail == TaskDetail::Full) write_detail(object, state, revision);
}

std::string task_id(const Server& server, const Caller& caller, std::string_view handle) {
  return server.seal().seal(purpose(caller), kHandle + std::string(handle));
}

std::optional<std::string> handle_of(const Server& server, const Caller& caller, std::string_view id) {
  const auto payload = server.seal().open(purpose(caller), id);
  if (!payload || payload->empty() || payload->front() != kHandle) return std::nullopt;
  return payload->substr(1);
}

std::string write_created_task(const Server& server, const Exchange& exchange, const Task& task) {
  const auto id = task_id(server, exchange.caller, task.handle);
  const auto revision = exchange.envelope.revision;
  std::string out;
  ObjectText object(out);
  if (era(revision) == Era::Modern) {
    object.text("resultType", "task");
    write_task(object, id, task.state, revision, TaskDetail::Bare);
    modern::write_server_info(object, server.info());
  } else {
    ObjectText inner(object.key("task"));
    write_task(inner, id, task.state, revision, TaskDetail::Bare);
    inner.close();
  }
  object.close();
  return out;
}

std::string write_finished_task(const Server& server, const Exchange& exchange, const Result& result) {
  const auto now = server.clock().wall();
  std::string members;
  ObjectText text(members);
  write_result(result, exchange.envelope.revision, text);
  text.close();
  const auto id = server.seal().seal(
      purpose(exchange.caller), kResult + std::to_string(now.time_since_epoch().count()) + " " + members);
  TaskState state;
  state.status = result.is_error ? Status::Failed : Status::Completed;
  state.created = state.updated = now;
  std::string out;
  ObjectText object(out);
  ObjectText inner(object.key("task"));
  write_task(inner, id, state, exchange.envelope.revision, TaskDetail::Bare);
  inner.close();
  object.close();
  return out;
}

Reply get_task(const Server& server, const Exchange& exchange) {
  const auto task = named(server, exchange);
  if (!task) return std::unexpected(task.error());
  auto state = state_of(server, exchange, *task);
  if (!state) return refused(std::move(state.error()));
  return write_state(server, exchange, task->id, *state, TaskDetail::Full);
}

Reply cancel_task(const Server& server, const Exchange& exchange) {
  const auto task = named(server, exchange);
  if (!task) return std::unexpected(task.error());
  const bool modern = era(exchange.envelope.revision) == Era::Modern;
  auto state = state_of(server, exchange, *task);
  if (!state) return refused(std::move(state.error()));
  if (is_final(state->status)) {
    if (modern) return write_heard(server);
    return jsonrpc::invalid_params("the task has ended already, so it cannot be cancelled");
  }
  if (auto heard = server.offer().tasks->cancel(exchange.caller, era(exchange.envelope.revision),
                                                task->handle, exchange.stop);
      !heard)
    return refused(std::move(heard.error()));
  if (modern) return write_heard(server);
  state->status = Status::Cancelled;
  state->message = "The task was asked to stop.";
  return write_state(server, exchange, task->id, *state, TaskDetail::Bare);
}

Reply update_task(const Server& server, const Exchange& exchange) {
  const auto task = named(server, exchange);
  if (!task) return std::unexpected(task.error());
  const auto* const inputs = exchange.params.if_contains("inputResponses");
  if (inputs == nullptr || !inputs->is_object())
    return jsonrpc::invalid_params("\"inputResponses\" must be an object");
  const auto state = state_of(server, exchange, *task);
  if (!state) return refused(state.error());
  const auto fitting = answers_to(*state, inputs->get_object());
  if (!fitting) return std::unexpected(fitting.error());
  if (fitting->empty()) return write_heard(server);
  auto heard = server.offer().tasks->update(exchange.caller, task->handle, *fitting);
  if (!heard) return refused(std::move(heard.error()));
  return write_heard(server);
}

Reply task_result(const Server& server, const Exchange& exchange) {
  const auto task = named(server, exchange);
  if (!task) return std::unexpected(task.error());
  std::string out;
  if (task->handle.empty()) {
    out = task->finished_result;
    out.pop_back();
    return out + ",\"_meta\":" + base::write_json(base::Json(related(task->id))) + "}";
  }
  auto state = server.offer().tasks->await(exchange.caller, Era::Legacy, task->handle, exchange.stop);
  while (state && state->status == Status::InputRequired && !exchange.stop.stop_requested()) {
    if (auto answered = answer_questions(server, exchange, *task, *state); !answered)
      return std::unexpected(std::move(answered.error()));
    state = server.offer().tasks->await(exchange.caller, Era::Legacy, task->handle, exchange.stop);
  }
  if (!state) return refused(std::move(state.error()));
  if (state->error) return refused(*state->error);
  if (state->status == Status::Failed)
    return std::unexpected(jsonrpc::Error{jsonrpc::kInternalError, "The task failed without a reason", {}});
  if (!state->result && is_final(state->status)) {
    const auto reason = state->message.empty() ? std::string{} : " (" + state->message + ")";
    return jsonrpc::invalid_params("the task was cancelled, so there is no result" + reason);
  }
  if (!state->result)
    return std::unexpected(
        jsonrpc::Error{jsonrpc::kInternalError, "The wait was cancelled; the task continues", {}});
  ObjectText object(out);
  write_result(*state->result, exchange.envelope.revision, object);
  object.json("_meta", base::Json(related(task->id)));
  object.close();
  return out;
}

}  // namespace mcp
