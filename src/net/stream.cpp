#include "net/stream.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace net {
namespace {

int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

void FreeSession::operator()(SSL* session) const { SSL_free(session); }

Stream::Stream(boost::asio::ip::tcp::socket socket)
    : socket_(std::move(socket)), open_(std::make_shared<bool>(true)) {
  boost::system::error_code ignored;
  socket_.native_non_blocking(true, ignored);
  ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(boost::asio::socket_base::keep_alive(true), ignored);
}

Stream::~Stream() { close(); }

bool Stream::start_tls(SSL_CTX* context, bool as_server) {
  session_.reset(SSL_new(context));
  if (!session_ || SSL_set_fd(session_.get(), socket_.native_handle()) != 1) return false;
  SSL_set_mode(session_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_set_read_ahead(session_.get(), 1);
  if (as_server) {
    SSL_set_accept_state(session_.get());
  } else {
    SSL_set_connect_state(session_.get());
  }
  return true;
}

Stream::Step Stream::system_error(const char* what) {
  const int code = errno;
  if (code == EAGAIN || code == EWOULDBLOCK) return {State::WantRead, 0};
  healthy_ = false;
  reason_ = std::string(what) + ": " + std::generic_category().message(code);
  return {State::Broken, 0};
}

Stream::Step Stream::tls_step(int result) {
  if (result > 0) return {State::Done, static_cast<std::size_t>(result)};
  const int code = errno;
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {State::WantRead, 0};
    case SSL_ERROR_WANT_WRITE:
      return {State::WantWrite, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {State::End, 0};
    case SSL_ERROR_SYSCALL:
      reason_ = code == 0 ? "the connection was closed" : std::generic_category().message(code);
      break;
    default: {
      const char* reason = ERR_reason_error_string(ERR_peek_error());
      reason_ = reason != nullptr ? reason : "TLS failed";
    }
  }
  ERR_clear_error();
  healthy_ = false;
  return {State::Broken, 0};
}

Stream::Step Stream::handshake() {
  ERR_clear_error();
  errno = 0;
  return tls_step(SSL_do_handshake(session_.get()));
}

Stream::Step Stream::read(char* data, std::size_t size) {
  if (!*open_) return {State::Broken, 0};
  if (session_) {
    ERR_clear_error();
    errno = 0;
    return tls_step(SSL_read(session_.get(), data, clamp(size)));
  }
  const ssize_t count = ::recv(socket_.native_handle(), data, size, 0);
  if (count > 0) return {State::Done, static_cast<std::size_t>(count)};
  if (count == 0) return {State::End, 0};
  return system_error("reading failed");
}

Stream::Step Stream::write(const char* data, std::size_t size) {
  if (!*open_) return {State::Broken, 0};
  if (session_) {
    ERR_clear_error();
    errno = 0;
    return tls_step(SSL_write(session_.get(), data, clamp(size)));
  }
  const ssize_t count = ::send(socket_.native_handle(), data, size, MSG_NOSIGNAL);
  if (count < 0) {
    Step step = system_error("writing failed");
    if (step.state == State::WantRead) step.state = State::WantWrite;
    return step;
  }
  written_ += static_cast<std::uint64_t>(count);
  return {State::Done, static_cast<std::size_t>(count)};
}

void Stream::wait(State want, std::function<void()> ready) {
  const auto direction =
      want == State::WantWrite ? boost::asio::socket_base::wait_write : boost::asio::socket_base::wait_read;
  // An error is reported by the step that follows; only an end of this object keeps quiet.
  socket_.async_wait(direction, [open = open_, ready = std::move(ready)](const boost::system::error_code&) {
    if (*open) ready();
  });
}

bool Stream::quiet() {
  if (!*open_ || !healthy_ || (session_ && SSL_has_pending(session_.get()) == 1)) return false;
  if (session_ && SSL_get_shutdown(session_.get()) != 0) return false;
  char byte = 0;
  const ssize_t count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

int Stream::peek() {
  unsigned char byte = 0;
  const ssize_t count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 1 ? byte : -1;
}

void Stream::finish() {
  if (!*open_) return;
  if (session_ && healthy_ && SSL_is_init_finished(session_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(session_.get());
    ERR_clear_error();
  }
  boost::system::error_code ignored;
  socket_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
}

void Stream::close() {
  if (!*open_) return;
  finish();
  *open_ = false;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

std::uint64_t Stream::written() const {
  return session_ ? BIO_number_written(SSL_get_wbio(session_.get())) : written_;
}

}  // namespace net
