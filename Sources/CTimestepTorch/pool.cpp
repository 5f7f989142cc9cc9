#include "internal/pool.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <c10/util/Exception.h>

#include <algorithm>
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

  static Pool &shared() {
    static Pool *pool = new Pool; // Tensors may outlive what is destroyed at exit.
    return *pool;
  }

private:
  struct Block {
    void *memory;
    size_t bytes;
  };

  std::mutex mutex;
  std::unordered_map<void *, size_t> used;
  /// Those that were freed last come last.
  std::list<Block> idle;
  size_t used_bytes = 0, idle_bytes = 0, most_used = 0;

  void *take(size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex);
    // What was freed last is the most likely to be in the cache.
    const auto found = std::find_if(idle.rbegin(), idle.rend(),
                                    [&](const Block &block) { return block.bytes == bytes; });
    void *memory = nullptr;
    if (found != idle.rend()) {
      memory = found->memory;
      idle.erase(std::next(found).base());
      idle_bytes -= bytes;
    } else {
      const size_t most = std::max(most_used, used_bytes + bytes);
      shrink(most + most / 4 + slack - std::min(most + most / 4 + slack, used_bytes + bytes));
      memory = map(bytes);
      if (memory == nullptr) {
        shrink(0);
        memory = map(bytes);
      }
      TORCH_CHECK(memory != nullptr, "there is no memory for a tensor of ", bytes, " bytes");
    }
    used.emplace(memory, bytes);
    used_bytes += bytes;
    most_used = std::max(most_used, used_bytes);
    return memory;
  }

  static void *map(size_t bytes) {
    void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
  }

  /// Gives back what has been idle for longest, until no more than `limit` bytes are.
  void shrink(size_t limit) {
    while (idle_bytes > limit) {
      munmap(idle.front().memory, idle.front().bytes);
      idle_bytes -= idle.front().bytes;
      idle.pop_front();
    }
  }

  static void release(void *memory) {
    if (memory == nullptr) return;
    auto &pool = shared();
    {
      std::lock_guard<std::mutex> lock(pool.mutex);
      if (const auto found = pool.used.find(memory); found != pool.used.end()) {
        pool.used_bytes -= found->second;
        pool.idle_bytes += found->second;
        pool.idle.push_back({memory, found->second});
        pool.used.erase(found);
        return;
      }
    }
    c10::free_cpu(memory); // A small one, or one from before there was a pool.
  }
};

} // namespace

void pool_large_tensors() { c10::SetCPUAllocator(&Pool::shared(), 1); }

} // namespace timestep
