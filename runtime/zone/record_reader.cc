#include "zone/record_reader.h"

#include <algorithm>

#include "dns/name_text.h"
#include "dns/types.h"

namespace signpost::zone {

namespace {

// "0010" and the like begin a TTL; no type or class mnemonic begins with a digit.
bool looks_like_ttl(const TextToken& word) {
  return !word.quoted && !word.text.empty() && dns::is_digit(word.text[0]);
}

uint32_t last_number(std::span<const uint8_t> rdata) {
  auto four = rdata.last<4>();
  return uint32_t(four[0]) << 24 | uint32_t(four[1]) << 16 | uint32_t(four[2]) << 8 | four[3];
}

std::string unknown_type(std::string_view word) {
  return "found '" + excerpt(word) + "', expected a record type" +
         did_you_mean(word, type_mnemonics());
}

}  // namespace

const ZoneRecord* RecordReader::read(std::span<const TextToken> words, bool starts_blank,
                                     std::string& why) {
  if (!starts_blank) {
    if (!read_owner(words[0], why)) return nullptr;
    words = words.subspan(1);
  } else if (!has_owner_) {
    why = "record without owner, and no record before it to take the owner from";
    return nullptr;
  }
  std::optional<uint32_t> ttl;
  if (!read_header(words, ttl, why)) return nullptr;
  if (record_.type != rrtype::svcb && record_.type != rrtype::https) words = split_values(words);
  if (!parse_rdata(record_.type, words, origin_, rdata_, why)) return nullptr;
  record_.rdata = rdata_;
  if (record_.type == rrtype::soa && !soa_minimum_) {
    soa_minimum_ = std::min(last_number(rdata_), kMaxTtl);
  }
  return settle_ttl(ttl, why) ? &record_ : nullptr;
}

bool RecordReader::read_owner(const TextToken& word, std::string& why) {
  auto owner = Name::parse(word.text, origin_, &why);
  // A record that follows with a blank must not fall under some earlier owner by mistake.
  has_owner_ = owner.has_value();
  if (owner) {
    record_.owner = *owner;
  } else {
    why = "owner '" + excerpt(word.text) + "': " + why;
  }
  return has_owner_;
}

bool RecordReader::read_header(std::span<const TextToken>& words, std::optional<uint32_t>& ttl,
                               std::string& why) {
  for (bool class_seen = false; !words.empty(); words = words.subspan(1)) {
    const TextToken& word = words[0];
    if (!ttl && looks_like_ttl(word)) {
      ttl = parse_ttl(word.text);
      if (ttl) continue;
      why = "found '" + excerpt(word.text) +
            "', expected a TTL such as 3600 or 1h30m, at most 2147483647 seconds";
      return false;
    }
    auto type = parse_type(word.text);
    auto rr_class = type ? std::nullopt : parse_class(word.text);
    if (rr_class && !class_seen) {
      class_seen = true;
      if (*rr_class == rrclass::in) continue;
      why = "class " + class_text(*rr_class) + ", expected IN";
      return false;
    }
    if (!type || word.quoted) {
      why = unknown_type(word.text);
    } else if (!is_data_type(*type)) {
      why = type_text(*type) + " is no type that records of a zone can have";
    } else {
      record_.type = *type;
      words = words.subspan(1);
      return true;
    }
    return false;
  }
  why = "record without type";
  return false;
}

std::span<const TextToken> RecordReader::split_values(std::span<const TextToken> words) {
  const auto has_value = [](const TextToken& word) {
    return !word.quoted && word.text.ends_with('"') && word.text.find("=\"") != word.text.npos;
  };
  if (std::ranges::none_of(words, has_value)) return words;
  split_.clear();
  for (const TextToken& word : words) {
    // The lexer ends such a word at the closing quote, so the first pair is the only one.
    const size_t quote = has_value(word) ? word.text.find("=\"") + 1 : word.text.size();
    split_.push_back({word.text.substr(0, quote), word.quoted});
    if (quote + 1 < word.text.size()) {
      split_.push_back({word.text.substr(quote + 1, word.text.size() - quote - 2), true});
    }
  }
  return split_;
}

bool RecordReader::settle_ttl(std::optional<uint32_t> written, std::string& why) {
  if (written) last_ttl_ = written;
  auto ttl = written ? written : default_ttl_ ? default_ttl_ : last_ttl_ ? last_ttl_ : soa_minimum_;
  if (!ttl) {
    why = "record without TTL; write one here, or $TTL before the first record";
    return false;
  }
  record_.ttl = *ttl;
  return true;
}

void RecordReader::restore(const Context& c) {
  origin_ = c.origin;
  record_.owner = c.owner;
  has_owner_ = c.has_owner;
}

}  // namespace signpost::zone
