#include "signpost/name.h"

#include <algorithm>

#include "dns/name_text.h"

namespace signpost {

namespace dns {
namespace {

size_t fail(std::string* why, const char* message) {
  if (why != nullptr) *why = message;
  return 0;
}

// Collects labels into a wire name and watches both length limits.
class LabelWriter {
 public:
  explicit LabelWriter(std::span<uint8_t, kMaxName> out) : out_(out) {}

  // False: the label or the name would become too long, and error() says which.
  bool add(uint8_t octet) {
    if (end_ - length_at_ > kMaxLabel) return refuse("label longer than 63 octets");
    if (end_ >= kMaxName - 1) return refuse("name longer than 255 octets");
    out_[end_++] = octet;
    return true;
  }
  bool close_label() {
    if (label_empty()) return refuse("empty label (two dots in a row, or a dot in front)");
    out_[length_at_] = uint8_t(end_ - length_at_ - 1);
    length_at_ = end_++;  // add() keeps one octet free for this
    return true;
  }
  bool label_empty() const { return end_ == length_at_ + 1; }
  // Completes the name by `origin`; only between labels.
  bool append(NameView origin) {
    if (length_at_ + origin.size() > kMaxName) {
      return refuse("name longer than 255 octets once the origin is appended");
    }
    std::copy_n(origin.data(), origin.size(), &out_[length_at_]);
    end_ = length_at_ + origin.size();
    return true;
  }
  size_t size() const { return end_; }
  const char* error() const { return error_; }

 private:
  bool refuse(const char* message) {
    error_ = message;
    return false;
  }

  std::span<uint8_t, kMaxName> out_;
  size_t length_at_ = 0;  // where the length octet of the open label stands
  size_t end_ = 1;
  const char* error_ = nullptr;
};

}  // namespace

std::optional<uint8_t> read_escape(std::string_view text, size_t& at) {
  if (at + 1 >= text.size()) return std::nullopt;
  char c = text[at + 1];
  if (!is_digit(c)) {
    at += 2;
    return uint8_t(c);
  }
  if (at + 3 >= text.size() || !is_digit(text[at + 2]) || !is_digit(text[at + 3])) {
    return std::nullopt;
  }
  int value = (c - '0') * 100 + (text[at + 2] - '0') * 10 + (text[at + 3] - '0');
  if (value > 255) return std::nullopt;
  at += 4;
  return uint8_t(value);
}

size_t write_name(std::string_view text, NameView origin, std::span<uint8_t, kMaxName> out,
                  std::string* why) {
  if (text.empty()) return fail(why, "empty name");
  LabelWriter writer(out);
  if (text == "." || text == "@") {
    writer.append(text == "." ? NameView() : origin);
    return writer.size();
  }
  bool open = true;  // whether the last label still lacks its dot
  for (size_t at = 0; at < text.size();) {
    open = text[at] != '.';
    if (!open) {
      if (!writer.close_label()) return fail(why, writer.error());
      ++at;
      continue;
    }
    uint8_t octet = uint8_t(text[at]);
    if (octet == '\\') {
      auto escaped = read_escape(text, at);
      if (!escaped) return fail(why, "bad escape (want \\X, or \\DDD from \\000 to \\255)");
      octet = *escaped;
    } else {
      ++at;
    }
    if (!writer.add(octet)) return fail(why, writer.error());
  }
  if (open && !writer.close_label()) return fail(why, writer.error());
  if (!writer.append(open ? origin : NameView())) return fail(why, writer.error());
  return writer.size();
}

size_t measure_name(std::span<const uint8_t> wire) {
  size_t at = 0;
  while (at < wire.size() && at < kMaxName) {
    if (wire[at] == 0) return at + 1;
    if (wire[at] > kMaxLabel) return 0;
    at += wire[at] + 1u;
  }
  return 0;
}

void append_escaped(std::string& out, std::span<const uint8_t> octets, std::string_view special) {
  for (uint8_t c : octets) {
    if (c < ' ' || c >= 0x7f) {
      const char digits[] = {'\\', char('0' + c / 100), char('0' + c / 10 % 10),
                             char('0' + c % 10)};
      out.append(digits, sizeof digits);
      continue;
    }
    if (special.find(char(c)) != special.npos) out += '\\';
    out += char(c);
  }
}

void append_name_text(std::string& out, NameView name) {
  if (name.is_root()) out += '.';
  for (const uint8_t* label = name.data(); *label != 0; label += *label + 1) {
    std::span<const uint8_t> octets(label + 1, *label);
    // A blank would end the word: it must not stay as it is, nor become "\ ", which few tools read.
    for (size_t at = 0; at < octets.size();) {
      size_t end = at;
      while (end < octets.size() && octets[end] != ' ') ++end;
      append_escaped(out, octets.subspan(at, end - at), ".\\\"();@$");
      if (end < octets.size()) out += "\\032", ++end;
      at = end;
    }
    out += '.';
  }
}

Name lower_case(NameView name) {
  std::array<uint8_t, kMaxName> wire;
  // Length octets are below 'A', so the whole name can be folded without looking at labels.
  std::transform(name.data(), name.data() + name.size(), wire.begin(), lower);
  return Name(NameView(wire.data(), name.size()));
}

int compare_canonical(NameView a, NameView b) {
  unsigned labels_a = a.labels(), labels_b = b.labels();
  for (unsigned n = 1; n <= std::min(labels_a, labels_b); ++n) {
    const uint8_t *x = a.suffix(n).data(), *y = b.suffix(n).data();
    int order = std::memcmp(x + 1, y + 1, std::min(*x, *y));
    if (order == 0) order = int(*x) - int(*y);
    if (order != 0) return order;
  }
  return int(labels_a) - int(labels_b);
}

}  // namespace dns

bool NameView::within(NameView apex) const {
  if (size_ < apex.size_) return false;
  const uint8_t* const end = wire_ + (size_ - apex.size_);
  if (std::memcmp(end, apex.wire_, apex.size_) != 0) return false;
  const uint8_t* at = wire_;  // equal bytes are the same name if a label begins there
  while (at < end) at += *at + 1;
  return at == end;
}

std::string NameView::text() const {
  std::string out;
  out.reserve(size_ + 1u);
  dns::append_name_text(out, *this);
  return out;
}

std::optional<Name> Name::parse(std::string_view text, NameView origin, std::string* why) {
  std::array<uint8_t, dns::kMaxName> wire;
  size_t size = dns::write_name(text, origin, wire, why);
  if (size == 0) return std::nullopt;
  return dns::lower_case(NameView(wire.data(), size));
}

std::optional<Name> Name::wildcard_of(NameView parent) {
  if (parent.size() + 2 > dns::kMaxName) return std::nullopt;
  Name name;
  name.wire_[0] = 1, name.wire_[1] = '*';
  std::memcpy(&name.wire_[2], parent.data(), parent.size());
  name.size_ = uint8_t(parent.size() + 2);
  return name;
}

bool Name::operator<(const Name& o) const { return dns::compare_canonical(*this, o) < 0; }

}  // namespace signpost
