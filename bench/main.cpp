// Compares the release binary with a peer in the same run: bench PATH-OF-MCP-PVE. It prints ratios and never
// fails for a slow result.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "bench/child.h"
#include "bench/peers.h"
#include "net/client.h"

namespace {

using Nanos = std::chrono::nanoseconds;
using Steady = std::chrono::steady_clock;

constexpr std::string_view kInitialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},)"
    R"("clientInfo":{"name":"bench","version":"1"}}})";
constexpr std::string_view kInitialized = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";
constexpr std::string_view kList = R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})";
constexpr std::string_view kSecret = "00000000-0000-4000-8000-000000000000";
constexpr std::string_view kTarget = "/api2/json/nodes";

double micros(Nanos time) { return std::chrono::duration<double, std::micro>(time).count(); }
double millis(Nanos time) { return micros(time) / 1000; }

Nanos median(std::vector<Nanos> times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

Nanos own_cpu() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds{time.tv_sec} + Nanos{time.tv_nsec};
}

std::string call(int id, std::string_view tool, std::string_view arguments = "{}") {
  return fmt::format(
      R"({{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{{"name":"{}","arguments":{}}}}})", id,
      tool, arguments);
}

// The simulated cluster over HTTPS in its own process.
struct Simulation {
  std::string url;
  std::string fingerprint;
  std::optional<bench::Child> child;

  Simulation(const std::string& binary, int guests) {
    child.emplace(std::vector<std::string>{binary, "simulate", "--listen", "127.0.0.1:0", "--guests",
                                           fmt::format("{}", guests)},
                  std::vector<std::string>{"PATH=/usr/bin:/bin"}, true);
    while (url.empty() || fingerprint.empty()) {
      const std::string line = child->read_line();
      for (const std::string_view key : {"PVE_BASE_URL=", "PVE_FINGERPRINT="}) {
        const auto at = line.find(key);
        if (at == std::string::npos) continue;
        auto value = line.substr(at + key.size());
        std::erase_if(value, [](char c) { return c == '"' || c == '\'' || c == ' '; });
        (key == "PVE_BASE_URL=" ? url : fingerprint) = value;
      }
    }
  }

  std::vector<std::string> environment() const {
    return {"PATH=/usr/bin:/bin", "PVE_BASE_URL=" + url, "PVE_TOKEN_ID=root@pam!demo",
            fmt::format("PVE_TOKEN_SECRET={}", kSecret), "PVE_FINGERPRINT=" + fingerprint};
  }
};

void shake_hands(bench::Child& server) {
  server.write_line(kInitialize);
  server.read_line();
  server.write_line(kInitialized);
}

void start_up(const std::string& binary) {
  std::vector<Nanos> to_initialize;
  std::vector<Nanos> to_list;
  std::vector<std::size_t> resident;
  std::size_t bytes = 0;
  for (int run = 0; run < 41; ++run) {
    const auto begin = Steady::now();
    bench::Child server(
        {binary}, {"PATH=/usr/bin:/bin", "PVE_BASE_URL=https://127.0.0.1:1", "PVE_TOKEN_ID=root@pam!demo",
                   fmt::format("PVE_TOKEN_SECRET={}", kSecret)});
    server.write_line(kInitialize);
    server.read_line();
    to_initialize.push_back(Steady::now() - begin);
    server.write_line(kInitialized);
    server.write_line(kList);
    bytes = server.read_line().size();
    to_list.push_back(Steady::now() - begin);
    resident.push_back(server.resident());
  }
  std::ranges::sort(resident);
  fmt::print("start-up (median of {} starts)\n", to_list.size());
  fmt::print("  spawn to initialize answered   {:8.2f} ms\n", millis(median(to_initialize)));
  fmt::print("  spawn to tools/list answered   {:8.2f} ms   ({} bytes)\n", millis(median(to_list)), bytes);
  fmt::print("  resident after tools/list      {:8.2f} MB\n",
             static_cast<double>(resident[resident.size() / 2]) / 1024);
}

struct Cost {
  Nanos latency{};
  Nanos cpu{};
};

// Runs the calls one after the other; `cpu` reads the CPU clock of the process that works.
Cost serial(int count, const std::function<void()>& once, const std::function<Nanos()>& cpu) {
  for (int i = 0; i < std::max(1, count / 10); ++i) once();
  std::vector<Nanos> times;
  const Nanos before = cpu();
  for (int i = 0; i < count; ++i) {
    const auto begin = Steady::now();
    once();
    times.push_back(Steady::now() - begin);
  }
  return {median(std::move(times)), (cpu() - before) / count};
}

net::Request nodes_request() {
  return {.method = base::Method::Get,
          .target = std::string(kTarget),
          .headers = {{"Authorization", fmt::format("PVEAPIToken=root@pam!demo={}", kSecret)}},
          .body = {}};
}

net::ClientOptions client_options(const Simulation& simulation) {
  net::ClientOptions options;
  const auto url = net::parse_url(simulation.url);
  const auto fingerprint = net::parse_fingerprint(simulation.fingerprint);
  if (!url || !fingerprint) bench::give_up("the simulator printed an odd address");
  options.url = *url;
  options.fingerprints = {*fingerprint};
  return options;
}

