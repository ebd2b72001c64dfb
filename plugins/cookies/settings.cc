#include "settings.h"

#include <sodium.h>

#include <algorithm>
#include <sstream>

#include "signpost/findings.h"

namespace signpost::cookies {
namespace {

constexpr std::string_view kProperties[] = {"file", "require"};

// Drawn once in the life of the process, so that a reload does not void the cookies of clients, and
// the same for all blocks.
const Secret& process_secret() {
  static const Secret secret = [] {
    Secret drawn;
    randombytes_buf(drawn.data(), drawn.size());
    return drawn;
  }();
  return secret;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Whether a word may be a secret, or one with a slip in it, or with separators: such words are not
// repeated in messages, which go to logs.
bool like_a_secret(std::string_view word) {
  size_t digits = 0, others = 0;
  for (const char c : word) {
    if (digit(c) >= 0)
      ++digits;
    else if (std::string_view(":-_. ").find(c) == std::string_view::npos)
      ++others;
  }
  return digits >= 16 && others <= 4;
}

// What is wrong with one word hides nothing of the others.
template <class Read>
void attempt(Setup& setup, Read&& read) {
  try {
    read();
  } catch (const ConfigError& e) {
    setup.problems().add(e);
  }
}

void expect_no_secret(const Token& word) {
  if (like_a_secret(word.text))
    throw ConfigError(word.where,
                      "a word like a secret stands where none is expected: secrets stand behind "
                      "cookies, or in a file");
}

}  // namespace

Settings::Settings(Setup& setup) : seen_(std::make_unique<Tally<kEvents>>()) {
  if (!setup.zones().empty()) block_ = setup.zones()[0].text();
  if (sodium_init() < 0) throw ConfigError(setup.where(), "libsodium does not come up");
  for (const Directive& line : setup.lines()) read_line(setup, line);
  if (secrets_.empty()) secrets_.push_back(process_secret());
}

void Settings::read_line(Setup& setup, const Directive& line) {
  for (const Token& word : line.args) attempt(setup, [&] { add_secret(word.text, word.where); });
  for (const Directive& property : line.block)
    attempt(setup, [&] { read_property(setup, property); });
}

void Settings::read_property(Setup& setup, const Directive& property) {
  expect_no_secret(property.name);
  for (const Token& word : property.args) expect_no_secret(word);
  if (property.name.is("file")) {
    expect_args(property, 1, 1, false);
    read_secrets(setup, property.args[0]);
  } else if (property.name.is("require")) {
    expect_args(property, 0, 1, false);
    if (!property.args.empty() && !property.args[0].is("all"))
      throw ConfigError(property.args[0].where, "'" + excerpt(property.args[0].text) +
                                                    "' is unknown; expected: require [all]");
    require_ = property.args.empty() ? Require::of_cookies : Require::of_all;
  } else {
    unknown_property(property, kProperties);
  }
}

// A secret a line; empty lines and what follows a # count for nothing.
void Settings::read_secrets(Setup& setup, const Token& path) {
  std::istringstream file(read_file(path, "the file of secrets"));
  const Location first{keep_file_name(path.text), 0};
  Findings findings(setup.problems());
  bool any = false;
  uint32_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    line.resize(std::min(line.find('#'), line.size()));
    const size_t begin = line.find_first_not_of(" \t\r"), end = line.find_last_not_of(" \t\r");
    if (begin == std::string::npos) continue;
    any = true;
    try {
      add_secret(std::string_view(line).substr(begin, end - begin + 1), {first.file, number});
    } catch (const ConfigError& e) {
      findings.add(true, e.where(), e.message());
    }
  }
  findings.tell_rest({first.file, Location::behind}, "the file of secrets");
  if (!any)
    throw ConfigError(path.where, "the file of secrets " + excerpt(path.text) + " holds none");
}

// The error does not repeat the word: it may be a secret with a slip in it.
void Settings::add_secret(std::string_view hex, Location where) {
  Secret secret;
  bool good = hex.size() == 2 * secret.size();
  for (size_t i = 0; good && i < secret.size(); ++i) {
    const int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
    good = high >= 0 && low >= 0;
    secret[i] = uint8_t(high << 4 | low);
  }
  if (!good)
    throw ConfigError(where,
                      "a secret is 32 hexadecimal digits (openssl rand -hex 16); this word "
                      "of " +
                          std::to_string(hex.size()) + " characters is none");
  if (secrets_.size() == most_secrets)
    throw ConfigError(where,
                      "more than " + std::to_string(most_secrets) + " secrets; retire the oldest");
  secrets_.push_back(secret);
}

}  // namespace signpost::cookies
