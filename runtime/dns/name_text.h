// The steps below Name::parse and NameView::text that record data needs too: names in record data
// keep the case the operator wrote (RFC 4343, section 4.1), while Name is always lower case.
// Any thread; what appends to a string, or is asked why it failed, allocates, the rest does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "signpost/name.h"

namespace signpost::dns {

inline constexpr size_t kMaxName = 255;      // octets in wire form, root byte included
inline constexpr size_t kMaxLabel = 63;      // octets
inline constexpr unsigned kMaxLabels = 127;  // the root label not counted

// ASCII lower case (RFC 4343): no locale, other octets untouched.
constexpr uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? uint8_t(c + ('a' - 'A')) : c; }

constexpr bool is_digit(int octet) { return octet >= '0' && octet <= '9'; }

// Reads one backslash escape at text[at], which is the backslash, and moves `at` behind it.
// Empty: nothing follows, or \DDD is above 255 or has fewer than three digits.
std::optional<uint8_t> read_escape(std::string_view text, size_t& at);

// Writes the presentation form `text`, completed by `origin` unless it ends in a dot, as a wire
// name with its case kept. Returns the octets written, 1..255; 0 if `text` is no name, and `why`
// (may be null) says what is wrong.
size_t write_name(std::string_view text, NameView origin, std::span<uint8_t, kMaxName> out,
                  std::string* why);

// The octets of the uncompressed name that starts at wire[0], 1..255; 0 if it does not end within
// `wire`, is too long, or holds a compression pointer or another reserved label type.
size_t measure_name(std::span<const uint8_t> wire);

// Appends `octets` as printable text: `special` characters get a backslash in front, octets outside
// the printable ASCII range become \DDD. A blank is printable here.
void append_escaped(std::string& out, std::span<const uint8_t> octets, std::string_view special);

// Appends the presentation form of `name` with its final dot; octets that mean something in a zone
// file are escaped.
void append_name_text(std::string& out, NameView name);

// The same name in lower case. Names taken from record data need this before they are looked up.
Name lower_case(NameView name);

// Canonical order (RFC 4034, section 6.1) of two lower-case names: below, equal to or above zero.
int compare_canonical(NameView a, NameView b);

}  // namespace signpost::dns
