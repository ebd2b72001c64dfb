#include "json/json.h"

namespace signpost::json {

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
