#include "probe/response.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

namespace signpost::probe {
namespace {

// Feeds a response and tells the verdict: "+ REASON" or "- REASON".
std::string judged(const ProbeSpec& spec, const std::vector<std::string>& header,
                   const std::string& body = "", size_t step = 1000) {
  ResponseJudge judge(spec);
  for (const std::string& line : header) judge.header_line(line + "\r\n");
  for (size_t at = 0; at < body.size(); at += step) judge.body(body.substr(at, step));
  judge.end("");
  return (judge.verdict()->success ? "+ " : "- ") + judge.verdict()->reason;
}

std::string judged_status(const std::string& line) { return judged({}, {line, ""}); }

TEST(Response, StatusCodes) {  // H-02, row 146
  for (const char* good : {"200", "204", "301", "399"}) {
    EXPECT_EQ(judged_status(std::string("HTTP/1.1 ") + good + " Word"),
              std::string("+ HTTP Status Code ") + good + ", Word");
  }
  for (const char* bad : {"400", "404", "500", "503", "101"}) {
    EXPECT_EQ(judged_status(std::string("HTTP/1.1 ") + bad + " Word"),
              std::string("- HTTP Status Code ") + bad + ", Word");
  }
}

TEST(Response, StatusLines) {
  EXPECT_EQ(judged_status("HTTP/1.0 200"), "+ HTTP Status Code 200");
  EXPECT_EQ(judged_status("HTTP/1.1 200 "), "+ HTTP Status Code 200");
  EXPECT_EQ(judged_status("HTTP/1.1 200 a\x1b[1mb"), "+ HTTP Status Code 200, a?[1mb");
  for (const char* bad :
       {"HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 2x0", "SSH-2.0", ""}) {
    EXPECT_EQ(judged_status(bad), std::string("- the response has no valid status line: ") + bad);
  }
}

TEST(Response, OtherStatusRanges) {
  const ProbeSpec spec{.statuses = {{204, 204}, {500, 599}}};
  EXPECT_EQ(judged(spec, {"HTTP/1.1 204 x", ""})[0], '+');
  EXPECT_EQ(judged(spec, {"HTTP/1.1 503 x", ""})[0], '+');
  EXPECT_EQ(judged(spec, {"HTTP/1.1 200 x", ""})[0], '-');
}

TEST(Response, InterimResponsesAreReadOver) {
  EXPECT_EQ(judged({}, {"HTTP/1.1 100 Continue", "", "HTTP/1.1 103 Hints", "Link: x", "",
                        "HTTP/1.1 503 No", ""}),
            "- HTTP Status Code 503, No");
}

TEST(Response, HeaderSize) {  // H-08, row 159
  const auto header = [](size_t total) {
    const std::string field = "X: " + std::string(995, 'x');  // 1,000 bytes with its line end
    std::vector<std::string> lines = {"HTTP/1.1 200 OK"};
    for (size_t i = 0; i < 16; ++i) lines.push_back(field);
    lines.push_back("X: " + std::string(total - 16000 - 5, 'x'));
    lines.push_back("");
    return lines;
  };
  EXPECT_EQ(judged({}, header(16384)), "+ HTTP Status Code 200, OK");
  EXPECT_EQ(judged({}, header(16385)),
            "- HTTP Status Code 200, OK; the header is longer than 16384 bytes");
}

TEST(Response, HeaderSyntax) {  // H-08: RFC 7230, section 3.2
  for (const char* good : {"A: b", "a-b_c.d:", "A:b", "A: \xFC\tx", "A: b: c"}) {
    EXPECT_EQ(judged({}, {"HTTP/1.1 200 OK", good, ""})[0], '+') << good;
  }
  for (const char* bad : {"no colon", "A : b", ": b", "A: b\x01", "A(: b"}) {
    EXPECT_EQ(judged({}, {"HTTP/1.1 200 OK", bad, ""})[0], '-') << bad;
  }
}

TEST(Response, HeaderThatEndsEarly) {
  EXPECT_EQ(judged({}, {"HTTP/1.1 200 OK", "A: b"}),
            "- HTTP Status Code 200, OK; the response ended inside its header");
}

struct TextSearch : testing::Test {
  ProbeSpec spec{.expect_body = "OK"};
  std::string search(const std::string& body, const std::string& coding = "", size_t step = 1000) {
    return judged(spec, {"HTTP/1.1 200 OK", "Content-Encoding: " + coding, ""}, body, step);
  }
};

const char* const in_time = "+ HTTP Status Code 200, OK";
const char* const too_far =
    "- HTTP Status Code 200, OK; the expected text is not in the first 5120 bytes of the body";
const char* const nowhere = "- HTTP Status Code 200, OK; the expected text is not in the body";

TEST_F(TextSearch, LastByteIsByte5120) {  // H-03, row 149
  for (size_t step : {1u, 7u, 1000u, 5120u, 9000u}) {
    EXPECT_EQ(search(std::string(5118, '.') + "OK", "", step), in_time);
    EXPECT_EQ(search(std::string(5119, '.') + "OK", "", step), too_far);
  }
}

TEST_F(TextSearch, LetterCaseCounts) {  // H-03, row 150
  EXPECT_EQ(search("ok"), nowhere);
  EXPECT_EQ(search("..OK.."), in_time);
  EXPECT_EQ(search(""), nowhere);
}

TEST_F(TextSearch, RedirectBodiesAreSearched) {  // H-07
  EXPECT_EQ(judged(spec, {"HTTP/1.1 302 Found", "Location: http://192.0.2.1/", ""}, "OK"),
            "+ HTTP Status Code 302, Found");
}

TEST_F(TextSearch, TextAcrossChunks) {
  spec.expect_body = "healthy";
  EXPECT_EQ(search("is healthy", "", 1), in_time);
  EXPECT_EQ(search("is heal"
                   "hy",
                   "", 1),
            nowhere);
}

// `window_bits` as for deflateInit2(): 15 zlib, 31 gzip, -15 raw.
std::string compressed(const std::string& plain, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, plain.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = uInt(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = uInt(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST_F(TextSearch, CompressedBodies) {  // H-09, row 151
  spec.expect_body = "healthy";
  const std::string plain = "everything is healthy, healthy, healthy";
  for (size_t step : {1u, 1000u}) {
    EXPECT_EQ(search(compressed(plain, 31), "gzip", step), in_time);
    EXPECT_EQ(search(compressed(plain, 31), "X-GZIP", step), in_time);
    EXPECT_EQ(search(compressed(plain, 15), "deflate", step), in_time);
    EXPECT_EQ(search(compressed(plain, -15), "deflate", step), in_time);
    // Any other coding is searched as it is.
    EXPECT_EQ(search(compressed(plain, 31), "br", step), nowhere);
    EXPECT_EQ(search(plain, "br", step), in_time);
  }
}

TEST_F(TextSearch, LimitCountsAfterDecompression) {  // H-09, section 10.17
  const std::string packed = compressed(std::string(5118, '.') + "OK", 31);
  EXPECT_LT(packed.size(), 100u);
  EXPECT_EQ(search(packed, "gzip"), in_time);
  EXPECT_EQ(search(compressed(std::string(5119, '.') + "OK", 31), "gzip"), too_far);
  EXPECT_EQ(search(compressed(std::string(5'000'000, '.'), 31), "gzip"), too_far);
}

TEST_F(TextSearch, BrokenCompression) {
  EXPECT_EQ(search("this is no gzip", "gzip"),
            "- HTTP Status Code 200, OK; the body is not what its Content-Encoding says");
}

}  // namespace
}  // namespace signpost::probe
