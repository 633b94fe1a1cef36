#include "mcp/legacy.h"

#include <utility>

#include "mcp/capabilities.h"
#include "mcp/form.h"
#include "mcp/object_text.h"
#include "mcp/request_meta.h"

namespace mcp::legacy {

std::expected<Session, jsonrpc::Error> initialize(const base::JsonObject& params) {
  const auto* const asked = params.if_contains("protocolVersion");
  if (asked == nullptr || !asked->is_string()) {
    return jsonrpc::invalid_params("initialize needs \"protocolVersion\", a string");
  }
  Session session;
  const auto revision = revision_named(std::string_view(asked->get_string()));
  session.revision = revision && era(*revision) == Era::Legacy ? *revision : Revision::R2025_11_25;
  if (const auto* const capabilities = params.if_contains("capabilities")) {
    if (!capabilities->is_object()) {
      return jsonrpc::invalid_params("\"capabilities\" must be an object");
    }
    session.client_capabilities = capabilities->get_object();
  }
  return session;
}

std::string write_initialized(const Session& session, const Server& served) {
  const auto& info = served.info();
  std::string out;
  ObjectText object(out);
  object.text("protocolVersion", name(session.revision));
  object.raw("capabilities", write_capabilities(served.offer(), session.revision));
  ObjectText server(object.key("serverInfo"));
  server.text("name", info.name);
  if (session.revision >= Revision::R2025_06_18 && !info.title.empty()) server.text("title", info.title);
  server.text("version", info.version);
  server.close();
  if (!info.instructions.empty()) object.text("instructions", info.instructions);
  object.close();
  return out;
}

std::expected<Envelope, jsonrpc::Error> open(const Session& session, const base::JsonObject& params) {
  Envelope envelope;
  envelope.revision = session.revision;
  envelope.client_capabilities = session.client_capabilities;
  envelope.log_level = session.log_level;
  if (const auto* const meta = request_meta(params)) {
    auto token = progress_token(*meta);
    if (!token) return std::unexpected(std::move(token.error()));
    envelope.progress_token = *std::move(token);
    envelope.trace = trace_in(*meta);
  }
  return envelope;
}

namespace {

/// Revision 2025-06-18 knows defaults of booleans alone.
base::Json without_defaults(base::Json schema) {
  auto* const members = schema.if_object();
  auto* const properties = members != nullptr ? members->if_contains("properties") : nullptr;
  if (properties == nullptr || !properties->is_object()) return schema;
  for (auto& [name, property] : properties->get_object()) {
    auto* const fields = property.if_object();
    if (fields == nullptr || !fields->contains("default") || fields->at("default").is_bool()) continue;
    fields->stable_erase(fields->find("default"));
  }
  return schema;
}

}  // namespace

std::expected<base::Json, std::string> ask(const InputRequest& request, const Exchange& exchange) {
  std::string params;
  ObjectText object(params);
  const bool form =
      request.kind == InputRequest::Kind::Form || request.kind == InputRequest::Kind::Confirmation;
  if (form && exchange.envelope.revision >= Revision::R2025_11_25) object.text("mode", "form");
  for (const auto& [name, value] : request.params) {
    const bool older = name == "requestedSchema" && exchange.envelope.revision < Revision::R2025_11_25;
    object.json(name, older ? without_defaults(value) : value);
  }
  object.close();
  auto answer = exchange.peer.request(method_of(request.kind), params, exchange.stop);
  if (!answer) return std::unexpected(answer.error().message);
  if (!answers(*answer, request))
    return std::unexpected(form ? "the answer does not fit the form" : "it is no answer");
  return *std::move(answer);
}

}  // namespace mcp::legacy
