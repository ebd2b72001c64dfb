// The service parameters of SVCB and HTTPS (RFC 9460): "key=value" words, sorted by key on the
// wire.
#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "dns/name_text.h"
#include "dns/rdata_codec.h"
#include "dns/svc_param.h"

namespace signpost::dns {

namespace {

using Parameters = std::map<uint16_t, Bytes>;

// RFC 9460, section 2.1: the value may be quoted behind the equals sign.
std::string_view unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return value;
  return value.substr(1, value.size() - 2);
}

bool parse_parameter(TokenReader& tokens, Parameters& parameters) {
  std::string_view text = tokens.take()->text;
  size_t equals = std::min(text.find('='), text.size());
  auto key = parse_svc_key(text.substr(0, equals));
  if (!key) return tokens.expected("a service parameter: " + svc_key_list() + " or keyNNNNN");
  auto [at, added] = parameters.try_emplace(*key);
  if (!added) return tokens.expected("each service parameter once");
  Bytes value;
  if (!append_unescaped(value, unquoted(text.substr(std::min(equals + 1, text.size()))))) {
    return tokens.expected("escapes \\X, or \\DDD from \\000 to \\255");
  }
  const SvcParam& param = find_svc_param(*key);
  if (text.substr(0, equals) != svc_key_text(*key)) {
    if (!parse_opaque_svc_value(*key, value, at->second)) {
      return tokens.expected("the wire form of " + svc_key_text(*key) +
                             ", as it is written by number");
    }
  } else if (!param.parse(value, at->second)) {
    return tokens.expected(param.expected);
  }
  if (at->second.size() > 65535) return tokens.expected("a value of at most 65535 octets");
  return true;
}

// RFC 9460, section 8: what "mandatory" lists is there; section 7.1.1: no-default-alpn needs alpn.
const char* check_together(const Parameters& parameters) {
  if (parameters.contains(svc_key::no_default_alpn) && !parameters.contains(svc_key::alpn)) {
    return "no-default-alpn needs alpn beside it";
  }
  auto mandatory = parameters.find(svc_key::mandatory);
  if (mandatory == parameters.end()) return nullptr;
  const Bytes& keys = mandatory->second;
  for (size_t i = 0; i + 1 < keys.size(); i += 2) {
    if (!parameters.contains(uint16_t(keys[i] << 8 | keys[i + 1]))) {
      return "mandatory lists a parameter that is not there";
    }
  }
  return nullptr;
}

bool parse_parameters(TokenReader& tokens, Bytes& out) {
  Parameters parameters;
  while (!tokens.at_end()) {
    if (!parse_parameter(tokens, parameters)) return false;
  }
  if (const char* fault = check_together(parameters)) return tokens.fail(fault);
  for (const auto& [key, value] : parameters) {
    append_number(out, key, 2);
    append_number(out, value.size(), 2);
    out.insert(out.end(), value.begin(), value.end());
  }
  return true;
}

bool decode_parameters(WireReader& wire, TextWriter& text) {
  Parameters parameters;
  for (int last_key = -1; !wire.at_end();) {
    auto key = wire.number(2), size = wire.number(2);
    auto value = size ? wire.take(*size) : std::nullopt;
    if (!value || int(*key) <= last_key) return false;
    last_key = int(*key);
    parameters.emplace(uint16_t(*key), Bytes(value->begin(), value->end()));
    std::string word = svc_key_text(uint16_t(*key));
    if (!find_svc_param(uint16_t(*key)).print(*value, word)) return false;
    text.word(word);
  }
  return check_together(parameters) == nullptr;
}

}  // namespace

namespace field {
constinit const FieldKind service_parameters{parse_parameters, decode_parameters, 0};
}  // namespace field

}  // namespace signpost::dns
