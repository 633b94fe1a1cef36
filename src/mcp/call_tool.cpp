#include "mcp/call_tool.h"

#include <cmath>
#include <string>
#include <utility>
#include <variant>

#include "base/text.h"
#include "mcp/capabilities.h"
#include "mcp/modern.h"
#include "mcp/object_text.h"
#include "mcp/render.h"
#include "mcp/rounds.h"
#include "mcp/task_methods.h"
#include "seam/codes.h"

namespace mcp {
namespace {

static_assert(kInvalidParams == jsonrpc::kInvalidParams && kInternalError == jsonrpc::kInternalError);

/// Refers to the params.
struct Wanted {
  std::string_view name;
  const base::JsonObject& arguments;
};

std::expected<Wanted, jsonrpc::Error> read(const Exchange& exchange) {
  static const base::JsonObject kNone;
  const auto* const name = exchange.params.if_contains("name");
  if (name == nullptr || !name->is_string())
    return jsonrpc::invalid_params("tools/call needs \"name\", a string");
  const auto* const given = exchange.params.if_contains("arguments");
  // Some clients write null for none.
  const bool none = given == nullptr || given->is_null();
  if (!none && !given->is_object()) return jsonrpc::invalid_params("\"arguments\" must be an object");
  return Wanted{name->get_string(), none ? kNone : given->get_object()};
}

/// What the client of 2025-11-25 and the tool both want.
bool wants_task(const Server& server, const Exchange& exchange) {
  if (server.offer().tasks == nullptr) return false;
  if (exchange.envelope.revision == Revision::R2026_07_28) return declares_tasks(exchange.envelope);
  return exchange.envelope.revision == Revision::R2025_11_25 && exchange.params.contains("task");
}

/// A client of 2025-11-25 that asked for a task must get one, even if the call has already ended.
std::string write_outcome(const Result& result, const Server& server, const Exchange& exchange) {
  const auto revision = exchange.envelope.revision;
  if (revision == Revision::R2025_11_25 && wants_task(server, exchange))
    return write_finished_task(server, exchange, result);
  return write_call_result(result, server, revision);
}

/// If the user cannot be asked to confirm, the call is refused with a result that the model reads; other
/// questions fail as errors of the protocol.
Reply cannot_ask_for_tool(const NeedInput& need, const Server& server, const Exchange& exchange,
                          std::string_view reason) {
  const bool confirmation =
      !need.requests.empty() && need.requests.front().kind == InputRequest::Kind::Confirmation;
  const bool modern = era(exchange.envelope.revision) == Era::Modern;
  if (modern && !confirmation && !need.requests.empty()) return cannot_ask(need, exchange.envelope, reason);
  std::string question;
  if (!need.requests.empty()) {
    const auto* const message = need.requests.front().params.if_contains("message");
    if (message != nullptr && message->is_string())
      question = " (\"" + std::string(message->get_string()) + "\")";
  }
  const auto text = "Nothing was changed: this call needs an answer from the user first" + question +
                    ", and " + std::string(reason) + ".";
  if (exchange.remark != nullptr) *exchange.remark = "not confirmed";
  return write_outcome(error_result(text), server, exchange);
}

bool is_duration(const base::Json& value) {
  if (value.is_uint64()) return true;
  if (value.is_int64()) return value.get_int64() >= 0;
  return value.is_double() && value.get_double() >= 0 && std::isfinite(value.get_double());
}

std::expected<void, jsonrpc::Error> check_task(const Server& server, const Exchange& exchange,
                                               std::string_view name) {
  if (exchange.envelope.revision != Revision::R2025_11_25 || !wants_task(server, exchange)) return {};
  const auto* const task = exchange.params.at("task").if_object();
  if (task == nullptr) return jsonrpc::invalid_params("\"task\" must be an object");
  // SDKs of that time say "for ever" by null.
  const auto* const ttl = task->if_contains("ttl");
  if (ttl != nullptr && !ttl->is_null() && !is_duration(*ttl))
    return jsonrpc::invalid_params("\"ttl\" of \"task\" must be a number of milliseconds, 0 or more");
  if (server.tools().may_be_task(exchange.caller, name).value_or(true)) return {};
  return std::unexpected(jsonrpc::Error{
      jsonrpc::kMethodNotFound, "The tool " + base::printable(name, 100) + " does not run as a task", {}});
}

struct Outcomes {
  const Server& server;
  const Exchange& exchange;

