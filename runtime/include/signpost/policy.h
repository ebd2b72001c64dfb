// What a policy plugin tells the runtime about itself, and the form in which record sets written in
// the Corefile reach the zone. Control side, except where a function says otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signpost/directive.h"
#include "signpost/record.h"

namespace signpost {

struct Client;

// An alias as written (spec, section 5).
struct AliasSpec {
  Name target;
  bool evaluate = false;
  bool undotted = false;  // written with dots inside but none at the end: taken as absolute
};

// One member as written, data already in wire form.
struct MemberSpec {
  Location where;
  std::string id;
  std::vector<std::vector<uint8_t>> values;  // rdata, uncompressed
  std::optional<AliasSpec> alias;
  std::string check;  // name of a check of the block's `health`; empty: none
  Location check_where;
  uint32_t attribute = 0;       // the policy's own
  std::optional<uint32_t> ttl;  // seconds; without: the set's
};

// One record set as written in a steering block, an alias line or a JSON export.
struct SetSpec {
  Location where;
  Name owner;
  uint16_t type = 0;
  bool type_implied = false;       // no type was written: A and AAAA were meant
  uint32_t ttl = 60;               // seconds (spec DN-24)
  const Policy* policy = nullptr;  // null: simple
  std::vector<MemberSpec> members;
};

// A policy: one static instance per module; never destroyed before the process ends. The choice
// itself is made by the plugin's `up` hook with Query::draw().
class SIGNPOST_API Policy {
 public:
  virtual ~Policy() = default;
  virtual std::string_view name() const = 0;  // as in the Corefile: "weighted"

  // If the policy's attribute is the first word of a member line ("primary", "us-east-1"), takes it
  // from `word`; false if a line has no such word. Throws ConfigError on a word that is no
  // attribute.
  virtual bool leads() const { return false; }
  virtual uint32_t read_lead(const Token& word) const {
    throw ConfigError(word.where, "unexpected word");
  }
  // If the attribute is a keyword with a value ("weight 70"): its keyword, else "".
  virtual std::string_view keyword() const { return {}; }
  virtual uint32_t read_value(const Token& word) const {
    throw ConfigError(word.where, "unexpected word");
  }
  // The attribute of a member that does not give the keyword; throws where it must be given.
  virtual uint32_t fallback(const Location& member) const {
    (void)member;
    return 0;
  }
  // Words that open a line of the block which the plugin reads itself ("table").
  virtual bool option(std::string_view word) const {
    (void)word;
    return false;
  }
  // The attribute in words, for explain and logs: "weight 70", "primary".
  virtual std::string describe(uint32_t attribute) const = 0;
  // Judges a whole group (V-20 to V-28): reports what is wrong with it.
  virtual void check(const SetSpec& set, Problems& problems) const = 0;

  // True if `applicable` looks at the client. Then verdicts about aliases that evaluate such a
  // group are made per query (E-15); else once per health change.
  virtual bool by_client() const { return false; }
  // The members that could ever serve this client (spec 4.1); all of them unless by_client().
  // Worker; must not allocate.
  virtual MemberMask applicable(const RecordSet& set, const Client& client) const noexcept {
    (void)client;
    return MemberMask::first(set.member_count);
  }
};

class Setup;

// Reads one steering block `POLICY NAME [TYPE...] { members }` into the sets it means, one for each
// zone and type it concerns, and hands them to the zones of the block. Problems are reported
// through `setup`; a member in error is left out.
//
//   weighted www A {
//       ttl 60
//       192.0.2.10            weight 70  check use1  id blue
//       alias www2 evaluate   weight 30
//   }
//
// Words of a member line: the policy's leading word, values in presentation form, `alias TARGET`,
// `evaluate`, `check NAME`, `id TEXT`, `ttl TIME`, the policy's keyword. A quoted word is never a
// keyword. Without a type, A and AAAA are meant and each address goes to its own.
SIGNPOST_API void read_group(Setup& setup, const Directive& line, const Policy& policy);

// The same for every line of the plugin's directive; a line in error does not keep the others from
// being read. The settings of a policy plugin need no more.
SIGNPOST_API void read_groups(Setup& setup, const Policy& policy);

// Reads `alias NAME [TYPE...] TARGET [evaluate]`, a simple record set (spec, section 5), likewise.
SIGNPOST_API void read_alias(Setup& setup, const Directive& line);

}  // namespace signpost
