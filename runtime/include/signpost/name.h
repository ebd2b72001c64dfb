// Domain names in uncompressed wire form (RFC 1035, section 3.1), lower case unless said
// otherwise, root byte included: at most 255 bytes. Any thread; only text() allocates.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "signpost/diagnostic.h"

namespace signpost {

// A name that lives elsewhere (a packet arena, a zone). Never longer-lived than what it points to.
class NameView {
 public:
  constexpr NameView() = default;  // the root
  constexpr NameView(const uint8_t* wire, size_t size) : wire_(wire), size_(uint8_t(size)) {}

  const uint8_t* data() const { return wire_; }
  size_t size() const { return size_; }  // bytes, 1..255
  bool is_root() const { return size_ == 1; }
  unsigned labels() const {  // the root label not counted
    unsigned n = 0;
    for (const uint8_t* p = wire_; *p != 0; p += *p + 1) ++n;
    return n;
  }
  // The name without its leftmost label; the root has no parent and returns itself.
  NameView parent() const {
    return is_root() ? *this : NameView(wire_ + *wire_ + 1, size_ - *wire_ - 1u);
  }
  // The rightmost `keep` labels; keep <= labels().
  NameView suffix(unsigned keep) const {
    NameView v = *this;
    for (unsigned n = labels(); n > keep; --n) v = v.parent();
    return v;
  }
  bool is_wildcard() const { return size_ > 2 && wire_[0] == 1 && wire_[1] == '*'; }
  // True if this name equals `apex` or lies below it (RFC 9499, "subdomain"). Both lower case.
  SIGNPOST_API bool within(NameView apex) const;
  bool operator==(NameView o) const {
    return size_ == o.size_ && std::memcmp(wire_, o.wire_, size_) == 0;
  }
  SIGNPOST_API std::string text() const;  // presentation form with final dot, \DDD escapes
  uint32_t hash() const { return hash_wire(wire_, size_); }

  // The hash that zones and listeners index names by: multiply-xorshift over eight bytes at a time.
  static uint32_t hash_wire(const uint8_t* wire, size_t size) {
    uint64_t h = size * 0x9E3779B97F4A7C15ull;
    while (size >= 8) {
      uint64_t w;
      std::memcpy(&w, wire, 8);
      h = (h ^ w) * 0xD6E8FEB86659FD93ull;
      h ^= h >> 32;
      wire += 8, size -= 8;
    }
    uint64_t w = 0;
    std::memcpy(&w, wire, size);
    h = (h ^ w) * 0xD6E8FEB86659FD93ull;
    return uint32_t(h ^ (h >> 32));
  }

 private:
  static constexpr uint8_t kRoot[1] = {0};
  const uint8_t* wire_ = kRoot;
  uint8_t size_ = 1;
};

// Where the labels of a name start, from the left; the root label is not among them.
struct LabelStarts {
  static constexpr unsigned most = 127;
  LabelStarts() = default;
  explicit LabelStarts(NameView name) {
    for (const uint8_t* p = name.data(); *p != 0; p += *p + 1)
      at[count++] = uint8_t(p - name.data());
  }

  std::array<uint8_t, most> at;
  uint8_t count = 0;
};

// A name whose labels are known already: what NameView finds by walking along the name takes one
// look here, so that a query for 120 labels costs hardly more than others. Refers to the bytes and
// to the label starts.
class SplitName : public NameView {
 public:
  SplitName(NameView name, const LabelStarts& starts)
      : NameView(name), starts_(starts.at.data()), count_(starts.count) {}

  unsigned labels() const { return count_; }
  SplitName parent() const {
    return is_root() ? *this : SplitName(NameView::parent(), starts_ + 1, uint8_t(count_ - 1));
  }
  NameView suffix(unsigned keep) const {
    if (keep == 0) return {};
    const size_t begin = size_t(starts_[count_ - keep]) - starts_[0];
    return {data() + begin, size() - begin};
  }
  bool within(NameView apex) const {
    if (apex.is_root()) return true;
    if (size() < apex.size()) return false;
    const size_t at = size() - apex.size();
    unsigned i = count_ - 1u;  // above the root there is a label: no name is smaller otherwise
    while (i > 0 && size_t(starts_[i]) - starts_[0] > at) --i;
    return size_t(starts_[i]) - starts_[0] == at &&
           std::memcmp(data() + at, apex.data(), apex.size()) == 0;
  }

 private:
  SplitName(NameView name, const uint8_t* starts, uint8_t count)
      : NameView(name), starts_(starts), count_(count) {}

  const uint8_t* starts_;
  uint8_t count_;
};

// A name that owns its bytes.
class Name {
 public:
  Name() = default;  // the root
  explicit Name(NameView v) : size_(uint8_t(v.size())) {
    std::memcpy(wire_.data(), v.data(), v.size());
  }
  // Presentation form (RFC 1035, section 5.1: \DDD and \X escapes). A name without final dot gets
  // `origin` appended; "@" alone is the origin. Lower-cased. Empty optional: no valid name, and
  // `why` (if given) says what is wrong ("label longer than 63 octets").
  SIGNPOST_API static std::optional<Name> parse(std::string_view text, NameView origin = NameView(),
                                                std::string* why = nullptr);
  // "*." in front of `parent`; empty if that would be longer than 255 octets.
  SIGNPOST_API static std::optional<Name> wildcard_of(NameView parent);

  operator NameView() const { return NameView(wire_.data(), size_); }
  NameView view() const { return *this; }
  size_t size() const { return size_; }
  const uint8_t* data() const { return wire_.data(); }
  std::string text() const { return view().text(); }
  bool operator==(const Name& o) const { return view() == o.view(); }
  // Canonical order (RFC 4034, section 6.1).
  SIGNPOST_API bool operator<(const Name& o) const;

 private:
  std::array<uint8_t, 255> wire_{};
  uint8_t size_ = 1;
};

struct NameHash {
  size_t operator()(const Name& n) const { return n.view().hash(); }
};

}  // namespace signpost
