#include "mcp/modern.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "mcp/request_meta.h"

namespace mcp::modern {
namespace {

constexpr std::string_view kVersion = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view kCapabilities = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view kClientInfo = "io.modelcontextprotocol/clientInfo";
constexpr std::string_view kLogLevel = "io.modelcontextprotocol/logLevel";
constexpr std::string_view kServerInfo = "io.modelcontextprotocol/serverInfo";

constexpr std::array<std::string_view, 8> kLogLevels{"debug", "info",     "notice", "warning",
                                                     "error", "critical", "alert",  "emergency"};

std::unexpected<jsonrpc::Error> invalid(std::string message) {
  return std::unexpected(
      jsonrpc::Error{jsonrpc::kInvalidParams, "Invalid params: " + std::move(message), {}});
}

bool is_implementation(const base::Json& value) {
  const auto* const fields = value.if_object();
  if (fields == nullptr) return false;
  const auto* const name = fields->if_contains("name");
  const auto* const version = fields->if_contains("version");
  return name != nullptr && name->is_string() && version != nullptr && version->is_string();
}

bool is_log_level(const base::Json& value) {
  const auto* const text = value.if_string();
  return text != nullptr && std::ranges::find(kLogLevels, std::string_view(*text)) != kLogLevels.end();
}

std::expected<void, jsonrpc::Error> check_optional(const base::JsonObject& meta) {
  if (const auto* const info = meta.if_contains(kClientInfo); info != nullptr && !is_implementation(*info)) {
    return invalid("\"_meta\" member \"" + std::string(kClientInfo) +
                   "\" needs name and version, both strings");
  }
  if (const auto* const level = meta.if_contains(kLogLevel); level != nullptr && !is_log_level(*level)) {
    return invalid("\"_meta\" member \"" + std::string(kLogLevel) + "\" is no log level");
  }
  return {};
}

jsonrpc::Error unsupported(std::string_view requested) {
  base::JsonObject data;
  data["supported"] = base::JsonArray{base::Json(name(Revision::R2026_07_28))};
  data["requested"] = requested;
  return {kUnsupportedVersion, "Unsupported protocol version", std::move(data)};
}

}  // namespace

bool claims(const base::JsonObject& params) {
  const auto* const meta = request_meta(params);
  return meta != nullptr && (meta->contains(kVersion) || meta->contains(kCapabilities));
}

std::expected<Envelope, jsonrpc::Error> open(const base::JsonObject& params) {
  const auto* const meta = request_meta(params);
  const auto* const version = meta != nullptr ? meta->if_contains(kVersion) : nullptr;
  const auto* const capabilities = meta != nullptr ? meta->if_contains(kCapabilities) : nullptr;
  if (version == nullptr || !version->is_string()) {
    return invalid("\"_meta\" needs \"" + std::string(kVersion) + "\", a string");
  }
  if (capabilities == nullptr || !capabilities->is_object()) {
    return invalid("\"_meta\" needs \"" + std::string(kCapabilities) + "\", an object");
  }
  if (auto checked = check_optional(*meta); !checked) return std::unexpected(std::move(checked.error()));
  auto token = progress_token(*meta);
  if (!token) return std::unexpected(std::move(token.error()));
  const std::string_view requested = version->get_string();
  if (requested != name(Revision::R2026_07_28)) return std::unexpected(unsupported(requested));
  return Envelope{Revision::R2026_07_28, capabilities->get_object(), *std::move(token)};
}

bool can_elicit(const Envelope& envelope) {
  const auto* const elicitation = envelope.client_capabilities.if_contains("elicitation");
  if (elicitation == nullptr || !elicitation->is_object()) return false;
  return elicitation->get_object().empty() || elicitation->get_object().contains("form");
}

std::expected<base::JsonObject, jsonrpc::Error> input_responses(const base::JsonObject& params) {
  // No result of this server carries a state, so one that comes back is not ours.
  if (params.contains("requestState")) return invalid("\"requestState\" was not issued by this server");
  const auto* const given = params.if_contains("inputResponses");
  if (given == nullptr) return base::JsonObject{};
  if (!given->is_object()) return invalid("\"inputResponses\" must be an object");
  for (const auto& [key, answer] : given->get_object()) {
    if (!answer.is_object()) return invalid("each of \"inputResponses\" must be an object");
  }
  return given->get_object();
}

std::string write_discovery(const ServerInfo& info) {
  std::string out;
  ObjectText object(out);
  begin_complete(object);
  object.raw("supportedVersions", "[\"" + std::string(name(Revision::R2026_07_28)) + "\"]");
  object.raw("capabilities", R"({"tools":{}})");
  if (!info.instructions.empty()) object.text("instructions", info.instructions);
  write_cacheable(object);
  write_server_info(object, info);
  object.close();
  return out;
}

std::string write_input_required(const NeedInput& question, const ServerInfo& info) {
  std::string out;
  ObjectText object(out);
  object.text("resultType", "input_required");
  ObjectText requests(object.key("inputRequests"));
  ObjectText request(requests.key(question.key));
  request.text("method", "elicitation/create");
  ObjectText params(request.key("params"));
  params.text("mode", "form");
  params.text("message", question.message);
  params.json("requestedSchema", base::Json(question.requested_schema));
  params.close();
  request.close();
  requests.close();
  write_server_info(object, info);
  object.close();
  return out;
}

void begin_complete(ObjectText& object) { object.text("resultType", "complete"); }

void write_cacheable(ObjectText& object) {
  // The offer depends on tier and categories, so it is never shared between users.
  object.raw("ttlMs", "300000");
  object.text("cacheScope", "private");
}

void write_server_info(ObjectText& object, const ServerInfo& info) {
  ObjectText meta(object.key("_meta"));
  ObjectText server(meta.key(kServerInfo));
  server.text("name", info.name);
  if (!info.title.empty()) server.text("title", info.title);
  server.text("version", info.version);
  server.close();
  meta.close();
}

}  // namespace mcp::modern
