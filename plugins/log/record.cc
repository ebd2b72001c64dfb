#include "record.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "signpost/policy.h"

namespace signpost::log {

namespace {

static_assert(std::is_trivially_copyable_v<Facts>);

constexpr size_t kLongestText = 128;  // of policy and member, as set identifiers may be

// What a policy chose.
struct Route {
  std::string_view policy, member;
  NameView target{nullptr, 0};
  HealthState health = HealthState::unknown;
};

Route route_of(const Query& query, const HealthTable& health) noexcept {
  Route route;
  if (!query.routed_set || query.routed_member < 0) return route;
  const Member& member = query.routed_set->members[query.routed_member];
  if (query.routed_set->policy) route.policy = query.routed_set->policy->name();
  if (member.origin) route.member = member.origin->id;
  if (member.alias)
    route.target = member.alias->name;
  else if (member.leads_to)
    route.target = *member.leads_to;
  if (member.check < health.checks.size())
    route.health =
        health.checks[member.check].healthy ? HealthState::healthy : HealthState::unhealthy;
  return route;
}

Facts facts_of(const Query& query, const Outcome& outcome) noexcept {
  Facts facts{};
  facts.took_ns = outcome.took_ns;
  facts.client = query.client.source.address;
  facts.client_port = query.client.source.port;
  facts.local = query.local.address;
  facts.id = query.id;
  facts.type = query.type;
  facts.klass = query.klass;
  facts.size = query.size;
  facts.payload = query.transport == Transport::tcp ? 65535 : query.edns.payload;
  facts.reply_bytes = outcome.bytes;
  facts.reply_flags = outcome.flags;
  facts.rcode = uint8_t(outcome.rcode);
  facts.opcode = query.opcode;
  facts.transport = query.transport;
  facts.dnssec_ok = query.edns.dnssec_ok;
  facts.name_size = uint8_t(query.name().size());
  return facts;
}

uint8_t* put(uint8_t* at, const void* bytes, size_t size) noexcept {
  if (size != 0) std::memcpy(at, bytes, size);
  return at + size;
}

}  // namespace

void write_record(QueryLog& log, uint16_t formatter, const Query& query, const Outcome& outcome,
                  const HealthTable* health) noexcept {
  Facts facts = facts_of(query, outcome);
  const Route route = health ? route_of(query, *health) : Route();
  if (health && query.routed_set) facts.reason = query.routed_reason;
  facts.health = route.health;
  facts.target_size = uint8_t(route.target.size());
  facts.policy_size = uint8_t(std::min(route.policy.size(), kLongestText));
  facts.member_size = uint8_t(std::min(route.member.size(), kLongestText));
  const NameView name = query.name();
  uint8_t* at = log.reserve(formatter, sizeof facts + name.size() + facts.target_size +
                                           facts.policy_size + facts.member_size);
  if (!at) return;
  at = put(at, &facts, sizeof facts);
  at = put(at, name.data(), name.size());
  at = put(at, route.target.data(), facts.target_size);
  at = put(at, route.policy.data(), facts.policy_size);
  put(at, route.member.data(), facts.member_size);
  log.commit();
}

std::optional<Entry> read_record(std::span<const uint8_t> record) {
  Entry entry;
  Facts& facts = entry.facts;
  if (record.size() < sizeof facts) return std::nullopt;
  std::memcpy(&facts, record.data(), sizeof facts);
  const size_t texts =
      size_t(facts.name_size) + facts.target_size + facts.policy_size + facts.member_size;
  if (record.size() != sizeof facts + texts) return std::nullopt;
  const uint8_t* at = record.data() + sizeof facts;
  entry.name = NameView(at, facts.name_size);
  at += facts.name_size;
  if (facts.target_size != 0) entry.target = NameView(at, facts.target_size);
  at += facts.target_size;
  entry.policy = {reinterpret_cast<const char*>(at), facts.policy_size};
  entry.member = {reinterpret_cast<const char*>(at) + facts.policy_size, facts.member_size};
  return entry;
}

}  // namespace signpost::log
