#include "probe/request.h"

#include <algorithm>

#include "signpost/address.h"

namespace signpost::probe {
namespace {

bool is_printable(char c) { return c >= 0x20 && c < 0x7F; }

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.';
}

bool is_host(const std::string& host) {
  if (Address::parse(host)) return true;
  return !host.empty() && std::all_of(host.begin(), host.end(), is_host_character);
}

std::string in_brackets_if_v6(std::string_view host) {
  const bool v6 = host.find(':') != std::string_view::npos;
  return v6 ? "[" + std::string(host) + "]" : std::string(host);
}

}  // namespace

std::string why_invalid(const ProbeSpec& spec) {
  if (!is_host(spec.host)) {
    return "'" + printable(spec.host, 255) + "' is neither an address nor a host name";
  }
  if (spec.port == 0) return "port 0 cannot be probed";
  if (!spec.host_header.empty() && !is_host(endpoint_name(spec))) {
    return "'" + printable(spec.host_header, 255) + "' is no Host header";
  }
  return {};
}

std::string host_field(ProbeSpec::Kind kind, std::string_view host, uint16_t port) {
  const uint16_t usual = kind == ProbeSpec::https ? 443 : 80;
  const std::string field = in_brackets_if_v6(host);
  return port == usual ? field : field + ":" + std::to_string(port);
}

std::string endpoint_name(const ProbeSpec& spec) {
  std::string name = spec.host_header.empty() ? spec.host : spec.host_header;
  if (!Address::parse(name)) {
    const size_t colon = name.rfind(':');
    if (colon != std::string::npos &&
        name.find_first_not_of("0123456789", colon + 1) == std::string::npos) {
      name.resize(colon);
    }
    if (name.size() > 1 && name.front() == '[' && name.back() == ']') {
      name = name.substr(1, name.size() - 2);
    }
  }
  if (name.ends_with('.')) name.pop_back();
  return name;
}

std::string request_target(std::string_view path) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string target = path.starts_with('/') ? "" : "/";
  for (char c : path) {
    if (c > 0x20 && c < 0x7F && c != '#') {
      target += c;
    } else {
      target += {'%', hex[uint8_t(c) >> 4], hex[uint8_t(c) & 15]};
    }
  }
  return target;
}

std::string user_agent(std::string_view id) {
  return "Signpost-Health-Check (ref " + printable(id, 255) + ")";
}

std::string printable(std::string_view text, size_t limit) {
  std::string clean(text.substr(0, limit));
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return !is_printable(c); }, '?');
  return clean;
}

}  // namespace signpost::probe
