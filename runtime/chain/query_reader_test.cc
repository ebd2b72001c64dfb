#include "chain/query_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signpost {
namespace {

using namespace std::string_literals;

// Header fields and sections of a query, as bytes; counts are what the header claims.
struct Packet {
  uint8_t flags = 0x01, more_flags = 0;  // RD
  uint16_t questions = 1, answers = 0, authorities = 0, additionals = 0;
  std::string body = "\3www\7example\3com\0\0\1\0\1"s;  // www.example.com A IN
};

std::string u16(unsigned value) { return {char(value >> 8), char(value)}; }

std::vector<uint8_t> bytes_of(const Packet& p) {
  const std::string text = "\x12\x34"s + char(p.flags) + char(p.more_flags) + u16(p.questions) +
                           u16(p.answers) + u16(p.authorities) + u16(p.additionals) + p.body;
  return {text.begin(), text.end()};
}

const std::string question = Packet().body;

// An OPT record (RFC 6891, section 6.1.2) with `options` as its data.
std::string opt(const std::string& options = "", unsigned payload = 1232, uint8_t version = 0,
                uint8_t flags = 0, const std::string& owner = "\0"s) {
  return owner + "\0\x29"s + u16(payload) + '\0' + char(version) + char(flags) + '\0' +
         u16(unsigned(options.size())) + options;
}

std::string option(unsigned code, const std::string& data) {
  return u16(code) + u16(unsigned(data.size())) + data;
}

std::string subnet(unsigned family, unsigned source, unsigned scope, const std::string& address) {
  return option(8, u16(family) + char(source) + char(scope) + address);
}

Packet with(const std::string& records, uint16_t additionals = 1) {
  Packet packet;
  packet.additionals = additionals;
  packet.body += records;
  return packet;
}

Packet asking(std::string body) {
  Packet packet;
  packet.body = std::move(body);
  return packet;
}

struct Case {
  const char* name;
  Packet packet;
  Reading::Action action;
  Rcode rcode = Rcode::noerror;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

std::string labels(unsigned count, unsigned length) {
  std::string wire;
  for (unsigned i = 0; i < count; ++i) wire += char(length) + std::string(length, 'a');
  return wire;
}

const std::string kAIn = "\0\1\0\1"s;
const std::string kGlue = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"s;  // QNAME 60 A 192.0.2.1

std::vector<Case> cases() {
  using enum Rcode;
  const auto serve = Reading::serve, reply = Reading::reply, discard = Reading::discard;
  std::vector<Case> all{
      {"plain", {}, serve},
      {"response", {.flags = 0x81}, discard},
      {"response_with_errors", {.flags = 0x80, .questions = 9}, discard},
      {"qdcount_0_RFC9619", {.questions = 0, .body = ""}, reply, formerr},
      {"qdcount_2_RFC9619", {.questions = 2, .body = question + question}, reply, formerr},
      {"qdcount_65535", {.questions = 65535}, reply, formerr},
      {"no_question_bytes", asking(""), reply, formerr},
      {"name_without_end", asking("\3www\7example\3com"s), reply, formerr},
      {"label_beyond_packet", asking("\3www\x3fshort"s), reply, formerr},
      {"type_cut", asking("\3www\0\0"s), reply, formerr},
      {"class_cut", asking("\3www\0\0\1\0"s), reply, formerr},
      {"qname_pointer_RFC1035", asking("\xc0\x0c"s + kAIn), reply, formerr},
      {"qname_ends_in_pointer", asking("\3www\xc0\x0c"s + kAIn), reply, formerr},
      {"label_type_01_RFC6891", asking("\x41\1\0"s + kAIn), reply, formerr},
      {"label_type_10", asking("\x80\0"s + kAIn), reply, formerr},
      {"root", asking("\0"s + kAIn), serve},
      {"longest_label_63", asking(labels(1, 63) + "\0"s + kAIn), serve},
      {"longest_name_255", asking(labels(3, 63) + labels(1, 61) + "\0"s + kAIn), serve},
      {"name_of_256", asking(labels(3, 63) + labels(1, 62) + "\0"s + kAIn), reply, formerr},
      {"127_labels", asking(labels(127, 1) + "\0"s + kAIn), serve},
      {"128_labels", asking(labels(128, 1) + "\0"s + kAIn), reply, formerr},
      {"trailing_garbage", asking(question + "x"), reply, formerr},
      {"garbage_behind_opt", with(opt() + "x"), reply, formerr},
      {"claimed_record_missing", with(""), reply, formerr},
      {"claimed_65535_records", with(opt(), 65535), reply, formerr},
      {"record_head_cut", with("\0\0\x29\4"s), reply, formerr},
      {"record_data_cut", with("\0\0\1\0\1\0\0\0\0\0\4abc"s), reply, formerr},
      {"owner_pointer_cut", with("\xc0"s), reply, formerr},
      {"owner_too_long", with(labels(4, 63) + "\0\0\1\0\1\0\0\0\0\0\0"s), reply, formerr},
      {"owner_reserved_label", with("\x80\0\0\1\0\1\0\0\0\0\0\0"s), reply, formerr},
      {"additional_record", with(kGlue), serve},
      {"record_before_opt", with(kGlue + opt(), 2), serve},
      {"record_behind_opt", with(opt() + kGlue, 2), serve},
      {"opt", with(opt()), serve},
      {"two_opts_RFC6891_6.1.1", with(opt() + opt(), 2), reply, formerr},
      {"opt_owner_not_root_RFC6891_6.1.2", with(opt("", 1232, 0, 0, "\1a\0"s)), reply, formerr},
      {"opt_owner_pointer", with(opt("", 1232, 0, 0, "\xc0\x1c"s)), reply, formerr},
      {"opt_in_answer", {.answers = 1, .body = question + opt()}, reply, formerr},
      {"opt_in_authority", {.authorities = 1, .body = question + opt()}, reply, formerr},
      {"version_1_RFC6891_6.1.3", with(opt("", 1232, 1)), reply, badvers},
      {"version_255_with_options_unread", with(opt("\1", 1232, 255)), reply, badvers},
      {"version_1_and_garbage", with(opt("", 1232, 1) + "x"), reply, formerr},
      {"payload_0", with(opt("", 0)), serve},
      {"unknown_option_RFC6891_6.1.2", with(opt(option(65001, "what"))), serve},
      {"empty_option", with(opt(option(3, ""))), serve},
      {"option_head_cut", with(opt("\0\x0a\0"s)), reply, formerr},
      {"option_length_beyond", with(opt("\0\x0a\0\x09"s + "12345678")), reply, formerr},
      {"second_option_cut", with(opt(option(3, "") + "\0"s)), reply, formerr},
      {"ecs_v4_24", with(opt(subnet(1, 24, 0, "\xcb\0\x71"s))), serve},
      {"ecs_v4_32", with(opt(subnet(1, 32, 0, "\xcb\0\x71\x0a"s))), serve},
      {"ecs_v6_56", with(opt(subnet(2, 56, 0, "\x20\1\xd\xb8\0\1\0"s))), serve},
      {"ecs_opt_out_C03", with(opt(subnet(1, 0, 0, ""))), serve},
      {"ecs_family_0_C05", with(opt(subnet(0, 0, 0, ""))), reply, formerr},
      {"ecs_family_3_C05", with(opt(subnet(3, 8, 0, "a"))), reply, formerr},
      {"ecs_source_33_C05", with(opt(subnet(1, 33, 0, "\xcb\0\x71\x0a\0"s))), reply, formerr},
      {"ecs_source_129_C05", with(opt(subnet(2, 129, 0, std::string(17, '\0')))), reply, formerr},
      {"ecs_row121_4_octets_for_24", with(opt(subnet(1, 24, 0, "\xcb\0\x71\1"s))), reply, formerr},
      {"ecs_too_few_octets", with(opt(subnet(1, 24, 0, "\xcb\0"s))), reply, formerr},
      {"ecs_host_bits_C05", with(opt(subnet(1, 20, 0, "\xcb\0\x71"s))), reply, formerr},
      {"ecs_scope_in_query_RFC7871_6", with(opt(subnet(1, 24, 24, "\xcb\0\x71"s))), reply, formerr},
      {"ecs_cut", with(opt(option(8, "\0\1\x18"s))), reply, formerr},
  };
  for (unsigned opcode = 1; opcode < 16; ++opcode)
    all.push_back({"opcode", {.flags = uint8_t(opcode << 3)}, reply, notimp});
  return all;
}

class ReadPacket : public testing::TestWithParam<Case> {};

TEST_P(ReadPacket, IsJudged) {
  Query query;
  const std::vector<uint8_t> packet = bytes_of(GetParam().packet);
  const Reading reading = QueryReader::read(packet, query);
  EXPECT_EQ(reading.action, GetParam().action);
  if (reading.action == Reading::reply) {
    EXPECT_EQ(reading.rcode, GetParam().rcode);
  }
}

// No prefix of a good packet is read beyond its end or taken for a whole query.
TEST_P(ReadPacket, CutAnywhereIsNoQuery) {
  if (GetParam().action != Reading::serve) return;
  const std::vector<uint8_t> whole = bytes_of(GetParam().packet);
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<uint8_t> packet(whole.begin(), whole.begin() + ptrdiff_t(size));
    Query query;
    const Reading reading = QueryReader::read(packet, query);
    EXPECT_NE(reading.action, Reading::serve) << size;
    if (size < 12) {
      EXPECT_EQ(reading.action, Reading::discard) << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, ReadPacket, testing::ValuesIn(cases()), [](const auto& of) {
  std::string name = of.param.name + "_"s + std::to_string(of.index);
  for (char& c : name)
    if (c == '.') c = '_';
  return name;
});

TEST(QueryReader, KeepsWhatTheHeaderSays) {
  Packet p{.flags = 0x01, .more_flags = 0x30};
  const auto packet = bytes_of(p);
  Query query;
  ASSERT_EQ(QueryReader::read(packet, query).action, Reading::serve);
  EXPECT_EQ(query.id, 0x1234);
  EXPECT_TRUE(query.rd && query.ad && query.cd);
  EXPECT_EQ(query.type, rr::a);
  EXPECT_EQ(query.klass, rr::class_in);
  EXPECT_EQ(query.size, packet.size());
  EXPECT_FALSE(query.edns.present);
  EXPECT_EQ(query.edns.payload, 512) << "without EDNS (RFC 1035, section 4.2.1)";
}

TEST(QueryReader, FoldsTheNameAndNothingElse) {  // RFC 4343
  const auto packet = bytes_of(asking("\4W[@z\3\xc0\xda`\0"s + kAIn));
  Query query;
  ASSERT_EQ(QueryReader::read(packet, query).action, Reading::serve);
  const std::string name(reinterpret_cast<const char*>(query.name().data()), query.name().size());
  EXPECT_EQ(name, "\4w[@z\3\xc0\xda`\0"s);
}

TEST(QueryReader, ReadsEdns) {
  struct {
    unsigned sent, payload;
  } const rows[] = {{0, 512}, {511, 512}, {512, 512}, {513, 513}, {1232, 1232}, {65535, 65535}};
  for (const auto& row : rows) {
    const auto packet = bytes_of(with(opt("", row.sent, 0, 0x80)));
    Query query;
    ASSERT_EQ(QueryReader::read(packet, query).action, Reading::serve);
    EXPECT_TRUE(query.edns.present && query.edns.dnssec_ok);
    EXPECT_EQ(query.edns.payload, row.payload) << "RFC 6891, section 6.2.3";
  }
}

TEST(QueryReader, TellsWhoTheClientIs) {
  struct {
    std::string options, subnet;
    bool by_subnet;
  } const rows[] = {
      {subnet(1, 24, 0, "\xcb\0\x71"s), "203.0.113.0/24", true},
      {subnet(2, 33, 0, "\x20\1\xd\xb8\x80"s), "2001:db8:8000::/33", true},
      {subnet(1, 0, 0, ""), "0.0.0.0/0", false},  // C-03, row 119
      {option(10, "12345678"), "", false},
  };
  Query query;  // reused, as in a batch: nothing of the query before may remain
  for (const auto& row : rows) {
    const auto packet = bytes_of(with(opt(row.options)));
    ASSERT_EQ(QueryReader::read(packet, query).action, Reading::serve);
    EXPECT_EQ(query.client.by_subnet(), row.by_subnet) << row.subnet;
    if (row.subnet.empty()) {
      EXPECT_EQ(query.client.subnet.address.family, 0);
    } else {
      EXPECT_EQ(query.client.subnet.text(), row.subnet);
    }
  }
}

TEST(QueryReader, KeepsTheQuestionOfAFaultyQuery) {
  Query query;
  const auto packet = bytes_of(with(opt("", 1232, 1)));
  ASSERT_EQ(QueryReader::read(packet, query).rcode, Rcode::badvers);
  EXPECT_EQ(query.name().text(), "www.example.com.");
  EXPECT_TRUE(query.edns.present) << "BADVERS travels in an OPT record";
}

}  // namespace
}  // namespace signpost
