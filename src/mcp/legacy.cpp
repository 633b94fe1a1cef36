#include "mcp/legacy.h"

#include <utility>

#include "mcp/capabilities.h"
#include "mcp/form.h"
#include "mcp/object_text.h"
#include "mcp/request_meta.h"

namespace mcp::legacy {

namespace {

/// Keeps only the members that are used later: the whole could be of any size and would be kept as long as
/// the session.
base::JsonObject kept(const base::JsonObject& declared) {
  constexpr std::size_t kMostParts = 8;
  constexpr std::size_t kLongestPart = 64;
  base::JsonObject out;
  for (const std::string_view name : {"elicitation", "roots", "sampling"}) {
    const auto* const value = declared.if_contains(name);
    const auto* const object = value != nullptr ? value->if_object() : nullptr;
    if (object == nullptr) continue;
    base::JsonObject parts;
    for (const auto& part : *object) {
      if (parts.size() < kMostParts && part.key().size() <= kLongestPart)
        parts[part.key()] = part.value().is_object() ? base::Json(base::JsonObject{}) : base::Json(nullptr);
    }
    out[name] = std::move(parts);
  }
  return out;
}

}  // namespace

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
    session.client_capabilities = kept(capabilities->get_object());
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

/// Titled choices as revision 2025-06-18 has them; false if the member is not such a list.
bool rename_choices(base::JsonObject& field) {
  const auto* const choices = field.at("oneOf").if_array();
  if (choices == nullptr) return false;
  base::JsonArray values;
  base::JsonArray names;
  for (const auto& choice : *choices) {
    const auto* const members = choice.if_object();
    const auto* const value = members != nullptr ? members->if_contains("const") : nullptr;
    if (value == nullptr || !value->is_string()) return false;
    const auto* const title = members->if_contains("title");
    values.push_back(*value);
    names.push_back(title != nullptr && title->is_string() ? *title : *value);
  }
  field.stable_erase(field.find("oneOf"));
  field["enum"] = std::move(values);
  field["enumNames"] = std::move(names);
  return true;
}

/// One field of a form for revision 2025-06-18, which knows primitive types, defaults of booleans alone, and
/// no list; false when it cannot be said there.
bool cut_down(base::Json& field) {
  auto* const members = field.if_object();
  const auto* const type = members != nullptr ? members->if_contains("type") : nullptr;
  if (type == nullptr || members->contains("anyOf")) return false;
  if (*type != "string" && *type != "number" && *type != "integer" && *type != "boolean") return false;
  if (members->contains("oneOf") && (*type != "string" || !rename_choices(*members))) return false;
  const auto fallback = members->find("default");
  if (fallback != members->end() && !fallback->value().is_bool()) members->stable_erase(fallback);
  return true;
}

/// The form for revision 2025-06-18, or a sentence that names the field that cannot be expressed.
std::expected<base::Json, std::string> older_form(base::Json schema) {
  auto* const members = schema.if_object();
  auto* const value = members != nullptr ? members->if_contains("properties") : nullptr;
  auto* const properties = value != nullptr ? value->if_object() : nullptr;
  if (properties == nullptr) return schema;
  for (auto& property : *properties) {
    if (!cut_down(property.value()))
      return std::unexpected("revision " + std::string(name(Revision::R2025_06_18)) + " has no form for \"" +
                             std::string(property.key()) + "\"");
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
    const auto shown = older ? older_form(value) : value;
    if (!shown) return std::unexpected(shown.error());
    object.json(name, *shown);
  }
  object.close();
  const auto waits = [&] {
    exchange.progress.linger(form ? "Waiting for the user's answer" : "Waiting for the client's answer");
  };
  auto answer = exchange.peer.request(method_of(request.kind), params, exchange.stop, waits);
  if (!answer) return std::unexpected(answer.error().message);
  if (!answers(*answer, request))
    return std::unexpected(form ? "the answer does not match the form" : "the answer is invalid");
  return *std::move(answer);
}

}  // namespace mcp::legacy
