// Which queries are logged, by which rule, and what a line tells of the route.
#include <gtest/gtest.h>

#include "kit/bench.h"
#include "kit/steering.h"

namespace signpost {
namespace {

using kit::Bench;
using Lines = std::vector<std::string>;

constexpr const char* kRecords =
    "www 60 A 192.0.2.1\nc 60 CNAME www\ngone CNAME nope\nsub NS ns.sub\nns.sub A 192.0.2.7\n";

Bench bench(const std::string& log, const std::string& more = "") {
  return Bench("example.com {\n" + log + "\n zone db.example.com\n" + more + "\n}\n",
               {{"db.example.com", std::string(kit::plain_zone) + kRecords}});
}

TEST(Log, common_format) {
  Bench b = bench("log");
  const kit::Answer answer = b.query({.question = "www A", .dnssec_ok = true, .payload = 4096});
  const kit::Answer denial = b.query({.question = "nope MX", .client = "2001:db8::7", .tcp = true});
  const Lines lines = b.log();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0],
            "[INFO] 192.0.2.200:40212 - 4660 \"A IN www.example.com. udp 44 true 4096\" NOERROR "
            "qr,aa,rd " +
                std::to_string(answer.size) + " 0s");
  EXPECT_EQ(lines[1],
            "[INFO] [2001:db8::7]:40212 - 4660 \"MX IN nope.example.com. tcp 34 false 65535\" "
            "NXDOMAIN qr,aa,rd " +
                std::to_string(denial.size) + " 0s");
}

TEST(Log, classes) {
  const struct {
    const char *question, *klass;
  } cases[] = {{"www A", "success"},  {"c A", "success"},      {"h.sub A", "success"},
               {"nope A", "denial"},  {"www AAAA", "denial"},  {"gone A", "denial"},
               {"c AAAA", "success"}, {"www ANY", "success"},  {"lb A", "error"},
               {"ns1 TXT", "denial"}, {"ns.sub A", "success"}, {"policy A", "success"}};
  const std::string more = "alias lb lb.example.net\nweighted policy {\n192.0.2.1\n}";
  for (const char* klass : {"success", "denial", "error", "all"}) {
    Bench b = bench(std::string("log . {name} {\nclass ") + klass + "\n}", more);
    ASSERT_TRUE(b.good()) << b.problems()[0];
    b.unresolvable("lb.example.net.");
    for (const auto& c : cases) {
      b.ask(c.question);
      const bool expected = klass == std::string("all") || klass == std::string(c.klass);
      EXPECT_EQ(b.log().size(), expected ? 1u : 0u) << klass << ": " << c.question;
    }
  }
}

TEST(Log, an_answer_in_the_additional_section_is_success) {
  Bench b("example.com {\nlog {\nclass success\n}\nwhoami\n}\n", {});
  b.ask("www A");
  EXPECT_EQ(b.log().size(), 1u);
}

TEST(Log, what_nobody_answers_is_an_error) {
  Bench b("example.com {\nlog . {rcode} {\nclass error\n}\n}\n", {});
  b.ask("www A");
  EXPECT_EQ(b.log(), Lines{"[INFO] REFUSED"});
}

TEST(Log, several_classes) {
  Bench b = bench("log . {name} {\nclass denial error\nclass error\n}");
  b.ask("www A");
  b.ask("nope A");
  EXPECT_EQ(b.log(), Lines{"[INFO] nope.example.com."});
}

TEST(Log, the_first_rule_whose_name_fits_is_used) {
  Bench b = bench(
      "log www.example.com {name} {\nclass denial\n}\n"
      "log a.example.com b.example.com. \"two {name}\"\n"
      "log . \"rest {name}\"");
  for (const char* question : {"www A", "x.www A", "a A", "x.b A", "ab A", "@ NS"}) b.ask(question);
  EXPECT_EQ(b.log(), (Lines{"[INFO] x.www.example.com.", "[INFO] two a.example.com.",
                            "[INFO] two x.b.example.com.", "[INFO] rest ab.example.com.",
                            "[INFO] rest example.com."}));
}

