#include "pve/answer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#include <sanitizer/allocator_interface.h>
#define COUNTED_BY_SANITIZER
#endif
#endif

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

#ifdef COUNTED_BY_SANITIZER
namespace {

// The thread sanitizer has an allocator of its own, which tells of each piece.
const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { ++allocations; }, [](const volatile void*) {});

}  // namespace
#else
// NOLINTBEGIN(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory): this is the allocator
void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }
// NOLINTEND(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)
#endif

namespace {

net::Response list_of(int guests) {
  std::string body = R"({"data":[)";
  for (int i = 0; i < guests; ++i) {
    body +=
        (i == 0 ? "" : ",") + std::string(R"({"vmid":)") + std::to_string(100 + i) + R"(,"id":"qemu/)" +
        std::to_string(100 + i) +
        R"(","name":"a name of more than fifteen bytes","type":"qemu","status":"running","maxmem":8589934592})";
  }
  return {200, "OK", {}, body + "]}"};
}

std::size_t allocations_to_read(const net::Response& response) {
  const auto before = allocations.load();
  const auto answer = pve::read_response(response);
  EXPECT_TRUE(answer && answer->data.is_array());
  return allocations - before;
}

TEST(Answer, AllocationsDoNotGrowWithTheList) {
#ifdef COUNTED_BY_SANITIZER
  ASSERT_GT(installed, 0);
#endif
  const auto few = allocations_to_read(list_of(100));
  const auto many = allocations_to_read(list_of(2000));
  EXPECT_GE(few, 1U);
  // The blocks double, and so does the parser's stack.
  EXPECT_LE(many, few + 12);
}

TEST(Answer, ItsDataOutlivesTheEnvelope) {
  auto answer =
      pve::read_response({200, "OK", {}, R"({"data":{"name":"web01"},"total":7,"changes":"--- a"})"});
  ASSERT_TRUE(answer);
  const base::Json data(std::move(answer->data));
  EXPECT_EQ(answer->total, 7);
  EXPECT_EQ(answer->changes, "--- a");
  answer = std::unexpected(pve::Error{});
  EXPECT_EQ(data.at("name"), "web01");
}

}  // namespace
