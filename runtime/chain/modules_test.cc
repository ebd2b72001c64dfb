#include "chain/modules.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace signpost {
namespace {

PluginInfo plugin(const char* name, Stage stage, const char* before = nullptr,
                  const char* after = nullptr) {
  PluginInfo info;
  info.name = name;
  info.stage = stage;
  info.before = before;
  info.after = after;
  return info;
}

std::string ordered(std::vector<PluginInfo> plugins) {
  std::vector<const PluginInfo*> order;
  for (const PluginInfo& p : plugins) order.push_back(&p);
  order_plugins(order);
  std::string names;
  for (const PluginInfo* p : order) names += (names.empty() ? "" : " ") + std::string(p->name);
  return names;
}

TEST(OrderPlugins, ByStageThenWishesThenName) {
  const auto choose = Stage::choose, observe = Stage::observe, source = Stage::source;
  const struct {
    const char* what;
    std::vector<PluginInfo> plugins;
    const char* order;
  } rows[] = {
      {"nothing", {}, ""},
      {"stages",
       {plugin("zone", source), plugin("cache", Stage::cache), plugin("health", Stage::judge),
        plugin("weighted", choose), plugin("alias", Stage::follow),
        plugin("rewrite", Stage::rewrite), plugin("acl", Stage::guard), plugin("log", observe)},
       "log acl rewrite alias weighted health cache zone"},
      {"names", {plugin("c", source), plugin("a", source), plugin("b", source)}, "a b c"},
      {"before", {plugin("a", source), plugin("z", source, "a")}, "z a"},
      {"after", {plugin("a", source, nullptr, "z"), plugin("z", source)}, "z a"},
      {"chain of wishes",
       {plugin("a", source, nullptr, "b"), plugin("b", source, nullptr, "c"), plugin("c", source)},
       "c b a"},
      {"the rest by name",
       {plugin("b", source), plugin("a", source, nullptr, "d"), plugin("c", source),
        plugin("d", source)},
       "b c d a"},
      {"a wish about a plugin that is not there",
       {plugin("b", source), plugin("a", source, "x", "y")},
       "a b"},
      {"a wish across stages means nothing",
       {plugin("zone", source, "log"), plugin("log", observe, nullptr, "zone")},
       "log zone"},
      {"a circle is cut by name",
       {plugin("b", source, nullptr, "a"), plugin("a", source, nullptr, "b"), plugin("c", source)},
       "c a b"},
  };
  for (auto row : rows) {
    std::sort(row.plugins.begin(), row.plugins.end(), [](const PluginInfo& a, const PluginInfo& b) {
      return std::string_view(a.name) < b.name;
    });
    do {
      ASSERT_EQ(ordered(row.plugins), row.order) << row.what;
    } while (row.plugins.size() < 5 &&
             std::next_permutation(row.plugins.begin(), row.plugins.end(),
                                   [](const PluginInfo& a, const PluginInfo& b) {
                                     return std::string_view(a.name) < b.name;
                                   }));
  }
}

TEST(StageName, EveryStage) {
  EXPECT_EQ(stage_name(Stage::observe), "observe");
  EXPECT_EQ(stage_name(Stage::source), "source");
}

// --- modules on disk, built beside this test (runtime/chain/test_modules)

std::string load_error(Modules& modules, const std::string& name) {
  try {
    modules.load(name);
  } catch (const ModuleError& e) {
    return e.what();
  }
  return "loaded";
}

TEST(Modules, LoadsOnce) {
  Modules modules({"/nonexistent", SIGNPOST_TEST_MODULES});
  const PluginInfo* info = modules.load("good");
  EXPECT_STREQ(info->name, "good");
  EXPECT_EQ(info->stage, Stage::guard);
  EXPECT_NE(info->down, nullptr);
  EXPECT_EQ(modules.load("good"), info);
  EXPECT_EQ(modules.path_of("good"), SIGNPOST_TEST_MODULES "/good.so");
}

TEST(Modules, RefusesAnotherApiAndNamesBoth) {
  Modules modules({SIGNPOST_TEST_MODULES});
  const std::string error = load_error(modules, "wrong_api");
  for (const char* part :
       {SIGNPOST_TEST_MODULES "/wrong_api.so", "an older tree", SIGNPOST_API_HASH})
    EXPECT_NE(error.find(part), std::string::npos) << error;
}

TEST(Modules, MissingSymbol) {
  Modules modules({SIGNPOST_TEST_MODULES});
  const std::string error = load_error(modules, "no_symbol");
  for (const char* part : {SIGNPOST_TEST_MODULES "/no_symbol.so", "signpost_plugin_no_symbol"})
    EXPECT_NE(error.find(part), std::string::npos) << error;
}

TEST(Modules, MissingFileNamesTheFolders) {
  Modules modules({"/nonexistent/a", "/nonexistent/b"});
  const std::string error = load_error(modules, "geo");
  for (const char* part : {"'geo'", "geo.so", "/nonexistent/a", "/nonexistent/b"})
    EXPECT_NE(error.find(part), std::string::npos) << error;
  EXPECT_EQ(modules.path_of("geo"), "");
  EXPECT_EQ(modules.manual_of("geo"), "");
}

TEST(Modules, FileThatIsNoModule) {
  Modules modules({SIGNPOST_TEST_MODULES});
  const std::string error = load_error(modules, "text");
  EXPECT_NE(error.find("cannot be opened"), std::string::npos) << error;
}

TEST(Modules, RegisteredPluginsNeedNoFile) {
  static const PluginInfo info = plugin("linked", Stage::source);
  Modules modules({SIGNPOST_TEST_MODULES});
  modules.add(&info);
  EXPECT_EQ(modules.load("linked"), &info);
  EXPECT_EQ(modules.names(),
            (std::vector<std::string>{"good", "linked", "no_symbol", "text", "wrong_api"}));
}

}  // namespace
}  // namespace signpost
