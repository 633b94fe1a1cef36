#include "mcp/resource_methods.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "mcp/call_tool.h"
#include "mcp/lists.h"
#include "mcp/modern.h"
#include "mcp/object_text.h"
#include "mcp/render.h"
#include "mcp/rounds.h"

namespace mcp {
namespace {

/// Of the legacy revisions; the modern one has -32602 for it.
constexpr int kResourceNotFound = -32002;
constexpr auto kFixed = "This resource never changes, so it has no subscriptions; read it instead";

std::expected<std::string, jsonrpc::Error> uri_of(const base::JsonObject& params) {
  const auto* const uri = params.if_contains("uri");
  if (uri == nullptr || !uri->is_string()) {
    return jsonrpc::invalid_params("\"uri\" must be a string");
  }
  return std::string(uri->get_string());
}

std::unexpected<jsonrpc::Error> not_found(std::string message, std::string_view uri, Revision revision) {
  base::JsonObject data;
  data["uri"] = uri;
  return std::unexpected(
      jsonrpc::Error{era(revision) == Era::Modern ? jsonrpc::kInvalidParams : kResourceNotFound,
                     std::move(message), std::move(data)});
}

void write_descriptions(const std::vector<ResourceDescription>& list, std::string_view uri, Revision revision,
                        std::string& out) {
  out += '[';
  for (const auto& item : list) {
    if (out.back() != '[') out += ',';
    ObjectText object(out);
    object.text(uri, item.uri);
    object.text("name", item.name);
    if (revision >= Revision::R2025_06_18 && !item.title.empty()) object.text("title", item.title);
    if (!item.description.empty()) object.text("description", item.description);
    if (!item.mime_type.empty()) object.text("mimeType", item.mime_type);
    object.close();
  }
  out += ']';
}

std::string write_read(const ResourceResult& read, const Server& server, const Exchange& exchange) {
  const bool modern = era(exchange.envelope.revision) == Era::Modern;
  std::string out;
  ObjectText object(out);
  if (modern) modern::begin_complete(object);
  auto& contents = object.key("contents");
  contents += '[';
  for (const auto& part : read.contents) {
    if (contents.back() != '[') contents += ',';
    write_contents(part, contents);
  }
  contents += ']';
  if (modern) {
    // A result that depends on the user's answers must not be cached.
    const bool asked = exchange.params.contains("inputResponses") || exchange.params.contains("requestState");
    modern::write_cacheable(object, asked ? std::chrono::milliseconds(0) : read.ttl);
    modern::write_server_info(object, server.info());
  }
  object.close();
  return out;
}

}  // namespace

Reply list_resources(const Server& server, const Exchange& exchange) {
  return write_list(server, exchange, "resources", [&](std::string& out) {
    write_descriptions(server.offer().resources->list(exchange.caller), "uri", exchange.envelope.revision,
                       out);
  });
}

Reply list_resource_templates(const Server& server, const Exchange& exchange) {
  return write_list(server, exchange, "resourceTemplates", [&](std::string& out) {
    write_descriptions(server.offer().resources->templates(exchange.caller), "uriTemplate",
                       exchange.envelope.revision, out);
  });
}

Reply read_resource(const Server& server, const Exchange& exchange) {
  const auto uri = uri_of(exchange.params);
  if (!uri) return std::unexpected(uri.error());
  const auto attempt = [&](const base::JsonObject& inputs) -> std::variant<Reply, NeedInput> {
    auto outcome = server.offer().resources->read(exchange.request(inputs), *uri);
    if (auto* const need = std::get_if<NeedInput>(&outcome)) return std::move(*need);
    if (auto* const error = std::get_if<ProtocolError>(&outcome))
      return Reply(protocol_error(std::move(*error)));
    if (const auto* const scope = std::get_if<InsufficientScope>(&outcome))
      return Reply(insufficient_scope(*scope));
    if (auto* const missing = std::get_if<NoSuchResource>(&outcome))
      return Reply(not_found(std::move(missing->message), *uri, exchange.envelope.revision));
    return Reply(write_read(std::get<ResourceResult>(outcome), server, exchange));
  };
  const auto subject = [&] { return base::JsonObject{{"uri", *uri}}; };
  return in_rounds(server, exchange, "resources/read", subject, attempt,
                   [&](const NeedInput& need, std::string_view reason) {
                     return cannot_ask(need, exchange.envelope, reason);
                   });
}

Reply subscribe_resource(const Server& server, const Exchange& exchange) {
  const auto uri = uri_of(exchange.params);
  if (!uri) return std::unexpected(uri.error());
  auto& resources = *server.offer().resources;
  if (!resources.watchable(exchange.caller, *uri)) {
    if (resources.fixed(exchange.caller, *uri))
      return std::unexpected(jsonrpc::Error{jsonrpc::kInvalidParams, kFixed, {}});
    return not_found("There is no such resource to subscribe to", *uri, exchange.envelope.revision);
  }
  if (!exchange.peer.subscribe(*uri)) {
    return std::unexpected(jsonrpc::Error{
        jsonrpc::kInternalError, "Too many subscriptions in this session; unsubscribe from some", {}});
  }
  return "{}";
}

Reply unsubscribe_resource(const Server& /*server*/, const Exchange& exchange) {
  const auto uri = uri_of(exchange.params);
  if (!uri) return std::unexpected(uri.error());
  exchange.peer.unsubscribe(*uri);
  return "{}";
}

}  // namespace mcp
