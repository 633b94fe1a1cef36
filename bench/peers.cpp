#include "bench/peers.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
// Compiles Asio's TLS implementation here, since the product itself does not use it.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>

namespace bench {

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct Raw::State {
  std::string host;
  std::uint16_t port;
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::optional<asio::ssl::stream<asio::ip::tcp::socket>> stream;
  boost::beast::flat_buffer buffer;

  void connect() {
    stream.emplace(io, tls);
    stream->next_layer().connect({asio::ip::make_address(host), port});
    stream->next_layer().set_option(asio::ip::tcp::no_delay(true));
    stream->handshake(asio::ssl::stream_base::client);
    buffer.clear();
  }
};

Raw::Raw(std::string host, std::uint16_t port) : state_(std::make_unique<State>()) {
  state_->host = std::move(host);
  state_->port = port;
}

Raw::~Raw() = default;

std::size_t Raw::get(const std::string& target, const std::string& authorization) {
  if (!state_->stream) state_->connect();
  http::request<http::empty_body> request{http::verb::get, target, 11};
  request.set(http::field::host, state_->host);
  request.set(http::field::authorization, authorization);
  http::write(*state_->stream, request);
  http::response<http::string_body> response;
  http::read(*state_->stream, state_->buffer, response);
  if (!response.keep_alive()) state_->stream.reset();
  return response.body().size();
}

}  // namespace bench
