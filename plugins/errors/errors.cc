// The plugin `errors`: a log line for each query that failed. Lines, and the option to fold
// repeated ones, are those of CoreDNS (spec/corefile.md, section 13).
#include <algorithm>
#include <cstring>
#include <memory>

#include "consolidation.h"
#include "signpost/mnemonics.h"
#include "signpost/plugin.h"

namespace signpost::errors {
namespace {

// What a worker writes down of a failed query; the name in wire form follows.
struct LogEntry {
  std::string_view error;  // lives as long as the process
  uint16_t type;
  uint8_t rcode, name_size;
};

class Formatter final : public LineFormatter {
 public:
  explicit Formatter(std::shared_ptr<Consolidations> consolidations)
      : consolidations_(std::move(consolidations)) {}

  void format(std::span<const uint8_t> record, std::string& out) override {
    LogEntry entry;
    if (record.size() < sizeof entry) return;
    std::memcpy(&entry, record.data(), sizeof entry);
    const NameView name(record.data() + sizeof entry, entry.name_size);
    std::string_view level = level_prefix(Level::error);
    if (Consolidation* folded = consolidations_->match(entry.error)) {
      if (!folded->count() || (folded->level() == Level::debug && !debug_log_enabled())) return;
      level = level_prefix(folded->level());
    }
    out += level;
    out += "plugin/errors: " + std::to_string(entry.rcode) + ' ' + name.text() + ' ' +
           type_text(entry.type) + ": ";
    out += entry.error;
  }

 private:
  const std::shared_ptr<Consolidations> consolidations_;
};

struct Settings {
  explicit Settings(Setup& setup) : consolidations(std::make_shared<Consolidations>()) {
    expect_one_line(setup);
    for (const Directive& line : setup.lines().first(setup.lines().empty() ? 0 : 1)) {
      attempt(setup, [&] { read_target(line); });
      for (const Directive& property : line.block) attempt(setup, [&] { read_property(property); });
    }
    formatter = setup.formatters().add(std::make_unique<Formatter>(consolidations));
  }

  std::shared_ptr<Consolidations> consolidations;
  RegisteredFormatter formatter;

 private:
  template <class Read>
  static void attempt(Setup& setup, Read&& read) {
    try {
      read();
    } catch (const ConfigError& e) {
      setup.problems().add(e);
    }
  }

  static void read_target(const Directive& line) {
    expect_args(line, 0, 1, true);
    if (!line.args.empty() && !line.args[0].is("stdout"))
      throw ConfigError(line.args[0].where, "invalid log file: " + line.args[0].text +
                                                "; errors go to standard output");
  }

  void read_property(const Directive& property) {
    if (property.name.is("consolidate"))
      consolidations->add(property);
    else if (property.name.is("stacktrace"))
      expect_args(property, 0, 0, false);  // there are no panics to trace
    else
      unknown_property(property, kProperties);
  }

  static constexpr std::string_view kProperties[] = {"consolidate", "stacktrace"};
};

class Worker {
 public:
  explicit Worker(const Settings& settings) : formatter_(settings.formatter.id()) {}

  void done(const Query& query, const Outcome& outcome) noexcept {
    if (outcome.rcode != Rcode::servfail || !query.log) return;
    const NameView name = query.name();
    uint8_t* record = query.log->reserve(formatter_, sizeof(LogEntry) + name.size());
    if (!record) return;
    const LogEntry entry{query.error.empty() ? "the answer failed" : query.error, query.type,
                         uint8_t(outcome.rcode), uint8_t(name.size())};
    std::memcpy(record, &entry, sizeof entry);
    std::memcpy(record + sizeof entry, name.data(), name.size());
    query.log->commit();
  }

 private:
  const uint16_t formatter_;
};

// Writes the sums of what was folded, when their time has come.
class Agent {
 public:
  Agent(const Settings& settings, Control& control)
      : consolidations_(settings.consolidations), control_(control) {
    if (!consolidations_->empty()) look_again();
  }
  ~Agent() { consolidations_->report_all(); }

 private:
  static constexpr std::chrono::milliseconds kLook{500};

  void look_again() {
    timer_ = control_.after(kLook, [this] {
      consolidations_->report(control_.now_ms());
      look_again();
    });
  }

  const std::shared_ptr<Consolidations> consolidations_;
  Control& control_;
  Handle timer_;
};

}  // namespace
}  // namespace signpost::errors

SIGNPOST_PLUGIN(errors, signpost::Stage::observe, signpost::errors::Settings,
                signpost::errors::Worker, signpost::errors::Agent)
