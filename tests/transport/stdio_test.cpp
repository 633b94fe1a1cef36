// serve_stdio over pipes: framing, concurrency, and the ways to end.
#include "transport/stdio.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <future>
#include <optional>
#include <set>
#include <utility>

#include "mcp/fixture.h"

namespace test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using transport::StdioLimits;
using transport::StopControl;

constexpr auto kInitialize =
    R"({"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}})";
constexpr auto kPing = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
constexpr auto kPong = R"({"jsonrpc":"2.0","id":1,"result":{}})";

/// A limit that is not reached: a wait for it would hang the test. Workers use objects of the test, so none
/// may outlive it, even on a busy machine.
constexpr std::chrono::hours kNever{1};

/// A server on its own thread, and the client's ends of its pipes.
class StdioTest : public testing::Test {
 protected:
  StdioTest() {
    std::array<int, 2> pair{};
    EXPECT_EQ(::pipe2(pair.data(), O_CLOEXEC), 0);
    server_in_ = pair[0];
    to_server_ = pair[1];
    EXPECT_EQ(::pipe2(pair.data(), O_CLOEXEC), 0);
    from_server_ = pair[0];
    server_out_ = pair[1];
  }
  ~StdioTest() override {
    close_input();
    if (running_.valid()) running_.wait();
    for (const int fd : {server_in_, server_out_, from_server_}) {
      if (fd >= 0) ::close(fd);
    }
  }

