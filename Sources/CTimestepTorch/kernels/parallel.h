#pragma once

#include <cstdint>

namespace timestep {

using Task = void (*)(const void *context, int64_t index, int64_t worker);

/// Calls `task(context, i, worker)` for i = 0 ..< count on libtorch's own threads, in any order; `task` must not throw.
void parallel_tasks(int64_t count, Task task, const void *context);

/// How many workers there are at most when this thread asks for tasks.
int64_t most_workers();

/// Calls `body(i, worker)` for i = 0 ..< count on libtorch's own threads, in any order; no two calls at a time have the
/// same worker, and `body` must not throw.
template <typename Body> void parallel_with_workers(int64_t count, const Body &body) {
  parallel_tasks(
      count,
      [](const void *context, int64_t index, int64_t worker) {
        (*static_cast<const Body *>(context))(index, worker);
      },
      &body);
}

/// Calls `body(i)` for i = 0 ..< count on libtorch's own threads, in any order; `body` must not throw.
template <typename Body> void parallel(int64_t count, const Body &body) {
  parallel_with_workers(count, [&](int64_t index, int64_t) { body(index); });
}

/// Adds all panels of `count` numbers to the first one, in their order, on those threads.
void add_panels(float *first, int64_t panels, int64_t count);

} // namespace timestep
