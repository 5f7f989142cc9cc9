#include "parallel.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <dlfcn.h>

namespace timestep {

namespace {

// at::parallel_for is a template that runs on one thread where it is compiled without OpenMP, as here: the libgomp that
// libtorch has loaded is asked directly, so that one team of threads serves both.
using RunTeam = void (*)(void (*)(void *), void *, unsigned threads, unsigned flags);

RunTeam run_team() {
  static const RunTeam found = reinterpret_cast<RunTeam>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  return found;
}

struct Work {
  Task task;
  const void *context;
  int64_t count;
  std::atomic<int64_t> next{0}, workers{0};
};

void take_tasks(void *work) {
  auto &mine = *static_cast<Work *>(work);
  const int64_t worker = mine.workers.fetch_add(1, std::memory_order_relaxed);
  for (;;) {
    const int64_t index = mine.next.fetch_add(1, std::memory_order_relaxed);
    if (index >= mine.count) return;
    mine.task(mine.context, index, worker);
  }
}

} // namespace

int64_t most_workers() { return at::in_parallel_region() ? 1 : at::get_num_threads(); }

void parallel_tasks(int64_t count, Task task, const void *context) {
  Work work{task, context, count};
  const RunTeam team = run_team();
  // A team of another size than libtorch's would make libgomp end its threads and start new ones.
  if (count > 1 && team != nullptr && at::get_num_threads() > 1 && !at::in_parallel_region())
    team(take_tasks, &work, 0, 0);
  else
    take_tasks(&work);
}

void add_panels(float *first, int64_t panels, int64_t count) {
  constexpr int64_t piece = 1024;
  parallel((count + piece - 1) / piece, [&](int64_t index) {
    const int64_t end = std::min(count, (index + 1) * piece);
    for (int64_t panel = 1; panel < panels; ++panel)
      for (int64_t i = index * piece; i < end; ++i) first[i] += first[panel * count + i];
  });
}

} // namespace timestep
