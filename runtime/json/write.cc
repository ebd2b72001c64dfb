// The writing half.
#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cmath>

#include "signpost/json.h"

namespace signpost::json {
namespace {

// `text` with every byte that is no part of valid UTF-8 replaced by U+FFFD.
rapidjson::StringBuffer as_utf8(std::string_view text) {
  rapidjson::StringBuffer out;
  for (size_t at = 0; at < text.size();) {
    rapidjson::MemoryStream in(text.data() + at, text.size() - at);
    size_t before = out.GetSize();
    if (rapidjson::UTF8<>::Validate(in, out)) {
      at += in.Tell();
    } else {
      out.Pop(out.GetSize() - before);
      for (char byte : std::string_view("\xEF\xBF\xBD")) out.Put(byte);
      ++at;
    }
  }
  return out;
}

template <class Writer>
void put_string(Writer& out, std::string_view text, bool is_name) {
  rapidjson::StringBuffer valid = as_utf8(text);
  auto size = rapidjson::SizeType(valid.GetSize());
  is_name ? out.Key(valid.GetString(), size) : out.String(valid.GetString(), size);
}

template <class Writer>
void put(Writer& out, const Value& v) {
  if (auto* flag = v.get<bool>()) {
    out.Bool(*flag);
  } else if (auto* integer = v.get<int64_t>()) {
    out.Int64(*integer);
  } else if (auto* real = v.get<double>()) {
    std::isfinite(*real) ? out.Double(*real) : out.Null();
  } else if (auto* text = v.get<std::string>()) {
    put_string(out, *text, false);
  } else if (auto* elements = v.get<Array>()) {
    out.StartArray();
    for (const Value& element : *elements) put(out, element);
    out.EndArray();
  } else if (auto* members = v.get<Object>()) {
    out.StartObject();
    for (const Member& m : *members) {
      put_string(out, m.name, true);
      put(out, m.value);
    }
    out.EndObject();
  } else {
    out.Null();
  }
}

}  // namespace

std::string write(const Value& value, Layout layout) {
  rapidjson::StringBuffer buffer;
  if (layout == Layout::pretty) {
    rapidjson::PrettyWriter<rapidjson::StringBuffer> out(buffer);
    out.SetIndent(' ', 2);
    put(out, value);
  } else {
    rapidjson::Writer<rapidjson::StringBuffer> out(buffer);
    put(out, value);
  }
  return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace signpost::json
