// The plugin `whoami`: tells who asks. The client's address, port and transport go into the
// additional section of an empty answer, as CoreDNS has it.
#include <array>

#include "signpost/plugin.h"

namespace signpost::whoami {
namespace {

constexpr uint8_t kUdp[] = {4, '_', 'u', 'd', 'p', 0}, kTcp[] = {4, '_', 't', 'c', 'p', 0};

class Worker {
 public:
  explicit Worker(const NoSettings&) {}

  Down down(Query& query) noexcept {
    const Endpoint& client = query.client.source;
    query.authoritative = true;
    if (client.address.family == 0) return Down::answered;
    query.add_record(Section::additional, ReplyEntry::step_owner, {},
                     client.address.family == 4 ? rr::a : rr::aaaa, 0,
                     {client.address.bytes.data(), size_t(client.address.bits()) / 8});
    const NameView label = query.transport == Transport::udp ? NameView(kUdp, sizeof kUdp)
                                                             : NameView(kTcp, sizeof kTcp);
    if (label.size() - 1 + query.looked_for().size() > 255) return Down::answered;
    const std::array<uint8_t, 7> srv{0, 0, 0, 0, uint8_t(client.port >> 8), uint8_t(client.port),
                                     0};
    query.add_record(Section::additional, ReplyEntry::below_step_owner, label, rr::srv, 0, srv);
    return Down::answered;
  }
};

}  // namespace
}  // namespace signpost::whoami

SIGNPOST_PLUGIN(whoami, signpost::Stage::source, signpost::NoSettings, signpost::whoami::Worker)
