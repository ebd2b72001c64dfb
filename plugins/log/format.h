// The format of a log line, CoreDNS' and the words for routes (spec/corefile.md, sections 13 and
// 14), taken apart once. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record.h"

namespace signpost::log {

inline constexpr std::string_view common_format =
    "{remote}:{port} - {>id} \"{type} {class} {name} {proto} {size} {>do} {>bufsize}\" {rcode} "
    "{>rflags} {rsize} {duration}";

class Format {
 public:
  // `{common}` and `{combined}` stand for formats of CoreDNS. Braces match innermost; what stands
  // in them and is no token stays as it is.
  explicit Format(std::string_view text);

  void append(const Entry& entry, std::string& out) const;
  // True if a token tells of a policy's choice.
  bool tells_route() const;

  enum class Token : uint8_t {
    literal,
    type,
    klass,
    name,
    proto,
    remote,
    port,
    local,
    size,
    rcode,
    rsize,
    duration,
    rflags,
    bufsize,
    dnssec_ok,
    id,
    opcode,
    policy,
    record,
    target,
    reason,
    health,
    unknown_label
  };

 private:
  struct Piece {
    Token token;
    std::string text;  // of a literal
  };
  void add_literal(std::string_view text);

  std::vector<Piece> pieces_;
};

// Seconds as a plain decimal: 113402 -> "0.000113402s".
std::string duration_text(uint64_t ns);

}  // namespace signpost::log
