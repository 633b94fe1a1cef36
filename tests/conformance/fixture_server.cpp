// A server with what the conformance suite asks for, on the product's protocol and transports. Never shipped.
//
//   fixture_server [--http 127.0.0.1:PORT] [--state-key TEXT] [--patience LIMIT:BEAT]
//
// Without --http it serves stdio. With it, the first line on stdout is the URL. Servers that share a state
// key take over each other's requests. --patience is that with questions, in milliseconds.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/number.h"
#include "cli/signals.h"
#include "conformance/jobs.h"
#include "conformance/library.h"
#include "conformance/stage.h"
#include "conformance/toolbox.h"
#include "conformance/watcher.h"
#include "mcp/seal.h"
#include "mcp/server.h"
#include "transport/http/server.h"
#include "transport/stdio.h"
#include "transport/stop.h"

namespace {

struct Arguments {
  std::optional<transport::HttpOptions> http;
  std::string state_key;
  mcp::Patience patience;
};

std::optional<mcp::Patience> patience(std::string_view text) {
  const auto colon = std::min(text.find(':'), text.size());
  const auto limit = base::parse_number<std::int64_t>(text.substr(0, colon));
  const auto beat = base::parse_number<std::int64_t>(text.substr(std::min(colon + 1, text.size())));
  if (!limit || !beat || *beat < 1) return std::nullopt;
  return mcp::Patience{std::chrono::milliseconds(*limit), std::chrono::milliseconds(*beat)};
}

std::optional<transport::HttpOptions> http_options(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  transport::HttpOptions options;
  options.address = std::string(text.substr(0, colon));
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, options.port);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return options;
}

std::optional<Arguments> parse(std::span<char* const> words) {
  Arguments arguments;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::string_view name = words[i];
    if (name == "--state-key") {
      arguments.state_key = words[i + 1];
    } else if (name == "--http") {
      arguments.http = http_options(words[i + 1]);
      if (!arguments.http) return std::nullopt;
    } else if (name == "--patience") {
      const auto given = patience(words[i + 1]);
      if (!given) return std::nullopt;
      arguments.patience = *given;
    } else {
      return std::nullopt;
    }
  }
  if (words.size() % 2 != 0) return std::nullopt;
  return arguments;
}

std::shared_ptr<const mcp::Seal> seal(const std::string& state_key) {
  if (state_key.empty()) return std::make_shared<const mcp::Seal>();
  return std::make_shared<const mcp::Seal>([state_key] {
    std::string key;
    while (key.size() < 32) key += state_key;
    return key;
  });
}

int serve(const mcp::Server& server, const Arguments& arguments, transport::StopControl& stop) {
  if (!arguments.http) return transport::serve_stdio(server, STDIN_FILENO, STDOUT_FILENO, stop);
  const auto http = transport::HttpServer::start(server, *arguments.http);
  if (!http) {
    base::log(base::LogLevel::Error, http.error());
    return 1;
  }
  const auto url = "http://" + arguments.http->address + ":" + std::to_string((*http)->port()) + "/mcp\n";
  std::fputs(url.c_str(), stdout);
  std::fflush(stdout);
  return (*http)->serve(stop);
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse(std::span<char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (!arguments) {
    base::log(base::LogLevel::Error,
              "usage: fixture_server [--http ADDRESS:PORT] [--state-key TEXT] "
              "[--patience LIMIT:BEAT]");
    return 2;
  }
  transport::StopControl stop;
  cli::on_termination([&] { stop.stop(0); });
  base::SystemClock clock;
  conformance::Watcher watcher;
  conformance::Jobs jobs(watcher);
  conformance::Stage stage{clock, jobs, watcher};
  conformance::Toolbox toolbox(stage);
  conformance::Shelf shelf;
  conformance::Phrases phrases(stage);
  mcp::Offer offer{toolbox};
  offer.resources = &shelf;
  offer.prompts = &phrases;
  offer.completer = &phrases;
  offer.tasks = &jobs;
  offer.watch = &watcher;
  const mcp::Server server(offer, {"fixture", "Conformance fixture", "1", "For tests only."},
                           seal(arguments->state_key), clock, arguments->patience);
  stage.changes = &server.changes();
  const int code = serve(server, *arguments, stop);
  // Calls left behind use what lives here: no destructor may run.
  _exit(code);
}
