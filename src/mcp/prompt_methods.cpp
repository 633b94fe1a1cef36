#include "mcp/prompt_methods.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "mcp/call_tool.h"
#include "mcp/lists.h"
#include "mcp/modern.h"
#include "mcp/object_text.h"
#include "mcp/render.h"
#include "mcp/rounds.h"

namespace mcp {
namespace {

constexpr std::size_t kMostValues = 100;

void write_arguments(const PromptDescription& prompt, Revision revision, ObjectText& object) {
  if (prompt.arguments.empty()) return;
  auto& out = object.key("arguments");
  out += '[';
  for (const auto& argument : prompt.arguments) {
    if (out.back() != '[') out += ',';
    ObjectText member(out);
    member.text("name", argument.name);
    if (revision >= Revision::R2025_06_18 && !argument.title.empty()) member.text("title", argument.title);
    if (!argument.description.empty()) member.text("description", argument.description);
    member.boolean("required", argument.required);
    member.close();
  }
  out += ']';
}

std::string write_prompt(const Prompt& prompt, const Server& server, Revision revision) {
  const bool modern = era(revision) == Era::Modern;
  std::string out;
  ObjectText object(out);
  if (modern) modern::begin_complete(object);
  if (!prompt.description.empty()) object.text("description", prompt.description);
  auto& messages = object.key("messages");
  messages += '[';
  for (const auto& message : prompt.messages) {
    if (messages.back() != '[') messages += ',';
    ObjectText member(messages);
    member.text("role", message.of_assistant ? "assistant" : "user");
    write_content(message.content, revision, member.key("content"));
    member.close();
  }
  messages += ']';
  if (modern) modern::write_server_info(object, server.info());
  object.close();
  return out;
}

/// A member that is an object of strings; an empty one when it is absent or null.
std::expected<base::JsonObject, jsonrpc::Error> strings(const base::JsonObject& params,
                                                        std::string_view name) {
  const auto* const given = params.if_contains(name);
  if (given == nullptr || given->is_null()) return base::JsonObject{};
  const bool fits = given->is_object() && std::ranges::all_of(given->get_object(), [](const auto& member) {
                      return member.value().is_string();
                    });
  if (!fits)
    return jsonrpc::invalid_params("\"" + std::string(name) +
                                   "\" must be an object whose members are strings");
  return given->get_object();
}

struct Reference {
  CompletionRequest::Of of;
  std::string ref;
};

std::expected<Reference, jsonrpc::Error> reference(const base::JsonObject& params) {
  const auto* const value = params.if_contains("ref");
  const auto* const members = value != nullptr ? value->if_object() : nullptr;
  const auto* const type = members != nullptr ? members->if_contains("type") : nullptr;
  if (type == nullptr) return jsonrpc::invalid_params("completion/complete needs \"ref\" with a \"type\"");
  const bool prompt = *type == "ref/prompt";
  if (!prompt && *type != "ref/resource")
    return jsonrpc::invalid_params("the type of \"ref\" must be ref/prompt or ref/resource");
  const auto* const name = members->if_contains(prompt ? "name" : "uri");
  if (name == nullptr || !name->is_string())
    return jsonrpc::invalid_params(prompt ? "\"ref\" needs \"name\", a string"
                                          : "\"ref\" needs \"uri\", a string");
  return Reference{prompt ? CompletionRequest::Of::Prompt : CompletionRequest::Of::Resource,
                   std::string(name->get_string())};
}

std::string write_completion(const Completion& completion, const Server& server, Revision revision) {
  const bool modern = era(revision) == Era::Modern;
  std::string out;
  ObjectText object(out);
  if (modern) modern::begin_complete(object);
  ObjectText inner(object.key("completion"));
  auto& values = inner.key("values");
  values += '[';
  for (std::size_t i = 0; i < std::min(completion.values.size(), kMostValues); ++i) {
    if (i > 0) values += ',';
    base::write_json_string(completion.values[i], values);
  }
  values += ']';
  if (completion.total) inner.raw("total", std::to_string(*completion.total));
  inner.boolean("hasMore", completion.has_more || completion.values.size() > kMostValues);
  inner.close();
  if (modern) modern::write_server_info(object, server.info());
  object.close();
  return out;
}

}  // namespace

Reply list_prompts(const Server& server, const Exchange& exchange) {
  const auto revision = exchange.envelope.revision;
  return write_list(server, exchange, "prompts", [&](std::string& out) {
    out += '[';
    for (const auto& prompt : server.offer().prompts->list(exchange.caller)) {
      if (out.back() != '[') out += ',';
      ObjectText object(out);
      object.text("name", prompt.name);
      if (revision >= Revision::R2025_06_18 && !prompt.title.empty()) object.text("title", prompt.title);
      if (!prompt.description.empty()) object.text("description", prompt.description);
      write_arguments(prompt, revision, object);
      object.close();
    }
    out += ']';
  });
}

Reply get_prompt(const Server& server, const Exchange& exchange) {
  const auto* const name = exchange.params.if_contains("name");
  if (name == nullptr || !name->is_string())
    return jsonrpc::invalid_params("prompts/get needs \"name\", a string");
  const auto arguments = strings(exchange.params, "arguments");
  if (!arguments) return std::unexpected(arguments.error());
  const auto attempt = [&](const base::JsonObject& inputs) -> std::variant<Reply, NeedInput> {
    auto outcome = server.offer().prompts->get(exchange.request(inputs), name->get_string(), *arguments);
    if (auto* const need = std::get_if<NeedInput>(&outcome)) return std::move(*need);
    if (auto* const error = std::get_if<ProtocolError>(&outcome))
      return Reply(protocol_error(std::move(*error)));
    if (const auto* const scope = std::get_if<InsufficientScope>(&outcome))
      return Reply(insufficient_scope(*scope));
    return Reply(write_prompt(std::get<Prompt>(outcome), server, exchange.envelope.revision));
  };
  const auto subject = [&] { return base::JsonObject{{"name", *name}, {"arguments", *arguments}}; };
  return in_rounds(server, exchange, "prompts/get", subject, attempt,
                   [&](const NeedInput& need, std::string_view reason) {
                     return cannot_ask(need, exchange.envelope, reason);
                   });
}

Reply complete(const Server& server, const Exchange& exchange) {
  const auto ref = reference(exchange.params);
  if (!ref) return std::unexpected(ref.error());
  const auto* const value = exchange.params.if_contains("argument");
  const auto* const argument = value != nullptr ? value->if_object() : nullptr;
  const auto text = [&](std::string_view member) {
    const auto* const found = argument != nullptr ? argument->if_contains(member) : nullptr;
    return found != nullptr ? found->if_string() : nullptr;
  };
  if (text("name") == nullptr || text("value") == nullptr)
    return jsonrpc::invalid_params(
        "completion/complete needs \"argument\" with name and value, both strings");
  base::JsonObject context;
  if (const auto* const given = exchange.params.if_contains("context"); given && !given->is_null()) {
    if (!given->is_object()) return jsonrpc::invalid_params("\"context\" must be an object");
    auto members = strings(given->get_object(), "arguments");
    if (!members) return std::unexpected(std::move(members.error()));
    context = *std::move(members);
  }
  auto completion = server.offer().completer->complete(
      {exchange.caller, ref->of, ref->ref, *text("name"), *text("value"), context, exchange.stop});
  if (!completion) return protocol_error(std::move(completion.error()));
  return write_completion(*completion, server, exchange.envelope.revision);
}

}  // namespace mcp
