// A Handler, which may block, behind Serve, which must not. For the files of net/ only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "net/server.h"

namespace net {

/// Runs the handler on the workers, waits out delays on `io`, compresses where Pveproxy says so. Both must
/// outlive what is returned.
Serve on_workers(boost::asio::thread_pool& workers, boost::asio::io_context& io, Handler handler,
                 bool compress);

}  // namespace net
