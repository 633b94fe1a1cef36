// Measures a busy MCP server over HTTP: load PATH-OF-MCP-PVE SECONDS [NODE PATH-OF-SERVER-EVERYTHING]. 500
// idle subscribers and 50 callers on loopback; for comparison, if given, the protocol's own example server
// with 50 callers.
#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "bench/load.h"

namespace {

using bench::HttpPeer;
using bench::Load;

constexpr int kListeners = 500;
constexpr int kCallers = 50;
constexpr std::uint16_t kPeerPort = 38'417;

std::string post(std::string_view headers, std::string_view body) {
  return fmt::format(
      "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Accept: application/json, text/event-stream\r\n{}Content-Length: {}\r\n\r\n{}",
      headers, body.size(), body);
}

std::string modern(std::string_view method, std::string_view name, std::string_view params) {
  const auto body = fmt::format(
      R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{{{}"_meta":{{)"
      R"("io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}})",
      method, params);
  const auto named = name.empty() ? std::string{} : fmt::format("Mcp-Name: {}\r\n", name);
  return post(fmt::format("MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: {}\r\n{}", method, named), body);
}

bench::Child start(std::vector<std::string> command, const std::string& variable) {
  command.insert(command.begin(), {"/bin/sh", "-c", R"(exec "$0" "$@" 2>&1)"});
  return {command, {"PATH=/usr/bin:/bin", variable}};
}

bench::Greet always(std::string request) {
  return [request = std::move(request)](HttpPeer& /*peer*/) { return request; };
}

double millis(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

double rate(const Load& load) {
  return static_cast<double>(load.latencies.size()) / std::chrono::duration<double>(load.took).count();
}

void print(std::string_view name, const Load& load) {
  const auto at = [&](double part) {
    const auto last = static_cast<double>(load.latencies.size() - 1);
    return millis(load.latencies[static_cast<std::size_t>(last * part)]);
  };
  fmt::print("  {:<42} {:8.0f} {:8.2f} {:8.2f} {:8.2f} {:8.2f} {:9.1f} {:8.1f}\n", name, rate(load), at(0.5),
             at(0.95), at(0.99), at(1), millis(load.cpu) * 1000 / static_cast<double>(load.latencies.size()),
             static_cast<double>(load.resident) / 1024);
}

double ours(const std::string& binary, std::chrono::seconds time) {
  auto server = start({binary, "--simulate", "--http", "127.0.0.1:0", "--http-no-auth"}, "HOME=/nonexistent");
  std::string line;
  while (line.find("listening on ") == std::string::npos) line = server.read_line();
  const auto port = static_cast<std::uint16_t>(std::strtoul(line.c_str() + line.rfind(':') + 1, nullptr, 10));
  const auto nodes =
      always(modern("tools/call", "pve_list_nodes", R"("name":"pve_list_nodes","arguments":{},)"));
  const auto alone = bench::call(port, nodes, "pve1", kCallers, time, server);
  print("mcp-pve, pve_list_nodes", alone);
  const auto before = server.resident();
  std::vector<HttpPeer> listeners;
  listeners.reserve(kListeners);
  const auto listen = modern(
      "subscriptions/listen", "",
      R"("notifications":{"toolsListChanged":true,"resourceSubscriptions":["pve://cluster/status"]},)");
  for (int i = 0; i < kListeners; ++i) {
    listeners.emplace_back(port).send(listen);
    // The acknowledgement names the accepted subscriptions; it would omit a resource that does not exist.
    listeners.back().receive_until(R"("resourceSubscriptions":["pve://cluster/status"])");
  }
  const auto more = static_cast<double>(server.resident()) - static_cast<double>(before);
  print(fmt::format("the same beside {} idle listeners", kListeners),
        bench::call(port, nodes, "pve1", kCallers, time, server));
  print("tools/list beside them", bench::call(port, always(modern("tools/list", "", "")), "pve_list_nodes",
                                              kCallers, time / 4, server));
  fmt::print("  {} listeners took {:.1f} MB\n", kListeners, more / 1024);
  return rate(alone);
}

/// Starts a session and returns the call of its tool.
std::string echo(HttpPeer& peer) {
  peer.send(post("",
                 R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",)"
                 R"("capabilities":{},"clientInfo":{"name":"bench","version":"1"}}})"));
  const auto head = peer.receive().head;
  const auto at = head.find("mcp-session-id: ");
  if (at == std::string::npos) bench::give_up("the peer began no session");
  const auto session = head.substr(at, head.find("\r\n", at) - at) + "\r\n";
  peer.send(post(session, R"({"jsonrpc":"2.0","method":"notifications/initialized"})"));
  peer.receive();
  return post(
      session,
      R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"message":"m"}}})");
}

double theirs(const std::string& node, const std::string& entry, std::chrono::seconds time) {
  auto server = start({node, entry, "streamableHttp"}, fmt::format("PORT={}", kPeerPort));
  while (server.read_line().find("listening") == std::string::npos) {
  }
  const auto load = bench::call(kPeerPort, echo, "Echo: m", kCallers, time, server);
  print("server-everything, echo", load);
  return rate(load);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 5) bench::give_up("usage: load PATH-OF-MCP-PVE SECONDS [NODE SERVER-EVERYTHING]");
  const std::chrono::seconds time(std::strtol(argv[2], nullptr, 10));
  fmt::print("{} callers over HTTP for {} s\n  {:<42} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9} {:>8}\n", kCallers,
             time.count(), "", "calls/s", "median", "p95", "p99", "slowest", "CPU us", "MB");
  const double mcp = ours(argv[1], time);
  if (argc == 5)
    fmt::print("  calls/s, mcp-pve alone / server-everything {:.1f} x\n",
               mcp / theirs(argv[3], argv[4], time));
}
