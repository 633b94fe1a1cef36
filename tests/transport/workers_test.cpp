#include "transport/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>

#include "mcp/fixture.h"

namespace transport {
namespace {

using test::kForever;

TEST(Workers, RunJobsAtOnceUpToTheirNumber) {
  const auto workers = std::make_shared<Workers>(8, 0);
  auto all = std::make_shared<std::latch>(8);
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(workers->run([all] { all->arrive_and_wait(); }));
  }
  EXPECT_TRUE(workers->wait_idle(kForever));
  workers->close();
}

TEST(Workers, QueueWhatTheyCannotRunAndRefuseTheRest) {
  const auto workers = std::make_shared<Workers>(1, 2);
  test::Gate gate;
  std::atomic<int> done = 0;
  const auto job = [&] {
    gate.acquire();
    ++done;
  };
  EXPECT_TRUE(workers->run(job));
  EXPECT_TRUE(workers->run(job));
  EXPECT_TRUE(workers->run(job));
  EXPECT_FALSE(workers->run(job));
  EXPECT_FALSE(workers->wait_idle(std::chrono::milliseconds(0)));
  for (int i = 0; i < 3; ++i) gate.release();
  EXPECT_TRUE(workers->wait_idle(kForever));
  EXPECT_EQ(done, 3);
  EXPECT_TRUE(workers->run([] {}));
  EXPECT_TRUE(workers->wait_idle(kForever));
  workers->close();
}

/// What a library keeps for each thread.
struct OfThread {
  ~OfThread() {
    ++gone;
    if (told != nullptr) told->release();
  }
  test::Gate* told = nullptr;
  static inline std::atomic<int> gone = 0;
};

TEST(Workers, DropWhatWaitsWhenClosed) {
  const auto workers = std::make_shared<Workers>(1, 4);
  test::Gate entered;
  test::Gate gate;
  test::Gate gone;
  std::atomic<bool> ran = false;
  workers->run([&] {
    [[maybe_unused]] thread_local const OfThread own{&gone};
    entered.release();
    gate.acquire();
  });
  entered.acquire();
  workers->run([&] { ran = true; });
  workers->close();
  gate.release();
  EXPECT_TRUE(workers->wait_idle(kForever));
  EXPECT_FALSE(ran);
  EXPECT_FALSE(workers->run([] {}));
  gone.acquire();
}

TEST(Workers, NoThreadOutlivesClose) {
  OfThread::gone = 0;
  const auto workers = std::make_shared<Workers>(8, 0);
  auto all = std::make_shared<std::latch>(8);
  for (int i = 0; i < 8; ++i) {
    workers->run([all] {
      [[maybe_unused]] thread_local const OfThread own;
      all->arrive_and_wait();
    });
  }
  EXPECT_TRUE(workers->wait_idle(kForever));
  workers->close();
  EXPECT_EQ(OfThread::gone, 8);
}

TEST(Workers, CloseDetachesRunningJobs) {
  const auto workers = std::make_shared<Workers>(2, 0);
  test::Gate entered;
  test::Gate gate;
  test::Gate gone;
  workers->run([&] {
    [[maybe_unused]] thread_local const OfThread own{&gone};
    entered.release();
    gate.acquire();
  });
  entered.acquire();
  workers->close();
  EXPECT_FALSE(workers->wait_idle(std::chrono::milliseconds(0)));
  gate.release();
  EXPECT_TRUE(workers->wait_idle(kForever));
  gone.acquire();
}

TEST(Workers, ManyJobsFromManyThreads) {
  const auto workers = std::make_shared<Workers>(16, 4096);
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) workers->run([&] { ++done; });
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(workers->wait_idle(kForever));
  EXPECT_EQ(done, 2000);
  workers->close();
}

}  // namespace
}  // namespace transport
