#include "resolve/resolver.h"

#include <ares.h>

#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

#include "resolve/answer.h"
#include "resolve/handles.h"
#include "resolve/query_message.h"

namespace signpost {
namespace {

using resolve::QueryMessage;

// c-ares counts its users, so every channel may set it up.
struct AresLibrary {
  AresLibrary() {
    if (const int status = ares_library_init(ARES_LIB_INIT_ALL); status != ARES_SUCCESS) {
      throw std::runtime_error(std::string("c-ares: ") + ares_strerror(status));
    }
  }
  ~AresLibrary() { ares_library_cleanup(); }
};

std::vector<ares_addr_port_node> server_list(const std::vector<Endpoint>& servers) {
  std::vector<ares_addr_port_node> nodes(servers.size());
  for (size_t i = 0; i < servers.size(); ++i) {
    const Endpoint& server = servers[i];
    ares_addr_port_node& node = nodes[i];
    node.next = i + 1 < servers.size() ? &nodes[i + 1] : nullptr;
    node.family = server.address.family == 4 ? AF_INET : AF_INET6;
    const size_t length =
        server.address.family == 4 ? sizeof node.addr.addr4 : sizeof node.addr.addr6;
    std::memcpy(&node.addr, server.address.bytes.data(), length);
    node.udp_port = node.tcp_port = server.port;
  }
  return nodes;
}

// RFC 6761, section 6.3: the loopback address, whatever servers might say.
std::optional<Resolution> local_answer(NameView name, uint16_t type) {
  static constexpr uint8_t wire[] = {9, 'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't', 0};
  if (!name.within(NameView(wire, sizeof wire))) return std::nullopt;
  Address loopback;
  loopback.family = type == resolve::type_a ? 4 : 6;
  if (loopback.family == 4) loopback.bytes[0] = 127, loopback.bytes[3] = 1;
  if (loopback.family == 6) loopback.bytes[15] = 1;
  return Resolution{Resolution::answered, {loopback}, 0, {}};
}

Resolution failure(std::string why) {
  return {.status = Resolution::failed, .error = std::move(why)};
}

}  // namespace

// One c-ares channel and its handles. c-ares must not be re-entered from its own callbacks, and
// may call them inside ares_send; so every outcome is queued first and told to its asker when
// c-ares is no longer on the stack.
class Resolver::Channel {
 public:
  Channel(uv_loop_s* loop, const Options& options);
  ~Channel() {
    if (channel_) ares_destroy(channel_);
  }

  void ask(NameView name, uint16_t type, Done done);
  void close(std::function<void()> closed);

 private:
  struct Question {
    Channel* channel;
    Name name;
    uint16_t type;
    Done done;
  };
  struct Outcome {
    Done done;
    Resolution resolution;
  };

  static void on_answer(void* question, int status, int timeouts, unsigned char* message, int size);
  void watch(int descriptor, bool readable, bool writable);
  void on_ready(int descriptor, int events);
  void on_timer();
  void deliver();
  void arm_timer();

