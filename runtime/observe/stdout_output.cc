// The only unit that includes spdlog. The system's shared library is used: header-only, each module
// would have a registry of its own.
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cerrno>
#include <cstdio>

#include "observe/log_output.h"

namespace signpost::observe {
namespace {

class StdoutOutput final : public LogOutput {
 public:
  StdoutOutput() : logger_("stdout", std::make_shared<spdlog::sinks::stdout_sink_mt>()) {
    // The text as it is: lines come finished, many in one message, so that a batch is one write.
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%v", spdlog::pattern_time_type::utc, std::string()));
  }
  // The sink writes through stdio and looks at nothing; stdio keeps the error.
  bool write(std::string_view text) noexcept override {
    std::clearerr(stdout);
    errno = 0;
    logger_.log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
    return std::ferror(stdout) == 0;
  }

 private:
  spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<LogOutput> stdout_output() { return std::make_unique<StdoutOutput>(); }

}  // namespace signpost::observe
