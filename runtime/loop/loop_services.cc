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
  if (const auto found = kept_.find(key); found != kept_.end())
    if (auto kept = found->second.lock()) return kept;
  std::erase_if(kept_, [](const auto& entry) { return entry.second.expired(); });
  const std::shared_ptr<void> kept = make();
  kept_[key] = kept;
  return kept;
}

// Takes its teller away when it is dropped.
class LoopServices::HeldCounters final : public Handle::Held {
 public:
  HeldCounters(LoopServices& services, uint64_t number) : services_(services), number_(number) {}
  ~HeldCounters() override { services_.tellers_.erase(number_); }

 private:
  LoopServices& services_;
  const uint64_t number_;
};

Handle LoopServices::add_counters(std::string plugin, std::function<std::string()> text) {
  const uint64_t number = next_teller_++;
  tellers_.emplace(number, Teller{std::move(plugin), std::move(text)});
  return Handle(std::make_unique<HeldCounters>(*this, number));
}

std::vector<std::pair<std::string, std::string>> LoopServices::counters() const {
  std::vector<std::pair<std::string, std::string>> told;
  for (const auto& [number, teller] : tellers_)
    if (std::string text = teller.text(); !text.empty())
      told.emplace_back(teller.plugin, std::move(text));
  return told;
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