void send(net::Client& client) {
  const auto response = client.send(nodes_request(), {});
  if (!response || response->status != 200) bench::give_up("the peer's request failed");
}

// Measures both in turns, so that a change of the machine's speed affects both.
struct Pair {
  Cost ours;
  Cost peer;
  double latency_ratio = 0;
  double cpu_ratio = 0;
};

template <class Measure>
Pair in_turns(const Measure& ours, const Measure& peer) {
  constexpr std::size_t kRounds = 9;
  std::vector<Pair> rounds(kRounds);
  for (auto& round : rounds) {
    round.ours = ours();
    round.peer = peer();
    round.latency_ratio = micros(round.ours.latency) / micros(round.peer.latency);
    round.cpu_ratio = micros(round.ours.cpu) / micros(round.peer.cpu);
  }
  const auto middle = [&](auto value) {
    std::ranges::nth_element(rounds, rounds.begin() + kRounds / 2, {}, value);
    return std::invoke(value, rounds[kRounds / 2]);
  };
  Pair result;
  result.latency_ratio = middle(&Pair::latency_ratio);
  result.cpu_ratio = middle(&Pair::cpu_ratio);
  result.ours.latency = middle([](const Pair& pair) { return pair.ours.latency; });
  result.ours.cpu = middle([](const Pair& pair) { return pair.ours.cpu; });
  result.peer.latency = middle([](const Pair& pair) { return pair.peer.latency; });
  result.peer.cpu = middle([](const Pair& pair) { return pair.peer.cpu; });
  return result;
}

void one_call(const std::string& binary, const Simulation& simulation) {
  constexpr int kCalls = 300;
  bench::Child server({binary}, simulation.environment());
  shake_hands(server);
  int id = 10;
  const auto list_nodes = [&] {
    server.write_line(call(++id, "pve_list_nodes"));
    if (server.read_line().find("pve1") == std::string::npos) bench::give_up("pve_list_nodes failed");
  };
  list_nodes();
  const std::size_t first = server.resident();
  net::Client client(client_options(simulation));
  using Measure = std::function<Cost()>;
  const auto pair =
      in_turns<Measure>([&] { return serial(kCalls, list_nodes, [&] { return server.cpu(); }); },
                        [&] { return serial(kCalls, [&] { send(client); }, own_cpu); });
  const auto& [mcp, facade, latency_ratio, cpu_ratio] = pair;
  const std::size_t resident = server.resident();
  bench::Raw raw("127.0.0.1", client_options(simulation).url.port);
  const auto authorization = fmt::format("PVEAPIToken=root@pam!demo={}", kSecret);
  const auto bare = serial(kCalls, [&] { raw.get(std::string(kTarget), authorization); }, own_cpu);
  fmt::print("pve_list_nodes over HTTPS, one after the other (9 times {} calls, in turns)\n", kCalls);
  fmt::print("  {:<28} {:>12} {:>12}\n", "", "median", "CPU a call");
  fmt::print("  {:<28} {:9.1f} us {:9.1f} us\n", "mcp-pve", micros(mcp.latency), micros(mcp.cpu));
  fmt::print("  {:<28} {:9.1f} us {:9.1f} us\n", "net::Client, blocking", micros(facade.latency),
             micros(facade.cpu));
  fmt::print("  {:<28} {:9.1f} us {:9.1f} us\n", "Beast alone, one thread", micros(bare.latency),
             micros(bare.cpu));
  fmt::print("  {:<28} {:9.2f} x  {:9.2f} x\n", "mcp-pve / net::Client", latency_ratio, cpu_ratio);
  fmt::print("  resident after the first call  {:8.2f} MB\n", static_cast<double>(first) / 1024);
  fmt::print("  resident after all of them     {:8.2f} MB\n", static_cast<double>(resident) / 1024);
}

double per_second(int count, Nanos time) { return count / std::chrono::duration<double>(time).count(); }

double mcp_throughput(const std::string& binary, const Simulation& simulation, int flights, int calls) {
  bench::Child server({binary}, simulation.environment());
  shake_hands(server);
  int id = 100;
  const auto run = [&](int count) {
    int sent = 0;
    for (; sent < std::min(flights, count); ++sent) server.write_line(call(++id, "pve_list_nodes"));
    for (int answered = 0; answered < count; ++answered) {
      server.read_line();
      if (sent < count) {
        server.write_line(call(++id, "pve_list_nodes"));
        ++sent;
      }
    }
  };
  run(calls / 10);
  const auto begin = Steady::now();
  run(calls);
  return per_second(calls, Steady::now() - begin);
}

double facade_throughput(const Simulation& simulation, int flights, int calls) {
  net::Client client(client_options(simulation));
  const auto run = [&](int count) {
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(flights));
    for (int i = 0; i < flights; ++i) {
      threads.emplace_back([&client, mine = count / flights] {
        for (int k = 0; k < mine; ++k) send(client);
      });
    }
  };
  run(calls / 10);
  const auto begin = Steady::now();
  run(calls);
  return per_second(calls / flights * flights, Steady::now() - begin);
}

