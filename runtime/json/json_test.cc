// Compiled as C++20, unlike the folder itself: the header must serve both.
#include "signpost/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace signpost::json {
namespace {

TEST(JsonParse, ReadsEveryKind) {
  Value v = parse(R"( {"a":null,"b":[true,false],"c":-7,"d":2.5e1,"e":"\u00e9\n","f":{}} )");
  EXPECT_TRUE(v.find("a")->is_null());
  EXPECT_EQ(*v.find("b"), Value(Array{true, false}));
  EXPECT_EQ(*v.find("c")->get<int64_t>(), -7);
  EXPECT_EQ(*v.find("d")->get<double>(), 25.0);
  EXPECT_EQ(*v.find("e")->get<std::string>(), "\u00e9\n");
  EXPECT_TRUE(v.find("f")->get<Object>()->empty());
  EXPECT_EQ(v.find("g"), nullptr);
  EXPECT_EQ(v.find("b")->find("a"), nullptr);
}

TEST(JsonParse, KeepsTheOrderOfMembers) {
  Value v = parse(R"({"z":1,"a":2,"m":3})");
  std::string names;
  for (const Member& m : *v.get<Object>()) names += m.name;
  EXPECT_EQ(names, "zam");
}

struct Bad {
  const char* title;
  std::string text;
  size_t line, column;
  const char* message;  // a part of it
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.title; }

class JsonParseRefuses : public testing::TestWithParam<Bad> {};

TEST_P(JsonParseRefuses, WithPlaceAndReason) {
  try {
    parse(GetParam().text);
    FAIL() << "accepted: " << GetParam().text;
  } catch (const ParseError& e) {
    EXPECT_EQ(e.line(), GetParam().line) << e.what();
    EXPECT_EQ(e.column(), GetParam().column) << e.what();
    EXPECT_NE(e.message().find(GetParam().message), std::string::npos) << e.what();
  }
}

const std::string kNul(1, '\0');
const Bad kBad[] = {
    {"empty", "", 1, 1, "expected a JSON value, found the end of the text"},
    {"only spaces", " \n ", 2, 2, "expected a JSON value"},
    {"bare word", "yes", 1, 1, "expected a JSON value, found 'y'"},
    {"capital True", "True", 1, 1, "expected a JSON value"},
    {"NaN", "NaN", 1, 1, "expected a JSON value"},
    {"comment", "// x\n1", 1, 1, "expected a JSON value"},
    {"trailing comma in array", "[1,]", 1, 4, "expected a JSON value, found ']'"},
    {"trailing comma in object", "{\"a\":1,}", 1, 8, "member name"},
    {"single quotes", "{'a':1}", 1, 2, "member name"},
    {"no colon", "{\"a\" 1}", 1, 6, "expected ':'"},
    {"no comma", "{\"a\":1\n \"b\":2}", 2, 2, "expected ',' or '}' after a member, found '\"'"},
    {"unclosed array", "[1", 1, 3, "expected ',' or ']'"},
    {"unclosed object", "{\"a\":1", 1, 7, "expected ',' or '}'"},
    {"unclosed string", "\"abc", 1, 5, "quotation mark"},
    {"mismatched bracket", "[1}", 1, 3, "expected ',' or ']'"},
    {"second value", "{} []", 1, 4, "expected the end of the text, found '['"},
    {"value after NUL", "1" + kNul + "2", 1, 2, "expected the end of the text, found byte 0x00"},
    {"trailing NUL", "1" + kNul, 1, 2, "expected the end of the text"},
    {"NUL in a string", "\"a" + kNul + "b\"", 1, 3, ""},
    {"line break in a string", "\"a\nb\"", 1, 3, "control character"},
    {"unknown escape", R"("\x41")", 1, 2, "escape"},
    {"bad \\u escape", R"("\u12G4")", 1, 2, "hexadecimal"},
    {"leading zero", "01", 1, 2, "expected the end of the text, found '1'"},
    {"plus sign", "+1", 1, 1, "expected a JSON value"},
    {"no fraction", "1.", 1, 3, "after the decimal point"},
    {"no exponent", "1e", 1, 3, "exponent"},
    {"only a minus", "-", 1, 2, "expected a JSON value"},
    {"integer above int64", "9223372036854775808", 1, 1, "integer out of range"},
    {"integer below int64", "[-9223372036854775809]", 1, 2, "integer out of range"},
    {"integer above uint64", "[1,\n18446744073709551616]", 2, 1, "integer out of range"},
    {"double too large", "1e309", 1, 1, "range of a double"},
    {"double far too large", "-1e99999999999", 1, 1, "range of a double"},
    {"many digits", std::string(400, '9') + ".0", 1, 1, "range of a double"},
    {"double too small", "[1e-400]", 1, 2, "range of a double"},
    {"duplicate name", "{\"a\":1,\n\"a\":2}", 2, 4, "member \"a\" stands twice"},
    {"duplicate by escape", R"({"a":1,"\u0061":2})", 1, 16, "member \"a\" stands twice"},
    {"duplicate further in", R"([{"x":{"b":1,"c":2,"b":3}}])", 1, 23, "member \"b\" stands twice"},
    {"stray continuation byte", "\"\x80\"", 1, 2, "not UTF-8"},
    {"overlong", "\"\xC0\xAF\"", 1, 2, "not UTF-8"},
    {"overlong, three bytes", "\"\xE0\x80\xAF\"", 1, 2, "not UTF-8"},
    {"cut off sequence", "\"\xE2\x82\"", 1, 2, "not UTF-8"},
    {"cut off text", "\"\xF0\x9F", 1, 2, "not UTF-8"},
    {"above U+10FFFF", "\"\xF4\x90\x80\x80\"", 1, 2, "not UTF-8"},
    {"surrogate", "\"\xED\xA0\x80\"", 1, 2, "not UTF-8"},
    {"bad name", "{\"\xFF\":1}", 1, 3, "not UTF-8"},
    {"high surrogate alone", R"("\uD83D")", 1, 2, "half a surrogate pair"},
    {"low surrogate alone", R"("\uDE00")", 1, 9, "half a surrogate pair"},
    {"low surrogate in a name", R"({"\uDE00":1})", 1, 10, "half a surrogate pair"},
    {"65 levels", std::string(65, '[') + std::string(65, ']'), 1, 65, "deeper than 64"},
    {"a million brackets", std::string(1'000'000, '['), 1, 65, "deeper than 64"},
    {"objects too deep",
     std::string(4, '[') +
         [] {
           std::string s;
           for (int i = 0; i < 100; ++i) s += "{\"a\":";
           return s;
         }(),
     1, 4 + 60 * 5 + 1, "deeper than 64"},
    {"too long", std::string((1 << 20) + 1, ' '), 1, 1, "1048577 bytes; expected at most 1048576"},
};
INSTANTIATE_TEST_SUITE_P(Rfc8259, JsonParseRefuses, testing::ValuesIn(kBad));

TEST(JsonParse, AcceptsTheLimitsThemselves) {
  EXPECT_EQ(*parse("9223372036854775807").get<int64_t>(), INT64_MAX);
  EXPECT_EQ(*parse("-9223372036854775808").get<int64_t>(), INT64_MIN);
  EXPECT_EQ(*parse("1.7976931348623157e308").get<double>(), std::numeric_limits<double>::max());
  EXPECT_EQ(*parse("5e-324").get<double>(), std::numeric_limits<double>::denorm_min());
  EXPECT_NO_THROW(parse(std::string(64, '[') + std::string(64, ']')));
  EXPECT_EQ(*parse("\"\\uD83D\\uDE00\"").get<std::string>(), "\U0001F600");
  EXPECT_EQ(*parse("\"\xED\x9F\xBF\"").get<std::string>(), "\uD7FF");
  EXPECT_EQ(*parse("\"a\\u0000b\"").get<std::string>(), std::string("a\0b", 3));
}

TEST(JsonParse, LimitsAreTheCallers) {
  EXPECT_NO_THROW(parse("[1]", {.bytes = 3, .depth = 1}));
  EXPECT_THROW(parse("[1]", {.bytes = 2}), ParseError);
  EXPECT_THROW(parse("[[]]", {.depth = 1}), ParseError);
  EXPECT_NO_THROW(parse("7", {.depth = 0}));
}

TEST(JsonParse, TheSameNameMayStandInDifferentObjects) {
  EXPECT_NO_THROW(parse(R"([{"a":1},{"a":2},{"b":{"a":3},"a":4}])"));
}

TEST(JsonParse, WhatNamesThePlace) {
  try {
    parse("[\n  1,\n  x]");
    FAIL();
  } catch (const ParseError& e) {
    EXPECT_STREQ(e.what(), "line 3, column 3: expected a JSON value, found 'x'");
  }
}

TEST(JsonWrite, Compact) {
  Value v = Object{{"name", "use1"},
                   {"healthy", true},
                   {"none", nullptr},
                   {"seconds", 0.25},
                   {"list", Array{1, 2u, -3L}}};
  EXPECT_EQ(write(v),
            R"({"name":"use1","healthy":true,"none":null,"seconds":0.25,"list":[1,2,-3]})");
}

TEST(JsonWrite, Pretty) {
  Value v = Object{{"a", Array{1}}, {"b", Object{}}, {"c", Array{}}};
  EXPECT_EQ(write(v, Layout::pretty), "{\n  \"a\": [\n    1\n  ],\n  \"b\": {},\n  \"c\": []\n}");
}

TEST(JsonWrite, StringsAreAlwaysValidUtf8) {
  struct {
    std::string text, written;
  } const cases[] = {
      {"\"\\/\b\t\x01", R"("\"\\/\b\t\u0001")"},
      {std::string("a\0b", 3), R"("a\u0000b")"},
      {"\u00e9\U0001F600", "\"\u00e9\U0001F600\""},
      {"a\xFF\x62", "\"a\uFFFD\x62\""},
      {"\xE2\x82", "\"\uFFFD\uFFFD\""},
      {"\xE2\x82\"", "\"\uFFFD\uFFFD\\\"\""},
      {"\xED\xA0\x80", "\"\uFFFD\uFFFD\uFFFD\""},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(write(c.text), c.written);
    EXPECT_EQ(write(Object{{c.text, 1}}), "{" + c.written + ":1}");
  }
}

TEST(JsonWrite, NumbersWithoutAFormAreNull) {
  EXPECT_EQ(write(Array{INFINITY, -INFINITY, NAN, INT64_MIN, 1.0}),
            "[null,null,null,-9223372036854775808,1.0]");
}

TEST(JsonWrite, UnsignedBeyondInt64IsADouble) {
  EXPECT_EQ(Value(uint64_t{INT64_MAX}), Value(INT64_MAX));
  EXPECT_EQ(parse(write(UINT64_MAX)).number(), 18446744073709551616.0);
}

TEST(JsonWrite, ReadsBackTheSame) {
  const char* texts[] = {
      "null", "[]",     "{}",         R"({"a":[1,2.5,"x",null,true,{"b":-1e-7}]})",
      "0.1",  "1e+100", "\"\\u0007\""};
  for (const char* text : texts)
    for (Layout layout : {Layout::compact, Layout::pretty})
      EXPECT_EQ(parse(write(parse(text), layout)), parse(text)) << text;
}

TEST(JsonValue, GrowsByMemberAndElement) {
  Value v;
  v.set("a", 1);
  v.set("b", {}).append("x");
  v.set("a", 2);
  EXPECT_EQ(write(v), R"({"a":2,"b":["x"]})");
  EXPECT_THROW(v.append(1), std::logic_error);
  EXPECT_THROW(Value("text").set("a", 1), std::logic_error);
}

TEST(JsonValue, NamesItsKind) {
  const char* kinds[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
  Array values = *parse(R"([null,true,1,1.0,"",[],{}])").get<Array>();
  for (size_t i = 0; i < values.size(); ++i) EXPECT_STREQ(values[i].kind(), kinds[i]);
  EXPECT_EQ(values[2].number(), 1.0);
  EXPECT_EQ(values[3].number(), 1.0);
  EXPECT_EQ(values[4].number(), std::nullopt);
}

}  // namespace
}  // namespace signpost::json
