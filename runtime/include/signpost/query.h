// One question on its way through the chain of one worker, and everything a hook may do with it.
//
// A hook is called on a worker's loop, never on two at once for the same plugin instance. What it
// reads through the query (zones, tables, members) is immutable and stays valid until the hook
// returns; for a suspended query until it is resumed or dropped. Nothing here locks or allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "signpost/address.h"
#include "signpost/record.h"
#include "signpost/transport.h"

namespace signpost {

// Verdicts, one type per direction.
enum class Down : uint8_t {
  next,       // not mine: ask the plugin below
  answered,   // the reply stands in the query: go up
  suspended,  // suspend() was called: the ticket goes on
  drop        // no answer at all; the done hooks still run
};
enum class Up : uint8_t {
  next,     // go on to the plugin above
  restart,  // restart() was called: enter again just below me with the new name
  suspended,
  drop
};

// Who asks (spec C-01 to C-05).
struct Client {
  Endpoint source;
  Prefix subnet;      // EDNS Client Subnet as received (RFC 7871); family 0: none sent
  uint8_t scope = 0;  // what the answer depended on so far, in bits of `subnet`

  // True if the subnet stands for the client: one was sent and it is not the /0 of an opt-out
  // (C-03).
  bool by_subnet() const { return subnet.address.family != 0 && subnet.length > 0; }
  const Address& address() const { return by_subnet() ? subnet.address : source.address; }
  // A policy looked at the first `bits` bits of address(); the widest look counts (C-04).
  void narrow(unsigned bits) {
    if (by_subnet() && bits > scope) scope = uint8_t(bits);
  }
  // The source address is not forged: it sent a server cookie of ours (RFC 7873) or shook hands
  // over TCP.
  bool verified = false;
};

struct Edns {
  bool present = false;
  bool dnssec_ok = false;
  uint8_t version = 0;
  uint16_t payload = 512;   // the client's UDP payload size, at least 512
  bool nsid = false;        // asks for the name server identifier (RFC 5001)
  bool keepalive = false;   // offers to keep the connection (RFC 7828); TCP only
  uint8_t cookie_size = 0;  // of the COOKIE option (RFC 7873): 8, 16 to 40; 0: none sent
  std::array<uint8_t, 40> cookie;

  std::span<const uint8_t> cookie_bytes() const { return {cookie.data(), cookie_size}; }
};

namespace ede {  // info codes of Extended DNS Errors (RFC 8914, section 4)
inline constexpr uint16_t other = 0, stale_answer = 3, not_ready = 14, blocked = 15, filtered = 17,
                          prohibited = 18, not_authoritative = 20, not_supported = 21,
                          no_reachable_authority = 22, network_error = 23;
}

enum class Section : uint8_t { answer, authority, additional };

// Records of the reply. `step` tells whose owner and zone they belong to when the reply is encoded.
// With DO set, the `signatures` follow the records under the same owner.
struct ReplyEntry {
  // below_step_owner: the labels of owner_name in front of the step's owner ("_udp" and QNAME).
  enum Owner : uint8_t { step_owner, apex, name, below_step_owner };
  const WireSet* records;
  const WireSet* signatures;  // null: none, or the client does not ask for them
  NameView owner_name;  // for Owner::name, lying within the zone of the step, and below_step_owner
  Section section;
  Owner owner;
  uint8_t step;
  bool needed;  // does not fit: true: TC; false: left out silently
  // Not null: the entry stands for the records related to this member instead, which goes before
  // it.
  const Member* related = nullptr;
};

// Why the member was chosen; a log token and a word of explain.
enum class RouteReason : uint8_t {
  none,         // no choice was made
  only,         // nothing to choose between
  chosen,       // by policy, all members healthy
  failed_over,  // by policy among the healthy ones, some are not
  last_resort   // nothing healthy: everything counts as healthy (E-06)
};

struct Node;
class Zone;
class Policy;
class Query;
enum class Content : uint8_t;
class QueryLog;

// A typed immutable table of this block in the snapshot. T::table_name names it across modules.
template <class T>
struct Key {
  uint16_t slot = 0;
};

// Listens to a walk for `explain`; absent in service.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void note(std::string_view plugin, std::string text) = 0;  // a step, in a sentence
  virtual void proposed(const Query&) = 0;                           // candidates, by the source
  virtual void judged(const Query&, MemberMask healthy) = 0;
  // The policy's draw: weights[i] is member i's share of the sum, 0 = out of the draw.
  virtual void drawn(const Query&, std::span<const uint64_t> weights) = 0;
};

