#include "base/json_blocks.h"

#include <algorithm>
#include <boost/container/pmr/memory_resource.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <utility>

namespace base {
namespace {

constexpr std::size_t kSmallest = 1024;
constexpr std::size_t kFirst = 65'536;

/// Gives out pieces of blocks, each twice as large as the one before, and frees them all at its end. Once it
/// is sealed, pieces come from the heap and go back there.
class Blocks final : public boost::container::pmr::memory_resource {
 public:
  /// Boost keeps it inside of another resource: `self` becomes the way to it.
  Blocks(std::size_t first, Blocks*& self) : next_(first) { self = this; }
  Blocks(const Blocks&) = delete;
  Blocks& operator=(const Blocks&) = delete;
  ~Blocks() override {
    while (newest_ != nullptr) ::operator delete(std::exchange(newest_, newest_->older));
  }

  void seal() { sealed_ = true; }

 private:
  struct alignas(std::max_align_t) Block {
    Block* older;
    std::byte* end;
    std::byte* begin() { return reinterpret_cast<std::byte*>(this + 1); }
    bool holds(const void* piece) {
      return !std::less<>{}(piece, static_cast<const void*>(begin())) &&
             std::less<>{}(piece, static_cast<const void*>(end));
    }
  };

  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    if (sealed_) return ::operator new(bytes);
    void* at = free_;
    std::size_t left = newest_ == nullptr ? 0 : static_cast<std::size_t>(newest_->end - free_);
    if (std::align(alignment, bytes, at, left) == nullptr) {
      add(bytes);
      at = free_;
    }
    free_ = static_cast<std::byte*>(at) + bytes;
    return at;
  }

  void add(std::size_t bytes) {
    const auto size = std::max(bytes, next_);
    auto* const memory = static_cast<std::byte*>(::operator new(sizeof(Block) + size));
    newest_ = ::new (memory) Block{newest_, memory + sizeof(Block) + size};
    free_ = newest_->begin();
    next_ = size * 2;
  }

  void do_deallocate(void* piece, std::size_t /*bytes*/, std::size_t /*alignment*/) override {
    // The newest are the largest: most pieces are found at once.
    for (auto* block = newest_; block != nullptr; block = block->older) {
      if (block->holds(piece)) return;
    }
    ::operator delete(piece);
  }

  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  Block* newest_ = nullptr;
  std::byte* free_ = nullptr;
  std::size_t next_;
  bool sealed_ = false;
};

}  // namespace

std::expected<Json, std::string> parse_json_in_blocks(std::string_view text, std::size_t depth) {
  Blocks* blocks = nullptr;
  const auto memory =
      boost::json::make_shared_resource<Blocks>(std::clamp(text.size() * 2, kSmallest, kFirst), blocks);
  auto value = parse_json(text, depth, memory);
  blocks->seal();
  return value;
}

}  // namespace base
