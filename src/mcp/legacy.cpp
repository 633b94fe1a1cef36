#include "mcp/legacy.h"

#include <utility>

#include "mcp/object_text.h"
#include "mcp/request_meta.h"

namespace mcp::legacy {

std::expected<Session, jsonrpc::Error> initialize(const base::JsonObject& params) {
  const auto* const asked = params.if_contains("protocolVersion");
  if (asked == nullptr || !asked->is_string()) {
    return std::unexpected(jsonrpc::Error{
        jsonrpc::kInvalidParams, "Invalid params: initialize needs \"protocolVersion\", a string", {}});
  }
  Session session;
  const auto revision = revision_named(std::string_view(asked->get_string()));
  session.revision = revision && era(*revision) == Era::Legacy ? *revision : Revision::R2025_11_25;
  if (const auto* const capabilities = params.if_contains("capabilities")) {
    if (!capabilities->is_object()) {
      return std::unexpected(
          jsonrpc::Error{jsonrpc::kInvalidParams, "Invalid params: \"capabilities\" must be an object", {}});
    }
    session.client_capabilities = capabilities->get_object();
  }
  return session;
}

std::string write_initialized(const Session& session, const ServerInfo& info) {
  std::string out;
  ObjectText object(out);
  object.text("protocolVersion", name(session.revision));
  object.raw("capabilities", R"({"tools":{}})");
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
  if (const auto* const meta = request_meta(params)) {
    auto token = progress_token(*meta);
    if (!token) return std::unexpected(std::move(token.error()));
    envelope.progress_token = *std::move(token);
  }
  return envelope;
}

bool can_elicit(const Envelope& envelope) {
  if (envelope.revision < Revision::R2025_06_18) return false;
  const auto* const elicitation = envelope.client_capabilities.if_contains("elicitation");
  if (elicitation == nullptr || !elicitation->is_object()) return false;
  // Until 2025-11-25 named the kinds of questions, forms were the only one.
  if (envelope.revision < Revision::R2025_11_25) return true;
  return elicitation->get_object().empty() || elicitation->get_object().contains("form");
}

std::expected<base::Json, std::string> elicit(const NeedInput& question, const Exchange& exchange) {
  std::string params;
  ObjectText object(params);
  if (exchange.envelope.revision >= Revision::R2025_11_25) object.text("mode", "form");
  object.text("message", question.message);
  object.json("requestedSchema", base::Json(question.requested_schema));
  object.close();
  auto answer = exchange.peer.request("elicitation/create", params, exchange.stop);
  if (!answer) return std::unexpected(answer.error().message);
  const auto* const fields = answer->if_object();
  const auto* const action = fields != nullptr ? fields->if_contains("action") : nullptr;
  if (action == nullptr || (*action != "accept" && *action != "decline" && *action != "cancel")) {
    return std::unexpected("the answer has no action accept, decline or cancel");
  }
  return *std::move(answer);
}

}  // namespace mcp::legacy
