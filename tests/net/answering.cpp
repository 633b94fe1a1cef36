#include "net/answering.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace test {
namespace {

constexpr std::size_t kHeader = 12;

std::string number(unsigned value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xFFU);
  return text;
}

// The labels of a question as a name with dots; `end` is behind them.
std::string name_in(const std::string& question, std::size_t& end) {
  std::string name;
  end = kHeader;
  while (end < question.size() && question[end] != 0) {
    const auto size = static_cast<unsigned char>(question[end]);
    name += (name.empty() ? "" : ".") + question.substr(end + 1, size);
    end += size + std::size_t{1};
  }
  ++end;
  return name;
}

}  // namespace

Answering::Answering(std::string name, std::vector<std::string> addresses, bool silent, std::string junk)
    : name_(std::move(name)),
      addresses_(std::move(addresses)),
      silent_(silent),
      junk_(std::move(junk)),
      socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
      ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0)
    port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Answering::~Answering() {
  // Wakes the thread; a message of no bytes ends it.
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(port_);
  ::sendto(socket_, "", 0, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  thread_.join();
  ::close(socket_);
}

void Answering::run() {
  std::array<char, 2048> buffer{};
  for (;;) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto count =
        ::recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (count <= 0) return;
    ++questions_;
    const auto send = [&](const std::string& bytes) {
      ::sendto(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
    };
    if (!junk_.empty()) send(junk_);
    if (const auto text = answer({buffer.data(), static_cast<std::size_t>(count)}); !text.empty()) send(text);
  }
}

std::string Answering::answer(const std::string& question) const {
  std::size_t end = 0;
  const auto name = name_in(question, end);
  const bool known = name == name_;
  if (!known && silent_) return {};
  const bool six = question.substr(end, 2) == number(28, 2);
  std::string records;
  unsigned count = 0;
  for (const auto& address : addresses_) {
    std::array<char, 16> bytes{};
    const bool is_six = address.find(':') != std::string::npos;
    if (!known || is_six != six ||
        ::inet_pton(is_six ? AF_INET6 : AF_INET, address.c_str(), bytes.data()) != 1)
      continue;
    const unsigned size = is_six ? 16 : 4;
    // The name is a pointer to that of the question.
    records += number(0xC000U + kHeader, 2) + number(is_six ? 28 : 1, 2) + number(1, 2) + number(60, 4) +
               number(size, 2) + std::string(bytes.data(), size);
    ++count;
  }
  return question.substr(0, 2) + number(known ? 0x8580 : 0x8583, 2) + number(1, 2) + number(count, 2) +
         number(0, 4) + question.substr(kHeader, end + 4 - kHeader) + records;
}

}  // namespace test
