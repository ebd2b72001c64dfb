// The records by which a signed zone proves that what was asked for does not exist, or was made
// from a wildcard: NSEC (RFC 4035, section 3.1.3) or NSEC3 (RFC 5155, section 7.2), no more than
// an answer needs. They go into the authority section for clients that set DO; for others, and in
// zones without a chain, every function here does nothing. Worker; does not allocate, and hashes
// at most one name for each step of a chain of names.
#pragma once

#include <string_view>

#include "signpost/query.h"
#include "zone/zone.h"

namespace signpost {

class Proof {
 public:
  // The step under way is answered from `wildcard`; what proves that this is right goes out with
  // expansions(), behind all answers.
  static void expanded(Query& query, const Node& wildcard) noexcept;
  // For each step answered from a wildcard: no closer name exists (RFC 4035, section 3.1.3.3).
  static void expansions(Query& query) noexcept;

  // The name looked for does not exist; `encloser` is the closest name that does.
  static void no_name(const Zone& zone, Query& query, const Node& encloser) noexcept;
  // `node`, that of the name looked for or the wildcard that covers it, has no such records.
  static void no_data(const Zone& zone, Query& query, const Node& node) noexcept;
  // The delegation at `cut` is not signed.
  static void no_ds(const Zone& zone, Query& query, const Node& cut) noexcept;

 private:
  Proof(const Zone& zone, Query& query, unsigned step)
      : zone_(zone), denial_(zone.denial()), q_(query), step_(step) {}
  static bool wanted(const Zone& zone, const Query& query, unsigned step) noexcept;

  void no_closer_name(NameView name, const Node& encloser) noexcept;
  const Node& closest_provable(const Node& node) noexcept;
  void add(Denial::Witness witness, std::string_view about, NameView name = {}) noexcept;

  const Zone& zone_;
  const Denial& denial_;
  Query& q_;
  unsigned step_;  // that the proof belongs to
};

}  // namespace signpost
