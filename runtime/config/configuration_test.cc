#include "config/configuration.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "kit/temporary_folder.h"
#include "observe/log_output.h"
#include "observe/log_writer.h"
#include "signpost/addresses.h"
#include "signpost/health.h"
#include "signpost/plugin.h"

namespace signpost {
namespace {

using Texts = std::vector<std::string>;

// --- plugins of the tests

struct Plain {  // takes any line
  explicit Plain(Setup& setup) : lines(setup.lines().size()) {}
  size_t lines;
};
struct Nothing {
  template <class Settings>
  explicit Nothing(const Settings&) {}
};

struct ZoneLines {  // zone FILE
  explicit ZoneLines(Setup& setup) {
    for (const Directive& line : setup.lines())
      for (const Name& zone : setup.zones())
        setup.add_zone({zone, line.args.at(0).text, line.where()});
  }
};

struct Checks {  // health { check NAME }
  explicit Checks(Setup& setup) {
    for (const Directive& line : setup.lines())
      for (const Directive& property : line.block) setup.declare_check(property.args.at(0));
    setup.offers<HealthTable>();
  }
};

struct Table {
  static constexpr std::string_view table_name = "numbers";
  int number = 7;
};
struct OtherTable {
  static constexpr std::string_view table_name = "numbers";
};
struct Offers {
  explicit Offers(Setup& setup) : key(setup.offers<Table>()) {
    setup.set(key, std::make_shared<const Table>(Table{9}));
  }
  Key<Table> key;
};
struct Uses {
  explicit Uses(Setup& setup) : key(setup.uses<Table>()) {}
  Key<Table> key;
};
struct Mistakes {
  explicit Mistakes(Setup& setup) { setup.uses<OtherTable>(); }
};
struct Wants {
  explicit Wants(Setup& setup) { setup.wants("plain"); }
};
struct WantsMissing {
  explicit WantsMissing(Setup& setup) { setup.wants("nowhere"); }
};
struct Aliases {
  explicit Aliases(Setup& setup) {
    for (const Directive& line : setup.lines()) read_alias(setup, line);
  }
};

constexpr PluginInfo kPlugins[] = {
    describe<Plain, Nothing>("plain", Stage::guard),
    describe<ZoneLines, Nothing>("zone", Stage::source),
    describe<Checks, Nothing>("health", Stage::judge),
    describe<Offers, Nothing>("offers", Stage::cache),
    describe<Uses, Nothing>("uses", Stage::observe),
    describe<Mistakes, Nothing>("mistakes", Stage::source),
    describe<Wants, Nothing>("wants", Stage::choose),
    describe<WantsMissing, Nothing>("wantsmissing", Stage::choose),
    describe<Aliases, Nothing>("alias", Stage::follow),
    describe<NoSettings, Nothing>("whoami", Stage::source),
    describe<Plain, Nothing>("log", Stage::observe),
};

class BuildConfiguration : public testing::Test {
 protected:
  BuildConfiguration() : logs_(observe::stdout_output()) {
    for (const PluginInfo& info : kPlugins) modules.add(&info);
    folder.write("db", "$TTL 60\n@ SOA ns1 h 5 1 2 3 4\n@ NS ns1\nns1 A 192.0.2.53\n");
  }

  std::shared_ptr<const Configuration> build(const std::string& text) {
    ConfigurationSource source;
    source.text = text;
    source.path = folder.path() + "/Corefile";
    const std::string file = folder.path() + "/db";  // whose random part may hold a DB of its own
    for (size_t at = 0; (at = source.text.find("DB", at)) != std::string::npos; at += file.size())
      source.text.replace(at, 2, file);
    Problems problems;
    auto built = build_configuration(source, modules, logs_, problems);
    said.clear();
    for (const Problem& p : problems.all()) said += p.text() + "\n";
    for (size_t at; (at = said.find(folder.path() + "/")) != std::string::npos;)
      said.erase(at, folder.path().size() + 1);
    EXPECT_EQ(built == nullptr, problems.any_error());
    return built;
  }

