#include "probe/transfers.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace signpost::probe {
namespace {

CURLM* new_multi() {
  CURLM* multi = curl_multi_init();
  if (!multi) throw std::runtime_error("libcurl: no memory for a multi handle");
  return multi;
}

}  // namespace

Transfers::Library::Library() {
  if (const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK) {
    throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
  }
}

Transfers::Transfers(uv_loop_s* loop)
    : loop_(loop), multi_(new_multi()), timer_(loop, [this] { act(CURL_SOCKET_TIMEOUT, 0); }) {
  using Watch = int (*)(CURL*, curl_socket_t, int, void*, void*);
  const Watch watch_socket = [](CURL*, curl_socket_t socket, int what, void* self, void*) {
    static_cast<Transfers*>(self)->watch(socket, what);
    return 0;
  };
  using Wake = int (*)(CURLM*, long, void*);
  const Wake wake = [](CURLM*, long milliseconds, void* self) {
    Timer& timer = static_cast<Transfers*>(self)->timer_;
    if (milliseconds < 0) {
      timer.stop();
    } else {
      timer.start(std::chrono::milliseconds(milliseconds));
    }
    return 0;
  };
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, watch_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, wake);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

Transfers::~Transfers() { curl_multi_cleanup(multi_); }

void Transfers::add(CURL* easy, Ended ended) {
  running_.emplace(easy, std::move(ended));
  curl_multi_add_handle(multi_, easy);  // asks for a wake-up at once, which does the work
}

void Transfers::remove(CURL* easy) {
  if (running_.erase(easy) != 0) curl_multi_remove_handle(multi_, easy);
}

void Transfers::watch(curl_socket_t socket, int what) {
  if (what == CURL_POLL_REMOVE) {
    watches_.erase(socket);
    return;
  }
  auto& watch = watches_[socket];
  if (!watch) {
    watch = std::make_unique<DescriptorWatch>(loop_, socket,
                                              [this, socket](int events) { act(socket, events); });
  }
  watch->want((what & CURL_POLL_IN ? DescriptorWatch::readable : 0) |
              (what & CURL_POLL_OUT ? DescriptorWatch::writable : 0));
}

void Transfers::act(curl_socket_t socket, int events) {
  const int bits = (events & DescriptorWatch::readable ? CURL_CSELECT_IN : 0) |
                   (events & DescriptorWatch::writable ? CURL_CSELECT_OUT : 0);
  int still_running = 0;
  curl_multi_socket_action(multi_, socket, bits, &still_running);
  report_ended();
}

// Asks for one message at a time: an Ended may remove transfers, and their messages with them.
void Transfers::report_ended() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto at = running_.find(easy);
    if (at == running_.end()) continue;
    const Ended ended = std::move(at->second);
    remove(easy);
    ended(code);
  }
}

}  // namespace signpost::probe