  void start(StdioLimits limits = {.grace = kNever, .drain = kNever, .unwind = kNever}) {
    start(server, limits);
  }
  void start(const mcp::Server& served, StdioLimits limits) {
    // The thread's own from here on: it closes it at the end.
    running_ = std::async(std::launch::async, [this, &served, limits, out = std::exchange(server_out_, -1)] {
      const int code = transport::serve_stdio(served, server_in_, out, stop, limits);
      ::close(out);
      return code;
    });
  }
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::write(to_server_, bytes.data(), bytes.size());
      ASSERT_GT(count, 0);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void send(const std::string& line) {
    recorder.sent(line);
    write(line + "\n");
  }
  /// The next line, or nothing at the end.
  std::optional<std::string> read() {
    for (;;) {
      const auto end = pending_.find('\n');
      if (end != std::string::npos) {
        auto line = pending_.substr(0, end);
        pending_.erase(0, end + 1);
        recorder.received(line);
        return line;
      }
      std::array<char, 4096> buffer{};
      const auto count = ::read(from_server_, buffer.data(), buffer.size());
      if (count <= 0) {
        EXPECT_EQ(pending_, "") << "half a line";
        return std::nullopt;
      }
      pending_.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  void close_input() {
    if (to_server_ >= 0) ::close(to_server_);
    to_server_ = -1;
  }
  /// The exit code, which must come by itself.
  int ended() {
    if (running_.wait_for(kForever) != std::future_status::ready) std::abort();
    return running_.get();
  }
  /// Fills what the client does not read.
  void clog() {
    ASSERT_GT(::fcntl(from_server_, F_SETPIPE_SZ, 4096), 0);
    for (int i = 0; i < 200; ++i) send(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
  }

  FakeTools tools;
  base::ManualClock clock;
  mcp::Server server{{tools}, kInfo, std::make_shared<const mcp::Seal>(), clock};
  StopControl stop;
  protocol::Recorder recorder;
  int server_in_ = -1;
  int server_out_ = -1;
  int to_server_ = -1;
  int from_server_ = -1;

 private:
  std::string pending_;
  std::future<int> running_;
};

std::string call(std::string_view tool, std::string_view id) {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"method":"tools/call","params":{"name":")" +
         std::string(tool) + "\"}}";
}

TEST_F(StdioTest, AnswersUntilTheInputEnds) {
  start();
  send(kInitialize);
  EXPECT_THAT(read().value_or(""), HasSubstr("serverInfo"));
  send(kPing);
  EXPECT_EQ(read(), kPong);
  close_input();
  EXPECT_EQ(read(), std::nullopt);
  EXPECT_EQ(ended(), 0);
}

TEST_F(StdioTest, TakesBytesOneByOne) {
  start();
  recorder.sent(kInitialize);
  recorder.sent(kPing);
  for (const char byte : std::string(kInitialize) + "\r\n\n" + kPing + "\n")
    write(std::string_view(&byte, 1));
  EXPECT_THAT(read().value_or(""), HasSubstr("serverInfo"));
  EXPECT_EQ(read(), kPong);
}

TEST_F(StdioTest, AnswersALastLineWithoutItsEnd) {
  start();
  recorder.sent(kPing);
  write(kPing);
  close_input();
  EXPECT_EQ(read(), kPong);
  EXPECT_EQ(ended(), 0);
}

TEST_F(StdioTest, EndsInTheMidstOfALine) {
  start();
  write(std::string(kPing).substr(0, 20));
  close_input();
  EXPECT_EQ(read(), std::nullopt);
  EXPECT_EQ(ended(), 0);
}

TEST_F(StdioTest, GoesOnAfterLinesItCannotRead) {
  start();
  send(kInitialize);
  read();
  for (const auto& line : {std::string("nonsense"), std::string("\xFF\xFE"), std::string(10'000, '['),
                           R"({"jsonrpc":"2.0","id":null,"method":"ping"})" + std::string()}) {
    send(line);
    EXPECT_THAT(read().value_or(""), HasSubstr(line[0] == '{' ? "-32600" : "-32700"));
  }
  send(kPing);
  EXPECT_EQ(read(), kPong);
}

TEST_F(StdioTest, SkipsALineOfTenMebibytes) {
  start();
  send(kInitialize);
  read();
  write(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":")" +
        std::string(std::size_t{10} << 20U, 'x'));
  EXPECT_THAT(read().value_or(""), HasSubstr("more than 4194304 bytes"));
  write("\"}}\n");
  send(kPing);
  EXPECT_EQ(read(), kPong);
}

TEST_F(StdioTest, TakesALineUpToTheLimit) {
  start();
  std::string line = R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":")";
  line += std::string((std::size_t{4} << 20U) - line.size() - 3, 'x') + "\"}}";
  ASSERT_EQ(line.size(), std::size_t{4} << 20U);
  send(line);
  EXPECT_EQ(read(), kPong);
}

TEST_F(StdioTest, GivesLargeAnswersInOneLine) {
  start();
  send(kInitialize);
  read();
  const std::string text(1'000'000, 'x');
  send(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"a":")" + text +
       "\"}}}");
  EXPECT_THAT(read().value_or(""), HasSubstr(text));
}

TEST_F(StdioTest, AnswersOfManyThreadsStayWholeLines) {
  constexpr int kCalls = 60;
  start();
  send(kInitialize);
  read();
  std::set<std::string> answers;
  for (int round = 0; round < 5; ++round) {
    // Held together first, so that all answer at once.
    for (int i = 0; i < kCalls; ++i) send(call("block", std::to_string(round * kCalls + i)));
    for (int i = 0; i < kCalls; ++i) tools.entered.acquire();
    for (int i = 0; i < kCalls; ++i) tools.release.release();
    for (int i = 0; i < kCalls; ++i) {
      const auto answer = read().value_or("");
      EXPECT_TRUE(base::parse_json(answer)) << answer;
      answers.insert(answer);
    }
  }
  EXPECT_EQ(answers.size(), 5U * kCalls);
}

TEST_F(StdioTest, OneCallDelaysNoOther) {
  start();
  send(kInitialize);
  read();
  for (int i = 0; i < 20; ++i) send(call("block", std::to_string(i)));
  for (int i = 0; i < 20; ++i) tools.entered.acquire();
  send(call("echo", "\"quick\""));
  EXPECT_THAT(read().value_or(""), HasSubstr("\"quick\""));
  send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}})");
  tools.stopped.acquire();
  for (int i = 0; i < 19; ++i) tools.release.release();
  for (int i = 0; i < 19; ++i) {
    const auto answer = read().value_or("");
    EXPECT_THAT(answer, HasSubstr("released"));
    EXPECT_THAT(answer, testing::Not(HasSubstr("\"id\":7,")));
  }
  close_input();
  EXPECT_EQ(read(), std::nullopt);
}

TEST_F(StdioTest, RefusesCallsBeyondItsWorkers) {
  start({.workers = 1, .queue = 1, .grace = kNever, .unwind = kNever});
  send(kInitialize);
  read();
  send(call("block", "1"));
  tools.entered.acquire();
  send(call("echo", "2"));
  send(call("echo", "3"));
  const auto refusal = read().value_or("");
  EXPECT_THAT(refusal, HasSubstr("\"id\":3"));
  EXPECT_THAT(refusal, HasSubstr("busy"));
  tools.release.release();
  EXPECT_THAT(read().value_or(""), HasSubstr("\"id\":1"));
  EXPECT_THAT(read().value_or(""), HasSubstr("\"id\":2"));
}

TEST_F(StdioTest, LetsCallsFinishShortlyAfterTheEndOfInput) {
  start({.grace = kNever, .unwind = kNever});
  send(kInitialize);
  send(call("block", "1"));
  tools.entered.acquire();
  close_input();
  tools.release.release();
  EXPECT_THAT(read().value_or(""), HasSubstr("serverInfo"));
  EXPECT_THAT(read().value_or(""), HasSubstr("released"));
  EXPECT_EQ(ended(), 0);
}

TEST_F(StdioTest, CancelsCallsThatDoNotFinishAfterTheEndOfInput) {
  start({.grace = milliseconds(0), .unwind = kNever});
  send(kInitialize);
  send(call("block", "1"));
  tools.entered.acquire();
  close_input();
  tools.stopped.acquire();
  EXPECT_EQ(ended(), 0);
}

/// Waits for a detached thread to end, including the data that libraries keep for each thread: the kernel
/// releases the mutex of a thread that has ended.
class Remains {
 public:
  Remains() {
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&held_, &kind);
    pthread_mutexattr_destroy(&kind);
  }
  /// By the thread in question, once.
  void leave() { pthread_mutex_lock(&held_); }
  /// After leave(). No time limit: the thread sanitizer knows the end of an owner only without.
  bool await() {
    if (pthread_mutex_lock(&held_) != EOWNERDEAD) return false;
    pthread_mutex_consistent(&held_);
    pthread_mutex_unlock(&held_);
    return true;
  }

