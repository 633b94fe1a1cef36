#include "net/http_writer.h"

#include <fmt/format.h>

#include "base/text.h"

namespace net {
namespace {

// A line break in a value would let its author add a header or a response.
std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F) c = ' ';
  }
  return line;
}

bool is_free(std::string_view name) {
  const auto lower = base::lower_ascii(name);
  return is_http_token(name) && lower != "content-length" && lower != "connection" &&
         lower != "transfer-encoding";
}

}  // namespace

std::string write_head(const Response& response, Framing framing, bool close) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " + one_line(response.reason) + "\r\n";
  for (const auto& [name, value] : response.headers) {
    if (is_free(name)) head += name + ": " + one_line(value) + "\r\n";
  }
  head += close ? "Connection: close\r\n" : "Connection: Keep-Alive\r\n";
  if (framing == Framing::Chunked) head += "Transfer-Encoding: chunked\r\n";
  if (framing == Framing::Length) head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  return head + "\r\n";
}

std::string chunk(std::string_view bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }

}  // namespace net