  std::variant<Reply, NeedInput> operator()(const Result& result) const {
    if (result.is_error && exchange.remark != nullptr) *exchange.remark = "isError";
    return Reply(write_outcome(result, server, exchange));
  }
  std::variant<Reply, NeedInput> operator()(NeedInput& need) const { return std::move(need); }
  std::variant<Reply, NeedInput> operator()(ProtocolError& error) const {
    return Reply(protocol_error(std::move(error)));
  }
  std::variant<Reply, NeedInput> operator()(const Task& task) const {
    if (exchange.remark != nullptr) *exchange.remark = "as a task";
    return Reply(write_created_task(server, exchange, task));
  }
  std::variant<Reply, NeedInput> operator()(const InsufficientScope& scope) const {
    return Reply(insufficient_scope(scope));
  }
};

}  // namespace

std::string write_call_result(const Result& result, const Server& server, Revision revision) {
  std::string out;
  ObjectText object(out);
  if (era(revision) == Era::Modern) modern::begin_complete(object);
  write_result(result, revision, object);
  if (era(revision) == Era::Modern) modern::write_server_info(object, server.info());
  object.close();
  return out;
}

std::unexpected<jsonrpc::Error> insufficient_scope(const InsufficientScope& scope) {
  base::JsonArray scopes;
  for (const auto& name : scope.scopes) scopes.emplace_back(name);
  base::JsonObject data;
  data["scopes"] = std::move(scopes);
  return std::unexpected(jsonrpc::Error{kInsufficientScope, scope.message, std::move(data)});
}

std::unexpected<jsonrpc::Error> protocol_error(ProtocolError error) {
  return std::unexpected(jsonrpc::Error{error.code, std::move(error.message), std::move(error.data)});
}

Reply cannot_ask(const NeedInput& need, const Envelope& envelope, std::string_view reason) {
  for (const auto& request : need.requests) {
    if (era(envelope.revision) == Era::Modern && !can_be_asked(envelope, request.kind))
      return std::unexpected(missing_capability(required_capability(request.kind)));
  }
  return std::unexpected(jsonrpc::Error{
      jsonrpc::kInternalError, "This request needs an answer first, and " + std::string(reason), {}});
}

Reply call_tool(const Server& server, const Exchange& exchange) {
  const auto call = read(exchange);
  if (!call) return std::unexpected(call.error());
  if (auto checked = check_task(server, exchange, call->name); !checked)
    return std::unexpected(std::move(checked.error()));
  const bool as_task = wants_task(server, exchange);
  const auto subject = [&] { return base::JsonObject{{"name", call->name}, {"arguments", call->arguments}}; };
  const auto attempt = [&](const base::JsonObject& inputs) -> std::variant<Reply, NeedInput> {
    if (exchange.stop.stop_requested()) {
      return Reply(write_outcome(error_result("The call was cancelled before it began."), server, exchange));
    }
    auto request = exchange.request(inputs);
    request.can_confirm = can_be_asked(exchange.envelope, InputRequest::Kind::Confirmation);
    auto outcome = server.tools().call({std::move(request), call->name, call->arguments, as_task});
    return std::visit(Outcomes{server, exchange}, outcome);
  };
  return in_rounds(server, exchange, "tools/call", subject, attempt,
                   [&](const NeedInput& need, std::string_view reason) {
                     return cannot_ask_for_tool(need, server, exchange, reason);
                   });
}

}  // namespace mcp
