// Work that the control loop hands to libuv's pool, where it gives way to the workers. Control loop
// only.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <vector>

namespace signpost {

// Runs `work` on the pool, at low priority, then `done` on the loop. Neither may throw. What `work`
// holds is freed on the loop, so it lets go of large things itself.
void in_background(uv_loop_t* loop, std::function<void()> work, std::function<void()> done);

// Lets go on the pool, where giving back the memory of a large zone holds up nobody. Also of what
// others hold: a piece of work on the pool may be about to let go of it, and then the last is here.
// Null pointers are left out.
void dispose(uv_loop_t* loop, std::vector<std::shared_ptr<const void>> garbage);

}  // namespace signpost
