// A name server on this machine: answers questions about one name, as DNS and multicast DNS do.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace test {

class Answering {
 public:
  /// Answers for `name` with these IPv4 and IPv6 addresses; about any other name it says that there is none,
  /// or, as a machine does in multicast DNS, nothing at all. `junk` goes out before each answer.
  Answering(std::string name, std::vector<std::string> addresses, bool silent = false, std::string junk = {});
  ~Answering();
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;

  std::uint16_t port() const { return port_; }
  int questions() const { return questions_; }

 private:
  void run();
  std::string answer(const std::string& question) const;

  const std::string name_;
  const std::vector<std::string> addresses_;
  const bool silent_;
  const std::string junk_;
  int socket_;
  std::uint16_t port_ = 0;
  std::atomic<int> questions_ = 0;
  std::thread thread_;
};

}  // namespace test
