// What the workers' sockets counted since the start, in a line for the log. Control thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "loop/worker.h"

namespace signpost {

std::string socket_counters(const std::vector<std::unique_ptr<Worker>>& workers);

}  // namespace signpost
