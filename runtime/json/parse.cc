// The reading half: RapidJSON's event reader checks the grammar, the builder below the rest.
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "signpost/json.h"

namespace signpost::json {
namespace {

// RapidJSON checks raw bytes, but turns an escaped low surrogate (\uDC00) into three bytes that no
// UTF-8 text may contain (RFC 3629, section 3: ED A0..BF).
bool has_surrogate(std::string_view text) {
  for (size_t i = text.find('\xED'); i < text.size(); i = text.find('\xED', i + 1))
    if (i + 1 < text.size() && uint8_t(text[i + 1]) >= 0xA0) return true;
  return false;
}

// Receives the reader's events and builds the value. An event function that returns false stops the
// reader; `problem` then says why.
class Builder {
 public:
  explicit Builder(unsigned depth_limit) : depth_limit_(depth_limit) {}

  Value root;
  std::string problem;

  bool Null() { return add({}); }
  bool Bool(bool v) { return add(v); }
  // Numbers come as text (RawNumber), because RapidJSON would round large integers to doubles.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
    std::string_view text(digits, size);
    if (text.find_first_of(".eE") != text.npos) return add_real(text);
    int64_t integer = 0;
    auto [end, error] = std::from_chars(digits, digits + size, integer);
    if (error != std::errc{} || end != digits + size)
      return stop("integer out of range; expected -9223372036854775808 to 9223372036854775807");
    return add(integer);
  }

  bool String(const char* bytes, rapidjson::SizeType size, bool) {
    std::string_view text(bytes, size);
    return has_surrogate(text) ? stop(kHalfSurrogate) : add(text);
  }

  bool Key(const char* bytes, rapidjson::SizeType size, bool) {
    std::string_view text(bytes, size);
    if (has_surrogate(text)) return stop(kHalfSurrogate);
    Frame& frame = frames_.back();
    frame.name = text;
    if (!frame.names.insert(frame.name).second)
      return stop("member " + write(frame.name.substr(0, 64)) + " stands twice in this object");
    return true;
  }

  bool StartObject() { return open(Object{}); }
  bool StartArray() { return open(Array{}); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }

 private:
  struct Frame {  // an array or object still open
    Value value;
    std::string name;             // of the member whose value comes next
    std::set<std::string> names;  // a tree: no choice of names makes the check quadratic
  };
  static constexpr const char* kHalfSurrogate = "\\u escape of half a surrogate pair";

  bool stop(std::string why) {
    problem = std::move(why);
    return false;
  }

  bool add_real(std::string_view text) {
    double real = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
    if (error != std::errc{} || end != text.data() + text.size())
      return stop("number out of the range of a double");
    return add(real);
  }

  bool add(Value v) {
    if (frames_.empty()) {
      root = std::move(v);
    } else if (Frame& frame = frames_.back(); auto* elements = frame.value.get<Array>()) {
      elements->push_back(std::move(v));
    } else {
      frame.value.get<Object>()->push_back({std::move(frame.name), std::move(v)});
    }
    return true;
  }

  bool open(Value empty) {
    if (frames_.size() >= depth_limit_)
      return stop("nested deeper than " + std::to_string(depth_limit_) + " levels");
    frames_.push_back({std::move(empty), {}, {}});
    return true;
  }

  bool close() {
    Value done = std::move(frames_.back().value);
    frames_.pop_back();
    return add(std::move(done));
  }

  std::vector<Frame> frames_;
  unsigned depth_limit_;
};

const char* explain(rapidjson::ParseErrorCode code) {
  using namespace rapidjson;
  switch (code) {
    case kParseErrorDocumentEmpty:
      return "expected a JSON value";
    case kParseErrorDocumentRootNotSingular:
      return "expected the end of the text";
    case kParseErrorValueInvalid:
      return "expected a JSON value";
    case kParseErrorObjectMissName:
      return "expected a member name in double quotes";
    case kParseErrorObjectMissColon:
      return "expected ':' after the member name";
    case kParseErrorObjectMissCommaOrCurlyBracket:
      return "expected ',' or '}' after a member";
    case kParseErrorArrayMissCommaOrSquareBracket:
      return "expected ',' or ']' after an element";
    case kParseErrorStringUnicodeEscapeInvalidHex:
      return "expected four hexadecimal digits after \\u";
    case kParseErrorStringUnicodeSurrogateInvalid:
      return "\\u escape of half a surrogate pair";
    case kParseErrorStringEscapeInvalid:
      return "bad escape or control character in a string";
    case kParseErrorStringMissQuotationMark:
      return "expected a closing quotation mark";
    case kParseErrorStringInvalidEncoding:
      return "a string that is not UTF-8";
    case kParseErrorNumberTooBig:
      return "number out of the range of a double";
    case kParseErrorNumberMissFraction:
      return "expected a digit after the decimal point";
    case kParseErrorNumberMissExponent:
      return "expected a digit in the exponent";
    default:
      return "invalid JSON";
  }
}

// ", found 'x'" for what stands at `offset`.
std::string found(std::string_view text, size_t offset) {
  if (offset >= text.size()) return ", found the end of the text";
  auto byte = uint8_t(text[offset]);
  if (byte > 0x20 && byte < 0x7F) return std::string(", found '") + char(byte) + "'";
  constexpr char kDigits[] = "0123456789ABCDEF";
  return std::string(", found byte 0x") + kDigits[byte >> 4] + kDigits[byte & 15];
}

[[noreturn]] void fail(std::string_view text, size_t offset, const std::string& message) {
  std::string_view before = text.substr(0, std::min(offset, text.size()));
  size_t lines = size_t(std::count(before.begin(), before.end(), '\n'));
  size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  throw ParseError(lines + 1, before.size() - start + 1, message);
}

}  // namespace

ParseError::ParseError(size_t line, size_t column, const std::string& message)
    : std::runtime_error("line " + std::to_string(line) + ", column " + std::to_string(column) +
                         ": " + message),
      line_(line),
      column_(column),
      message_(message) {}

Value parse(std::string_view text, Limits limits) {
  if (text.size() > limits.bytes)
    fail(text, 0,
         "text of " + std::to_string(text.size()) + " bytes; expected at most " +
             std::to_string(limits.bytes));
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  Builder builder(limits.depth);
  rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  if (result.Code() == rapidjson::kParseErrorTermination)
    fail(text, result.Offset(), builder.problem);
  if (result.IsError())
    fail(text, result.Offset(), explain(result.Code()) + found(text, result.Offset()));
  // A NUL byte looks like the end to RapidJSON; whatever follows it was not read.
  if (stream.Tell() != text.size())
    fail(text, stream.Tell(), "expected the end of the text" + found(text, stream.Tell()));
  return std::move(builder.root);
}

}  // namespace signpost::json
