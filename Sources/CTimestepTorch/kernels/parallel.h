#pragma once

#include <cstdint>

namespace timestep {

/// Calls `task(context, i)` for i = 0 ..< count on libtorch's own threads, in any order; `task` must not throw.
void parallel_tasks(int64_t count, void (*task)(const void *context, int64_t index),
                    const void *context);

/// Calls `body(i)` for i = 0 ..< count on libtorch's own threads, in any order; `body` must not throw.
template <typename Body> void parallel(int64_t count, const Body &body) {
  parallel_tasks(
      count,
      [](const void *context, int64_t index) { (*static_cast<const Body *>(context))(index); },
      &body);
}

} // namespace timestep
