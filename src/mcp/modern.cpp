#include "mcp/modern.h"

#include <algorithm>
#include <string>
#include <utility>

#include "mcp/capabilities.h"
#include "mcp/form.h"
#include "mcp/log_level.h"
#include "mcp/request_meta.h"

namespace mcp::modern {
namespace {

constexpr std::string_view kVersion = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view kCapabilities = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view kClientInfo = "io.modelcontextprotocol/clientInfo";
constexpr std::string_view kLogLevel = "io.modelcontextprotocol/logLevel";
constexpr std::string_view kServerInfo = "io.modelcontextprotocol/serverInfo";

bool is_implementation(const base::Json& value) {
  const auto* const fields = value.if_object();
  if (fields == nullptr) return false;
  const auto* const name = fields->if_contains("name");
  const auto* const version = fields->if_contains("version");
  return name != nullptr && name->is_string() && version != nullptr && version->is_string();
}

std::optional<LogLevel> log_level(const base::Json& value) {
  const auto* const text = value.if_string();
  return text != nullptr ? log_level_named(*text) : std::nullopt;
}

std::expected<void, jsonrpc::Error> check_optional(const base::JsonObject& meta) {
  if (const auto* const info = meta.if_contains(kClientInfo); info != nullptr && !is_implementation(*info)) {
    return jsonrpc::invalid_params("\"_meta\" member \"" + std::string(kClientInfo) +
                                   "\" needs name and version, both strings");
  }
  if (const auto* const level = meta.if_contains(kLogLevel); level != nullptr && !log_level(*level)) {
    return jsonrpc::invalid_params("\"_meta\" member \"" + std::string(kLogLevel) + "\" is not a log level");
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
    return jsonrpc::invalid_params("\"_meta\" needs \"" + std::string(kVersion) + "\", a string");
  }
  if (capabilities == nullptr || !capabilities->is_object()) {
    return jsonrpc::invalid_params("\"_meta\" needs \"" + std::string(kCapabilities) + "\", an object");
  }
  if (auto checked = check_optional(*meta); !checked) return std::unexpected(std::move(checked.error()));
  auto token = progress_token(*meta);
  if (!token) return std::unexpected(std::move(token.error()));
  const std::string_view requested = version->get_string();
  if (requested != name(Revision::R2026_07_28)) return std::unexpected(unsupported(requested));
  const auto* const level = meta->if_contains(kLogLevel);
  return Envelope{Revision::R2026_07_28, capabilities->get_object(), *std::move(token),
                  level != nullptr ? log_level(*level) : std::nullopt, trace_in(*meta)};
}

std::string write_discovery(const Server& server) {
  const auto& info = server.info();
  std::string out;
  ObjectText object(out);
  begin_complete(object);
  object.raw("supportedVersions", "[\"" + std::string(name(Revision::R2026_07_28)) + "\"]");
  object.raw("capabilities", write_capabilities(server.offer(), Revision::R2026_07_28));
  if (!info.instructions.empty()) object.text("instructions", info.instructions);
  write_cacheable(object, kListsTtl);
  write_server_info(object, info);
  object.close();
  return out;
}

void write_input_request(ObjectText& requests, const InputRequest& question) {
  ObjectText request(requests.key(question.key));
  request.text("method", method_of(question.kind));
  ObjectText params(request.key("params"));
  const bool form =
      question.kind == InputRequest::Kind::Form || question.kind == InputRequest::Kind::Confirmation;
  if (form) params.text("mode", "form");
  for (const auto& [name, value] : question.params) params.json(name, value);
  params.close();
  request.close();
}

std::string write_input_required(const NeedInput& need, std::string_view state, const ServerInfo& info) {
  std::string out;
  ObjectText object(out);
  object.text("resultType", "input_required");
  ObjectText requests(object.key("inputRequests"));
  for (const auto& request : need.requests) write_input_request(requests, request);
  requests.close();
  object.text("requestState", state);
  write_server_info(object, info);
  object.close();
  return out;
}

void begin_complete(ObjectText& object) { object.text("resultType", "complete"); }

void write_cacheable(ObjectText& object, std::chrono::milliseconds ttl) {
  // The offer depends on tier and categories, so it is never shared between users.
  object.raw("ttlMs", std::to_string(ttl.count()));
  object.text("cacheScope", "private");
}

void write_server_info(ObjectText& object, const ServerInfo& info) {
  ObjectText meta(object.key("_meta"));
  write_server_info_member(meta, info);
  meta.close();
}

void write_server_info_member(ObjectText& meta, const ServerInfo& info) {
  ObjectText server(meta.key(kServerInfo));
  server.text("name", info.name);
  if (!info.title.empty()) server.text("title", info.title);
  server.text("version", info.version);
  server.close();
}

}  // namespace mcp::modern
