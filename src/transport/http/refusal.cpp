#include "transport/http/refusal.h"

#include <variant>

#include "transport/http/answer.h"

namespace transport {
namespace {

constexpr std::size_t kMostForAnId = 65'536;

}  // namespace

int code_of(unsigned status) {
  if (status == 400) return jsonrpc::kInvalidRequest;
  if (status == 500) return jsonrpc::kInternalError;
  return static_cast<int>(status);
}

std::optional<jsonrpc::Id> id_in(std::string_view body) {
  if (body.empty() || body.size() > kMostForAnId) return std::nullopt;
  const auto input = jsonrpc::parse(body, 0);
  const auto* const item = std::get_if<jsonrpc::Item>(&input);
  const auto* const request =
      item != nullptr && item->has_value() ? std::get_if<jsonrpc::Request>(&**item) : nullptr;
  return request != nullptr ? std::optional(request->id) : std::nullopt;
}

net::Response error_response(unsigned status, const std::optional<jsonrpc::Id>& id,
                             const jsonrpc::Error& error, const net::Headers& headers) {
  return json_response(status, jsonrpc::write_error(id, error), headers);
}

net::Response refusal_response(unsigned status, const std::optional<jsonrpc::Id>& id,
                               std::string_view sentence, const net::Headers& headers) {
  return error_response(status, id, {code_of(status), std::string(sentence), {}}, headers);
}

}  // namespace transport
