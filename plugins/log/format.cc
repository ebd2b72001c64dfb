#include "format.h"

#include <algorithm>

#include "signpost/mnemonics.h"

namespace signpost::log {

namespace {

using Token = Format::Token;

constexpr std::pair<std::string_view, Token> kTokens[] = {
    {"type", Token::type},
    {"class", Token::klass},
    {"name", Token::name},
    {"proto", Token::proto},
    {"remote", Token::remote},
    {"port", Token::port},
    {"local", Token::local},
    {"size", Token::size},
    {"rcode", Token::rcode},
    {"rsize", Token::rsize},
    {"duration", Token::duration},
    {">rflags", Token::rflags},
    {">bufsize", Token::bufsize},
    {">do", Token::dnssec_ok},
    {">id", Token::id},
    {">opcode", Token::opcode},
    {"/route/policy", Token::policy},
    {"/route/record", Token::record},
    {"/route/target", Token::target},
    {"/route/reason", Token::reason},
    {"/health/state", Token::health},
};

constexpr std::pair<uint16_t, std::string_view> kFlags[] = {
    {0x8000, "qr"}, {0x0400, "aa"}, {0x0200, "tc"}, {0x0100, "rd"},
    {0x0080, "ra"}, {0x0040, "z"},  {0x0020, "ad"}, {0x0010, "cd"}};

void replace_all(std::string& text, std::string_view word, std::string_view by) {
  for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += by.size())
    text.replace(at, word.size(), by);
}

// The token between braces; literal if it is none.
Token token_of(std::string_view word) {
  for (const auto& [text, token] : kTokens)
    if (text == word) return token;
  return word.size() > 1 && word[0] == '/' ? Token::unknown_label : Token::literal;
}

std::string address_text(const Address& address) {
  if (address.family == 0) return "-";
  return address.family == 6 ? "[" + address.text() + "]" : address.text();
}

std::string rcode_or_number(uint16_t rcode) {
  const std::string text = rcode_text(rcode);
  return text.starts_with("RCODE") ? std::to_string(rcode) : text;
}

std::string flags_text(uint16_t flags) {
  std::string text;
  for (const auto& [bit, name] : kFlags) {
    if (!(flags & bit)) continue;
    if (!text.empty()) text += ',';
    text += name;
  }
  return text;
}

std::string_view reason_text(RouteReason reason) {
  switch (reason) {
    case RouteReason::none:
      break;
    case RouteReason::only:
      return "only";
    case RouteReason::chosen:
      return "chosen";
    case RouteReason::failed_over:
      return "failed-over";
    case RouteReason::last_resort:
      return "last-resort";
  }
  return "-";
}

// Text of the operator's, fit for one line.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = uint8_t(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
      continue;
    }
    out += {'\\', char('0' + byte / 100), char('0' + byte / 10 % 10), char('0' + byte % 10)};
  }
  return out.empty() ? "-" : out;
}

std::string value_of(Token token, const Entry& entry) {
  const Facts& facts = entry.facts;
  const bool replied = facts.reply_bytes != 0;
  switch (token) {
    case Token::type:
      return type_text(facts.type);
    case Token::klass:
      return class_text(facts.klass);
    case Token::name:
      return entry.name.text();
    case Token::proto:
      return facts.transport == Transport::udp ? "udp" : "tcp";
    case Token::remote:
      return address_text(facts.client);
    case Token::port:
      return std::to_string(facts.client_port);
    case Token::local:
      return address_text(facts.local);
    case Token::size:
      return std::to_string(facts.size);
    case Token::rcode:
      return replied ? rcode_or_number(facts.rcode) : "-";
    case Token::rsize:
      return std::to_string(facts.reply_bytes);
    case Token::duration:
      return duration_text(facts.took_ns);
    case Token::rflags:
      return replied ? flags_text(facts.reply_flags) : "-";
    case Token::bufsize:
      return std::to_string(facts.payload);
    case Token::dnssec_ok:
      return facts.dnssec_ok ? "true" : "false";
    case Token::id:
      return std::to_string(facts.id);
    case Token::opcode:
      return std::to_string(facts.opcode);
    case Token::policy:
      return printable(entry.policy);
    case Token::record:
      return printable(entry.member);
    case Token::target:
      return facts.target_size != 0 ? entry.target.text() : "-";
    case Token::reason:
      return std::string(reason_text(facts.reason));
    case Token::health:
      return facts.health == HealthState::unknown   ? "-"
             : facts.health == HealthState::healthy ? "healthy"
                                                    : "unhealthy";
    case Token::literal:
    case Token::unknown_label:
      break;
  }
  return "-";
}

}  // namespace

std::string duration_text(uint64_t ns) {
  std::string text = std::to_string(ns / 1'000'000'000);
  std::string fraction = std::to_string(ns % 1'000'000'000);
  fraction.insert(0, 9 - fraction.size(), '0');
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (!fraction.empty()) text += '.' + fraction;
  return text + 's';
}

Format::Format(std::string_view text) {
  std::string expanded(text);
  replace_all(expanded, "{common}", common_format);
  replace_all(expanded, "{combined}", std::string(common_format) + " \"{>opcode}\"");
  std::string_view rest = expanded;
  for (;;) {
    const size_t close = rest.find('}');
    const size_t open = close == rest.npos ? rest.npos : rest.substr(0, close).rfind('{');
    if (close == rest.npos) break;
    const Token token =
        open == rest.npos ? Token::literal : token_of(rest.substr(open + 1, close - open - 1));
    if (token == Token::literal) {
      add_literal(rest.substr(0, close + 1));
    } else {
      add_literal(rest.substr(0, open));
      pieces_.push_back({token, {}});
    }
    rest.remove_prefix(close + 1);
  }
  add_literal(rest);
}

void Format::add_literal(std::string_view text) {
  if (text.empty()) return;
  if (!pieces_.empty() && pieces_.back().token == Token::literal)
    pieces_.back().text += text;
  else
    pieces_.push_back({Token::literal, std::string(text)});
}

void Format::append(const Entry& entry, std::string& out) const {
  for (const Piece& piece : pieces_)
    out += piece.token == Token::literal ? piece.text : value_of(piece.token, entry);
}

bool Format::tells_route() const {
  return std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& piece) {
    return piece.token >= Token::policy && piece.token <= Token::health;
  });
}

}  // namespace signpost::log