  AresLibrary library_;
  uv_loop_s* loop_;
  ares_channel channel_ = nullptr;
  std::unique_ptr<Timer> timer_;
  std::unordered_map<int, std::unique_ptr<DescriptorWatch>> watches_;
  std::vector<Outcome> outcomes_;  // waiting to be told
  std::function<void()> closed_;
  std::random_device random_;  // query identifiers must not be guessable (RFC 5452, section 4.3)
};

Resolver::Channel::Channel(uv_loop_s* loop, const Options& options) : loop_(loop) {
  ares_options given{};
  given.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
  given.timeout = int(options.timeout.count());
  given.tries = options.tries;
  given.sock_state_cb_data = this;
  given.sock_state_cb = [](void* self, ares_socket_t descriptor, int readable, int writable) {
    static_cast<Channel*>(self)->watch(descriptor, readable != 0, writable != 0);
  };
  const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  int status = ares_init_options(&channel_, &given, mask);
  if (status == ARES_SUCCESS && !options.servers.empty()) {
    auto servers = server_list(options.servers);
    status = ares_set_servers_ports(channel_, servers.data());
    if (status != ARES_SUCCESS) ares_destroy(channel_);
  }
  if (status != ARES_SUCCESS)
    throw std::runtime_error(std::string("c-ares: ") + ares_strerror(status));
  timer_ = std::make_unique<Timer>(loop_, [this] { on_timer(); });
}

void Resolver::Channel::ask(NameView name, uint16_t type, Done done) {
  if (!channel_) {
    outcomes_.push_back({std::move(done), failure("the resolver is closed")});
  } else if (auto local = local_answer(name, type)) {
    outcomes_.push_back({std::move(done), *std::move(local)});
  } else {
    const QueryMessage message(uint16_t(random_()), name, type);
    auto question = std::make_unique<Question>(Question{this, Name(name), type, std::move(done)});
    ares_send(channel_, message.bytes().data(), int(message.bytes().size()), &on_answer,
              question.release());
  }
  arm_timer();
}

void Resolver::Channel::on_answer(void* context, int status, int, unsigned char* message,
                                  int size) {
  const std::unique_ptr<Question> question(static_cast<Question*>(context));
  Resolution resolution =
      status != ARES_SUCCESS
          ? failure(status == ARES_EDESTRUCTION ? "the resolver was closed" : ares_strerror(status))
          : resolve::read_answer({message, size_t(size)}, question->name, question->type);
  question->channel->outcomes_.push_back({std::move(question->done), std::move(resolution)});
}

void Resolver::Channel::watch(int descriptor, bool readable, bool writable) {
  if (!readable && !writable) {
    watches_.erase(descriptor);
    return;
  }
  auto& watch = watches_[descriptor];
  if (!watch) {
    watch = std::make_unique<DescriptorWatch>(
        loop_, descriptor, [this, descriptor](int events) { on_ready(descriptor, events); });
  }
  watch->want((readable ? DescriptorWatch::readable : 0) |
              (writable ? DescriptorWatch::writable : 0));
}

void Resolver::Channel::on_ready(int descriptor, int events) {
  ares_process_fd(channel_, events & DescriptorWatch::readable ? descriptor : ARES_SOCKET_BAD,
                  events & DescriptorWatch::writable ? descriptor : ARES_SOCKET_BAD);
  arm_timer();
}

void Resolver::Channel::on_timer() {
  if (channel_) ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  deliver();
  if (closed_ && outcomes_.empty()) {
    timer_.reset();
    std::exchange(closed_, nullptr)();  // may destroy this object
    return;
  }
  arm_timer();
}

void Resolver::Channel::deliver() {
  for (Outcome& outcome : std::exchange(outcomes_, {})) outcome.done(std::move(outcome.resolution));
}

// Zero delay while somebody waits to be told or closing is due; else what c-ares asks for, rounded
// up so that the time-out has passed when the timer expires.
void Resolver::Channel::arm_timer() {
  if (!outcomes_.empty() || closed_) {
    timer_->start(std::chrono::milliseconds(0));
    return;
  }
  timeval room;
  const timeval* next = channel_ ? ares_timeout(channel_, nullptr, &room) : nullptr;
  if (!next) {
    timer_->stop();
    return;
  }
  timer_->start(std::chrono::milliseconds(next->tv_sec * 1000 + next->tv_usec / 1000 + 1));
}

void Resolver::Channel::close(std::function<void()> closed) {
  closed_ = std::move(closed);
  ares_destroy(std::exchange(channel_, nullptr));  // answers every open question
  arm_timer();
}

Resolver::Resolver(uv_loop_s* loop, const Options& options)
    : channel_(std::make_unique<Channel>(loop, options)) {}
Resolver::~Resolver() = default;

void Resolver::resolve(NameView name, uint16_t type, Done done) {
  channel_->ask(name, type, std::move(done));
}
void Resolver::close(std::function<void()> closed) { channel_->close(std::move(closed)); }

}  // namespace signpost