 private:
  pthread_mutex_t held_{};
};

TEST_F(StdioTest, LeavesCallsBehindThatIgnoreTheirStopToken) {
  // The call that is left behind outlives the test.
  static auto& immortal = *new FakeTools;
  static const auto& time = *new base::ManualClock;
  static const auto& served = *new mcp::Server({immortal}, kInfo, std::make_shared<const mcp::Seal>(), time);
  Remains thread;
  immortal.more["deaf"] = [&thread](const mcp::Call&) {
    thread.leave();
    immortal.entered.release();
    immortal.release.acquire();
    return text_result("at last");
  };
  start(served, {});
  send(kInitialize);
  read();
  send(call("deaf", "1"));
  immortal.entered.acquire();
  close_input();
  EXPECT_EQ(ended(), 0);
  immortal.release.release();
  EXPECT_TRUE(thread.await());
  EXPECT_EQ(read(), std::nullopt) << "nothing is written after the return";
}

TEST(StdioLimits, AddUpToASecond) {
  constexpr milliseconds kLastWords{300};
  constexpr StdioLimits limits;
  EXPECT_LE(limits.grace + limits.unwind + kLastWords, seconds(1));
}

TEST_F(StdioTest, StopsAtOnceOnRequest) {
  start();
  send(kInitialize);
  read();
  send(call("block", "1"));
  tools.entered.acquire();
  stop.stop(0);
  tools.stopped.acquire();
  EXPECT_EQ(ended(), 0);
}

