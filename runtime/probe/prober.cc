#include <unordered_map>
#include <utility>

#include "probe/attempt.h"
#include "probe/probe.h"
#include "resolve/resolver.h"

namespace signpost {

class Prober::State {
 public:
  State(uv_loop_s* loop, Resolver& resolver)
      : resolver_(resolver),
        loop_(loop),
        transfers_(std::make_unique<probe::Transfers>(loop)),
        closing_(loop, [this] { finish_closing(); }) {}

  ProbeHandle start(ProbeSpec spec, Done done);
  void close(std::function<void()> closed);

 private:
  // The attempt is gone before its asker is told, so the asker may do whatever it likes.
  void on_result(uint64_t number, const ProbeResult& result) {
    auto running = running_->extract(number);
    running.mapped().attempt.reset();
    running.mapped().done(result);
  }
  void finish_closing();

  struct Running {
    Done done;
    std::unique_ptr<probe::Attempt> attempt;
  };

  Resolver& resolver_;
  uv_loop_s* loop_;
  std::unique_ptr<probe::Transfers> transfers_;
  // Shared so that a handle dropped after the prober finds nothing to cancel.
  using Table = std::unordered_map<uint64_t, Running>;
  std::shared_ptr<Table> running_ = std::make_shared<Table>();
  uint64_t last_number_ = 0;
  Timer closing_;
  std::function<void()> closed_;
};

ProbeHandle Prober::State::start(ProbeSpec spec, Done done) {
  const uint64_t number = ++last_number_;
  const probe::Surroundings surroundings{loop_, resolver_, *transfers_};
  auto attempt = std::make_unique<probe::Attempt>(
      surroundings, std::move(spec),
      [this, number](const ProbeResult& result) { on_result(number, result); });
  running_->emplace(number, Running{std::move(done), std::move(attempt)});
  return ProbeHandle([table = std::weak_ptr(running_), number] {
    // Out of the table first: the asker's callback may own this very handle.
    if (const auto running = table.lock()) running->extract(number);
  });
}

// libcurl may be on the stack when an asker closes the prober from its callback: the transfers go
// in a later turn.
void Prober::State::close(std::function<void()> closed) {
  const Table cancelled = std::exchange(*running_, {});
  closed_ = std::move(closed);
  closing_.start(std::chrono::milliseconds(0));
}

void Prober::State::finish_closing() {
  transfers_.reset();
  const auto closed = std::move(closed_);
  closed();  // may destroy this object
}

Prober::Prober(uv_loop_s* loop, Resolver& resolver)
    : state_(std::make_unique<State>(loop, resolver)) {}
Prober::~Prober() = default;

ProbeHandle Prober::start(ProbeSpec spec, Done done) {
  return state_->start(std::move(spec), std::move(done));
}
void Prober::close(std::function<void()> closed) { state_->close(std::move(closed)); }

}  // namespace signpost
