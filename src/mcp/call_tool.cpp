#include "mcp/call_tool.h"

#include <string>
#include <utility>
#include <variant>

#include "mcp/legacy.h"
#include "mcp/modern.h"
#include "mcp/object_text.h"
#include "mcp/render.h"

namespace mcp {
namespace {

/// A tool that asks more often than this within one call is taken to ask forever.
constexpr int kMaxQuestions = 8;

std::unexpected<jsonrpc::Error> invalid(std::string_view message) {
  return std::unexpected(
      jsonrpc::Error{jsonrpc::kInvalidParams, "Invalid params: " + std::string(message), {}});
}

Result cannot_ask(const NeedInput& question, std::string_view reason) {
  return error_result("Nothing was changed: this call needs an answer from the user first (\"" +
                      question.message + "\"), and " + std::string(reason) + ".");
}

/// No revision negotiated here has tasks of its own, so the handle is given in words.
Result handle_of(const Task& task) {
  Result result;
  const auto* const separator = task.status_message.empty() ? "" : "\n";
  result.content.emplace_back(Text{task.status_message + separator + "Task: " + task.id});
  return result;
}

struct Arguments {
  std::string_view name;
  base::JsonObject members;
  base::JsonObject inputs;
};

std::expected<Arguments, jsonrpc::Error> read(const Exchange& exchange) {
  const auto* const name = exchange.params.if_contains("name");
  if (name == nullptr || !name->is_string()) return invalid("tools/call needs \"name\", a string");
  Arguments call{name->get_string(), {}, {}};
  if (const auto* const given = exchange.params.if_contains("arguments")) {
    if (!given->is_object()) return invalid("\"arguments\" must be an object");
    call.members = given->get_object();
  }
  if (era(exchange.envelope.revision) == Era::Modern) {
    auto inputs = modern::input_responses(exchange.params);
    if (!inputs) return std::unexpected(std::move(inputs.error()));
    call.inputs = *std::move(inputs);
  }
  return call;
}

/// Gets the answer in place when the era allows it: true to call the tool again, else what to answer.
std::expected<void, std::string> answer(const NeedInput& question, Arguments& call, const Server& server,
                                        const Exchange& exchange) {
  const auto revision = exchange.envelope.revision;
  const auto refuse = [&](std::string_view reason) {
    return std::unexpected(write_call_result(cannot_ask(question, reason), server, revision));
  };
  if (era(revision) == Era::Modern) {
    if (!modern::can_elicit(exchange.envelope)) return refuse("this client did not declare elicitation");
    // Without a state of our own in between, answers of an earlier round would be lost.
    if (!call.inputs.empty() && !call.inputs.contains(question.key)) {
      return refuse("only one question can be asked per call");
    }
    return std::unexpected(modern::write_input_required(question, server.info()));
  }
  if (!legacy::can_elicit(exchange.envelope)) return refuse("this client did not declare elicitation");
  auto given = legacy::elicit(question, exchange);
  if (!given) return refuse("asking failed: " + given.error());
  call.inputs[question.key] = *std::move(given);
  return {};
}

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

Reply call_tool(const Server& server, const Exchange& exchange) {
  auto call = read(exchange);
  if (!call) return std::unexpected(std::move(call.error()));
  const auto revision = exchange.envelope.revision;
  for (int asked = 0; asked <= kMaxQuestions; ++asked) {
    if (exchange.stop.stop_requested()) {
      return write_call_result(error_result("The call was cancelled before it began."), server, revision);
    }
    auto outcome = server.tools().call({exchange.caller, call->name, call->members, era(revision),
                                        exchange.envelope.client_capabilities, call->inputs,
                                        exchange.progress, exchange.stop});
    if (auto* const error = std::get_if<ProtocolError>(&outcome)) {
      return std::unexpected(jsonrpc::Error{error->code, std::move(error->message), std::move(error->data)});
    }
    if (const auto* const task = std::get_if<Task>(&outcome)) {
      return write_call_result(handle_of(*task), server, revision);
    }
    if (const auto* const result = std::get_if<Result>(&outcome))
      return write_call_result(*result, server, revision);
    auto answered = answer(std::get<NeedInput>(outcome), *call, server, exchange);
    if (!answered) return std::move(answered.error());
  }
  return write_call_result(
      error_result("Nothing was changed: the tool asked too many questions in one call."), server, revision);
}

}  // namespace mcp
