#include "transport/http/server.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "net/server.h"
#include "transport/http/endpoint.h"
#include "transport/http/refusal.h"

namespace transport {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBeat{1000};

class Running final : public HttpServer {
 public:
  Running(std::shared_ptr<HttpEndpoint> endpoint, std::unique_ptr<net::Server> net, HttpOptions options)
      : endpoint_(std::move(endpoint)), net_(std::move(net)), options_(std::move(options)) {}
  ~Running() override {
    // No call begins after this.
    net_.reset();
    if (!drained_) {
      endpoint_->cancel_calls();
      endpoint_->wait_idle(options_.unwind);
    }
    endpoint_->close();
  }

  std::uint16_t port() const override { return net_->port(); }
  std::expected<void, std::string> use_certificate(const std::string& certificate_pem,
                                                   const std::string& key_pem) override {
    return net_->use_certificate(certificate_pem, key_pem);
  }

  int serve(StopControl& stop) override {
    while (!stop.requested()) {
      pollfd asked{stop.fd(), POLLIN, 0};
      if (::poll(&asked, 1, static_cast<int>(kBeat.count())) > 0) break;
      endpoint_->beat();
      if (options_.beat) options_.beat();
    }
    drain();
    return stop.requested().value_or(0);
  }

 private:
  void drain() {
    drained_ = true;
    const auto end = std::chrono::steady_clock::now() + options_.drain;
    const bool answered = net_->drain(options_.drain, [this] { endpoint_->end_streams(); });
    // A legacy call continues without its client.
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    if (answered && endpoint_->wait_idle(std::max(left, milliseconds{0}))) return;
    // The calls that are left can still send their answer.
    endpoint_->cancel_calls();
    if (!endpoint_->wait_idle(options_.unwind) || !net_->drain(options_.unwind))
      base::log(base::LogLevel::Warning, "stopped while cancelled calls were still running");
  }

  const std::shared_ptr<HttpEndpoint> endpoint_;
  std::unique_ptr<net::Server> net_;
  const HttpOptions options_;
  bool drained_ = false;
};

}  // namespace

std::expected<std::unique_ptr<HttpServer>, std::string> HttpServer::start(const mcp::Server& server,
                                                                          HttpOptions options) {
  const auto endpoint = std::make_shared<HttpEndpoint>(server, options);
  net::ServerOptions limits;
  limits.address = options.address;
  limits.port = options.port;
  limits.certificate_pem = options.certificate_pem;
  limits.key_pem = options.key_pem;
  limits.max_body = options.max_body;
  limits.max_connections = options.max_connections;
  limits.refusal_body = [](unsigned status, std::string_view sentence) {
    return jsonrpc::write_error({}, {code_of(status), std::string(sentence), {}});
  };
  net::Serve serve = [endpoint](net::Request request, const std::shared_ptr<net::Responder>& responder) {
    endpoint->serve(std::move(request), responder);
  };
  auto net = net::Server::start(std::move(limits), std::move(serve));
  if (!net) return std::unexpected(net.error());
  return std::make_unique<Running>(endpoint, *std::move(net), std::move(options));
}

}  // namespace transport
