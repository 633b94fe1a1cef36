// Tasks on the wire: the extension of 2026-07-28, and the core tasks of 2025-11-25.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mcp/exchange.h"
#include "mcp/object_text.h"
#include "mcp/revision.h"
#include "mcp/server.h"

namespace mcp {

/// Full: with the result, the error or the questions of the task.
enum class TaskDetail : std::uint8_t { Bare, Full };

/// The members of a Task; those of Full exist in 2026-07-28 only.
void write_task(ObjectText& object, std::string_view id, const TaskState& state, Revision revision,
                TaskDetail detail);

/// The id under which this caller may ask for the task, and back. It can neither be guessed nor used by
/// another caller, and the server need not store it.
std::string task_id(const Server& server, const Caller& caller, std::string_view handle);
std::optional<std::string> handle_of(const Server& server, const Caller& caller, std::string_view id);

/// The answer to a tools/call that became a task.
std::string write_created_task(const Server& server, const Exchange& exchange, const Task& task);
/// The same for a 2025-11-25 client that asked for a task and whose call is done already: the result goes
/// into the id.
std::string write_finished_task(const Server& server, const Exchange& exchange, const Result& result);

Reply get_task(const Server& server, const Exchange& exchange);
Reply cancel_task(const Server& server, const Exchange& exchange);
/// 2026-07-28.
Reply update_task(const Server& server, const Exchange& exchange);
/// 2025-11-25: waits for the end.
Reply task_result(const Server& server, const Exchange& exchange);

}  // namespace mcp
