#include "resolve/answer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "resolve/message_reader.h"

namespace signpost::resolve {
namespace {

constexpr uint16_t type_cname = 5, type_soa = 6, class_in = 1;
constexpr unsigned rcode_no_error = 0, rcode_name_error = 3;

Resolution failure(std::string why) {
  return {.status = Resolution::failed, .error = std::move(why)};
}

std::string rcode_text(unsigned rcode) {
  static constexpr std::array<const char*, 6> names = {"NOERROR",  "FORMERR", "SERVFAIL",
                                                       "NXDOMAIN", "NOTIMP",  "REFUSED"};
  return rcode < names.size() ? names[rcode] : "RCODE " + std::to_string(rcode);
}

// Follows the chain from the name asked for and gathers what stands at its end.
class Chain {
 public:
  Chain(MessageReader& reader, const std::vector<Record>& answers, NameView start)
      : reader_(reader), answers_(answers), end_(start) {}

  // False: too long, or a CNAME whose data is no name.
  bool follow(uint16_t type) {
    for (unsigned step = 0; step <= max_chain; ++step) {
      if (gather(type)) return true;
      const Record* alias = find(type_cname);
      if (!alias) return true;
      const auto target = reader_.name_in(*alias);
      if (!target) return false;
      ttl_ = std::min(ttl_, alias->ttl);
      end_ = *target;
    }
    return false;
  }

  const Name& end() const { return end_; }
  uint32_t ttl() const { return ttl_; }
  std::vector<Address>& addresses() { return addresses_; }

 private:
  bool gather(uint16_t type) {
    const uint8_t family = type == type_a ? 4 : 6;
    const size_t length = family == 4 ? 4 : 16;
    for (const Record& record : answers_) {
      if (record.type != type || record.data.size() != length || !(record.owner == end_)) continue;
      Address& address = addresses_.emplace_back();
      address.family = family;
      std::copy(record.data.begin(), record.data.end(), address.bytes.begin());
      ttl_ = std::min(ttl_, record.ttl);
    }
    return !addresses_.empty();
  }

  const Record* find(uint16_t type) const {
    const auto at = std::find_if(answers_.begin(), answers_.end(), [&](const Record& record) {
      return record.type == type && record.owner == end_;
    });
    return at == answers_.end() ? nullptr : &*at;
  }

  MessageReader& reader_;
  const std::vector<Record>& answers_;
  Name end_;
  uint32_t ttl_ = UINT32_MAX;
  std::vector<Address> addresses_;
};

// The negative TTL (RFC 2308, section 5) from the SOA of a zone that holds `name`; 0 without one.
// The authority section is worth nothing else here, so a broken one counts as absent.
uint32_t negative_ttl(MessageReader& reader, unsigned authority_count, NameView name) {
  for (unsigned i = 0; i < authority_count; ++i) {
    const auto record = reader.record();
    if (!record) return 0;
    if (record->type != type_soa || record->record_class != class_in) continue;
    const auto minimum = reader.soa_minimum(*record);
    if (minimum && name.within(record->owner)) return std::min(record->ttl, *minimum);
  }
  return 0;
}

// Reads `count` records and keeps those of the Internet class. Empty optional: broken.
std::optional<std::vector<Record>> read_records(MessageReader& reader, unsigned count) {
  std::vector<Record> records;
  for (unsigned i = 0; i < count; ++i) {
    auto record = reader.record();
    if (!record) return std::nullopt;
    if (record->record_class == class_in) records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace

Resolution read_answer(std::span<const uint8_t> message, NameView name, uint16_t type) {
  MessageReader reader(message);
  const auto header = reader.header();
  if (!header || !header->is_response) return failure("the response has no valid header");
  if (header->truncated) return failure("the response is truncated");
  if (header->rcode != rcode_no_error && header->rcode != rcode_name_error) {
    return failure("the server answered " + rcode_text(header->rcode));
  }
  const auto question = header->questions == 1 ? reader.question() : std::nullopt;
  if (!question || !(question->name.view() == name) || question->type != type ||
      question->query_class != class_in) {
    return failure("the response does not repeat the question");
  }
  const auto answers = read_records(reader, header->answers);
  if (!answers) return failure("the answer section is malformed");

  Chain chain(reader, *answers, name);
  if (!chain.follow(type)) return failure("the CNAME chain is malformed or longer than 16");
  if (header->rcode == rcode_no_error && !chain.addresses().empty()) {
    return {Resolution::answered, std::move(chain.addresses()), chain.ttl(), {}};
  }
  Resolution negative{header->rcode == rcode_no_error ? Resolution::no_data
                                                      : Resolution::no_such_name};
  negative.ttl = std::min(chain.ttl(), negative_ttl(reader, header->authorities, chain.end()));
  return negative;
}

}  // namespace signpost::resolve
