// Any headers and body that claim to be of the modern era: nothing crashes, what passes is what the headers
// say, and what they said twice never passes.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/base64.h"
#include "base/clock.h"
#include "base/text.h"
#include "mcp/seal.h"
#include "transport/http/guard.h"
#include "transport/http/header.h"
#include "transport/http/modern.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

/// Has an argument that a header repeats.
class OneTool final : public mcp::Tools {
 public:
  std::vector<mcp::ToolDescription> list(const mcp::Caller& /*caller*/) override { return {}; }
  mcp::Outcome call(const mcp::Call& /*call*/) override { return mcp::Result{}; }
  std::vector<mcp::HeaderArgument> header_arguments(std::string_view /*tool*/) override {
    return {{"node", "Node"}};
  }
};

/// Lines "name: value" up to an empty one; the rest is the body.
net::Headers take_headers(std::string_view& text) {
  net::Headers headers;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) break;
    const auto colon = line.find(':');
    headers.emplace_back(line.substr(0, colon),
                         colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1));
  }
  return headers;
}

void check_values(const net::Headers& headers) {
  for (const auto& [name, value] : headers) {
    const auto meant = transport::decode_value(value);
    demand(!meant || (transport::is_plain(value) && base::is_utf8(*meant)));
    std::string encoded = "=?base64?";
    base::append_base64(value, encoded);
    const auto decoded = transport::decode_value(encoded + "?=");
    demand(base::is_utf8(value) ? decoded == value : !decoded);
    const auto single = transport::single_header(headers, name);
    demand(!single || (*single && **single == base::trim(value)));
  }
  for (const auto* const type : {"application/json", "text/event-stream"}) transport::accepts(headers, type);
  transport::is_json(headers);
  transport::names_modern(headers);
}

void check_guard(const net::Headers& headers) {
  static const transport::HttpGuard guard({"pve.example", "fd00::1"}, {"https://app.example"});
  const auto fine = guard.check_host(headers);
  const auto page = guard.check_origin(headers);
  demand(fine || base::printable(fine.error(), 1000) == fine.error());
  demand(page || base::printable(page.error(), 1000) == page.error());
  guard.cors(headers);
  if (!fine) return;
  const auto host = transport::single_header(headers, "Host");
  demand(host && *host);
  const auto name = base::lower_ascii(**host);
  demand(name.starts_with("localhost") || name.starts_with("127.0.0.1") || name.starts_with("[::1]") ||
         name.starts_with("pve.example") || name.starts_with("[fd00::1]"));
  // Nothing but a port is behind the name.
  demand(name.find_first_of("@/ ,") == std::string::npos && !name.ends_with(".evil"));
}

void check_request(const net::Headers& headers, std::string_view body) {
  static OneTool tool;
  static const base::ManualClock clock;
  static const mcp::Server server{{tool}, {"fuzz", "", "0", ""}, std::make_shared<const mcp::Seal>(), clock};
  const auto input = jsonrpc::parse(body);
  const auto* const item = std::get_if<jsonrpc::Item>(&input);
  if (item == nullptr || !*item) return;
  const auto* const request = std::get_if<jsonrpc::Request>(&**item);
  if (request == nullptr) return;
  if (const auto opened = transport::open_modern(*request, headers, server); !opened) {
    const auto& fault = opened.error();
    demand((fault.status == 404) == (fault.error.code == jsonrpc::kMethodNotFound));
    demand(base::is_utf8(fault.error.message));
    return;
  }
  demand(transport::names_modern(headers));
  const auto method = transport::single_header(headers, "mcp-method");
  demand(method && *method && transport::is_plain(**method) && **method == request->method);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto headers = take_headers(text);
  check_values(headers);
  check_guard(headers);
  check_request(headers, text);
  return 0;
}
