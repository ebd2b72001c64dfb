// What is read of the EDNS options of a query, by way of whole packets.
#include "chain/option_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "chain/query_reader.h"

namespace signpost {
namespace {

using namespace std::string_literals;

std::string u16(size_t value) { return {char(value >> 8), char(value)}; }

std::string option(unsigned code, const std::string& data) {
  return u16(code) + u16(data.size()) + data;
}

// A query for www.example.com A with `options` in its OPT record.
std::vector<uint8_t> asking(const std::string& options) {
  const std::string text = "\x12\x34\1\0\0\1\0\0\0\0\0\1\3www\7example\3com\0\0\1\0\1"s +
                           "\0\0\x29\4\xd0\0\0\0\0"s + u16(options.size()) + options;
  return {text.begin(), text.end()};
}

struct Read {
  Query query;
  std::vector<uint8_t> packet;
  Reading reading;

  explicit Read(const std::string& options, Transport transport = Transport::udp)
      : packet(asking(options)) {
    query.transport = transport;
    reading = QueryReader::read(packet, query);
  }
  bool good() const { return reading.action == Reading::serve; }
};

TEST(OptionReader, CookiesHave8Or16To40Bytes) {  // RFC 7873, section 5.2.2
  for (size_t size = 0; size <= 64; ++size) {
    const bool valid = size == 8 || (size >= 16 && size <= 40);
    const std::string cookie(size, 'c');
    const Read read(option(10, cookie));
    EXPECT_EQ(read.good(), valid) << size;
    EXPECT_EQ(read.reading.rcode, valid ? Rcode::noerror : Rcode::formerr) << size;
    const auto bytes = read.query.edns.cookie_bytes();
    EXPECT_EQ(std::string(bytes.begin(), bytes.end()), valid ? cookie : "") << size;
  }
}

TEST(OptionReader, OfOptionsThatComeTwiceTheFirstCounts) {  // RFC 7873, section 5.2
  const Read cookies(option(10, "12345678") + option(10, "short"));
  EXPECT_TRUE(cookies.good()) << "the second one is not looked at";
  EXPECT_EQ(cookies.query.edns.cookie[0], '1');
  const Read subnets(option(8, "\0\1\x08\0\x0a"s) + option(8, "\0\1\x08\0\x0b"s));
  EXPECT_TRUE(subnets.good());
  EXPECT_EQ(subnets.query.client.subnet.text(), "10.0.0.0/8");
}

TEST(OptionReader, NsidIsAskedForWhateverItHolds) {  // RFC 5001, section 2.1
  EXPECT_TRUE(Read(option(3, "")).query.edns.nsid);
  EXPECT_TRUE(Read(option(3, "what")).query.edns.nsid);
  EXPECT_FALSE(Read(option(10, "12345678")).query.edns.nsid);
}

TEST(OptionReader, KeepaliveIsForTcpAndEmpty) {  // RFC 7828, section 3.2.1
  const struct {
    size_t size;
    Transport transport;
    bool good, kept;
  } rows[] = {
      {0, Transport::tcp, true, true},  {2, Transport::tcp, false, true},
      {1, Transport::tcp, false, true}, {0, Transport::udp, true, false},
      {2, Transport::udp, true, false}, {9, Transport::udp, true, false},
  };
  for (const auto& row : rows) {
    const Read read(option(11, std::string(row.size, '\0')), row.transport);
    EXPECT_EQ(read.good(), row.good) << row.size;
    EXPECT_EQ(read.query.edns.keepalive, row.kept) << row.size;
  }
}

TEST(OptionReader, OthersArePassedOver) {  // RFC 6891, section 6.1.2; RFC 7830, section 3
  for (const unsigned code : {0u, 1u, 2u, 5u, 9u, 12u, 13u, 14u, 15u, 16u, 20292u, 65001u, 65535u})
    for (const size_t size : {0, 1, 100, 1000})
      EXPECT_TRUE(Read(option(code, std::string(size, 'x'))).good()) << code << " " << size;
}

TEST(OptionReader, TheirNumberIsBounded) {
  std::string options;
  for (unsigned i = 0; i < OptionReader::most_options; ++i) options += option(65001, "");
  EXPECT_TRUE(Read(options).good());
  EXPECT_EQ(Read(options + option(65001, "")).reading.rcode, Rcode::formerr);
}

TEST(OptionReader, NothingOfTheQueryBeforeRemains) {
  Read read(option(3, "") + option(10, "12345678") + option(11, "") + option(8, "\0\1\0\0"s),
            Transport::tcp);
  ASSERT_TRUE(read.good());
  const auto next = asking("");
  ASSERT_EQ(QueryReader::read(next, read.query).action, Reading::serve);
  const Edns& edns = read.query.edns;
  EXPECT_FALSE(edns.nsid || edns.keepalive || edns.cookie_size != 0);
  EXPECT_EQ(read.query.client.subnet.address.family, 0);
}

}  // namespace
}  // namespace signpost
