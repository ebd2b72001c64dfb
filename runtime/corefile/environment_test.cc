#include "corefile/environment.h"

#include <gtest/gtest.h>

#include <map>

namespace signpost::corefile {
namespace {

const std::map<std::string, std::string, std::less<>> kVariables = {
    {"A", "1"},          {"TWO", "a b"},      {"B", "{$A}"},       {"EMPTY", ""},
    {"SELF", "{$SELF}"}, {"PING", "{$PONG}"}, {"PONG", "{$PING}"}, {"GROW", "x{$GROW}{$GROW}"},
    {"CROSS", "{%A%}"},  {"PCT", "{$A}"}};

struct Result {
  std::string text;
  Problems problems;
  std::vector<Extension> extensions;
};

Result run(std::string_view text) {
  Result result;
  Report report(result.problems, result.extensions);
  const VariableLookup lookup = [](std::string_view name) -> std::optional<std::string> {
    const auto found = kVariables.find(name);
    if (found == kVariables.end()) return std::nullopt;
    return found->second;
  };
  result.text = expand(text, {"Corefile", 2}, lookup, report);
  return result;
}

struct Row {
  const char* name;
  std::string_view input, output;
};

class Expanded : public testing::TestWithParam<Row> {};

TEST_P(Expanded, Silently) {
  const Result result = run(GetParam().input);
  EXPECT_EQ(result.text, GetParam().output);
  EXPECT_TRUE(result.problems.all().empty());
  EXPECT_TRUE(result.extensions.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Section3, Expanded,
    testing::Values(
        Row{"plain", "abc", "abc"}, Row{"dollar", "{$A}", "1"}, Row{"percent", "{%A%}", "1"},
        Row{"within", "x{$A}y{$A}{%A%}", "x1y11"}, Row{"never_split", "{$TWO}", "a b"},
        Row{"value_searched_again", "{$B}", "1"}, Row{"percent_comes_first", "{%PCT%}", "1"},
        Row{"other_kind_is_not_searched_again", "{$CROSS}", "{%A%}"},
        Row{"set_but_empty", "a{$EMPTY}b", "ab"}, Row{"empty_name_stops", "{$}{$A}", "{$}{$A}"},
        Row{"empty_percent_name_stops", "{%%}{%A%}{$A}", "{%%}{%A%}1"},
        Row{"unclosed", "{$A", "{$A"}, Row{"template_with_spaces", "{{ $x }}", "{{ $x }}"},
        Row{"template_without", "{{$A}}", "{1}"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Environment, D10WarnsOfWhatIsNotSet) {
  const Result result = run("a{$NONE}b");
  EXPECT_EQ(result.text, "ab");
  ASSERT_EQ(result.problems.all().size(), 1u);
  EXPECT_EQ(result.problems.all()[0].text(),
            "Corefile:2 - Warning: environment variable 'NONE' is not set and stands for nothing");
}

TEST(Environment, D10GivesDefaultsAsAnExtension) {
  const auto expect = [](std::string_view input, std::string_view output) {
    const Result result = run(input);
    EXPECT_EQ(result.text, output) << input;
    EXPECT_TRUE(result.problems.all().empty()) << input;
    EXPECT_EQ(result.extensions.size(), 1u) << input;
  };
  expect("{$NONE:53}", "53");
  expect("{$NONE:}", "");
  expect("{$NONE:a:b}", "a:b");
  expect("{$A:53}", "1");
  expect("{$EMPTY:53}", "");
  expect("{$NONE:{$A}}", "1");
  EXPECT_EQ(run("{$NONE:53}").extensions[0].what, "default value in {$NONE:53}");
  EXPECT_TRUE(run("{$:x}").extensions.empty());
}

TEST(Environment, D9EndsWhatRefersToItself) {
  for (const std::string_view input : {"{$SELF}", "{$PING}", "{$GROW}"}) {
    const Result result = run(input);
    EXPECT_EQ(result.text, input);
    ASSERT_TRUE(result.problems.any_error()) << input;
    EXPECT_NE(result.problems.all()[0].text().find("refers to itself"), std::string::npos);
  }
}

TEST(Environment, ReadsTheProcess) {
  ASSERT_EQ(setenv("SIGNPOST_TEST_VARIABLE", "v", 1), 0);
  EXPECT_EQ(process_environment()("SIGNPOST_TEST_VARIABLE"), "v");
  ASSERT_EQ(unsetenv("SIGNPOST_TEST_VARIABLE"), 0);
  EXPECT_EQ(process_environment()("SIGNPOST_TEST_VARIABLE"), std::nullopt);
}

}  // namespace
}  // namespace signpost::corefile
