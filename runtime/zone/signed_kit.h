// Signed zones of tests/zones for tests of this folder, changed as a test needs them. Only tests
// include this.
#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zone/builder.h"
#include "zone/zone_file.h"

namespace signpost::zone {

// Between the inception and the expiration of the signatures there: in 2027.
inline constexpr uint32_t kWithin = 1'800'000'000;

inline std::string signed_text(const std::string& file) {
  std::ifstream in(SIGNPOST_TEST_ZONES "/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// `text` without the lines that begin with `start` and, if given, contain `part`.
inline std::string without(const std::string& text, std::string_view start,
                           std::string_view part = {}) {
  std::string left;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    const std::string_view line(text.data() + at, end - at);
    if (!line.starts_with(start) || line.find(part) == line.npos) left += line;
    at = end;
  }
  return left;
}

// The zone example.com. of `text`, and what was said about it.
struct SignedZone {
  explicit SignedZone(const std::string& text, uint32_t now = kWithin,
                      const std::vector<SetSpec>& sets = {}) {
    const Name origin = Name::parse("example.com.").value();
    Problems problems;
    ZoneContext context{0, true, false, {"Corefile", 2}, std::span(&origin, 1), {}, {}};
    context.now = now;
    Findings findings(problems);
    ZoneBuilder builder(origin, std::move(context), findings);
    read_zone_file(
        "db", origin,
        [&](const ZoneRecord& r) { builder.add_record(r.owner, r.type, r.ttl, r.rdata, r.where); },
        problems, [&](const std::string&, std::string&) { return std::optional(text); });
    for (const SetSpec& set : sets) builder.add_set(set);
    zone = builder.build();
    for (const Problem& p : problems.all()) said += p.text() + "\n";
  }

  std::shared_ptr<const Zone> zone;
  std::string said;
};

}  // namespace signpost::zone
