#include "net/blocking.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "base/text.h"
#include "net/encoding.h"

namespace net {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kCompressOver = 1024;

struct Job {
  Request request;
  std::shared_ptr<Responder> responder;
};

bool offers_gzip(const Request& request) {
  const auto offered = find_header(request.headers, "accept-encoding");
  return offered && base::lower_ascii(*offered).find("gzip") != std::string::npos;
}

void compress_body(const Request& request, Response& response) {
  if (response.body.size() <= kCompressOver || !offers_gzip(request) ||
      find_header(response.headers, "content-encoding"))
    return;
  response.body = gzip(response.body);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace

Serve on_workers(asio::thread_pool& workers, asio::io_context& io, Handler handler, bool compress) {
  return [&workers, &io, handler = std::move(handler), compress](Request request,
                                                                 std::shared_ptr<Responder> responder) {
    const auto job = std::make_shared<Job>(std::move(request), std::move(responder));
    asio::post(workers, [&io, &handler, job, compress] {
      auto reply = handler(job->request);
      if (reply.drop && reply.delay.count() <= 0) return;
      if (compress) compress_body(job->request, reply.response);
      if (reply.delay.count() <= 0) return job->responder->answer(std::move(reply.response));
      const auto timer = std::make_shared<asio::steady_timer>(io, reply.delay);
      timer->async_wait([timer, job, reply](const boost::system::error_code& error) {
        if (!error && !reply.drop) job->responder->answer(reply.response);
      });
    });
  };
}

}  // namespace net
