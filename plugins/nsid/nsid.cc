// The plugin `nsid`: tells which of several servers behind one address answered (RFC 5001), when
// the query asks for it.
#include <string>
#include <vector>

#include "signpost/plugin.h"

namespace signpost::nsid {
namespace {

constexpr uint16_t kNsid = 3;     // EDNS option code
constexpr size_t kLongest = 100;  // bytes, so that other options have room beside it

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The bytes that "0x" and hexadecimal digits stand for.
std::string from_hex(const Token& word) {
  std::string bytes;
  const std::string_view digits = std::string_view(word.text).substr(2);
  bool good = digits.size() % 2 == 0 && !digits.empty();
  for (size_t i = 0; good && i < digits.size(); i += 2) {
    const int high = digit(digits[i]), low = digit(digits[i + 1]);
    good = high >= 0 && low >= 0;
    bytes += char(high << 4 | low);
  }
  if (!good)
    throw ConfigError(word.where, "'" + excerpt(word.text) +
                                      "' is no even number of hexadecimal digits behind 0x; quote "
                                      "it if it is meant as text");
  return bytes;
}

class Settings {
 public:
  explicit Settings(Setup& setup) {
    expect_one_line(setup);
    const std::span<const Directive> lines = setup.lines();
    if (lines.empty() || lines[0].args.empty()) {
      data_ = host_name().substr(0, kLongest);
      return;
    }
    expect_args(lines[0], 1, lines[0].args.size(), false);
    const Token& first = lines[0].args[0];
    const bool hex = lines[0].args.size() == 1 && !first.quoted && first.text.starts_with("0x");
    if (hex) {
      data_ = from_hex(first);
    } else {
      for (const Token& word : lines[0].args) data_ += (data_.empty() ? "" : " ") + word.text;
    }
    if (data_.size() > kLongest)
      throw ConfigError(first.where, "an identifier of " + std::to_string(data_.size()) +
                                         " bytes is too long; expected " +
                                         std::to_string(kLongest) + " at most");
  }

  const std::string& data() const { return data_; }

 private:
  std::string data_;
};

class Worker {
 public:
  explicit Worker(const Settings& settings) : data_(settings.data()) {}

  Down down(Query& query) noexcept {
    if (query.edns.nsid)
      query.add_option(kNsid, {reinterpret_cast<const uint8_t*>(data_.data()), data_.size()});
    return Down::next;
  }

 private:
  const std::string& data_;
};

}  // namespace
}  // namespace signpost::nsid

// Above the guards: a refusal comes from a certain server as well.
SIGNPOST_PLUGIN(nsid, signpost::Stage::observe, signpost::nsid::Settings, signpost::nsid::Worker)
