#include "signpost/json.h"

#include <utility>

namespace signpost::json {

Value::Value() = default;
Value::Value(std::nullptr_t) {}
Value::Value(bool v) : data_(v) {}
Value::Value(int64_t v) : data_(v) {}
Value::Value(double v) : data_(v) {}
Value::Value(const char* v) : data_(std::string(v)) {}
Value::Value(std::string_view v) : data_(std::string(v)) {}
Value::Value(std::string v) : data_(std::move(v)) {}
Value::Value(Array v) : data_(std::move(v)) {}
Value::Value(Object v) : data_(std::move(v)) {}
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

bool Value::operator==(const Value& other) const { return data_ == other.data_; }

bool Value::is_null() const { return std::holds_alternative<std::monostate>(data_); }

std::optional<double> Value::number() const {
  if (auto* integer = get<int64_t>()) return double(*integer);
  if (auto* real = get<double>()) return *real;
  return std::nullopt;
}

const char* Value::kind() const {
  static constexpr const char* kKinds[] = {"null",   "boolean", "integer", "number",
                                           "string", "array",   "object"};
  return kKinds[data_.index()];
}

const Value* Value::find(std::string_view name) const {
  if (auto* members = get<Object>())
    for (const Member& m : *members)
      if (m.name == name) return &m.value;
  return nullptr;
}

Value& Value::set(std::string_view name, Value value) {
  if (is_null()) data_ = Object{};
  auto* members = get<Object>();
  if (members == nullptr)
    throw std::logic_error(std::string("json: set on a value of kind ") + kind());
  for (Member& m : *members)
    if (m.name == name) return m.value = std::move(value);
  return members->emplace_back(Member{std::string(name), std::move(value)}).value;
}

Value& Value::append(Value value) {
  if (is_null()) data_ = Array{};
  auto* elements = get<Array>();
  if (elements == nullptr)
    throw std::logic_error(std::string("json: append to a value of kind ") + kind());
  return elements->emplace_back(std::move(value));
}

}  // namespace signpost::json
