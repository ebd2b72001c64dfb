#include "zone/difference.h"

#include <gtest/gtest.h>

#include "zone/testing_records.h"

namespace signpost::zone {
namespace {

RecordList settled(const std::string& text) {
  RecordList records = records_of(text, Name::parse("example.").value());
  records.settle();
  return records;
}

TEST(Difference, IsByRecord) {
  const struct {
    const char *what, *before, *after, *changes;
  } cases[] = {
      {"nothing", "", "", ""},
      {"the same in another form", "b 60 A 192.0.2.1\nA 1m MX 1 B\n",
       "$TTL 1m\na MX 1 b.EXAMPLE.\nb A 192.0.2.1\nb A 192.0.2.1\n", ""},
      {"added and removed", "a 1 A 192.0.2.1\nc 1 A 192.0.2.3\n",
       "a 1 A 192.0.2.1\nb 1 A 192.0.2.2\n",
       "+b.example.\t1\tIN\tA\t192.0.2.2\n-c.example.\t1\tIN\tA\t192.0.2.3\n"},
      {"data", "a 1 A 192.0.2.2\n", "a 1 A 192.0.2.1\n",
       "+a.example.\t1\tIN\tA\t192.0.2.1\n-a.example.\t1\tIN\tA\t192.0.2.2\n"},
      {"TTL", "a 1 A 192.0.2.1\n", "a 2 A 192.0.2.1\n",
       "-a.example.\t1\tIN\tA\t192.0.2.1\n+a.example.\t2\tIN\tA\t192.0.2.1\n"},
      {"all of it", "a 1 A 192.0.2.1\n", "", "-a.example.\t1\tIN\tA\t192.0.2.1\n"},
  };
  for (const auto& c : cases) {
    const RecordList before = settled(c.before), after = settled(c.after);
    std::string text;
    for (const Change& change : difference(before, after)) {
      text += change.added ? '+' : '-';
      (change.added ? after : before).append_text(change.at, text);
      text += '\n';
    }
    EXPECT_EQ(text, c.changes) << c.what;
  }
}

TEST(Difference, TellsTheSerial) {  // RFC 1982, section 3.2
  EXPECT_EQ(serial_of(settled("a 1 A 192.0.2.1\n@ 1 SOA a b 4294967295 2 3 4 5\n")), 4294967295u);
  EXPECT_EQ(serial_of(settled("a 1 A 192.0.2.1\n")), std::nullopt);
  const struct {
    std::optional<uint32_t> before, after;
    const char* text;
  } cases[] = {
      {1, 2, "serial 1 -> 2"},
      {4294967295u, 0, "serial 4294967295 -> 0"},
      {0, 2147483647, "serial 0 -> 2147483647"},
      {0, 2147483648u, "serial 0 -> 2147483648: neither is newer"},
      {2, 1, "serial 2 -> 1: a step back, secondary servers ignore it"},
      {7, 7, "serial 7 unchanged: secondary servers will not notice"},
      {{}, 7, "serial 7, before none"},
      {7, {}, "no serial, before 7"},
      {{}, {}, "no serial"},
  };
  for (const auto& c : cases) EXPECT_EQ(serial_text(c.before, c.after), c.text);
}

}  // namespace
}  // namespace signpost::zone
