#include "internal/pool.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <list>
#include <mutex>
#include <sys/mman.h>
#include <unordered_map>

namespace timestep {

namespace {

constexpr size_t least_bytes = 256 << 10, unit = 64 << 10;
constexpr size_t slack = 64 << 20;

class Pool final : public c10::Allocator {
public:
  c10::DataPtr allocate(size_t bytes) override {
    const bool is_small = bytes < least_bytes;
    void *memory = is_small ? c10::alloc_cpu(bytes) : take((bytes + unit - 1) / unit * unit);
    return {memory, memory, &release, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void *to, const void *from, size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }

  /// Whether blocks are kept when they are freed.
  void keep(bool keeps_them) {
    std::lock_guard<std::mutex> lock(mutex);
    keeps = keeps_them;
    if (!keeps) shrink(0);
  }

  static Pool &shared() {
    static Pool *pool = new Pool; // Tensors may outlive what is destroyed at exit.
    return *pool;
  }

private:
  struct Block {
    void *memory;
    size_t bytes;
  };
  using Blocks = std::list<Block>;

  std::mutex mutex;
  /// Those that were freed last come last.
  Blocks used, idle;
  std::unordered_map<void *, Blocks::iterator> places;
  size_t used_bytes = 0, idle_bytes = 0, most_used = 0;
  bool keeps = true;

  void *take(size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex);
    // What was freed last is the most likely to be in the cache.
    const auto found = std::find_if(idle.rbegin(), idle.rend(),
                                    [&](const Block &block) { return block.bytes == bytes; });
    if (found != idle.rend()) {
      used.splice(used.end(), idle, std::prev(found.base()));
      idle_bytes -= bytes;
    } else {
      const size_t most = std::max(most_used, used_bytes + bytes);
      shrink(most + most / 4 + slack - (used_bytes + bytes));
      add(bytes);
    }
    used_bytes += bytes;
    most_used = std::max(most_used, used_bytes);
    return used.back().memory;
  }

  /// A new block as the last of those in use. Whatever fails leaves everything as it was.
  void add(size_t bytes) {
    Blocks made{{nullptr, bytes}};
    void *memory = map(bytes);
    if (memory == nullptr) {
      shrink(0);
      memory = map(bytes);
    }
    // As libtorch's own allocator says it.
    TORCH_CHECK(memory != nullptr, "can't allocate memory: you tried to allocate ", bytes, " bytes");
    made.front().memory = memory;
    try {
      places.emplace(memory, made.begin());
    } catch (...) {
      munmap(memory, bytes);
      throw;
    }
    used.splice(used.end(), made);
  }

  static void *map(size_t bytes) {
    void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
  }

  /// Gives back what has been idle for longest, until no more than `limit` bytes are.
  void shrink(size_t limit) {
    while (idle_bytes > limit) {
      munmap(idle.front().memory, idle.front().bytes);
      places.erase(idle.front().memory);
      idle_bytes -= idle.front().bytes;
      idle.pop_front();
    }
  }

  /// Whether the memory is a block of the pool.
  bool take_back(void *memory) {
    std::lock_guard<std::mutex> lock(mutex);
    const auto found = places.find(memory);
    if (found == places.end()) return false;
    const size_t bytes = found->second->bytes;
    idle.splice(idle.end(), used, found->second);
    used_bytes -= bytes;
    idle_bytes += bytes;
    if (!keeps) shrink(0);
    return true;
  }

  static void release(void *memory) {
    // What is not of the pool is small, or from before there was one.
    if (memory != nullptr && !shared().take_back(memory)) c10::free_cpu(memory);
  }
};

std::atomic<bool> is_installed{false};

} // namespace

void pool_large_tensors() {
  Pool::shared().keep(true);
  if (!is_installed.exchange(true)) c10::SetCPUAllocator(&Pool::shared(), 1);
}

void empty_pool() {
  // The allocator stays: libtorch asks the present one to free what an earlier one gave.
  if (is_installed) Pool::shared().keep(false);
}

} // namespace timestep
