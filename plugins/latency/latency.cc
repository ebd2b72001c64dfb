// The plugin `latency`: answers the member in the Region that is nearest in time to the client.
// Source: spec section 2.5 (rules L-01 to L-09) and V-24; client: C-01 to C-04.
#include <algorithm>
#include <array>

#include "regions.h"
#include "settings.h"
#include "signpost/plugin.h"

namespace signpost::latency {
namespace {

class Worker {
 public:
  explicit Worker(const Settings& settings)
      : settings_(settings), china_(region_number(kChinaRegion)) {}

  Up up(Query& query) noexcept {
    const size_t source = source_of(query);
    if (source == settings_.sources.size()) return Up::next;
    const RecordSet& set = *query.set;
    const Row* row = nullptr;
    if (set.member_count > 1) {
      const Table::Match match =
          query.table(settings_.key).tables[source]->find(query.client.address());
      query.client.narrow(match.scope);
      row = match.row;
      if (query.recorder) query.recorder->note("latency", distances(query, row));
    }
    std::array<uint64_t, MemberMask::capacity> weights;
    weigh(query.candidates, set.all(), row, weights);
    query.draw({weights.data(), set.member_count});
    return Up::next;
  }

 private:
  size_t source_of(const Query& query) const noexcept {
    if (!query.set || query.chosen >= 0) return settings_.sources.size();
    return size_t(std::find_if(settings_.sources.begin(), settings_.sources.end(),
                               [&](const auto& s) { return s.policy == query.set->policy; }) -
                  settings_.sources.begin());
  }

  // What the table says of the way from the client to each Region of the set, for explain.
  static std::string distances(const Query& query, const Row* row) {
    if (!row)
      return "the table knows nothing of " + query.client.address().text() +
             ": all Regions are equal (L-08)";
    std::string text = "from " + query.client.address().text();
    for (const Member& member : query.set->all()) {
      const uint32_t time = row->to(member.attribute);  // microseconds
      text += (&member == query.set->members ? ": " : ", ") + region_code(member.attribute) + " " +
              (time == Row::unknown ? "unknown" : std::to_string((time + 500) / 1000) + " ms");
    }
    return text;
  }

  // 1 for each candidate that is as near as the nearest, else 0 (L-08). Regions of which the table
  // says nothing for this client come after all others; to a client unknown all are equal.
  void weigh(MemberMask candidates, std::span<const Member> members, const Row* row,
             std::array<uint64_t, MemberMask::capacity>& weights) const noexcept {
    uint64_t nearest = UINT64_MAX;
    std::array<uint64_t, MemberMask::capacity> far;
    candidates.each([&](unsigned i) {
      far[i] = 1 + uint64_t{row ? row->to(members[i].attribute) : Row::unknown};
      // Clients in China get the Region of Beijing whatever the others take (L-06).
      if (row && row->in_china() && members[i].attribute == china_) far[i] = 0;
      nearest = std::min(nearest, far[i]);
    });
    for (unsigned i = 0; i < members.size(); ++i)
      weights[i] = candidates.has(i) && far[i] == nearest ? 1 : 0;
  }

  const Settings& settings_;
  const uint32_t china_;
};

// Reads the tables again when their files change.
class Agent {
 public:
  Agent(const Settings& settings, Control& control) : settings_(settings), control_(control) {
    current_ = settings.first->tables;
    for (size_t i = 1; i < settings.sources.size(); ++i)
      watches_.push_back(
          control.watch(settings.sources[i].path, kInterval, [this, i] { reread(i); }));
  }

  void publish(Draft& draft) {
    if (next_) draft.set(settings_.key, next_);
  }

 private:
  static constexpr std::chrono::milliseconds kInterval{5000};

  void reread(size_t source) {
    const Settings::Source& from = settings_.sources[source];
    Problems problems;
    ReadTable read = read_table(from.path, from.where, problems);
    if (problems.any_error()) {
      for (const Problem& problem : problems.all()) log_error("latency", problem.text());
      log_error("latency", "table " + from.path + " is in error; the one read before stays in use");
      return;
    }
    current_[source] = std::move(read.table);
    log_info("latency", "table " + from.path + " was read again");
    next_ = std::make_shared<const LatencyTable>(LatencyTable{current_});
    control_.changed();
  }

  const Settings& settings_;
  Control& control_;
  std::vector<Handle> watches_;
  std::vector<std::shared_ptr<const Table>> current_;
  std::shared_ptr<const LatencyTable> next_;  // null: nothing was read since the start
};

}  // namespace
}  // namespace signpost::latency

SIGNPOST_EXPORT(
    latency,
    signpost::with_policy(signpost::describe<signpost::latency::Settings, signpost::latency::Worker,
                                             signpost::latency::Agent>("latency",
                                                                       signpost::Stage::choose),
                          signpost::latency::without_table))
