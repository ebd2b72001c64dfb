// JSON text (RFC 8259) in and out: Route 53 exports, traffic policies, saved health state, and the
// replies of /health/checks and explain. This folder is the only user of RapidJSON and shows none
// of it: the header needs the standard library alone and reads the same in C++17 and C++20. Values
// are plain values; every function is reentrant and may be called on any thread, off the query
// path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "signpost/visibility.h"

namespace signpost::json {

class Value;
struct Member;
using Array = std::vector<Value>;
using Object = std::vector<Member>;  // in the order of the text; names are unique after parse()

// One JSON value; null until assigned. Built in place:
//   Value check = Object{{"name", "use1"}, {"healthy", true}, {"milliseconds", 12}};
class SIGNPOST_API Value {
 public:
  Value();
  Value(std::nullptr_t);
  Value(bool v);
  Value(int64_t v);
  Value(double v);
  Value(const char* v);
  Value(std::string_view v);
  Value(std::string v);
  Value(Array v);
  Value(Object v);
  // An unsigned integer beyond int64_t becomes a double.
  template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
  Value(T v) : Value(int64_t(v)) {
    if (std::is_unsigned_v<T> && uint64_t(v) > uint64_t(INT64_MAX)) *this = double(v);
  }
  template <class T>
  Value(T*) = delete;  // a pointer would silently become a bool

  // Defined where Member is complete, which the variant needs.
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  bool is_null() const;
  // The value if it is a T (bool, int64_t, double, std::string, Array, Object), else nullptr.
  template <class T>
  const T* get() const {
    return std::get_if<T>(&data_);
  }
  template <class T>
  T* get() {
    return std::get_if<T>(&data_);
  }
  std::optional<double> number() const;  // an integer or a double
  const char* kind() const;              // "null", "boolean", "integer", "number", "string" ...

  // The member of this name; nullptr if there is none or this is no object.
  const Value* find(std::string_view name) const;
  // Sets a member of an object, or appends one. A null value becomes an object first; calling it on
  // any other value is a mistake in the program and throws std::logic_error.
  Value& set(std::string_view name, Value value);
  // Appends to an array; null becomes an array first, anything else throws std::logic_error.
  Value& append(Value value);

  bool operator==(const Value& other) const;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object> data_;
};

struct Member {
  std::string name;
  Value value;
  bool operator==(const Member& o) const { return name == o.name && value == o.value; }
};

// What parse() accepts at most. Memory needed is at worst about 30 times the text.
struct Limits {
  size_t bytes = size_t{1} << 20;
  unsigned depth = 64;  // arrays and objects within each other
};

// Thrown by parse(). Line and column count from 1, the column in bytes; they tell where the
// value refused begins or where reading stopped. what() is "line 3, column 14: MESSAGE".
class SIGNPOST_API ParseError : public std::runtime_error {
 public:
  ParseError(size_t line, size_t column, const std::string& message);
  size_t line() const { return line_; }
  size_t column() const { return column_; }
  const std::string& message() const { return message_; }

 private:
  size_t line_, column_;
  std::string message_;
};

// Reads one JSON text and nothing after it. Refused beyond what RFC 8259 refuses: more than
// `limits`, a member name twice in one object, strings that are not UTF-8 (also by \u escapes of
// half a surrogate pair), integers outside int64_t, and numbers outside the range of a double.
// Throws ParseError.
SIGNPOST_API Value parse(std::string_view text, Limits limits = {});

enum class Layout { compact, pretty };  // pretty: two spaces a level

// Writes `value` as UTF-8 JSON without a final newline. Bytes in strings that are not UTF-8 become
// U+FFFD, and infinities and NaN null, so the result is always valid JSON.
SIGNPOST_API std::string write(const Value& value, Layout layout = Layout::compact);

}  // namespace signpost::json
