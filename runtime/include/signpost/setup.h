// What a plugin sees of the Corefile when a configuration is built: its own lines, the zones of its
// block, and the places where it hands in zones, record sets and tables. A Setup lives only during
// the constructor of the plugin's settings. Runs on the control thread or on a thread of libuv's
// pool, one block at a time, and must touch nothing but its arguments: `signpost check` runs it
// too.
//
// Errors: report what concerns one line through problems() and go on, so that a check shows all of
// them; throw ConfigError when nothing sensible can be built.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "signpost/address.h"
#include "signpost/directive.h"
#include "signpost/log.h"
#include "signpost/name.h"
#include "signpost/policy.h"
#include "signpost/query.h"

namespace signpost {

// A zone to be read from a file in the standard format (RFC 1035, section 5).
struct ZoneFile {
  Name origin;
  std::string path;  // as the operator wrote it
  Location where;
  bool chase = true;     // follow CNAMEs inside the zone (RFC 1034, section 4.3.2)
  bool minimal = false;  // leave the apex NS set out of positive answers (DN-02 otherwise)
  std::chrono::milliseconds reload{0};  // how often the file is looked at; 0: never
  uint32_t tag = 0;                     // the plugin's own; tag_of() gives it back
  // The line that leaves names which do not exist to the next source; nowhere: they are denied.
  // What a signed zone proves not to exist is then answered without a signature: a warning.
  Location passes_on = {};
  bool operator==(const ZoneFile&) const = default;
};

// Zones that come and go while the configuration is in force: those of a folder or a list. Asked
// on the control thread or a thread of libuv's pool, one caller at a time. Immutable.
class SIGNPOST_API ZoneSource {
 public:
  virtual ~ZoneSource() = default;
  // Adds the zones there are now. What is wrong with a single one goes to `problems`, without it.
  // False: it cannot be told which zones there are; why is in `problems`, and nothing changes.
  virtual bool find(std::vector<ZoneFile>& zones, Problems& problems) const = 0;
};

class SIGNPOST_API Setup {
 public:
  virtual ~Setup() = default;

  // All lines of this directive in the block, in file order; empty if the block has the plugin
  // only because another one needs it.
  virtual std::span<const Directive> lines() const = 0;
  virtual Location where() const = 0;               // the first line, or the block's
  virtual std::span<const Name> zones() const = 0;  // the zones of the block's keys, in order
  virtual Problems& problems() = 0;

  // --- zones and records
  virtual void add_zone(ZoneFile file) = 0;
  // Zones that are looked for every `every` (0: once). One that cannot be read fails by itself:
  // the others are served all the same. Zones of add_zone() have precedence.
  virtual void add_zones(std::shared_ptr<const ZoneSource> source,
                         std::chrono::milliseconds every) = 0;
  // A record set of the zone `origin` of this block. Whether the set fits the zone (conflicts,
  // alias targets, checks) is judged when the zone is built.
  virtual void add_set(const Name& origin, SetSpec set) = 0;
  // Declares a check that members may name; returns its row in the HealthTable. A second one of the
  // same name is reported and gets a row of its own.
  virtual uint32_t declare_check(const Token& name) = 0;
  // Where a plugin registers how its query log records are written (signpost/log.h). Settings hold
  // the handle, so that it outlives the workers' instances.
  virtual LineFormatters& formatters() = 0;
  // Makes sure that the block has plugin `name`, adding it without lines if the operator did not.
  virtual void wants(std::string_view name) = 0;
  // Says that the plugin's agent will listen for HTTP on `address` (without family: on all), so
  // that a DNS listener in its way is found before anything is opened.
  virtual void listens(const Endpoint& address, Location where) = 0;

  // --- tables
  // The key of a table that this plugin publishes, and of one that another may publish. T needs
  // `static constexpr std::string_view table_name` and a default constructor: until it is
  // published, readers see T{}.
  template <class T>
  Key<T> offers() {
    return {slot(T::table_name, typeid(T), std::make_shared<const T>(), true)};
  }
  template <class T>
  Key<T> uses() {
    return {slot(T::table_name, typeid(T), std::make_shared<const T>(), false)};
  }
  // Sets a table that does not change as long as this configuration is in force.
  template <class T>
  void set(Key<T> key, std::shared_ptr<const T> table) {
    set_table(key.slot, std::move(table));
  }

 protected:
  virtual uint16_t slot(std::string_view name, const std::type_info& type,
                        std::shared_ptr<const void> empty, bool offered) = 0;
  virtual void set_table(uint16_t slot, std::shared_ptr<const void> table) = 0;
};

// --- words of a line
// Durations in Go's notation: "300ms", "5s", "1h30m", "0"; a unit is needed except for 0. Rounded
// to milliseconds, but what is more than nothing does not become 0.
SIGNPOST_API std::chrono::milliseconds read_duration(const Token& word);
// The same from `low` to `high`; rounded to milliseconds when it has proved to lie between them.
SIGNPOST_API std::chrono::milliseconds read_duration(const Token& word,
                                                     std::chrono::milliseconds low,
                                                     std::chrono::milliseconds high);
// What this machine calls itself, for plugins that tell it to clients; "localhost" if it does not
// say.
SIGNPOST_API std::string host_name();
// A whole number between low and high.
SIGNPOST_API uint32_t read_number(const Token& word, uint32_t low, uint32_t high);
// Where an HTTP endpoint listens: ADDRESS:PORT, localhost:PORT, or :PORT for all addresses (no
// family).
SIGNPOST_API Endpoint read_listen_address(const Token& word);
// The text of the file that a line names, at most 256 MiB, no pipe; `what` says for messages what
// it is ("the list file"). ConfigError if it cannot be read, with the reason of the system.
SIGNPOST_API std::string read_file(const Token& path, std::string_view what);
// A record type by mnemonic or as TYPEnnn (RFC 3597), in either case; QTYPEs such as ANY as well.
SIGNPOST_API uint16_t read_qtype(const Token& word);
// ADDRESS/LENGTH, or an address, which stands for itself alone. Bits set behind the length are
// cleared, with a warning.
SIGNPOST_API Prefix read_prefix(const Token& word, Problems& problems);
// Arguments that name zones: domain names, absolute with or without their final dot, and prefixes
// (ADDRESS/LENGTH), which stand for their reverse zones as in the keys of blocks.
SIGNPOST_API std::vector<Name> read_zones(std::span<const Token> words);
// The same for zones that have to do with the block's: warns of each word that no question to this
// block lies in.
SIGNPOST_API std::vector<Name> read_zones(std::span<const Token> words, Setup& setup);
// Reports every line of the directive but the first, for plugins that take one in a block.
SIGNPOST_API void expect_one_line(Setup& setup);
// Reports every argument after the first `most` of `line`, and a block if `block` is false.
SIGNPOST_API void expect_args(const Directive& line, size_t least, size_t most, bool block);
// ConfigError "unknown property 'x'; did you mean 'y'?".
[[noreturn]] SIGNPOST_API void unknown_property(const Directive& property,
                                                std::span<const std::string_view> known);

}  // namespace signpost
