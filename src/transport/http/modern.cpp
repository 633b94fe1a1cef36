#include "transport/http/modern.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "mcp/modern.h"
#include "mcp/revision.h"
#include "transport/http/header.h"

namespace transport {
namespace {

constexpr std::string_view kVersionHeader = "MCP-Protocol-Version";
constexpr std::string_view kVersionKey = "io.modelcontextprotocol/protocolVersion";

HttpError mismatch(std::string why) { return {400, {mcp::modern::kHeaderMismatch, std::move(why), {}}}; }

std::optional<std::string> text(const base::Json* value) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<std::string> claimed_version(const base::JsonObject& params) {
  return text(base::ObjectView(base::object(params, "_meta")).member(kVersionKey));
}

/// The member of params that Mcp-Name repeats.
std::optional<std::string_view> named_by(std::string_view method) {
  if (method == "tools/call" || method == "prompts/get") return "name";
  if (method == "resources/read") return "uri";
  if (method == "tasks/get" || method == "tasks/update" || method == "tasks/cancel") return "taskId";
  return std::nullopt;
}

HttpError badly_encoded(const std::string& name) {
  return mismatch("The header " + name +
                  " is badly encoded: encode values that are not plain ASCII as \"=?base64?…?=\", in UTF-8");
}

/// A header that repeats what the body says.
struct Repeated {
  std::string name;
  std::optional<std::string> said;
  bool may_be_encoded = false;
};

/// `required`: absence is a fault too.
std::optional<HttpError> compare(const net::Headers& headers, const Repeated& header, bool required) {
  const auto given = single_header(headers, header.name);
  if (!given) return mismatch("The header " + given.error());
  if (!*given) {
    if (!required) return std::nullopt;
    return mismatch("The header " + header.name + " is missing");
  }
  if (!is_plain(**given) && !header.may_be_encoded)
    return mismatch("The header " + header.name + " is not plain ASCII");
  const auto value = header.may_be_encoded ? decode_value(**given) : *given;
  if (!value) return badly_encoded(header.name);
  if (!header.said || *value == *header.said) return std::nullopt;
  return mismatch("The header " + header.name + " says \"" + base::printable(*value, 100) +
                  "\", the body \"" + base::printable(*header.said, 100) + "\"");
}

std::optional<HttpError> compare_all(const jsonrpc::Request& request, const net::Headers& headers,
                                     bool required) {
  const Repeated version{std::string(kVersionHeader), claimed_version(request.params)};
  if (auto fault = compare(headers, version, required)) return fault;
  if (auto fault = compare(headers, {"Mcp-Method", request.method}, required)) return fault;
  if (const auto name = named_by(request.method)) {
    const auto value = text(request.params.if_contains(*name));
    // Without the member the request is wrong in itself, which is for its method to say.
    return compare(headers, {"Mcp-Name", value, true}, required && value.has_value());
  }
  return std::nullopt;
}

/// How an argument is written in a header.
std::optional<std::string> header_text(const base::Json& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  return std::nullopt;
}

/// Compares numbers by value (42, 42.0, 4.2e1), because header and body may be written by different programs.
bool same_argument(const base::Json& value, std::string_view given) {
  if (!value.is_number()) return header_text(value) == given;
  constexpr std::string_view kDigits = "-0123456789";
  if (given.empty() || kDigits.find(given.front()) == std::string_view::npos) return false;
  const auto number = base::parse_json(given);
  if (!number || !number->is_number()) return false;
  if (!value.is_double() && !number->is_double()) return *number == value;
  return number->to_number<double>() == value.to_number<double>();
}

std::optional<HttpError> check_argument(const mcp::HeaderArgument& argument,
                                        const base::JsonObject& arguments, const net::Headers& headers) {
  const auto name = "Mcp-Param-" + argument.header;
  const auto given = single_header(headers, name);
  if (!given) return mismatch("The header " + given.error());
  const auto* const value = arguments.if_contains(argument.name);
  const bool there = value != nullptr && !value->is_null();
  if (!there)
    return *given ? std::optional(mismatch(name + " is given, but its argument is not")) : std::nullopt;
  if (!*given) return mismatch("The header " + name + " is missing");
  const auto decoded = decode_value(**given);
  if (!decoded) return badly_encoded(name);
  if (same_argument(*value, *decoded)) return std::nullopt;
  return mismatch("The header " + name + " does not match its argument");
}

std::optional<HttpError> check_arguments(const jsonrpc::Request& request, const net::Headers& headers,
                                         const mcp::Server& server) {
  if (request.method != "tools/call") return std::nullopt;
  const auto tool = text(request.params.if_contains("name"));
  if (!tool) return std::nullopt;
  const auto* const given = request.params.if_contains("arguments");
  const base::JsonObject none;
  const auto& arguments = given != nullptr && given->is_object() ? given->get_object() : none;
  for (const auto& argument : server.tools().header_arguments(*tool)) {
    if (auto fault = check_argument(argument, arguments, headers)) return fault;
  }
  return std::nullopt;
}

}  // namespace

bool names_modern(const net::Headers& headers) {
  const auto value = net::find_header(headers, kVersionHeader);
  return value && base::trim(*value) == mcp::name(mcp::Revision::R2026_07_28);
}

std::expected<mcp::Opened, HttpError> open_modern(const jsonrpc::Request& request,
                                                  const net::Headers& headers, const mcp::Server& server) {
  auto envelope = mcp::modern::open(request.params);
  const bool wrong_version = !envelope && envelope.error().code == mcp::modern::kUnsupportedVersion;
  const auto refuse = [](unsigned status, jsonrpc::Error why) {
    return std::unexpected(HttpError{status, std::move(why)});
  };
  if (!envelope && !wrong_version) return refuse(400, std::move(envelope.error()));
  if (auto fault = compare_all(request, headers, false)) return std::unexpected(*std::move(fault));
  if (wrong_version) return refuse(400, std::move(envelope.error()));
  if (auto fault = compare_all(request, headers, true)) return std::unexpected(*std::move(fault));
  auto opened = mcp::open_method(server, request, std::move(envelope));
  if (!opened) return refuse(404, std::move(opened.error()));
  if (auto fault = check_arguments(request, headers, server)) return std::unexpected(*std::move(fault));
  return *std::move(opened);
}

}  // namespace transport
