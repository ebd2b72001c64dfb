#include "loop/socket_counters.h"

namespace signpost {

std::string socket_counters(const std::vector<std::unique_ptr<Worker>>& workers) {
  std::string text;
  const auto say = [&](auto counter, const char* what) {
    uint64_t sum = 0;
    for (const auto& worker : workers) sum += counter(worker->service_counters()).value();
    text += (text.empty() ? "" : ", ") + std::to_string(sum) + what;
  };
  const auto udp = [&](Counter UdpCounters::*counter, const char* what) {
    say([=](const ServiceCounters& c) -> const Counter& { return c.udp.*counter; }, what);
  };
  const auto tcp = [&](Counter TcpCounters::*counter, const char* what) {
    say([=](const ServiceCounters& c) -> const Counter& { return c.tcp.*counter; }, what);
  };
  udp(&UdpCounters::received, " datagrams");
  udp(&UdpCounters::truncated, " too long");
  udp(&UdpCounters::unanswerable, " from ports not answered");
  udp(&UdpCounters::receive_failed, " errors in their place");
  tcp(&TcpCounters::accepted, " TCP connections");
  tcp(&TcpCounters::received, " queries on them");
  tcp(&TcpCounters::closed_idle, " closed idle");
  tcp(&TcpCounters::closed_incomplete, " in the middle of a message");
  tcp(&TcpCounters::closed_slow, " for not reading");
  tcp(&TcpCounters::closed_limit, " for a newer one");
  tcp(&TcpCounters::closed_memory, " for memory");
  tcp(&TcpCounters::closed_abuse, " for abuse");
  tcp(&TcpCounters::accept_failed, " times no descriptor was left");
  return text;
}

}  // namespace signpost
