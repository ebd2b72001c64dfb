#include "corefile/keys.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>

#include "corefile/reverse_zones.h"

namespace signpost::corefile {
namespace {

struct TransportEntry {
  std::string_view name;
  Transport transport;
  uint16_t port;  // plain DNS: the caller's default
};
constexpr TransportEntry kTransports[] = {
    {"dns", Transport::dns, 0},         {"tls", Transport::tls, 853},
    {"quic", Transport::quic, 853},     {"https", Transport::https, 443},
    {"https3", Transport::https3, 443}, {"grpc", Transport::grpc, 443},
};
constexpr size_t kLongestZone = 255;

bool is_address(int family, std::string_view text) {
  in6_addr out;
  return text.size() < INET6_ADDRSTRLEN && inet_pton(family, std::string(text).c_str(), &out) == 1;
}

// Digits, with a sign as upstream's number parser takes it; a sign never gives a valid port.
bool is_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

std::optional<uint16_t> parse_port(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + unsigned(c - '0');
    if (value > 65535) return std::nullopt;
  }
  return uint16_t(value);
}

class KeyParser {
 public:
  KeyParser(const Token& key, uint16_t default_port, Problems& problems)
      : where_(key.where), key_(key.text), rest_(key.text), problems_(problems) {
    endpoint_.port = default_port;
    endpoint_.where = where_;
  }

  std::vector<Endpoint> run() {
    if (!take_transport() || !refuse_address() || !take_port() || !judge_zone()) return {};
    return endpoints();
  }

 private:
  bool fail(std::string message) {
    problems_.error(where_, std::move(message));
    return false;
  }

  bool take_transport() {
    const size_t end = rest_.find("://");
    if (end == rest_.npos) return true;
    const std::string_view name = rest_.substr(0, end);
    for (const TransportEntry& entry : kTransports) {
      if (entry.name != name) continue;
      endpoint_.transport = entry.transport;
      if (entry.transport != Transport::dns) endpoint_.port = entry.port;
      rest_.remove_prefix(end + 3);
      return true;
    }
    std::vector<std::string_view> names;
    for (const TransportEntry& entry : kTransports) names.push_back(entry.name);
    return fail("unknown transport '" + excerpt(name) +
                "', expected dns, tls, quic, https, https3 or grpc" + did_you_mean(name, names));
  }

  // D13, for what would be misread: the last group of a bare IPv6 address looks like a port.
  bool refuse_address() {
    const bool bracketed = rest_.starts_with('[');
    if (!bracketed && !is_address(AF_INET6, rest_)) return true;
    return fail("found the IPv6 address '" + excerpt(rest_) + "', expected a zone; " +
                "to listen on an address use 'bind', for its reverse zone write ADDRESS/128");
  }

  bool take_port() {
    const size_t colon = rest_.rfind(':');
    if (colon == rest_.npos) return true;
    const std::string_view text = rest_.substr(colon + 1);
    if (text.empty()) return fail("expecting data after last colon: \"" + excerpt(rest_) + "\"");
    if (!is_number(text)) {
      no_port_ = text;
      return true;
    }
    const auto port = parse_port(text);
    if (!port) return fail("port '" + excerpt(text) + "' is out of range, expected 0 to 65535");
    endpoint_.port = *port;
    rest_ = rest_.substr(0, colon);
    return true;
  }

  bool judge_zone() {
    if (rest_.size() > kLongestZone)
      return fail("specified zone is too long: " + std::to_string(rest_.size()) + " > 255");
    if (const size_t comma = rest_.find(','); comma != rest_.npos)
      return fail("found a comma in the zone '" + excerpt(rest_) + "'; for two zones write '" +
                  excerpt(rest_.substr(0, comma)) + ", " + excerpt(rest_.substr(comma + 1)) + "'");
    if (is_address(AF_INET, rest_))
      problems_.warning(where_, "the IPv4 address '" + excerpt(rest_) +
                                    "' is read as the name of a zone; to listen on an address use "
                                    "'bind', for its reverse zone write ADDRESS/32");
    return true;
  }

  std::vector<Endpoint> endpoints() {
    std::vector<std::string> zones;
    if (auto reverse = reverse_zones(rest_)) {
      if (!reverse->valid) return fail("invalid CIDR " + excerpt(rest_)), std::vector<Endpoint>();
      zones = std::move(reverse->names);
      no_port_ = {};  // the colon is one of an IPv6 address
    } else {
      // "@" alone means the origin to the name parser; as a key it is a label like any other.
      zones.push_back(rest_ == "@" ? "@." : std::string(rest_));
    }
    std::vector<Endpoint> found;
    for (const std::string& zone : zones) {
      std::string why;
      const auto name = zone.empty() ? std::nullopt : Name::parse(zone, NameView(), &why);
      if (!name) {
        fail("zone is not a valid domain name: " + excerpt(zone) + (why.empty() ? "" : ": " + why) +
             advice());
        return {};
      }
      if (!no_port_.empty())
        problems_.warning(where_, "'" + excerpt(no_port_) +
                                      "' is no port, which is a number, so the zone is " +
                                      name->text());
      endpoint_.zone = *name;
      found.push_back(endpoint_);
    }
    return found;
  }

  // What may have been meant by a key whose zone is none.
  std::string advice() const {
    if (!no_port_.empty())
      return "; if '" + excerpt(no_port_) + "' is to be the port, expected a number";
    if (rest_.empty())
      return "'' (found no zone in the key '" + excerpt(key_) +
             "'; keys stand apart by white space, and a port goes behind its zone, as in '.:54')";
    return "";
  }

  const Location where_;
  const std::string_view key_;
  std::string_view rest_, no_port_;
  Problems& problems_;
  Endpoint endpoint_;
};

}  // namespace

std::string_view transport_name(Transport transport) {
  const auto* entry = std::find_if(std::begin(kTransports), std::end(kTransports),
                                   [&](const auto& e) { return e.transport == transport; });
  return entry->name;
}

std::string Endpoint::text() const {
  return std::string(transport_name(transport)) + "://" + zone.text() + ":" + std::to_string(port);
}

std::vector<Endpoint> parse_key(const Token& key, uint16_t default_port, Problems& problems) {
  return KeyParser(key, default_port, problems).run();
}

}  // namespace signpost::corefile
