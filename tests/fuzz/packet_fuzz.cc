// Any bytes as a packet to one of five servers: of two zones with a wildcard, CNAMEs, a delegation,
// a steered set and an alias; of three zones signed in different ways; of a root zone without
// names, and a plugin that makes records. The first byte says how it comes in (bit 0: TCP), how
// much the server has to say besides (bit 1: as many options as fit, and made records; bit 2:
// cookies for all), and which server it is (bits 3 to 5, modulo 5). Whatever is sent back must be a
// well-formed reply to it that fits; a response gets nothing.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include "kit/packet_server.h"
#include "kit/reply_rules.h"
#include "signpost/plugin.h"

namespace {

using namespace signpost;

constexpr const char* kHome =
    "$TTL 60\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\n@ MX 10 mail\nns1 A 192.0.2.53\n"
    "mail A 192.0.2.25\nmail AAAA 2001:db8::25\n*.w TXT wild\na.ent A 192.0.2.1\n"
    "c1 CNAME c2\nc2 CNAME deep.away.net.\nl1 CNAME l2\nl2 CNAME l1\nout CNAME example.org.\n"
    "sub NS ns.sub\nsub NS ns1\nsub DS 1 13 1 0123456789abcdef0123456789abcdef01234567\n"
    "ns.sub A 192.0.2.54\n"
    "$GENERATE 1-99 many A 10.0.0.$\n$GENERATE 1-9 big TXT \"$ of many strings\"\n";
constexpr const char* kAway =
    "$TTL 60\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1.home.test.\ndeep MX 5 mx\ndeep A 192.0.2.2\n"
    "mx A 192.0.2.3\nback CNAME www.home.test.\n";

class Even final : public Policy {
 public:
  std::string_view name() const override { return "even"; }
  std::string describe(uint32_t) const override { return {}; }
  void check(const SetSpec&, Problems&) const override {}
};
const Even kEven;

struct Settings {
  Settings() = default;
  explicit Settings(Setup&) {}
};

bool talkative = false, cookies = false;

// Says what plugins say in options: an identifier, cookies, errors with long texts.
struct Teller {
  explicit Teller(const Settings&) {}
  Down down(Query& query) noexcept {
    const std::array<uint8_t, 100> identifier{};
    if (query.edns.nsid || talkative) query.add_option(3, identifier);
    if (query.edns.cookie_size != 0 && cookies) {
      query.add_option(10, query.edns.cookie_bytes());
      query.rcode = query.edns.cookie_size == 8 ? Rcode::badcookie : Rcode::noerror;
      if (query.edns.cookie_size == 8 || query.klass == 0) return Down::answered;
    }
    if (talkative) query.explain_error(ede::other, "a text so long that only a bit of it has room");
    return Down::next;
  }
};

struct Chooser {
  explicit Chooser(const Settings&) {}
  Up up(Query& query) noexcept {
    if (!query.undecided(kEven)) return Up::next;
    query.client.narrow(20);
    query.keep_healthy({});
    const uint64_t weights[] = {1, 1};
    query.draw(weights);
    return Up::next;
  }
};

struct Follower {
  explicit Follower(const Settings&) {}
  Up up(Query& query) noexcept {
    if (!query.set || !query.set->is_alias()) return Up::next;
    query.restart(query.set->members[0].alias->name);
    return Up::restart;
  }
};

// Answers from no zone, as whoami does.
struct Maker {
  explicit Maker(const Settings&) {}
  Down down(Query& query) noexcept {
    static constexpr std::array<uint8_t, 6> label{4, '_', 'u', 'd', 'p', 0};
    constexpr std::array<uint8_t, 7> srv{0, 0, 0, 0, 0, 53, 0};
    if (!talkative || query.looked_for().size() + label.size() > 256) return Down::next;
    query.add_record(Section::additional, ReplyEntry::below_step_owner,
                     {label.data(), label.size()}, rr::srv, 0, srv);
    return Down::answered;
  }
};

constexpr PluginInfo kMaker = describe<Settings, Maker>("maker", Stage::source);
constexpr PluginInfo kTeller =
    answering(describe<Settings, Teller>("teller", Stage::guard), beyond_a_question);
constexpr PluginInfo kFollower = describe<Settings, Follower>("alias", Stage::follow);
constexpr PluginInfo kChooser = describe<Settings, Chooser>("even", Stage::choose);

SetSpec set_of(const char* owner, std::vector<std::vector<uint8_t>> values, const Policy* policy) {
  SetSpec set;
  set.owner = Name::parse(owner).value();
  set.type = rr::a;
  set.policy = policy;
  for (auto& value : values) set.members.emplace_back().values.push_back(std::move(value));
  if (values.empty())
    set.members.emplace_back().alias = AliasSpec{Name::parse("deep.away.net.").value()};
  return set;
}

std::string zone_file(const char* name) {
  std::ifstream file(std::string(SIGNPOST_TEST_ZONES "/") + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

kit::PacketServer& steered_server() {
  static const auto settings = std::make_shared<Settings>();
  static kit::PacketServer made(
      {{"home.test.", kHome}, {"away.net.", kAway}},
      {set_of("www.home.test.", {{192, 0, 2, 7}, {192, 0, 2, 8}}, &kEven),
       set_of("alias.home.test.", {}, nullptr)},
      {{&kTeller, settings}, {&kFollower, settings}, {&kChooser, settings}});
  return made;
}

kit::PacketServer& signed_server(unsigned which) {
  static kit::PacketServer made[] = {
      kit::PacketServer({{"example.com.", zone_file("nsec.zone")}}),
      kit::PacketServer({{"example.com.", zone_file("nsec3.zone")}}),
      kit::PacketServer({{"example.com.", zone_file("optout.zone")}})};
  return made[which];
}

kit::PacketServer& root_server() {
  static const auto settings = std::make_shared<Settings>();
  static kit::PacketServer made({{".", "$TTL 60\n. SOA . . 1 2 3 4 5\n. NS .\n"}}, {},
                                {{&kTeller, settings}, {&kMaker, settings}});
  return made;
}

kit::PacketServer& server(unsigned which) {
  kit::PacketServer& chosen = which == 0   ? steered_server()
                              : which <= 3 ? signed_server(which - 1)
                                           : root_server();
  if (!chosen.good()) std::abort();
  return chosen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 4097) return 0;
  const bool tcp = data[0] & 1;
  talkative = data[0] & 2;
  cookies = data[0] & 4;
  const std::vector<uint8_t> packet(data + 1, data + size);
  const std::string fault =
      kit::fault_of(packet, server((data[0] >> 3 & 7) % 5).ask(packet, tcp), tcp);
  if (fault.empty()) return 0;
  std::fprintf(stderr, "%s\n", fault.c_str());
  std::abort();
}
