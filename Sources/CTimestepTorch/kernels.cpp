#include "internal/bridge.h"
#include "kernels/loops.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

namespace timestep {

namespace {

/// The loops that a name chooses, of those that the processor has.
struct Choice {
  bool known = true;
  const Loops *loops = nullptr;
};

#if defined(__x86_64__)
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

bool has_avx512_bf16() { return has_avx512() && __builtin_cpu_supports("avx512bf16"); }
#endif

/// Loops, and whether the processor has their instructions.
struct Candidate {
  const Loops *loops;
  bool (*is_there)();
};

/// The best first.
const Candidate candidates[] = {
#if defined(__x86_64__)
    {&avx512_bf16_loops, has_avx512_bf16},
    {&avx512_loops, has_avx512},
    {&avx2_loops, has_avx2},
#endif
    {&portable_loops, [] { return true; }},
};

const Loops *best() {
  return std::ranges::find_if(candidates, [](auto &it) { return it.is_there(); })->loops;
}

Choice choice(const char *name) {
  if (std::strcmp(name, "") == 0 || std::strcmp(name, "auto") == 0) return {true, best()};
  if (std::strcmp(name, "reference") == 0) return {true, nullptr};
  for (const auto &[loops, is_there] : candidates)
    if (std::strcmp(name, loops->name) == 0 && is_there()) return {true, loops};
  return {false, nullptr};
}

std::atomic<const Loops *> &current() {
  static std::atomic<const Loops *> value = [] {
    const char *name = std::getenv("TIMESTEP_KERNELS");
    const Choice chosen = choice(name == nullptr ? "auto" : name);
    return chosen.known ? chosen.loops : best();
  }();
  return value;
}

} // namespace

bool has_matrix_tiles() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("amx-bf16");
#else
  return false;
#endif
}

const Loops *loops() { return current().load(std::memory_order_relaxed); }

} // namespace timestep

using namespace timestep;

int32_t tst_set_kernels(const char *name) {
  return guarded([&] {
    const Choice chosen = choice(name);
    TORCH_CHECK(chosen.known, "there are no kernels ", name,
                " on this processor; there are auto, reference and portable, and with the "
                "instructions avx2, avx512 and avx512-bf16");
    current().store(chosen.loops, std::memory_order_relaxed);
  });
}

const char *tst_kernels(void) {
  const Loops *chosen = loops();
  return chosen == nullptr ? "reference" : chosen->name;
}