TEST_F(StdioTest, AnswersWhatIsInFlightBeforeItStopsWithAnotherCode) {
  start();
  send(kInitialize);
  read();
  send(call("block", "1"));
  tools.entered.acquire();
  stop.stop(1);
  send(call("echo", "2"));
  EXPECT_THAT(read().value_or(""), HasSubstr("\"id\":2"));
  tools.release.release();
  EXPECT_THAT(read().value_or(""), HasSubstr("released"));
  EXPECT_EQ(read(), std::nullopt);
  EXPECT_EQ(ended(), 1);
}

TEST_F(StdioTest, StopsDrainingAtTheEndOfInputAndOnASignal) {
  start({.grace = milliseconds(0), .drain = kNever, .unwind = kNever});
  send(kInitialize);
  send(call("block", "1"));
  tools.entered.acquire();
  stop.stop(1);
  stop.stop(0);
  tools.stopped.acquire();
  EXPECT_EQ(ended(), 1) << "the first code counts";
}

TEST_F(StdioTest, EndsWhenTheOutputIsGone) {
  start();
  ::close(from_server_);
  from_server_ = -1;
  send(kPing);
  EXPECT_EQ(ended(), 0);
}

TEST_F(StdioTest, EndsAlthoughTheClientReadsNothing) {
  start({.grace = milliseconds(0), .unwind = kNever});
  clog();
  close_input();
  EXPECT_EQ(ended(), 0);
}

TEST_F(StdioTest, StopsAlthoughTheClientReadsNothing) {
  start();
  clog();
  stop.stop(0);
  EXPECT_EQ(ended(), 0);
}

TEST_F(StdioTest, KeepsTheFlagsOfItsDescriptors) {
  const int out = server_out_;
  const int in_flags = ::fcntl(server_in_, F_GETFL);
  const int out_flags = ::fcntl(out, F_GETFL);
  start();
  send(kPing);
  read();
  EXPECT_EQ(::fcntl(server_in_, F_GETFL), in_flags);
  EXPECT_EQ(::fcntl(out, F_GETFL), out_flags);
}

TEST_F(StdioTest, ServesDescriptorsThatDoNotBlock) {
  ASSERT_EQ(::fcntl(server_in_, F_SETFL, O_NONBLOCK), 0);
  ASSERT_EQ(::fcntl(server_out_, F_SETFL, O_NONBLOCK), 0);
  start();
  for (int i = 0; i < 300; ++i) send(kPing);
  for (int i = 0; i < 300; ++i) EXPECT_EQ(read(), kPong);
}

TEST_F(StdioTest, ServesEachRevision) {
  start();
  send(
      R"({"jsonrpc":"2.0","id":0,"method":"server/discover","params":{"_meta":{)"
      R"("io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}})");
  EXPECT_THAT(read().value_or(""), HasSubstr("supportedVersions"));
  send(kInitialize);
  EXPECT_THAT(read().value_or(""), HasSubstr("serverInfo"));
  close_input();
  EXPECT_EQ(ended(), 0);
}

TEST(StopControl, KeepsTheFirstCode) {
  StopControl stop;
  EXPECT_EQ(stop.requested(), std::nullopt);
  EXPECT_FALSE(stop.at_once());
  stop.stop(1);
  EXPECT_EQ(stop.requested(), 1);
  EXPECT_FALSE(stop.at_once());
  stop.stop(0);
  EXPECT_EQ(stop.requested(), 1);
  EXPECT_TRUE(stop.at_once());
}

}  // namespace
}  // namespace test
