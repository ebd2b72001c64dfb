// Asks a Corefile questions without sockets: builds the configuration as the server does, and runs
// its chains on one runner with a fake clock and a seeded generator. Agents do not run; what they
// would publish (states of checks, addresses of outside names) is set by the test. One thread.
//
//   Bench bench("example.com {\n zone db.example.com\n weighted www A {\n 192.0.2.1\n }\n}\n",
//               {{"db.example.com", kit::plain_zone}});
//   EXPECT_EQ(bench.ask("www A"), "www.example.com. 60 A 192.0.2.1");
//
// Files are written to a private folder; where the Corefile names one of them (a word of its own),
// it means the file there, and FOLDER/ is that folder. What cannot be built is found in problems();
// asking then fails the test.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signpost/address.h"
#include "signpost/plugin.h"

namespace signpost::kit {

// The plugins linked into this test program (plugins/meson.build).
std::vector<const PluginInfo*> linked_plugins();

// SOA and NS of a zone, owners relative to its name: enough to hang record sets onto.
inline constexpr std::string_view plain_zone =
    "$TTL 172800\n"
    "@ 900 IN SOA ns1 hostmaster 1 7200 900 1209600 86400\n"
    "@ IN NS ns1\n"
    "ns1 IN A 192.0.2.53\n";

using Files = std::map<std::string, std::string>;  // text by name

struct Ask {
  std::string question;                // "NAME TYPE", NAME relative to the first zone
  std::string client = "192.0.2.200";  // address the query comes from
  std::string ecs = {};                // "198.18.7.0/24"; empty: no client subnet
  bool edns = false;                   // sent anyway for the two below, `ecs` and `options`
  bool dnssec_ok = false;
  uint16_t payload = 0;  // above 0: the EDNS payload size
  bool tcp = false;
  std::vector<uint8_t> packet = {};  // not empty: sent as it is, in place of all but client, tcp
  uint16_t port = 0;                 // of the server; 0: of the Corefile's first key
  uint16_t klass = rr::class_in;
  // EDNS options by code, in addition to `ecs`.
  std::vector<std::pair<uint16_t, std::string>> options = {};
  uint32_t wall_s = 0;  // seconds since 1970 on the server's clock; 0: as advance() left it
};

struct Answer {
  bool sent = false;     // false: dropped, or waiting
  bool waiting = false;  // suspended; see Bench::late()
  std::string rcode;     // "NOERROR"
  bool aa = false, tc = false, edns = false;
  std::vector<std::string> answers, authority, additional;  // "OWNER TTL TYPE DATA", in order sent
  std::optional<unsigned> scope;                            // of the client subnet sent back
  std::string subnet;                                       // that subnet: "198.18.7.0/24"
  size_t size = 0;                                          // bytes
  std::multimap<uint16_t, std::string> options;             // of EDNS: data by code
  // Answers in one text, sorted, a record a line; the RCODE in front if it is not NOERROR or there
  // are no answers. "no reply" and "waiting" where nothing was sent.
  std::string text() const;
};

class Bench {
 public:
  // `more`: plugins beyond those linked, e.g. one made up by a test.
  explicit Bench(std::string_view corefile,
                 const Files& files = {{"db.example.com", std::string(plain_zone)}},
                 const std::vector<const PluginInfo*>& more = {});
  ~Bench();
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  // --- what was built. "FILE:LINE - message"; the file is named as in the Corefile.
  const std::vector<std::string>& problems() const;
  bool good() const;  // the last text could be built
  // Builds `corefile`, over `files` in addition to those that are there. On an error the present
  // configuration stays. States of checks and outside addresses carry over by name.
  bool reload(std::string_view corefile, const Files& files = {});
  std::string path(std::string_view file) const;  // where the file lies

  // --- what agents would find out
  void health(std::string_view check, bool healthy);       // a new check is healthy
  void health(const std::vector<std::string>& unhealthy);  // these, and no others
  // `name` (absolute) outside the zones has these addresses, of both families; none: no data.
  void address(std::string_view name, const std::vector<std::string>& addresses, uint32_t ttl = 60,
               bool stale = false);
  void unresolvable(std::string_view name);  // the first attempts failed
  void cold(std::string_view name);          // nothing is known yet, as at the start
  // Publishes `table` under T::table_name in every block that has it.
  template <class T>
  void publish(std::shared_ptr<const T> table) {
    publish_table(T::table_name, std::move(table));
  }

  // --- asking
  std::string ask(const Ask& ask) { return query(ask).text(); }
  std::string ask(std::string_view question, std::string_view client = "192.0.2.200");
  Answer query(const Ask& ask, Recorder* recorder = nullptr);
  // What `n` queries are answered, as parts of the whole: by the data of the answer records, sorted
  // and with blanks between ("192.0.2.1 192.0.2.2"), or else by RCODE.
  std::map<std::string, double> shares(std::string_view question, unsigned n = 10000,
                                       std::string_view client = "192.0.2.200");
  // Replies of suspended queries sent since the last call.
  std::vector<Answer> late();
  size_t waiting() const;  // suspended queries

  // --- time and logs
  void advance(uint64_t ms);       // what waits too long is answered
  std::vector<std::string> log();  // lines of query logs since the last call

 private:
  void publish_table(std::string_view name, std::shared_ptr<const void> table);
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace signpost::kit