TEST(Log, arguments) {
  const struct {
    const char *log, *question;
    size_t lines;
    const char* begin;
  } cases[] = {
      {"log", "www A", 1, "[INFO] 192.0.2.200:40212 - "},
      {"log www.example.com", "www A", 1, "[INFO] 192.0.2.200:40212 - "},
      {"log www.example.com", "@ NS", 0, ""},
      {"log WWW.example.com {type}", "www A", 1, "[INFO] A"},
      {"log . {combined}", "www A", 1, "[INFO] 192.0.2.200:40212 - "},
      {"log www.example.com ns1.example.com", "ns1 A", 1, "[INFO] 192.0.2.200:40212 - "},
      {"log {combined}", "www A", 0, ""},
  };
  for (const auto& c : cases) {
    Bench b = bench(c.log);
    ASSERT_TRUE(b.good()) << c.log;
    b.ask(c.question);
    const Lines lines = b.log();
    ASSERT_EQ(lines.size(), c.lines) << c.log;
    if (lines.empty()) continue;
    EXPECT_EQ(lines[0].substr(0, std::string(c.begin).size()), c.begin);
  }
}

TEST(Log, problems) {
  const struct {
    const char *log, *problem;
  } cases[] = {
      {"log {combined}",
       "Corefile:2 - Warning: '{combined}' looks like a format, but a single argument is a name: "
       "write log . {combined}"},
      {"log example.net",
       "Corefile:2 - Warning: no question for example.net. comes to this server "
       "block, which is for example.com."},
      {"log {\nclass\n}",
       "Corefile:3 - Wrong argument count or unexpected line ending after 'class'"},
      {"log {\nclass denail\n}",
       "Corefile:3 - invalid Class: denail; did you mean 'denial'? (success, denial, error, all)"},
      {"log {\nclasses all\n}", "Corefile:3 - unknown property 'classes'; did you mean 'class'?"},
  };
  for (const auto& c : cases) EXPECT_EQ(bench(c.log).problems(), Lines{c.problem});
  EXPECT_EQ(bench("log www.example.com com .").problems(), Lines());
  EXPECT_EQ(bench("log version.bind id.server").problems(), Lines()) << "of class CH";
}

TEST(Log, routes) {
  Bench b(
      kit::example_block(
          "log . \"{name} {/route/policy} {/route/record} {/route/target} {/route/reason} "
          "{/health/state}\"\n"
          "weighted w A {\n192.0.2.1 id blue check hc1\n192.0.2.2 weight 0 id green check hc2\n}\n"
          "failover f A {\nprimary alias w evaluate\nsecondary alias www\n}\n"
          "weighted one CNAME {\nout.example.net. id only\n}\nalias s A www"),
      {{"db.example.com", std::string(kit::plain_zone) + kRecords}});
  ASSERT_TRUE(b.good()) << b.problems()[0];
  const auto ask = [&](const char* question) {
    b.ask(question);
    return b.log().at(0);
  };
  EXPECT_EQ(ask("w A"), "[INFO] w.example.com. weighted blue - chosen healthy");
  EXPECT_EQ(ask("one A"), "[INFO] one.example.com. weighted only out.example.net. only -");
  EXPECT_EQ(ask("www A"), "[INFO] www.example.com. - - - - -");
  EXPECT_EQ(ask("s A"), "[INFO] s.example.com. - - - - -");
  EXPECT_EQ(ask("f A"), "[INFO] f.example.com. weighted blue - chosen healthy");
  b.health({"hc1"});
  EXPECT_EQ(ask("w A"), "[INFO] w.example.com. weighted green - failed-over healthy");
  b.health({"hc1", "hc2"});
  EXPECT_EQ(ask("w A"), "[INFO] w.example.com. weighted blue - last-resort unhealthy");
  EXPECT_EQ(ask("f A"), "[INFO] f.example.com. failover secondary www.example.com. failed-over -");
}

TEST(Log, a_query_that_waited_is_logged_with_its_time) {
  Bench b = bench("log . \"{name} {rcode} {duration}\"", "alias lb lb.example.net");
  EXPECT_EQ(b.ask("lb A"), "waiting");
  EXPECT_TRUE(b.log().empty());
  b.address("lb.example.net.", {"192.0.2.9"});
  b.advance(250);
  EXPECT_EQ(b.log(), Lines{"[INFO] lb.example.com. NOERROR 0.25s"});
}

}  // namespace
}  // namespace signpost