void many_calls(const std::string& binary, const Simulation& simulation) {
  constexpr int kFlights = 64;
  constexpr int kCalls = 3200;
  constexpr std::size_t kRounds = 7;
  std::vector<double> ours;
  std::vector<double> peers;
  std::vector<double> ratios;
  for (std::size_t round = 0; round < kRounds; ++round) {
    ours.push_back(mcp_throughput(binary, simulation, kFlights, kCalls));
    peers.push_back(facade_throughput(simulation, kFlights, kCalls));
    ratios.push_back(ours.back() / peers.back());
  }
  const auto middle = [](std::vector<double>& values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  };
  const double mcp = middle(ours);
  const double facade = middle(peers);
  fmt::print("pve_list_nodes over HTTPS, {} in flight ({} times {} calls, in turns)\n", kFlights, kRounds,
             kCalls);
  fmt::print("  {:<28} {:9.0f} calls/s\n", "mcp-pve", mcp);
  fmt::print("  {:<28} {:9.0f} calls/s\n", "net::Client, blocking", facade);
  fmt::print("  {:<28} {:9.2f} x\n", "mcp-pve / net::Client", middle(ratios));
}

// Starts a server for each question and cluster, so that its peak memory belongs to that answer alone. The
// cluster is simulated in another process.
struct LargeAnswer {
  std::string_view tool;
  std::string_view arguments;
  int guests;
  int calls;
  Simulation simulation;
  bench::Child server;
  int id = 10;
  std::size_t bytes = 0;
  std::vector<Nanos> times{};
  std::vector<Nanos> cpu{};

  LargeAnswer(const std::string& binary, std::string_view asked, std::string_view with, int size, int count)
      : tool(asked),
        arguments(with),
        guests(size),
        calls(count),
        simulation(binary, size),
        server({binary}, simulation.environment()) {
    shake_hands(server);
  }

  void ask() {
    const auto cost = serial(
        calls,
        [&] {
          server.write_line(call(++id, tool, arguments));
          const auto line = server.read_line();
          if (line.find("isError") != std::string::npos) bench::give_up(line);
          bytes = line.size();
        },
        [&] { return server.cpu(); });
    times.push_back(cost.latency);
    cpu.push_back(cost.cpu);
  }

  void print() const {
    fmt::print("  {:>8} {:9.1f} ms {:11.1f} ms {:11.2f} us {:9.1f} kB {:9.1f} MB\n", guests,
               millis(median(times)), millis(median(cpu)), micros(median(cpu)) / guests,
               static_cast<double>(bytes) / 1000, static_cast<double>(server.peak()) / 1024);
  }
};

constexpr int kLargeRounds = 5;

void print_large_head(std::string_view tool, std::string_view arguments) {
  fmt::print("{} {} over HTTPS (median of {} rounds)\n", tool, arguments, kLargeRounds);
  fmt::print("  {:>8} {:>12} {:>14} {:>14} {:>12} {:>12}\n", "guests", "time", "CPU", "CPU a guest", "answer",
             "peak");
}

// Measures all clusters in turns, so that a change of the machine's speed affects all.
void large_lists(const std::string& binary) {
  constexpr std::string_view kTool = "pve_list_cluster_resources";
  LargeAnswer few(binary, kTool, "{}", 1'000, 20);
  LargeAnswer some(binary, kTool, "{}", 5'000, 5);
  LargeAnswer many(binary, kTool, "{}", 20'000, 2);
  std::vector<double> ratios;
  for (int round = 0; round < kLargeRounds; ++round) {
    for (auto* fleet : {&few, &some, &many}) fleet->ask();
    ratios.push_back(micros(many.cpu.back()) / many.guests / (micros(few.cpu.back()) / few.guests));
  }
  std::ranges::sort(ratios);
  print_large_head(kTool, "{}");
  for (const auto* fleet : {&few, &some, &many}) fleet->print();
  fmt::print("  CPU a guest, {} / {} guests {:.2f} x\n", many.guests, few.guests, ratios[ratios.size() / 2]);
}

void large_answer(const std::string& binary, std::string_view tool, std::string_view arguments, int guests) {
  LargeAnswer answer(binary, tool, arguments, guests, 3);
  for (int round = 0; round < kLargeRounds; ++round) answer.ask();
  print_large_head(tool, arguments);
  answer.print();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) bench::give_up("usage: bench PATH-OF-MCP-PVE");
  const std::string binary = argv[1];
  start_up(binary);
  {
    const Simulation simulation(binary, 30);
    one_call(binary, simulation);
    many_calls(binary, simulation);
  }
  large_lists(binary);
  large_answer(binary, "pve_list_cluster_resources",
               R"({"filter":"status=running mem>50%","fields":"vmid,name,node,mem/maxmem"})", 5'000);
  // Lists one volume of each guest.
  large_answer(binary, "pve_list_storage_content", R"({"node":"pve1","storage":"ceph-vm"})", 10'000);
}
