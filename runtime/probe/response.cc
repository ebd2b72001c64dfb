#include "probe/response.h"

#include <algorithm>

#include "probe/request.h"

namespace signpost::probe {
namespace {

constexpr size_t max_phrase = 64;  // of the endpoint's own words in a reason

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = char(c + 32);
  }
  return lower;
}

// RFC 7230, section 3.2.6.
bool is_token_character(char c) {
  static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         marks.find(c) != std::string_view::npos;
}

bool is_value_character(char c) { return c == '\t' || (uint8_t(c) >= 0x20 && c != 0x7F); }

std::string_view trimmed(std::string_view value) {
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return value;
}

}  // namespace

void ResponseJudge::header_line(std::string_view line) {
  if (verdict_ || in_body_) return;
  const std::string_view text = without_line_end(line);
  if (expect_status_line_) return status_line(text);
  if (text.empty()) return end_of_header();
  header_bytes_ += line.size();
  if (header_bytes_ > max_header_bytes) {
    return fail_after_status("the header is longer than " + std::to_string(max_header_bytes) +
                             " bytes");
  }
  field(text);
}

// RFC 7230, section 3.1.2: HTTP/1.1 SP 3DIGIT SP phrase; the phrase and its space may be missing.
void ResponseJudge::status_line(std::string_view line) {
  const size_t space = line.find(' ');
  const std::string_view rest = space == std::string_view::npos ? "" : line.substr(space + 1);
  if (!line.starts_with("HTTP/") || rest.size() < 3 ||
      !std::all_of(rest.begin(), rest.begin() + 3, is_digit) ||
      (rest.size() > 3 && rest[3] != ' ') || rest[0] == '0') {
    return fail("the response has no valid status line: " + printable(line, max_phrase));
  }
  const int status = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
  expect_status_line_ = false;
  header_bytes_ = 0;
  content_encoding_.clear();
  if (status < 200 && status != 101) return;  // an interim response
  status_ = status;
  phrase_ = printable(trimmed(rest.substr(3)), max_phrase);
  if (!accepts(status)) fail(status_text());
}

// RFC 7230, section 3.2. A line that continues the one before (3.2.4, obsolete) is let pass.
void ResponseJudge::field(std::string_view line) {
  const bool continues = line[0] == ' ' || line[0] == '\t';
  const size_t colon = continues ? 0 : line.find(':');
  const bool named =
      colon != std::string_view::npos &&
      (continues ||
       (colon > 0 && std::all_of(line.begin(), line.begin() + long(colon), is_token_character)));
  if (!named || !std::all_of(line.begin(), line.end(), is_value_character)) {
    return fail_after_status("a header field is malformed: " + printable(line, max_phrase));
  }
  if (continues || lower_case(line.substr(0, colon)) != "content-encoding") return;
  if (!content_encoding_.empty()) content_encoding_ += ", ";
  content_encoding_ += lower_case(trimmed(line.substr(colon + 1)));
}

void ResponseJudge::end_of_header() {
  if (status_ == 0) {
    expect_status_line_ = true;
    return;
  }
  in_body_ = true;
  if (spec_.expect_body.empty()) {
    verdict_ = Verdict{true, status_text()};
  } else {
    search_.emplace(spec_.expect_body, content_encoding_);
  }
}

void ResponseJudge::body(std::string_view bytes) {
  if (verdict_ || !search_) return;
  switch (search_->add(bytes)) {
    case BodySearch::open:
      return;
    case BodySearch::found:
      verdict_ = Verdict{true, status_text()};
      return;
    case BodySearch::absent:
      fail_after_status(search_->corrupt()
                            ? "the body is not what its Content-Encoding says"
                            : "the expected text is not in the first 5120 bytes of the body");
  }
}

void ResponseJudge::end(const std::string& broken) {
  if (verdict_) return;
  if (!has_status()) {
    fail(broken.empty() ? "the response ended before its status line" : broken);
  } else if (!broken.empty()) {
    fail_after_status(broken);
  } else {
    fail_after_status(search_ ? "the expected text is not in the body"
                              : "the response ended inside its header");
  }
}

bool ResponseJudge::accepts(int status) const {
  return std::any_of(spec_.statuses.begin(), spec_.statuses.end(), [&](const StatusRange& range) {
    return range.low <= status && status <= range.high;
  });
}

std::string ResponseJudge::status_text() const {
  const std::string text = "HTTP Status Code " + std::to_string(status_);
  return phrase_.empty() ? text : text + ", " + phrase_;
}

void ResponseJudge::fail_after_status(std::string_view what) {
  fail((has_status() ? status_text() + "; " : std::string()) + std::string(what));
}

}  // namespace signpost::probe
