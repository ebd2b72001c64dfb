#include "loop/background.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace signpost {

namespace {

// A third of what a worker gets where both want the same core.
constexpr int kNice = 5;

struct Job {
  uv_work_t work;
  std::function<void()> run, done;
};

// The thread stays so: all of the pool's work can wait, and the way back needs a privilege.
void give_way() {
  thread_local bool done = false;
  if (std::exchange(done, true)) return;
  const auto thread = id_t(gettid());
  setpriority(PRIO_PROCESS, thread, std::min(getpriority(PRIO_PROCESS, thread) + kNice, 19));
}

}  // namespace

void in_background(uv_loop_t* loop, std::function<void()> work, std::function<void()> done) {
  auto* job = new Job{{}, std::move(work), std::move(done)};
  job->work.data = job;
  uv_queue_work(
      loop, &job->work,
      [](uv_work_t* w) {
        give_way();
        static_cast<Job*>(w->data)->run();
      },
      [](uv_work_t* w, int) {
        const std::unique_ptr<Job> finished(static_cast<Job*>(w->data));
        finished->done();
      });
}

void dispose(uv_loop_t* loop, std::vector<std::shared_ptr<const void>> garbage) {
  std::sort(garbage.begin(), garbage.end());
  garbage.erase(std::unique(garbage.begin(), garbage.end()), garbage.end());
  std::erase(garbage, nullptr);
  if (garbage.empty()) return;
  in_background(
      loop,
      [garbage = std::move(garbage)]() mutable {
        const bool last = std::ranges::any_of(garbage, [](auto& g) { return g.use_count() == 1; });
        garbage.clear();
        if (last) malloc_trim(0);  // what was built with them leaves gaps in the heap
      },
      [] {});
}

}  // namespace signpost
