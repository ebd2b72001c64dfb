// The grammar of steering blocks and alias lines (read_group, read_alias).
#include <gtest/gtest.h>

#include "dns/rdata.h"
#include "dns/types.h"
#include "signpost/policy.h"
#include "steer/block_kit.h"

namespace signpost::steer {
namespace {

using Texts = std::vector<std::string>;

// A set as one text: "OWNER TYPE TTL: member; member".
std::string text_of(const SetSpec& set) {
  std::string text = set.owner.text() + " " + type_text(set.type) +
                     (set.type_implied ? " (implied)" : "") + " " + std::to_string(set.ttl) + ":";
  for (const MemberSpec& m : set.members) {
    text += &m == set.members.data() ? " " : "; ";
    text += "[" + m.id + "]";
    for (const auto& value : m.values) text += " " + print_rdata(set.type, value);
    if (m.alias) text += " alias " + m.alias->target.text();
    if (m.alias && m.alias->evaluate) text += " evaluate";
    if (m.attribute != 0) text += " attribute " + std::to_string(m.attribute);
    if (!m.check.empty()) text += " check " + m.check;
    if (m.ttl) text += " ttl " + std::to_string(*m.ttl);
  }
  return text;
}

Texts sets_of(kit::FakeSetup& setup) {
  read_lines(setup);
  Texts texts;
  for (const auto& [origin, set] : setup.sets) texts.push_back(text_of(set));
  return texts;
}

Texts sets(std::string_view lines, std::vector<std::string> zones = {"example.com."}) {
  kit::FakeSetup setup(lines, std::move(zones));
  Texts texts = sets_of(setup);
  EXPECT_EQ(setup.problem_text(), "");
  return texts;
}

struct Good {
  const char *what, *lines;
  Texts sets;
};

TEST(ReadGroup, EveryWord) {
  const Good rows[] = {
      {"a value",
       "weighted www A {\n 192.0.2.1\n}\n",
       {"www.example.com. A 60: [192.0.2.1] 192.0.2.1 attribute 1"}},
      {"several values",
       "weighted www A {\n 192.0.2.1 192.0.2.2 weight 3\n}\n",
       {"www.example.com. A 60: [192.0.2.1] 192.0.2.1 192.0.2.2 attribute 3"}},
      {"words in any order",
       "weighted www A {\n check use1 weight 7 192.0.2.1 ttl 5m id blue\n}\n",
       {"www.example.com. A 60: [blue] 192.0.2.1 attribute 7 check use1 ttl 300"}},
      {"ttl of the set, wherever it stands",
       "weighted www A {\n 192.0.2.1\n ttl 2h\n}\n",
       {"www.example.com. A 7200: [192.0.2.1] 192.0.2.1 attribute 1"}},
      {"ttl 0 (DN-24)",
       "weighted www A {\n ttl 0\n 192.0.2.1\n}\n",
       {"www.example.com. A 0: [192.0.2.1] 192.0.2.1 attribute 1"}},
      {"alias",
       "weighted www A {\n alias web weight 2\n alias api evaluate check c\n}\n",
       {"www.example.com. A 60: [alias web.example.com.] alias web.example.com. attribute 2; "
        "[alias "
        "api.example.com.] alias api.example.com. evaluate attribute 1 check c"}},
      {"alias targets",
       "weighted www A {\n alias @\n alias lb.example.net\n alias a.example.org.\n}\n",
       {"www.example.com. A 60: [alias example.com.] alias example.com. attribute 1; [alias "
        "lb.example.net.] alias lb.example.net. attribute 1; [alias a.example.org.] alias "
        "a.example.org. attribute 1"}},
      {"values and aliases mixed (V-22)",
       "weighted www A {\n 192.0.2.1\n alias web\n}\n",
       {"www.example.com. A 60: [192.0.2.1] 192.0.2.1 attribute 1; [alias web.example.com.] alias "
        "web.example.com. attribute 1"}},
      {"leading word",
       "failover www A {\n primary 192.0.2.1 check c\n secondary alias s\n}\n",
       {"www.example.com. A 60: [primary] 192.0.2.1 check c; [secondary] alias s.example.com. "
        "attribute 1"}},
      {"leading word and id",
       "failover www A {\n primary 192.0.2.1 id blue\n}\n",
       {"www.example.com. A 60: [blue] 192.0.2.1"}},
      {"the policy's own lines",
       "weighted www A {\n table regions.json\n 192.0.2.1\n}\n",
       {"www.example.com. A 60: [192.0.2.1] 192.0.2.1 attribute 1"}},
      {"apex",
       "weighted @ A {\n 192.0.2.1\n}\n",
       {"example.com. A 60: [192.0.2.1] 192.0.2.1 attribute 1"}},
      {"wildcard (DN-13)",
       "weighted *.w A {\n 192.0.2.1\n}\n",
       {"*.w.example.com. A 60: [192.0.2.1] 192.0.2.1 attribute 1"}},
      {"absolute owner",
       "weighted WWW.example.com. A {\n 192.0.2.1\n}\n",
       {"www.example.com. A 60: [192.0.2.1] 192.0.2.1 attribute 1"}},
      {"ids made from the same value get their line",
       "weighted www A {\n 192.0.2.1 192.0.2.2\n 192.0.2.1\n}\n",
       {"www.example.com. A 60: [192.0.2.1] 192.0.2.1 192.0.2.2 attribute 1; [192.0.2.1 (line 3)] "
        "192.0.2.1 attribute 1"}},
  };
  for (const Good& row : rows) EXPECT_EQ(sets(row.lines), row.sets) << row.what;
}

TEST(ReadGroup, ImpliedTypes) {
  const Good rows[] = {
      {"each address to its own",
       "weighted www {\n 192.0.2.1 2001:db8::1\n 192.0.2.2\n}\n",
       {"www.example.com. A (implied) 60: [192.0.2.1] 192.0.2.1 attribute 1; [192.0.2.2] 192.0.2.2 "
        "attribute 1",
        "www.example.com. AAAA (implied) 60: [192.0.2.1] 2001:db8::1 attribute 1"}},
      {"only one family",
       "weighted www {\n 2001:db8::1\n}\n",
       {"www.example.com. AAAA (implied) 60: [2001:db8::1] 2001:db8::1 attribute 1"}},
      {"an alias beside IPv4 makes no IPv6 group",
       "weighted www {\n 192.0.2.1\n alias web\n}\n",
       {"www.example.com. A (implied) 60: [192.0.2.1] 192.0.2.1 attribute 1; [alias "
        "web.example.com.] alias web.example.com. attribute 1"}},
      {"aliases alone are in both",
       "weighted www {\n alias web\n}\n",
       {"www.example.com. A (implied) 60: [alias web.example.com.] alias web.example.com. "
        "attribute 1",
        "www.example.com. AAAA (implied) 60: [alias web.example.com.] alias web.example.com. "
        "attribute 1"}},
      {"both written",
       "weighted www A AAAA {\n 192.0.2.1\n 2001:db8::1\n}\n",
       {"www.example.com. A 60: [192.0.2.1] 192.0.2.1 attribute 1",
        "www.example.com. AAAA 60: [2001:db8::1] 2001:db8::1 attribute 1"}},
  };
  for (const Good& row : rows) EXPECT_EQ(sets(row.lines), row.sets) << row.what;
}

TEST(ReadGroup, ValuesOfOtherTypes) {
  const Good rows[] = {
      {"MX takes two words a value",
       "weighted m MX {\n 10 mail 20 backup.example.net.\n}\n",
       {"m.example.com. MX 60: [10] 10 mail.example.com. 20 backup.example.net. attribute 1"}},
      {"SRV takes four",
       "weighted _s._tcp SRV {\n 1 2 443 web weight 9\n}\n",
       {"_s._tcp.example.com. SRV 60: [1] 1 2 443 web.example.com. attribute 9"}},
      {"a quoted word is a whole value",
       "weighted m MX {\n \"10 mail\" \"20 backup\"\n}\n",
       {"m.example.com. MX 60: [10 mail] 10 mail.example.com. 20 backup.example.com. attribute 1"}},
      {"TXT: a word is a value",
       "weighted t TXT {\n one two\n}\n",
       {"t.example.com. TXT 60: [one] \"one\" \"two\" attribute 1"}},
      {"TXT: a quoted word is its text",
       "weighted t TXT {\n \"v=spf1 -all\"\n}\n",
       {"t.example.com. TXT 60: [v=spf1 -all] \"v=spf1 -all\" attribute 1"}},
      {"TXT: quotes inside make strings",
       "weighted t TXT {\n \"\\\"one two\\\" \\\"three\\\"\"\n}\n",
       {"t.example.com. TXT 60: [\"one two\" \"three\"] \"one two\" \"three\" attribute 1"}},
      {"a quoted keyword is a value",
       "weighted t TXT {\n \"weight\" \"check\" weight 2\n}\n",
       {"t.example.com. TXT 60: [weight] \"weight\" \"check\" attribute 2"}},
      {"a quoted ttl is a value",
       "weighted t TXT {\n \"ttl\" 5\n}\n",
       {"t.example.com. TXT 60: [ttl] \"ttl\" \"5\" attribute 1"}},
      {"CNAME",
       "weighted c CNAME {\n web\n www.example.net.\n}\n",
       {"c.example.com. CNAME 60: [web] web.example.com. attribute 1; [www.example.net.] "
        "www.example.net. attribute 1"}},
      {"CAA, whose data varies, in quotes",
       "weighted c CAA {\n \"0 issue \\\"ca.example.net\\\"\"\n}\n",
       {"c.example.com. CAA 60: [0 issue \"ca.example.net\"] 0 issue \"ca.example.net\" attribute "
        "1"}},
  };
  for (const Good& row : rows) EXPECT_EQ(sets(row.lines), row.sets) << row.what;
}

TEST(ReadGroup, SeveralZones) {
  const std::vector<std::string> zones{"example.com.", "example.net.", "sub.example.com."};
  EXPECT_EQ(sets("weighted www A {\n 192.0.2.1\n}\n", {"example.com.", "example.net."}),
            (Texts{"www.example.com. A 60: [192.0.2.1] 192.0.2.1 attribute 1",
                   "www.example.net. A 60: [192.0.2.1] 192.0.2.1 attribute 1"}));
  kit::FakeSetup setup("weighted www.sub.example.com. A {\n 192.0.2.1\n}\n", zones);
  EXPECT_EQ(sets_of(setup), Texts{"www.sub.example.com. A 60: [192.0.2.1] 192.0.2.1 attribute 1"});
  EXPECT_EQ(setup.sets.at(0).first.text(), "sub.example.com.") << "the nearest zone";
}

struct Bad {
  const char *what, *lines, *problems;
};

TEST(ReadGroup, Errors) {
  const Bad rows[] = {
      {"no name", "weighted\n", "Corefile:1 - expected: weighted NAME [TYPE...] { members }\n"},
      {"no block", "weighted www A\n",
       "Corefile:1 - weighted www has no members: expected a block with one line for each\n"},
      {"empty block", "weighted www A {\n}\n",
       "Corefile:1 - weighted www has no members: expected a block with one line for each\n"},
      {"no name at all", "weighted a..b A {\n 192.0.2.1\n}\n",
       "Corefile:1 - 'a..b' is no domain name: empty label "},
      {"V-12", "weighted www.example.net. A {\n 192.0.2.1\n}\n",
       "Corefile:1 - RRSet with DNS name www.example.net. is not permitted in zone example.com.\n"},
      {"type", "weighted www AAA {\n 192.0.2.1\n}\n",
       "Corefile:1 - 'AAA' is no record type; did you mean 'AAAA'?\n"},
      {"V-07", "weighted www NS {\n ns1\n}\n",
       "Corefile:1 - records of type NS can be neither steered nor aliased (V-07); write them in "
       "the zone file\n"},
      {"V-07", "weighted www DS {\n 1\n}\n",
       "Corefile:1 - records of type DS can be neither steered nor aliased (V-07); write them in "
       "the zone file\n"},
      {"meta type", "weighted www ANY {\n 1\n}\n",
       "Corefile:1 - records of type ANY can be neither steered nor aliased (V-07); write them in "
       "the zone file\n"},
      {"bad address", "weighted www A {\n 192.0.2.1\n 192.0.2.256\n 192.0.2.3\n}\n",
       "Corefile:3 - '192.0.2.256' is no valid data for A: "},
      {"neither family", "weighted www {\n www2\n}\n",
       "Corefile:2 - 'www2' is neither an IPv4 nor an IPv6 address; if another type is meant, name "
       "it: weighted www TYPE {\n"},
      {"wrong family", "weighted www A {\n 2001:db8::1\n}\n",
       "Corefile:2 - '2001:db8::1' is no valid data for A: "},
      {"MX cut short", "weighted m MX {\n 10\n}\n", "Corefile:2 - '10' is no valid data for MX: "},
      {"V-01", "weighted www A {\n alias web 192.0.2.1\n}\n",
       "Corefile:2 - a member is an alias or has values, not both: '192.0.2.1' stands beside an "
       "alias (V-01)\n"},
      {"V-01", "weighted www A {\n weight 5\n}\n",
       "Corefile:2 - the member has neither a value nor an alias\n"},
      {"two aliases", "weighted www A {\n alias web alias api\n}\n",
       "Corefile:2 - a member has one alias: 'api' is a second one (V-01)\n"},
      {"A-03", "weighted www A {\n alias web ttl 5\n}\n",
       "Corefile:2 - an alias has no TTL of its own (A-03)\n"},
      {"evaluate", "weighted www A {\n 192.0.2.1 evaluate\n}\n",
       "Corefile:2 - 'evaluate' belongs behind an alias: alias TARGET evaluate\n"},
      {"alias without target", "weighted www A {\n alias\n}\n",
       "Corefile:2 - 'alias' needs a value\n"},
      {"check without name", "weighted www A {\n 192.0.2.1 check\n}\n",
       "Corefile:2 - 'check' needs a value\n"},
      {"weight without number", "weighted www A {\n 192.0.2.1 weight\n}\n",
       "Corefile:2 - 'weight' needs a value\n"},
      {"weight", "weighted www A {\n 192.0.2.1 weight 256\n}\n",
       "Corefile:2 - '256' is no whole number from 0 to 255\n"},
      {"keyword that must be given", "share www A {\n 192.0.2.1\n}\n",
       "Corefile:2 - share must be given\n"},
      {"ttl", "weighted www A {\n ttl never\n 192.0.2.1\n}\n",
       "Corefile:2 - 'never' is no TTL: expected seconds or a time such as 5m\n"},
      {"ttl of a member", "weighted www A {\n 192.0.2.1 ttl 5x\n}\n",
       "Corefile:2 - '5x' is no TTL: expected seconds or a time such as 5m\n"},
      {"ttl without time", "weighted www A {\n ttl\n 192.0.2.1\n}\n",
       "Corefile:2 - Wrong argument count or unexpected line ending after 'ttl'\n"},
      {"leading word", "failover www A {\n third 192.0.2.1\n}\n",
       "Corefile:2 - 'third' is neither primary nor secondary\n"},
      {"leading word alone", "failover www A {\n primary\n}\n",
       "Corefile:2 - the member has neither a value nor an alias\n"},
      {"V-13", "weighted www A {\n 192.0.2.1 192.0.2.2 192.0.2.1\n}\n",
       "Corefile:2 - Duplicate Resource Record: '192.0.2.1' (V-13)\n"},
      {"V-13 of the second type", "weighted www {\n 192.0.2.1 2001:db8::1 2001:DB8:0::1\n}\n",
       "Corefile:2 - Duplicate Resource Record: '2001:db8::1' (V-13)\n"},
      {"V-10", "weighted c CNAME {\n a b\n}\n",
       "Corefile:2 - a CNAME has exactly one value (V-10)\n"},
      {"block of a member", "weighted www A {\n 192.0.2.1 {\n  check x\n }\n}\n",
       "Corefile:2 - a member line has no block\n"},
      {"a '}' is missing", "weighted www A {\n 192.0.2.1\n\n failover api {\n  primary x\n }\n}\n",
       "Corefile:4 - a member line has no block; is the '}' of 'weighted' at Corefile:1 missing "
       "before 'failover'?\n"},
      {"check of nothing", "weighted www A {\n 192.0.2.1 check \"\"\n}\n",
       "Corefile:2 - found nothing but quotes, or a variable that is not set, behind 'check'; "
       "expected a value\n"},
      {"id of nothing", "weighted www A {\n 192.0.2.1 id \"\"\n}\n",
       "Corefile:2 - found nothing but quotes, or a variable that is not set, behind 'id'; "
       "expected a value\n"},
      {"bad alias target", "weighted www A {\n alias a..b.\n}\n",
       "Corefile:2 - 'a..b.' is no domain name: empty label "},
  };
  for (const Bad& row : rows) {
    kit::FakeSetup setup(row.lines);
    read_lines(setup);
    const std::string text = setup.problem_text(), expected = row.problems;
    if (expected.back() == '\n') {
      EXPECT_EQ(text, expected) << row.what;
    } else {
      EXPECT_EQ(text.substr(0, expected.size()), expected) << row.what;
    }
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << row.what << "\n" << text;
  }
}

TEST(ReadGroup, AMemberInErrorIsLeftOut) {
  kit::FakeSetup setup("weighted www A {\n 192.0.2.1\n bad\n 192.0.2.3\n}\n");
  EXPECT_EQ(sets_of(setup), Texts{"www.example.com. A 60: [192.0.2.1] 192.0.2.1 attribute 1; "
                                  "[192.0.2.3] 192.0.2.3 attribute 1"});
}

// What is wrong with every zone and type of a line is said once.
TEST(ReadGroup, ErrorsAreSaidOnce) {
  kit::FakeSetup setup("weighted www {\n 192.0.2.1\n bad\n}\n", {"example.com.", "example.net."});
  read_lines(setup);
  const std::string text = setup.problem_text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

TEST(ReadGroup, AHundredMembersAtMost) {  // V-28
  for (const unsigned count : {100u, 101u, 130u}) {
    std::string lines = "weighted www A {\n";
    for (unsigned i = 0; i < count; ++i) lines += " 192.0.2." + std::to_string(i) + "\n";
    kit::FakeSetup setup(lines + "}\n");
    read_lines(setup);
    EXPECT_EQ(setup.sets.size(), count == 100 ? 1u : 0u);
    EXPECT_EQ(setup.problem_text(),
              count == 100
                  ? ""
                  : "Corefile:102 - a group has at most 100 members (V-28); this is the 101st\n");
  }
}

TEST(ReadGroup, SetIdentifiersAreLimited) {
  EXPECT_EQ(sets("weighted www A {\n 192.0.2.1 id " + std::string(128, 'x') + "\n}\n").size(), 1u);
  kit::FakeSetup setup("weighted www A {\n 192.0.2.1 id " + std::string(129, 'x') + "\n}\n");
  read_lines(setup);
  EXPECT_EQ(setup.problem_text(),
            "Corefile:2 - the set identifier is longer than 128 characters\n");
}

TEST(ReadGroup, WantsThePluginsThatAliasesNeed) {
  const struct {
    const char* lines;
    Texts wanted;
  } rows[] = {
      {"weighted www A {\n 192.0.2.1\n}\n", {}},
      {"weighted www A {\n alias web\n}\n", {"alias"}},
      {"weighted www A {\n alias web evaluate\n}\n", {"alias", "health"}},
  };
  for (const auto& row : rows) {
    kit::FakeSetup setup(row.lines);
    read_lines(setup);
    EXPECT_EQ(setup.wanted, row.wanted) << row.lines;
  }
}

TEST(ReadAlias, Good) {
  const Good rows[] = {
      {"both families (row 215)",
       "alias www web\n",
       {"www.example.com. A (implied) 60: [alias web.example.com.] alias web.example.com.",
        "www.example.com. AAAA (implied) 60: [alias web.example.com.] alias web.example.com."}},
      {"a type",
       "alias www TXT web\n",
       {"www.example.com. TXT 60: [alias web.example.com.] alias web.example.com."}},
      {"evaluate",
       "alias www A web evaluate\n",
       {"www.example.com. A 60: [alias web.example.com.] alias web.example.com. evaluate"}},
      {"a target called evaluate",
       "alias www evaluate\n",
       {"www.example.com. A (implied) 60: [alias evaluate.example.com.] alias "
        "evaluate.example.com.",
        "www.example.com. AAAA (implied) 60: [alias evaluate.example.com.] alias "
        "evaluate.example.com."}},
      {"CNAME (row 219)",
       "alias x CNAME t\n",
       {"x.example.com. CNAME 60: [alias t.example.com.] alias t.example.com."}},
  };
  for (const Good& row : rows) EXPECT_EQ(sets(row.lines), row.sets) << row.what;
}

TEST(ReadAlias, Errors) {
  const Bad rows[] = {
      {"no target", "alias www\n",
       "Corefile:1 - expected: alias NAME [TYPE...] TARGET [evaluate]\n"},
      {"nothing", "alias\n", "Corefile:1 - expected: alias NAME [TYPE...] TARGET [evaluate]\n"},
      {"row 221", "alias www NS web\n",
       "Corefile:1 - records of type NS can be neither steered nor aliased (V-07); write them in "
       "the zone file\n"},
      {"row 221", "alias www SOA web\n",
       "Corefile:1 - records of type SOA can be neither steered nor aliased (V-07); write them in "
       "the zone file\n"},
      {"row 218, V-08", "alias @ CNAME t\n",
       "Corefile:1 - RRSet of type CNAME with DNS name example.com. is not permitted at apex in "
       "zone example.com.\n"},
      {"V-12", "alias www.example.net. web\n",
       "Corefile:1 - RRSet with DNS name www.example.net. is not permitted in zone example.com.\n"},
      {"misspelt", "alias www api evalute\n",
       "Corefile:1 - unknown word 'evalute' behind the target; did you mean 'evaluate'?\n"},
      {"type", "alias www AA web\n", "Corefile:1 - 'AA' is no record type; did you mean '"},
  };
  for (const Bad& row : rows) {
    kit::FakeSetup setup(row.lines);
    read_lines(setup);
    EXPECT_EQ(setup.problem_text().substr(0, std::string_view(row.problems).size()), row.problems)
        << row.what;
    EXPECT_TRUE(setup.sets.empty()) << row.what;
  }
}

TEST(ReadAlias, RemembersThatTheTargetHadNoFinalDot) {
  kit::FakeSetup setup("alias www lb.example.net\nalias x lb.example.net.\nalias y lb\n");
  read_lines(setup);
  ASSERT_EQ(setup.sets.size(), 6u);
  EXPECT_TRUE(setup.sets[0].second.members[0].alias->undotted);
  EXPECT_FALSE(setup.sets[2].second.members[0].alias->undotted);
  EXPECT_FALSE(setup.sets[4].second.members[0].alias->undotted);
}

}  // namespace
}  // namespace signpost::steer