  static Texts chain(const BlockConfiguration& block) {
    Texts names;
    for (const PluginUse& use : block.plugins) names.emplace_back(use.info->name);
    return names;
  }

  kit::TemporaryFolder folder;
  Modules modules;
  std::string said;

 private:
  observe::LogWriter logs_;
};

TEST_F(BuildConfiguration, AWholeCorefile) {
  const auto built = build(
      "example.com:1053 example.net:1053 {\n zone DB\n plain\n uses\n offers\n bind 127.0.0.1 "
      "lo\n}\n"
      ".:1054 {\n whoami\n}\n");
  ASSERT_NE(built, nullptr) << said;
  EXPECT_EQ(said, "");
  ASSERT_EQ(built->blocks.size(), 2u);
  const BlockConfiguration& block = built->blocks[0];
  EXPECT_EQ(chain(block), (Texts{"uses", "plain", "offers", "zone"})) << "by stage, not by line";
  EXPECT_EQ(block.zones.size(), 2u);
  EXPECT_EQ(block.keys.size(), 2u);
  EXPECT_EQ(block.keys[0].port, 1053);
  ASSERT_EQ(block.bind.size(), 2u);
  EXPECT_EQ(block.bind[1].text, "lo");
  EXPECT_TRUE(block.implied.empty());
  EXPECT_EQ(block.served.size(), 2u);
  const auto zones = std::static_pointer_cast<const ZoneTable>(block.tables.get(zones_slot));
  ASSERT_EQ(zones->zones.size(), 2u);
  EXPECT_EQ(zones->zones[1]->apex().text(), "example.net.");
  EXPECT_EQ(zones->zones[1]->serial(), 5u);
  EXPECT_EQ(chain(built->blocks[1]), Texts{"whoami"});
}

TEST_F(BuildConfiguration, LinesOfAPluginAreReadTogether) {
  const auto built = build(".:1053 {\n plain a\n whoami\n plain b\n}\n");
  ASSERT_NE(built, nullptr) << said;
  EXPECT_EQ(static_cast<const Plain*>(built->blocks[0].plugins[0].settings.get())->lines, 2u);
}

TEST_F(BuildConfiguration, TablesAreSharedByName) {
  const auto built = build(".:1053 {\n uses\n offers\n}\n");
  ASSERT_NE(built, nullptr) << said;
  const BlockConfiguration& block = built->blocks[0];
  const auto& uses = *static_cast<const Uses*>(block.plugins[0].settings.get());
  const auto& offers = *static_cast<const Offers*>(block.plugins[1].settings.get());
  EXPECT_EQ(uses.key.slot, offers.key.slot);
  EXPECT_EQ(uses.key.slot, first_free_slot);
  EXPECT_EQ(static_cast<const Table*>(block.tables.get(uses.key.slot).get())->number, 9);
  EXPECT_TRUE(block.slots[uses.key.slot].offered);
  EXPECT_NE(block.tables.get(health_slot), nullptr) << "read as empty before anyone publishes";
  EXPECT_FALSE(block.slots[health_slot].offered);
}

TEST_F(BuildConfiguration, ATableNobodyOffersReadsAsMade) {
  const auto built = build(".:1053 {\n uses\n}\n");
  ASSERT_NE(built, nullptr) << said;
  const auto& uses = *static_cast<const Uses*>(built->blocks[0].plugins[0].settings.get());
  EXPECT_EQ(static_cast<const Table*>(built->blocks[0].tables.get(uses.key.slot).get())->number, 7);
}

TEST_F(BuildConfiguration, ATableOfAnotherTypeIsRefused) {
  build(".:1053 {\n offers\n mistakes\n}\n");
  EXPECT_EQ(said, "Corefile:3 - plugin mistakes takes table 'numbers' for another type\n");
}

TEST_F(BuildConfiguration, WantedPluginsAreAdded) {
  const auto built = build(".:1053 {\n wants\n}\n");
  ASSERT_NE(built, nullptr) << said;
  EXPECT_EQ(chain(built->blocks[0]), (Texts{"plain", "wants"}));
  EXPECT_EQ(built->blocks[0].implied, Texts{"plain"});
  const auto named = build(".:1053 {\n wants\n plain x\n}\n");
  EXPECT_TRUE(named->blocks[0].implied.empty());
}

struct Row {
  const char *what, *corefile, *said;
};

TEST_F(BuildConfiguration, Refusals) {
  const Row rows[] = {
      {"a wanted plugin without module", ".:1053 {\n wantsmissing\n}\n",
       "Corefile:1 - plugin 'nowhere' has no module: looked for nowhere.so in no folder; "
       "-plugin-dir or SIGNPOST_PLUGIN_DIR name another\n"},
      {"a shipped plugin without module", ".:1053 {\n latency a\n}\n",
       "Corefile:2 - plugin 'latency' has no module: looked for latency.so in no folder; "
       "-plugin-dir or SIGNPOST_PLUGIN_DIR name another\n"},
      {"D14", "tls://example.com {\n whoami\n}\n",
       "Corefile:1 - transport tls:// is not served: Signpost answers plain DNS over UDP and TCP, "
       "and does not run an encrypted transport in clear (write the zone without prefix)\n"},
      {"D14", "https://example.com {\n whoami\n}\n",
       "Corefile:1 - transport https:// is not served: Signpost answers plain DNS over UDP and "
       "TCP, "
       "and does not run an encrypted transport in clear (write the zone without prefix)\n"},
      {"D11, both places", "a.test:1053 {\n whoami\n}\na.test:1053 {\n whoami\n}\n",
       "Corefile:4 - cannot serve dns://a.test.:1053 - it is already defined at Corefile:1\n"},
      {"no address to bind", ".:1053 {\n bind\n}\n",
       "Corefile:2 - expected: bind ADDRESS|INTERFACE...\n"},
      {"zone file", "a.test:1053 {\n zone /nonexistent/db\n}\n",
       "Corefile:2 - zone file /nonexistent/db does not exist\n"},
      {"zone twice", "a.test:1053 {\n zone DB\n zone DB\n}\n",
       "Corefile:3 - zone a.test. is already read from db at Corefile:2\n"},
      {"no zone for a set", "a.test:1053 {\n alias www A web\n}\n",
       "Corefile:2 - alias needs the zone a.test. in this block; add the line: zone FILE\n"},
      {"check twice", "a.test:1053 {\n health {\n check one\n check one\n }\n}\n",
       "Corefile:4 - check 'one' is already declared at Corefile:3\n"},
      {"target", "a.test:1053 {\n zone DB\n alias www A web\n}\n",
       "Corefile:3 - Tried to create an alias that targets web.a.test., type A in zone a.test., "
       "but "
       "that target was not found\n"},
      {"arguments", ".:1053 {\n whoami now\n}\n",
       "Corefile:2 - unexpected argument 'now' behind whoami\n"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(build(row.corefile), nullptr) << row.what;
    EXPECT_EQ(said, row.said) << row.what;
  }
}

TEST_F(BuildConfiguration, MisspeltDirective) {
  build(".:1053 {\n whomai\n}\n");
  EXPECT_TRUE(said.starts_with("Corefile:2 - ")) << said;
  EXPECT_NE(said.find("whoami"), std::string::npos) << said;
}

TEST_F(BuildConfiguration, EveryErrorIsReported) {  // D16
  build("tls://a.test {\n whoami x\n}\nb.test:1053 {\n bind\n zone /nonexistent/db\n}\n");
  for (const char* line : {"Corefile:1 - ", "Corefile:2 - ", "Corefile:5 - ", "Corefile:6 - "})
    EXPECT_NE(said.find(line), std::string::npos) << line << "\n" << said;
}

TEST_F(BuildConfiguration, AliasTargetsAreJudgedBesideOtherErrors) {
  build("a.test b.test {\n zone DB\n alias www A nowhere\n alias ns1 A www\n}\n");
  EXPECT_NE(said.find("Corefile:3 - Tried to create an alias"), std::string::npos) << said;
  EXPECT_NE(said.find("Corefile:4 - "), std::string::npos) << said;
}

TEST_F(BuildConfiguration, BoundAndUnboundOverlap) {
  build("a.test:1053 {\n whoami\n}\na.test:1053 {\n bind 127.0.0.1\n whoami\n}\n");
  EXPECT_NE(said.find("overlap"), std::string::npos) << said;
  EXPECT_NE(build("a.test:1053 {\n bind 127.0.0.1\n whoami\n}\n"
                  "a.test:1053 {\n bind 127.0.0.2\n whoami\n}\n"),
            nullptr)
      << said;
}

TEST_F(BuildConfiguration, FileIsAnotherNameOfZone) {
  const auto built = build("a.test:1053 {\n file DB\n}\n");
  ASSERT_NE(built, nullptr) << said;
  EXPECT_EQ(chain(built->blocks[0]), Texts{"zone"});
  EXPECT_TRUE(built->blocks[0].implied.empty());
}

TEST_F(BuildConfiguration, OutsideNamesOnceEach) {
  const auto built = build(
      "a.test:1053 {\n zone DB\n alias x lb.example.net.\n alias y lb.example.net.\n"
      " alias z other.example.net.\n alias n A ns1\n}\n");
  ASSERT_NE(built, nullptr) << said;
  const auto& outside = built->blocks[0].outside;
  ASSERT_EQ(outside.size(), 2u);
  EXPECT_EQ(outside[0].text(), "lb.example.net.");
  EXPECT_EQ(outside[1].text(), "other.example.net.");
}

TEST_F(BuildConfiguration, WithoutBlocksTheDefaultIsServed) {  // corefile.md, section 1
  for (const char* text : {"", "# nothing\n", "(snippet) {\n whoami\n}\n"}) {
    const auto built = build(text);
    ASSERT_NE(built, nullptr) << said;
    ASSERT_EQ(built->blocks.size(), 1u);
    EXPECT_EQ(chain(built->blocks[0]), (Texts{"log", "whoami"}));
    EXPECT_EQ(built->blocks[0].keys[0].port, 53);
  }
}

TEST(FindCorefile, NamesAndErrors) {
  kit::TemporaryFolder folder;
  folder.write("Corefile.test", ".:1053 {\n}\n");
  const std::string path = folder.path() + "/Corefile.test";
  const ConfigurationSource source = find_corefile(path);
  EXPECT_EQ(source.name, path);
  EXPECT_EQ(source.path, path);
  EXPECT_EQ(source.text, ".:1053 {\n}\n");
  EXPECT_THROW(find_corefile(folder.path() + "/nowhere"), ConfigError);
  EXPECT_THROW(find_corefile(folder.path()), ConfigError);
}

// What a system without a free descriptor says is no matter of permissions.
TEST(FindCorefile, SaysWhyItCannotBeRead) {
  const kit::TemporaryFolder folder;
  folder.write("file", "");
  const auto error_of = [](const std::string& path) {
    try {
      find_corefile(path);
    } catch (const ConfigError& e) {
      return e.message();
    }
    return std::string();
  };
  EXPECT_EQ(error_of(folder.path()), "is a directory");
  EXPECT_EQ(error_of(folder.path() + "/none"), "no such file");
  EXPECT_EQ(error_of(folder.path() + "/file/x"), "cannot be read: Not a directory");
  EXPECT_EQ(error_of("/dev/zero"), "is larger than 16 MiB");
  rlimit limit, none;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  none = limit;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const std::string error = error_of(folder.path() + "/file");
  setrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(error, "cannot be read: Too many open files");
}

TEST(FindCorefile, WaitsForAPipeButReloadsNone) {
  const kit::TemporaryFolder folder;
  const std::string path = folder.path() + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(path) << ".:1053 {\n}\n"; });
  EXPECT_EQ(find_corefile(path).text, ".:1053 {\n}\n");
  writer.join();
  EXPECT_THROW(find_corefile(path, true), ConfigError);
}

}  // namespace
}  // namespace signpost
