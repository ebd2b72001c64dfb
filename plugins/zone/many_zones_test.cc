// Lines that stand for many zones, and what a zone of many may do without the others.
#include <gtest/gtest.h>

#include "kit/bench.h"
#include "kit/fake_setup.h"

extern "C" const signpost::PluginInfo* signpost_plugin_zone();

namespace signpost {
namespace {

using kit::Bench;

TEST(ManyZones, a_zone_that_could_not_be_read_fails_alone) {
  Bench bench("example.com {\n zone FOLDER/zones/*.zone\n}\n",
              {{"zones/example.com.zone", std::string(kit::plain_zone) + "www A 192.0.2.1\n"},
               {"zones/a.example.com.zone", std::string(kit::plain_zone) + "www A 192.0.2.300\n"}});
  ASSERT_TRUE(bench.good()) << "a start goes on";
  ASSERT_EQ(bench.problems().size(), 1u) << "but a check fails";
  EXPECT_EQ(bench.problems()[0].substr(0, 29), "zones/a.example.com.zone:5 - ");
  EXPECT_EQ(bench.ask("www A"), "www.example.com. 172800 A 192.0.2.1");
  EXPECT_EQ(bench.ask("www.a A"), "SERVFAIL") << "not an answer of the parent's";
  EXPECT_EQ(bench.ask("a SOA"), "SERVFAIL");
}

TEST(ManyZones, a_zone_that_lines_add_records_to_has_to_be_good) {
  const std::string steered = "example.com {\n zone FOLDER/zones/*.zone\n alias www ns1\n}\n";
  Bench good(steered, {{"zones/example.com.zone", std::string(kit::plain_zone)}});
  ASSERT_TRUE(good.good()) << good.problems()[0];
  EXPECT_EQ(good.ask("www A"), "www.example.com. 172800 A 192.0.2.53");
  Bench bad(steered, {{"zones/example.com.zone", std::string(kit::plain_zone) + "x A 1\n"}});
  EXPECT_FALSE(bad.good());
  Bench none(steered, {{"zones/example.org.zone", std::string(kit::plain_zone)}});
  EXPECT_FALSE(none.good());
}

TEST(ManyZones, auto_starts_without_its_folder) {  // as in CoreDNS: it may come later
  Bench bench("example.com {\n auto {\n directory FOLDER/none\n }\n}\n");
  ASSERT_TRUE(bench.good());
  ASSERT_EQ(bench.problems().size(), 1u);
  EXPECT_TRUE(bench.problems()[0].starts_with("Corefile:2 - Warning: folder '"));
  EXPECT_EQ(bench.ask("www A"), "REFUSED");
  EXPECT_FALSE(Bench("example.com {\n zone FOLDER/none/*.zone\n}\n").good());
}

TEST(ManyZones, many_zones_in_one_block) {
  kit::Files files;
  std::string list;
  for (int i = 0; i < 60; ++i) {
    const std::string zone = "z" + std::to_string(i) + ".example.com";
    files["many/" + zone + ".zone"] =
        std::string(kit::plain_zone) + "www A 192.0.2." + std::to_string(i) + "\n";
    files["lists/files/" + zone] = files["many/" + zone + ".zone"];
    list += zone + " files/" + zone + "  # comment\n";
  }
  files["many/example.com.zone"] = files["lists/files/top"] = std::string(kit::plain_zone);
  files["lists/all"] = "; the parent\n\nexample.com files/top\n" + list;
  for (const char* line : {"zone FOLDER/many/*.zone", "zone @FOLDER/lists/all",
                           "auto {\n directory FOLDER/many (.*)\\.zone$ {1}\n}"}) {
    SCOPED_TRACE(line);
    Bench bench(std::string("example.com {\n") + line + "\n}\n", files);
    ASSERT_TRUE(bench.good()) << bench.problems()[0];
    for (const int i : {0, 31, 59}) {
      const std::string n = std::to_string(i);
      EXPECT_EQ(bench.ask("www.z" + n + " A"), "www.z" + n + ".example.com. 172800 A 192.0.2." + n);
    }
    EXPECT_EQ(bench.ask("z77 A"), "NXDOMAIN");
    EXPECT_EQ(bench.query({.question = "no.z3 A"}).authority.at(0).substr(0, 15),
              "z3.example.com.");
    EXPECT_EQ(bench.ask("example.net. A"), "REFUSED");
  }
}

TEST(ManyZones, falls_through_by_line) {
  Bench bench(
      "example.com {\n zone FOLDER/zones/*.zone {\n fallthrough\n }\n"
      " zone db.b b.example.com\n whoami\n}\n",
      {{"zones/a.example.com.zone", std::string(kit::plain_zone)},
       {"db.b", std::string(kit::plain_zone)}});
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  EXPECT_EQ(bench.ask("nope.a A"), "NOERROR") << "whoami answers";
  EXPECT_EQ(bench.ask("nope.b A"), "NXDOMAIN");
}

TEST(ManyZones, hands_in_its_options) {
  kit::FakeSetup setup(
      "zone db.a a.example.com {\nreload 10s\n}\nzone db.b b.example.com\n"
      "zone db.c c.example.com {\nreload 0\nminimal\nchase off\n}\nzone z/*.zone {\nreload 1s\n}");
  const PluginInfo& plugin = *signpost_plugin_zone();
  plugin.unmake_settings(plugin.make_settings(setup));
  EXPECT_EQ(setup.problem_text(), "");
  ASSERT_EQ(setup.zone_files.size(), 3u);
  EXPECT_EQ(setup.zone_files[0].reload, std::chrono::seconds(10));
  EXPECT_EQ(setup.zone_files[1].reload, std::chrono::seconds(30));
  EXPECT_EQ(setup.zone_files[1].tag, 1u);
  EXPECT_TRUE(setup.zone_files[1].chase);
  EXPECT_EQ(setup.zone_files[2].reload.count(), 0);
  EXPECT_TRUE(setup.zone_files[2].minimal);
  EXPECT_FALSE(setup.zone_files[2].chase);
  ASSERT_EQ(setup.zone_sources.size(), 1u);
  EXPECT_EQ(setup.zone_sources[0].second, std::chrono::seconds(1));
}

}  // namespace
}  // namespace signpost
