#include "resolve/answer.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "resolve/answer_kit.h"

namespace signpost::resolve {
namespace {

constexpr uint16_t nxdomain = 3, servfail = 2, truncated = 0x0200, type_txt = 16;

Name parsed(const std::string& text) { return Name::parse(text).value(); }

// "answered 30 192.0.2.1 192.0.2.2", "no_data 60", "failed REASON".
std::string summary(const Resolution& resolution) {
  static const char* const names[] = {"answered", "no_data", "no_such_name", "failed"};
  std::string text = names[resolution.status];
  if (resolution.status == Resolution::failed) return text + " " + resolution.error;
  text += " " + std::to_string(resolution.ttl);
  for (const Address& address : resolution.addresses) text += " " + address.text();
  return text;
}

std::string read(const ResponseWriter& response, const std::string& name = "a.test.",
                 uint16_t type = type_a) {
  return summary(read_answer(response.bytes(), parsed(name), type));
}

ResponseWriter response(uint16_t flags = 0) { return {"a.test.", type_a, flags}; }

ResponseWriter chain(unsigned links) {
  ResponseWriter writer("n0.test.", type_a);
  for (unsigned i = 0; i < links; ++i) {
    writer.cname("n" + std::to_string(i) + ".test.", 100 + i,
                 "n" + std::to_string(i + 1) + ".test.");
  }
  return writer.answer("n" + std::to_string(links) + ".test.", type_a, 300, {192, 0, 2, 9});
}

TEST(Answer, AddressesWithTheLowestTtl) {
  EXPECT_EQ(read(response()
                     .answer("a.test.", type_a, 60, {192, 0, 2, 1})
                     .answer("a.test.", type_a, 30, {192, 0, 2, 2})),
            "answered 30 192.0.2.1 192.0.2.2");
  EXPECT_EQ(read(ResponseWriter("a.test.", type_aaaa)
                     .answer("a.test.", type_aaaa, 5,
                             {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}),
                 "a.test.", type_aaaa),
            "answered 5 2001:db8::1");
}

TEST(Answer, LetterCaseDoesNotMatter) {
  auto bytes = response().answer("a.test.", type_a, 60, {192, 0, 2, 1}).bytes();
  bytes[13] = 'A';  // in the question
  EXPECT_EQ(summary(read_answer(bytes, parsed("a.test."), type_a)), "answered 60 192.0.2.1");
}

TEST(Answer, OtherOwnersTypesAndLengthsAreNotAddresses) {
  EXPECT_EQ(read(response()
                     .answer("b.test.", type_a, 60, {192, 0, 2, 1})
                     .answer("a.test.", type_txt, 60, {3, 'x', 'y', 'z'})
                     .answer("a.test.", type_a, 60, {192, 0, 2})),
            "no_data 0");
}

TEST(Answer, CnameChain) {
  EXPECT_EQ(read(response()
                     .cname("a.test.", 20, "b.test.")
                     .cname("b.test.", 40, "c.test.")
                     .answer("c.test.", type_a, 30, {192, 0, 2, 3})),
            "answered 20 192.0.2.3");
  // In any order of the records.
  EXPECT_EQ(
      read(
          response().answer("b.test.", type_a, 30, {192, 0, 2, 3}).cname("a.test.", 40, "b.test.")),
      "answered 30 192.0.2.3");
}

TEST(Answer, ChainsEnd) {
  EXPECT_EQ(read(chain(16), "n0.test."), "answered 100 192.0.2.9");
  const char* const too_long = "failed the CNAME chain is malformed or longer than 16";
  EXPECT_EQ(read(chain(17), "n0.test."), too_long);
  EXPECT_EQ(read(response().cname("a.test.", 1, "a.test.")), too_long);
}

TEST(Answer, CompressedNames) {
  auto with_pointer = response().cname("a.test.", 7, "b.test.").bytes();
  // An answer whose owner is a pointer to the CNAME's target, whose data ends the message.
  const size_t target = with_pointer.size() - ResponseWriter::wire("b.test.").size();
  const uint8_t rest[] = {0xC0, uint8_t(target), 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 4};
  with_pointer.insert(with_pointer.end(), std::begin(rest), std::end(rest));
  ++with_pointer[7];
  EXPECT_EQ(summary(read_answer(with_pointer, parsed("a.test."), type_a)), "answered 7 192.0.2.4");
}

// RFC 2308, section 5; the SOA's own TTL and its minimum, whichever is lower.
TEST(Answer, NegativeTtl) {
  EXPECT_EQ(read(response().soa("test.", 900, 60)), "no_data 60");
  EXPECT_EQ(read(response().soa("test.", 30, 60)), "no_data 30");
  EXPECT_EQ(read(response(nxdomain).soa("test.", 900, 60)), "no_such_name 60");
  EXPECT_EQ(read(response(nxdomain)), "no_such_name 0");
  EXPECT_EQ(read(response().soa("elsewhere.", 900, 60)), "no_data 0");
}

TEST(Answer, NegativeAtTheEndOfAChain) {
  EXPECT_EQ(read(response().cname("a.test.", 10, "b.other.").soa("other.", 900, 60)), "no_data 10");
  // RFC 6604, section 3: the response code is about the last name.
  EXPECT_EQ(read(response(nxdomain).cname("a.test.", 90, "b.other.").soa("other.", 900, 60)),
            "no_such_name 60");
}

TEST(Answer, TtlWithTheTopBitIsZero) {  // RFC 2181, section 8
  EXPECT_EQ(read(response().answer("a.test.", type_a, 0x80000001, {192, 0, 2, 1})),
            "answered 0 192.0.2.1");
}

TEST(Answer, ServersThatRefuse) {
  EXPECT_EQ(read(response(servfail)), "failed the server answered SERVFAIL");
  EXPECT_EQ(read(response(11)), "failed the server answered RCODE 11");
  EXPECT_EQ(read(response(truncated)), "failed the response is truncated");
}

TEST(Answer, AnotherQuestion) {
  const char* const mismatch = "failed the response does not repeat the question";
  EXPECT_EQ(read(ResponseWriter("b.test.", type_a)), mismatch);
  EXPECT_EQ(read(ResponseWriter("a.test.", type_aaaa)), mismatch);
}

TEST(Answer, PointersThatDoNotLeadBack) {
  auto looped = response().bytes();
  looped[7] = 1;
  const size_t here = looped.size();
  for (uint8_t at : {uint8_t(here), uint8_t(here + 2), uint8_t(0xFF)}) {
    auto bytes = looped;
    for (uint8_t byte : {uint8_t(0xC0), at, uint8_t(0), uint8_t(1)}) bytes.push_back(byte);
    EXPECT_EQ(summary(read_answer(bytes, parsed("a.test."), type_a)),
              "failed the answer section is malformed");
  }
}

TEST(Answer, EveryTruncationIsSurvived) {
  const auto whole = response()
                         .cname("a.test.", 20, "b.test.")
                         .answer("b.test.", type_a, 30, {192, 0, 2, 3})
                         .bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<uint8_t> part(whole.begin(), whole.begin() + long(size));
    EXPECT_EQ(read_answer(part, parsed("a.test."), type_a).status, Resolution::failed) << size;
  }
}

TEST(Answer, EveryChangedByteIsSurvived) {
  const auto whole = response().cname("a.test.", 20, "b.test.").soa("test.", 300, 60).bytes();
  for (size_t at = 0; at < whole.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      auto bytes = whole;
      bytes[at] = uint8_t(value);
      const Resolution resolution = read_answer(bytes, parsed("a.test."), type_a);
      EXPECT_NE(resolution.status, Resolution::answered) << at << " " << value;
    }
  }
}

}  // namespace
}  // namespace signpost::resolve