// Goes on with a suspended query. Move-only. Using it twice or late does nothing; dropping it
// unused answers SERVFAIL. Only on the worker that made it, and no longer than that lives: when its
// configuration ends, or the worker does, refreshed() is called for the last time, and a plugin
// must let go of all tickets then, because it is destroyed on another thread.
class SIGNPOST_API [[nodiscard]] Ticket {
 public:
  Ticket() = default;
  Ticket(Ticket&& o) noexcept;
  Ticket& operator=(Ticket&& o) noexcept;
  ~Ticket();
  // Goes on where the query was suspended, in the snapshot it started with, as if the hook had
  // returned `verdict` now.
  void resume(Down verdict) &&;
  // Asks the whole question again in the newest snapshot.
  void retry() &&;
  bool waiting() const;  // false once answered, dropped or past its deadline

 private:
  friend class SuspendedQueries;
  class SuspendedQueries* pool_ = nullptr;
  uint32_t slot_ = 0, turn_ = 0;
};

class SIGNPOST_API Query {
 public:
  // --- the question; set before the first hook
  uint16_t id = 0, type = 0, klass = rr::class_in;
  uint8_t opcode = 0;
  bool rd = false, cd = false, ad = false;
  Transport transport = Transport::udp;
  uint16_t size = 0;  // bytes received
  Edns edns;
  Client client;
  Endpoint local;
  uint64_t received_ns = 0;  // monotonic, of the batch
  // Wall clock of the batch in seconds since 1970 UTC, modulo 2^32, for time stamps of protocols.
  uint32_t received_s = 0;
  SplitName name() const { return {{qname_.data(), qname_size_}, qname_labels_}; }  // lower case

  // --- the step under way: the name looked for now, which after a restart is no longer QNAME
  SplitName looked_for() const {
    return target_.size() == 0 ? name() : SplitName(target_, target_labels_);
  }
  bool restarted() const { return step_ > 0; }
  // The zone that the step before was answered from; null in the first.
  const Zone* zone_before() const { return step_ > 0 ? steps_[step_ - 1].zone : nullptr; }
  const Zone* zone = nullptr;      // the zone that answers this step
  const RecordSet* set = nullptr;  // proposed by the source; null: the reply stands already
  MemberMask candidates;           // members still in the running
  int16_t chosen = -1;             // position of the member decided for, or -1
  RouteReason reason = RouteReason::none;
  // The last choice by a policy in this walk, for logs: set, position and why.
  const RecordSet* routed_set = nullptr;
  int16_t routed_member = -1;
  RouteReason routed_reason = RouteReason::none;

  // --- the reply
  Rcode rcode = Rcode::noerror;
  bool authoritative = false;
  // Why the query failed, for the error log: set along with SERVFAIL. The text lives as long as the
  // process.
  std::string_view error;
  uint16_t error_code = ede::other;  // sent with `error` to clients with EDNS (RFC 8914)

  // Proposes all members of `set` as candidates (source plugins).
  void propose(const RecordSet& proposed, const Zone& of);
  // Adds records to the reply; false if there is no room left for an entry (40 of them).
  bool add(Section section, const WireSet& records, ReplyEntry::Owner owner, NameView name = {},
           bool needed = true);
  // The same for the values of a member, together with their signatures if the client set DO.
  bool add(Section section, const Member& member, ReplyEntry::Owner owner, NameView name = {},
           bool needed = true);
  // Adds what the zone has for the names in the data of `member`, which was added before
  // (additional section); in-domain glue is needed, the rest is left out where it does not fit.
  bool add_related(const Member& member);
  // Adds one record made for this query, e.g. by whoami. `rdata` is copied into the query (at most
  // 512 bytes of records in all); false if there is no room.
  bool add_record(Section section, ReplyEntry::Owner owner, NameView name, uint16_t rr_type,
                  uint32_t ttl, std::span<const uint8_t> rdata);

