// A Streamable HTTP server that offers everything, and raw clients of it.
#pragma once

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "mcp/fakes.h"
#include "net/http.h"
#include "net/raw_server.h"
#include "transport/http/server.h"

namespace test {

using transport::HttpOptions;
using transport::HttpServer;
using transport::StopControl;

/// What a client got. A status of 0: the connection closed instead.
struct Answer {
  unsigned status = 0;
  net::Headers headers;
  std::string body;

  std::string header(std::string_view name) const {
    return std::string(net::find_header(headers, name).value_or(""));
  }
  /// The code of the JSON-RPC error, or 0.
  std::int64_t code() const {
    const auto value = base::parse_json(body);
    if (!value || !value->is_object() || !value->get_object().contains("error")) return 0;
    const auto& error = value->at("error");
    return error.is_object() && error.get_object().contains("code") ? error.at("code").as_int64() : 0;
  }
  bool is_json() const { return header("Content-Type") == "application/json"; }
  bool is_stream() const { return header("Content-Type") == "text/event-stream"; }
};

inline int dial(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{20, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

/// One connection. A read that takes 20 s fails.
class Visitor {
 public:
  explicit Visitor(std::uint16_t port) : peer_(dial(port)) {}

  void send(std::string_view verb, std::string_view target, const net::Headers& headers,
            std::string_view body = {}) {
    std::string text = std::string(verb) + " " + std::string(target) + " HTTP/1.1\r\n";
    bool host = false;
    for (const auto& [name, value] : headers) {
      text += name + ": " + value + "\r\n";
      host = host || base::lower_ascii(name) == "host";
    }
    if (!host) text += "Host: localhost\r\n";
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    peer_.write(text + "\r\n" + std::string(body));
  }
  /// Status and headers of the answer.
  Answer head() {
    Answer answer;
    const auto text = peer_.read_head();
    std::string_view rest = text;
    const auto line = take_line(rest);
    if (line.size() < 12) return answer;
    std::from_chars(line.data() + 9, line.data() + 12, answer.status);
    while (!rest.empty()) {
      const auto field = take_line(rest);
      const auto colon = field.find(':');
      if (colon != std::string_view::npos)
        answer.headers.emplace_back(field.substr(0, colon), base::trim(field.substr(colon + 1)));
    }
    chunked_ = answer.header("Transfer-Encoding") == "chunked";
    const auto length = answer.header("Content-Length");
    std::from_chars(length.data(), length.data() + length.size(), length_);
    return answer;
  }
  Answer answer() {
    auto answer = head();
    answer.body = rest();
    return answer;
  }
  /// What is left of the body.
  std::string rest() {
    if (!chunked_) return take(std::exchange(length_, 0));
    for (auto piece = chunk(); !piece.empty(); piece = chunk()) kept_ += piece;
    return std::exchange(kept_, {});
  }
  /// The next event without the empty line after it; "" at the end of the answer.
  std::string event() {
    for (;;) {
      if (const auto end = kept_.find("\n\n"); end != std::string::npos) {
        auto event = kept_.substr(0, end);
        kept_.erase(0, end + 2);
        return event;
      }
      const auto piece = chunk();
      if (piece.empty()) return std::exchange(kept_, {});
      kept_ += piece;
    }
  }
  void close() { peer_.close(); }
  /// True when the connection ended without another byte.
  bool closed() { return peer_.read(1).empty(); }

 private:
  static std::string_view take_line(std::string_view& text) {
    const auto end = text.find("\r\n");
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    return line;
  }
  /// Nothing is there at once; the socket would wait for the next byte.
  std::string take(std::size_t size) { return size == 0 ? std::string{} : peer_.read(size); }
  std::string chunk() {
    std::string line;
    while (!line.ends_with("\r\n")) {
      const auto byte = peer_.read(1);
      if (byte.empty()) return {};
      line += byte;
    }
    std::size_t size = 0;
    std::from_chars(line.data(), line.data() + line.size(), size, 16);
    auto piece = take(size);
    take(2);
    return piece;
  }

  Peer peer_;
  bool chunked_ = false;
  std::size_t length_ = 0;
  std::string kept_;
};

/// The lines "data: …" of an event without the name.
inline std::string data_of(std::string_view event) {
  const auto at = event.find("data: ");
  return at == std::string_view::npos ? std::string{} : std::string(event.substr(at + 6));
}
inline std::string id_of(std::string_view event) {
  const auto at = event.find("id: ");
  if (at == std::string_view::npos) return {};
  const auto rest = event.substr(at + 4);
  return std::string(rest.substr(0, rest.find('\n')));
}

class HttpTest : public OfferTest {
 protected:
  ~HttpTest() override { end(); }

  /// Serves until end() or the end of the test.
  void start(HttpOptions options = {}) {
    options.port = 0;
    // A busy machine leaves no call behind that uses what goes with the test.
    options.unwind = kForever;
    options.beat = [this] {
      const std::scoped_lock lock(beat_mutex_);
      ++beats_;
      beaten_.notify_all();
    };
    auto started = HttpServer::start(all, std::move(options));
    if (!started) throw std::runtime_error(started.error());
    http = *std::move(started);
    serving_ = std::thread([this] { exit_code = http->serve(stop); });
  }
  /// Asks for the stop and waits for the end of the drain.
  void end() {
    if (!serving_.joinable()) return;
    stop.stop(0);
    serving_.join();
  }
  /// A beat that began after now has ended. They come once a second.
  void await_beat() {
    std::unique_lock lock(beat_mutex_);
    const int wanted = beats_ + 2;
    if (!beaten_.wait_for(lock, kForever, [&] { return beats_ >= wanted; })) std::abort();
  }

  static net::Headers common() {
    return {{"Content-Type", "application/json"}, {"Accept", "application/json, text/event-stream"}};
  }
  static net::Headers plus(net::Headers headers, const net::Headers& more) {
    headers.insert(headers.end(), more.begin(), more.end());
    return headers;
  }
  /// The headers that go with such a body.
  static net::Headers modern_headers(std::string_view method, std::string_view name = "") {
    auto headers =
        plus(common(), {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", std::string(method)}});
    if (!name.empty()) headers.emplace_back("Mcp-Name", name);
    return headers;
  }
  static net::Headers in_session(const std::string& id, std::string_view version = "2025-11-25") {
    return plus(common(), {{"Mcp-Session-Id", id}, {"MCP-Protocol-Version", std::string(version)}});
  }
  /// tools/call of the modern era that wants progress.
  static std::string modern_call(std::string_view tool, std::string_view id, bool progress = false,
                                 std::string_view arguments = "{}") {
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"method":"tools/call","params":{"name":")" +
           std::string(tool) + R"(","arguments":)" + std::string(arguments) +
           R"(,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)" +
           R"("io.modelcontextprotocol/clientCapabilities":{})" +
           (progress ? R"(,"progressToken":"p")" : "") + "}}}";
  }
  static std::string legacy_call(std::string_view tool, std::string_view id, bool progress = false) {
    return call(tool, id, progress ? R"(,"_meta":{"progressToken":"p"})" : "");
  }
  static std::string hello(std::string_view version, std::string_view capabilities = "{}") {
    return R"({"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":")" +
           std::string(version) + R"(","capabilities":)" + std::string(capabilities) +
           R"(,"clientInfo":{"name":"c","version":"1"}}})";
  }

  Answer visit(std::string_view verb, std::string_view target, const net::Headers& headers,
               std::string_view body = {}) const {
    Visitor visitor(http->port());
    visitor.send(verb, target, headers, body);
    return visitor.answer();
  }
  Answer post(const net::Headers& headers, std::string_view body) const {
    return visit("POST", "/mcp", headers, body);
  }
  /// A new session whose client is ready; its id.
  std::string open_session(std::string_view version = "2025-11-25", const net::Headers& also = {},
                           std::string_view capabilities = "{}") const {
    const auto answer = post(plus(common(), also), hello(version, capabilities));
    EXPECT_EQ(answer.status, 200U) << answer.body;
    auto id = answer.header("Mcp-Session-Id");
    const auto ready = post(plus(in_session(id, version), also),
                            R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    EXPECT_EQ(ready.status, 202U) << ready.body;
    return id;
  }
  Answer ping(const std::string& session, const net::Headers& also = {}) const {
    return post(plus(in_session(session), also), R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  }
  static net::Headers caller(const std::string& name, const std::string& tier = "") {
    return {{"Authorization", "Test " + name + "/" + tier}};
  }
  /// Accepts the callers of caller() except the `banned` one.
  HttpOptions named_callers() {
    HttpOptions options;
    options.authenticate = [this](const net::Headers& headers,
                                  const std::stop_token&) -> std::expected<mcp::Caller, transport::Refusal> {
      const auto given = net::find_header(headers, "authorization").value_or("Test /");
      const auto slash = given.find('/');
      mcp::Caller found;
      found.identity = std::string(given.substr(5, slash - 5));
      const std::scoped_lock lock(banned_mutex_);
      if (found.identity.empty() || found.identity == banned_)
        return std::unexpected(transport::Refusal{401, "Bearer realm=\"test\"", "Who are you?"});
      if (given.size() > slash + 1) found.tier = std::string(given.substr(slash + 1));
      return found;
    };
    return options;
  }
  void ban(std::string name) {
    const std::scoped_lock lock(banned_mutex_);
    banned_ = std::move(name);
  }

  StopControl stop;
  std::unique_ptr<HttpServer> http;
  int exit_code = -1;

 private:
  std::mutex banned_mutex_;
  std::string banned_;
  std::mutex beat_mutex_;
  std::condition_variable beaten_;
  int beats_ = 0;
  std::thread serving_;
};

}  // namespace test
