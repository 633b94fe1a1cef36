#include "cli/reach.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// A listening socket on a free port of this machine.
struct Listener {
  int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  std::uint16_t port = 0;
  Listener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket, 1), 0);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }
  ~Listener() { ::close(socket); }
};

TEST(Reach, OpensAndIsRefused) {
  std::uint16_t port = 0;
  {
    const Listener listener;
    port = listener.port;
    const auto addresses = cli::look_up("127.0.0.1", port, 5s);
    ASSERT_TRUE(addresses) << addresses.error();
    EXPECT_EQ(addresses->text(), "127.0.0.1:" + std::to_string(port));
    EXPECT_TRUE(cli::connects(*addresses, 5s));
  }
  const auto refused = cli::connects(*cli::look_up("127.0.0.1", port, 5s), 5s);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("Connection refused"));
}

TEST(Reach, AddressesOfBothFamilies) {
  EXPECT_EQ(cli::look_up("::1", 8006, 5s)->text(), "[::1]:8006");
  EXPECT_FALSE(cli::connects({}, 1s));
}

}  // namespace
