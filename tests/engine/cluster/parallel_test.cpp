#include "engine/cluster/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <condition_variable>
#include <mutex>
#include <new>
#include <set>

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kLong{60};

void until(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop, [] { return false; });
}

TEST(InParallel, CallsEachIndexOnce) {
  for (const std::size_t count : {0U, 1U, 3U, 100U}) {
    std::mutex mutex;
    std::multiset<std::size_t> done;
    engine::in_parallel(count, 4, kLong, {}, [&](std::size_t i, const std::stop_token&) {
      const std::scoped_lock lock(mutex);
      done.insert(i);
    });
    std::multiset<std::size_t> wanted;
    for (std::size_t i = 0; i < count; ++i) wanted.insert(i);
    EXPECT_EQ(done, wanted);
  }
}

TEST(InParallel, RunsAsManyCallsAtOnceAsAllowed) {
  std::barrier meeting(3);
  std::atomic<int> running{0};
  std::atomic<bool> more{false};
  engine::in_parallel(9, 3, kLong, {}, [&](std::size_t, const std::stop_token&) {
    if (++running > 3) more = true;
    meeting.arrive_and_wait();
    --running;
    meeting.arrive_and_wait();
  });
  EXPECT_FALSE(more);
}

TEST(InParallel, EndsWhenTheTimeIsUp) {
  std::atomic<int> begun{0};
  engine::in_parallel(5, 2, 0s, {}, [&](std::size_t, const std::stop_token& stop) {
    ++begun;
    until(stop);
  });
  EXPECT_LE(begun, 2);
}

TEST(InParallel, EndsWhenItIsStopped) {
  std::stop_source source;
  std::atomic<int> begun{0};
  engine::in_parallel(5, 2, kLong, source.get_token(), [&](std::size_t, const std::stop_token& stop) {
    if (++begun == 2) source.request_stop();
    until(stop);
  });
  EXPECT_EQ(begun, 2);
}

TEST(InParallel, EndsAllCallsOnAnException) {
  std::atomic<int> begun{0};
  engine::in_parallel(5, 2, kLong, {}, [&](std::size_t, const std::stop_token& stop) {
    if (++begun == 2) throw std::bad_alloc();
    until(stop);
  });
  EXPECT_EQ(begun, 2);
}

}  // namespace
