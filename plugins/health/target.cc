#include "target.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "signpost/address.h"
#include "signpost/name.h"

namespace signpost::health {
namespace {

constexpr size_t kLongestPath = 255;

uint16_t default_port(ProbeSpec::Kind kind) { return kind == ProbeSpec::https ? 443 : 80; }

[[noreturn]] void refuse(const Token& word, const std::string& message) {
  throw ConfigError(word.where, message);
}

std::optional<uint16_t> parse_port(std::string_view text, uint16_t low) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < low) return std::nullopt;
  return port;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// A host name in lower case without its final dot, or why `text` is none.
std::optional<std::string> host_name(std::string_view text, std::string& why) {
  std::string name(text);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  if (!std::ranges::all_of(name, is_host_character)) {
    why = "a host name has letters, digits, '-', '_' and '.'";
    return std::nullopt;
  }
  if (name.find_first_not_of("0123456789.") == std::string::npos) {
    why = "it is no IPv4 address";
    return std::nullopt;
  }
  if (!Name::parse(name, {}, &why)) return std::nullopt;
  if (name.ends_with('.')) name.pop_back();
  return name;
}

std::string read_host(const Token& word, std::string_view text, bool bracketed) {
  if (text.empty()) refuse(word, "no host in '" + word.text + "'; expected HOST:PORT");
  const auto address = Address::parse(text);
  if (bracketed) {
    if (!address || text.find(':') == std::string_view::npos)
      refuse(word, '\'' + std::string(text) + "' is no IPv6 address");
    return address->text();
  }
  if (address) return address->text();
  std::string why;
  auto name = host_name(text, why);
  if (!name) refuse(word, '\'' + std::string(text) + "' is no host: " + why);
  return *name;
}

struct Authority {
  std::string host;
  std::optional<uint16_t> port;
};

uint16_t read_port(const Token& word, std::string_view text) {
  const auto port = parse_port(text, 1);
  if (!port) refuse(word, "bad port '" + std::string(text) + "'; expected 1 to 65535");
  return *port;
}

Authority read_authority(const Token& word, std::string_view text) {
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) refuse(word, "'[' without ']' in '" + word.text + '\'');
    Authority authority{read_host(word, text.substr(1, close - 1), true), {}};
    const std::string_view rest = text.substr(close + 1);
    if (rest.empty()) return authority;
    if (rest[0] != ':')
      refuse(word, "expected ':PORT' or '/PATH' after ']' in '" + word.text + '\'');
    authority.port = read_port(word, rest.substr(1));
    return authority;
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {read_host(word, text, false), {}};
  if (text.find(':', colon + 1) != std::string_view::npos)
    refuse(word, "write an IPv6 address in brackets, as in [2001:db8::1]:80; found '" +
                     std::string(text) + '\'');
  return {read_host(word, text.substr(0, colon), false), read_port(word, text.substr(colon + 1))};
}

std::string read_path(const Token& word, std::string_view text) {
  const auto visible = [](char c) { return c > ' ' && c < 0x7F; };
  if (!std::ranges::all_of(text, visible))
    refuse(word, "a path has no spaces and only ASCII; write other characters as %XX");
  if (text.find('#') != std::string_view::npos)
    refuse(word, "'#' and what follows is never sent to a server; leave it out");
  std::string path(text.starts_with('/') ? "" : "/");
  path += text;
  if (path.size() > kLongestPath)
    refuse(word, "path of " + std::to_string(path.size()) + " characters; at most 255 are allowed");
  return path;
}

}  // namespace

Target read_target(const Token& word, ProbeSpec::Kind kind) {
  const std::string_view text = word.text;
  if (const size_t scheme = text.find("://"); scheme < text.find_first_of("/?"))
    refuse(word, "leave out '" + std::string(text.substr(0, scheme + 3)) +
                     "': the word before the target says how it is probed");
  const size_t slash = std::min(text.find_first_of("/?"), text.size());
  Authority authority = read_authority(word, text.substr(0, slash));
  if (kind == ProbeSpec::tcp) {
    if (slash != text.size()) refuse(word, "a tcp check has no path; expected HOST:PORT");
    if (!authority.port) refuse(word, "a tcp check needs a port: " + word.text + ":PORT");
    return {authority.host, *authority.port, ""};
  }
  return {authority.host, authority.port.value_or(default_port(kind)),
          read_path(word, text.substr(slash))};
}

std::string target_text(const Target& target) {
  const bool v6 = target.host.find(':') != std::string::npos;
  return (v6 ? '[' + target.host + ']' : target.host) + ':' + std::to_string(target.port) +
         target.path;
}

std::string read_host_header(const Token& word, ProbeSpec::Kind kind, uint16_t port) {
  if (const size_t scheme = word.text.find("://"); scheme != std::string::npos)
    refuse(word, "leave out '" + word.text.substr(0, scheme + 3) + "'; expected a host name");
  const Authority authority = read_authority(word, word.text);
  const uint16_t shown = authority.port.value_or(port);
  std::string header = target_text({authority.host, shown, ""});
  if (!authority.port && port == default_port(kind)) header.resize(header.rfind(':'));
  return header;
}

}  // namespace signpost::health