  // Adds an EDNS option to the reply (RFC 6891, section 6.1.2), which is sent if the query has
  // EDNS and else left out. `data` is copied, at most 200 bytes of options in all; false if there
  // is no room.
  bool add_option(uint16_t code, std::span<const uint8_t> data) noexcept;
  // Adds an Extended DNS Error (RFC 8914) with a text of at most 120 bytes, which is copied. Then
  // the runtime adds none of its own.
  bool explain_error(uint16_t info_code, std::string_view text = {}) noexcept;
  bool explained() const { return explained_; }
  // Sends the question back with TC and without any record, so that the client asks over TCP.
  bool truncate = false;
  // What the reply says so far; a proposed set counts as data.
  Content content() const noexcept;
  // The name under which replies that say the same count as one: of the set that answers, which for
  // a wildcard is the wildcard's, of the cut of a referral, the zone's for names that it does not
  // have. The root where no zone answers, as a reply made up for any name says the same for all.
  NameView imputed_name() const noexcept;

  // True if `policy` owns the proposed set and nobody chose yet.
  bool undecided(const Policy& policy) const {
    return set != nullptr && set->policy == &policy && chosen < 0;
  }
  // Chooses one member with probability weight/sum. Members outside `candidates` must weigh 0, and
  // the sum stays below 2^32; a sum of 0 chooses the first candidate.
  void draw(std::span<const uint64_t> weights) noexcept;
  // Leaves only `healthy` members in the running; if none is, all stay (E-06).
  void keep_healthy(MemberMask healthy) noexcept;

  // Enter again just below the calling plugin and look for `target`, which must live in the
  // snapshot. The reply keeps the present owner name (an alias); at most 8 steps, no name twice,
  // else SERVFAIL. Then return Up::restart.
  void restart(NameView target) noexcept;
  // Redirects the name looked for, which lies below the owner of `dname`, a simple set: adds the
  // DNAME and the CNAME that follows from it, which the runner follows (RFC 6672, section 3.2).
  // False: the new name would be too long; only the DNAME was added. Nine are made for a question;
  // the tenth adds nothing, and the chain ends with what was added before.
  bool redirect(const RecordSet& dname) noexcept;
  // Copies the query out of the batch. Then return Down::suspended or Up::suspended. An empty
  // ticket (waiting() false) means the cap is reached: answer SERVFAIL instead.
  Ticket suspend() noexcept;

  // This block's table in the snapshot.
  template <class T>
  const T& table(Key<T> key) const {
    return *static_cast<const T*>(tables_[key.slot]);
  }
  QueryLog* log = nullptr;      // this worker's end of the query log; null in a check or explain
  uint32_t random() noexcept {  // the worker's generator (xoshiro128+), seeded in tests
    const uint32_t result = random_[0] + random_[3], t = random_[1] << 9;
    random_[2] ^= random_[0], random_[3] ^= random_[1], random_[1] ^= random_[2];
    random_[0] ^= random_[3], random_[2] ^= t, random_[3] = std::rotl(random_[3], 11);
    return result;
  }
  // Uniform in 0..n-1; n > 0.
  uint32_t random_below(uint32_t n) noexcept { return uint32_t(uint64_t(random()) * n >> 32); }

  Recorder* recorder = nullptr;  // explain only

