#include "loop/loop_services.h"

namespace signpost {

LoopServices::LoopServices(uv_loop_t* loop, std::string state_directory)
    : loop_(loop), state_(loop, std::move(state_directory)), http_(loop) {
  prober_ = std::make_unique<Prober>(loop, resolver({}));
}

LoopServices::~LoopServices() = default;

Resolver& LoopServices::resolver(std::span<const Endpoint> servers) {
  std::string key;
  for (const Endpoint& server : servers) key += server.text() + " ";
  std::unique_ptr<Resolver>& resolver = resolvers_[key];
  if (!resolver) {
    Resolver::Options options;
    options.servers.assign(servers.begin(), servers.end());
    resolver = std::make_unique<Resolver>(loop_, options);
  }
  return *resolver;
}

std::shared_ptr<void> LoopServices::keep(const std::string& key,
                                         const std::function<std::shared_ptr<void>()>& make) {
  std::shared_ptr<void> kept = kept_[key].lock();
  if (!kept) {
    kept = make();
    kept_[key] = kept;
  }
  return kept;
}

void LoopServices::close(std::function<void()> closed) {
  closed_ = std::move(closed);
  open_ = 2;
  http_.close([this] { one_closed(); });
  // Probes resolve names: the resolvers go when the last probe has gone.
  prober_->close([this] {
    open_ += resolvers_.size();
    for (auto& [key, resolver] : resolvers_) resolver->close([this] { one_closed(); });
    one_closed();
  });
}

void LoopServices::one_closed() {
  if (--open_ == 0 && closed_) closed_();
}

}  // namespace signpost
