#include "dns/svc_param.h"

#include <arpa/inet.h>

#include <algorithm>

#include "dns/base_encoding.h"
#include "dns/name_text.h"
#include "dns/rdata_codec.h"

namespace signpost::dns {

namespace {

using Octets = std::span<const uint8_t>;

constexpr std::string_view kKeys[] = {"mandatory", "alpn",     "no-default-alpn",
                                      "port",      "ipv4hint", "ech",
                                      "ipv6hint",  "dohpath",  "ohttp"};

std::string_view as_text(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// RFC 9460, appendix A.1: items joined by commas, where "\," and "\\" stand for themselves. Empty
// result: an item is empty or an escape is none of these two.
std::vector<Bytes> split_list(Octets text) {
  std::vector<Bytes> items(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',') {
      items.emplace_back();
      continue;
    }
    if (text[i] == '\\') {
      if (++i == text.size() || (text[i] != ',' && text[i] != '\\')) return {};
    }
    items.back().push_back(text[i]);
  }
  if (std::ranges::any_of(items, &Bytes::empty)) return {};
  return items;
}

bool parse_mandatory(Octets text, Bytes& out) {
  std::vector<uint16_t> keys;
  for (const Bytes& item : split_list(text)) {
    auto key = parse_svc_key(as_text(item));
    if (!key || *key == svc_key::mandatory) return false;
    keys.push_back(*key);
  }
  std::ranges::sort(keys);
  if (keys.empty() || std::ranges::adjacent_find(keys) != keys.end()) return false;
  for (uint16_t key : keys) append_number(out, key, 2);
  return true;
}

bool print_mandatory(Octets wire, std::string& out) {
  if (wire.empty() || wire.size() % 2 != 0) return false;
  int last = svc_key::mandatory;  // which may not list itself
  for (size_t i = 0; i < wire.size(); i += 2) {
    int key = wire[i] << 8 | wire[i + 1];
    if (key <= last) return false;
    last = key;
    out += (i == 0 ? "=" : ",") + svc_key_text(uint16_t(key));
  }
  return true;
}

bool parse_alpn(Octets text, Bytes& out) {
  auto items = split_list(text);
  for (const Bytes& item : items) {
    if (item.size() > 255) return false;
    out.push_back(uint8_t(item.size()));
    out.insert(out.end(), item.begin(), item.end());
  }
  return !items.empty();
}

bool print_alpn(Octets wire, std::string& out) {
  WireReader reader(wire);
  std::string list;
  do {
    auto item = reader.string();
    if (!item || item->empty()) return false;
    if (!list.empty()) list += ',';
    for (uint8_t c : *item) {
      if (c == ',' || c == '\\') list += '\\';
      list += char(c);
    }
  } while (!reader.at_end());
  out += "=\"";
  append_escaped(out, Octets(reinterpret_cast<const uint8_t*>(list.data()), list.size()), "\"\\");
  out += '"';
  return true;
}

bool parse_nothing(Octets text, Bytes&) { return text.empty(); }
bool print_nothing(Octets wire, std::string&) { return wire.empty(); }

bool parse_port(Octets text, Bytes& out) {
  auto port = parse_decimal(as_text(text), 65535);
  if (port) append_number(out, *port, 2);
  return port.has_value();
}

bool print_port(Octets wire, std::string& out) {
  if (wire.size() != 2) return false;
  out += '=' + std::to_string(wire[0] << 8 | wire[1]);
  return true;
}

template <int family, size_t octets>
bool parse_hints(Octets text, Bytes& out) {
  auto items = split_list(text);
  for (const Bytes& item : items) {
    uint8_t address[octets];
    if (!parse_ip(family, as_text(item), address)) return false;
    out.insert(out.end(), address, address + octets);
  }
  return !items.empty();
}

template <int family, size_t octets>
bool print_hints(Octets wire, std::string& out) {
  if (wire.empty() || wire.size() % octets != 0) return false;
  for (size_t i = 0; i < wire.size(); i += octets) {
    char buffer[INET6_ADDRSTRLEN];
    inet_ntop(family, &wire[i], buffer, sizeof buffer);
    out += (i == 0 ? '=' : ',');
    out += buffer;
  }
  return true;
}

bool parse_ech(Octets text, Bytes& out) {
  return !text.empty() && append_base64(out, as_text(text));
}

bool print_ech(Octets wire, std::string& out) {
  out += '=' + base64_text(wire);
  return !wire.empty();
}

// RFC 9461, section 5: a URI template with the variable "dns".
bool is_template(Octets text) {
  return !text.empty() && text[0] == '/' && as_text(text).find("{?dns") != std::string_view::npos;
}

bool parse_opaque(Octets text, Bytes& out) {
  out.assign(text.begin(), text.end());
  return true;
}

bool print_opaque(Octets wire, std::string& out) {
  if (wire.empty()) return true;
  out += "=\"";
  append_escaped(out, wire, "\"\\");
  out += '"';
  return true;
}

bool parse_template(Octets text, Bytes& out) {
  return is_template(text) && parse_opaque(text, out);
}
bool print_template(Octets wire, std::string& out) {
  return is_template(wire) && print_opaque(wire, out);
}

constexpr SvcParam kParams[] = {
    {parse_mandatory, print_mandatory, "the keys of other parameters, each once, as in alpn,port"},
    {parse_alpn, print_alpn, "protocol names joined by commas, as in h2,h3"},
    {parse_nothing, print_nothing, "no value"},
    {parse_port, print_port, "a port from 0 to 65535"},
    {parse_hints<AF_INET, 4>, print_hints<AF_INET, 4>, "IPv4 addresses joined by commas"},
    {parse_ech, print_ech, "base64 data"},
    {parse_hints<AF_INET6, 16>, print_hints<AF_INET6, 16>, "IPv6 addresses joined by commas"},
    {parse_template, print_template, "a path with the variable dns, as in /dns-query{?dns}"},
    {parse_nothing, print_nothing, "no value"},
};
static_assert(std::size(kParams) == std::size(kKeys));

constexpr SvcParam kOpaque = {parse_opaque, print_opaque, "text"};

}  // namespace

std::optional<uint16_t> parse_svc_key(std::string_view text) {
  constexpr std::string_view kNumbered = "key";
  auto at = std::ranges::find(kKeys, text);
  if (at != std::end(kKeys)) return uint16_t(at - kKeys);
  if (!text.starts_with(kNumbered)) return std::nullopt;
  text.remove_prefix(kNumbered.size());
  if (text.size() > 1 && text[0] == '0') return std::nullopt;  // no leading zeros
  auto number = parse_decimal(text, 65535);
  return number ? std::optional(uint16_t(*number)) : std::nullopt;
}

std::string svc_key_text(uint16_t key) {
  return key < std::size(kKeys) ? std::string(kKeys[key]) : "key" + std::to_string(key);
}

std::string svc_key_list() {
  std::string list;
  for (std::string_view key : kKeys) list.append(list.empty() ? "" : ", ").append(key);
  return list;
}

bool parse_opaque_svc_value(uint16_t key, std::span<const uint8_t> text, Bytes& out) {
  std::string unused;
  return parse_opaque(text, out) && find_svc_param(key).print(out, unused);
}

const SvcParam& find_svc_param(uint16_t key) {
  return key < std::size(kParams) ? kParams[key] : kOpaque;
}

}  // namespace signpost::dns