 private:
  friend class OptRecord;
  friend class Proof;
  friend class QueryReader;
  friend class ReplyEncoder;
  friend class Runner;
  friend class SuspendedQueries;
  friend class TsigRefusal;
  // Entries of the longest chain with all its proofs: for each of eight steps two (a CNAME and the
  // proof of its wildcard, or a DNAME and its CNAME), for the last a set or an SOA, three proofs,
  // name servers and addresses.
  static constexpr unsigned max_entries = 40, max_steps = 17, max_aliases = 8, max_made = 4,
                            max_redirections = 9;
  struct Step {
    const Zone* zone;
    NameView looked_for;
    bool same_owner;                 // an alias: answers under the owner name of the step before
    const Node* wildcard = nullptr;  // that made the answer, as long as the proof of it is due
  };
  // The CNAME that follows from a DNAME; its target is what the next step looks for.
  struct Redirection {
    std::array<uint8_t, 12 + 255> bytes;
    std::array<uint32_t, 2> starts;
    WireName target;
    WireSet cname;
  };
  // The name that the answer to a step belongs to, where it is not the one looked for.
  NameView owner_of(unsigned step) const {
    while (step > 0 && steps_[step].same_owner) --step;
    return step == 0 ? name() : steps_[step].looked_for;
  }
  void look_for(NameView target) noexcept {
    target_ = target;
    target_labels_ = LabelStarts(target);
  }
  unsigned aliases() const {  // steps that aliases made
    unsigned n = 0;
    for (unsigned i = 1; i <= step_; ++i) n += steps_[i].same_owner;
    return n;
  }
  bool was_redirected() const {  // the last record of the answer follows from a DNAME
    return redirection_count_ > 0 && entry_count_ > 0 &&
           entries_[entry_count_ - 1u].records == &redirections_[redirection_count_ - 1u].cname;
  }

  std::array<uint8_t, 256> qname_;
  LabelStarts qname_labels_, target_labels_;
  uint8_t qname_size_ = 0;
  uint8_t entry_count_ = 0;
  uint8_t step_ = 0;
  uint8_t made_count_ = 0;
  uint16_t made_used_ = 0;
  uint8_t options_size_ = 0;
  uint8_t redirection_count_ = 0;
  uint16_t question_size_ = 0;  // bytes of the question section as received
  uint16_t position_ = 0;       // in the chain, of the hook that runs or suspended
  bool going_up_ = false;
  bool explained_ = false;           // explain_error() was called
  uint8_t beyond_ = 0;               // what of Beyond the question is; 0: one for the block's zones
  uint16_t tsig_ = 0;                // where a TSIG record stands in the packet; 0: none
  bool same_owner_next_ = false;     // restart() was called by a plugin (alias), not by the runner
  NameView target_{nullptr, 0};      // what the present step looks for; empty: QNAME
  const uint8_t* packet_ = nullptr;  // as received
  uint32_t* random_ = nullptr;
  const void* const* tables_ = nullptr;
  class Runner* runner_ = nullptr;
  const class Chain* chain_ = nullptr;
  std::array<Step, max_steps> steps_;
  std::array<ReplyEntry, max_entries> entries_;
  std::array<WireSet, max_made> made_sets_;
  std::array<uint32_t, max_made * 2> made_starts_;
  std::array<uint8_t, 512> made_;
  std::array<Redirection, max_redirections> redirections_;
  // Options of the reply, as on the wire. With the longest question and client subnet an error
  // reply still fits into 512 bytes.
  std::array<uint8_t, 200> options_;
};

// What a reply says, apart from its RCODE (RFC 2308, section 2.2).
enum class Content : uint8_t {
  none,     // no data: no record at all, or an SOA that tells how long that holds
  data,     // records in the answer section, or in the additional section alone (whoami)
  referral  // name servers of a delegation
};

// What was sent, for the done hooks.
struct Outcome {
  Rcode rcode;
  uint16_t flags;    // the reply's header flag word; 0 without a reply
  uint16_t bytes;    // 0: nothing was sent
  uint64_t took_ns;  // from the batch's clock at receipt to its end
  Content content;   // of the whole reply, also where it was cut to the client's size
};

}  // namespace signpost
