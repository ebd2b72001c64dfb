// The plugin `acl`: who may ask what. The first rule that fits a query's source address, type and
// name decides, as in CoreDNS.
#include "settings.h"
#include "signpost/mnemonics.h"
#include "signpost/plugin.h"

namespace signpost::acl {
namespace {

// Extended DNS errors (RFC 8914, sections 4.18 and 4.19).
constexpr uint16_t kFiltered = 17, kProhibited = 18;

class Worker {
 public:
  explicit Worker(const Settings& settings)
      : rules_(settings.rules), decided_(settings.decided->join()) {}

  Down down(Query& query) noexcept {
    // The address the packet came from: a client subnet is for anyone to write.
    const Rule* rule = rules_.find(query.client.source.address, query.name(), query.type);
    const Action action = rule ? rule->action : Action::allow;
    decided_.add(size_t(action));
    if (query.recorder) explain(query, rule);
    switch (action) {
      case Action::allow:
        return Down::next;
      case Action::block:
        query.rcode = Rcode::refused;
        query.explain_error(kProhibited);
        return Down::answered;
      case Action::filter:
        query.explain_error(kFiltered);
        return Down::answered;
      case Action::drop:
        return Down::drop;
    }
    return Down::next;
  }

 private:
  static void explain(Query& query, const Rule* rule) {
    query.recorder->note(
        "acl", query.client.source.address.text() + " asking for " + type_text(query.type) + ": " +
                   (rule ? std::string(action_word(rule->action)) + ", by " + rule->where.text()
                         : "no rule fits, so the query is allowed"));
  }

  const Rules& rules_;
  Tally<kActions>::Share& decided_;
};

class Agent {
 public:
  Agent(const Settings& settings, Control& control)
      : counters_(control.counters([&settings] { return text(settings); })) {}

 private:
  static std::string text(const Settings& settings) {
    constexpr const char* kDone[] = {" allowed, ", " blocked, ", " filtered, ", " dropped"};
    const auto sums = settings.decided->sums();
    uint64_t all = 0;
    std::string text = settings.block + ": ";
    for (size_t i = 0; i < kActions; ++i) {
      all += sums[i];
      text += std::to_string(sums[i]) + kDone[i];
    }
    return all == 0 ? "" : text;
  }

  const Handle counters_;
};

}  // namespace
}  // namespace signpost::acl

// Below `ratelimit`, which counts the refusals too.
SIGNPOST_EXPORT(acl,
                signpost::placed(signpost::describe<signpost::acl::Settings, signpost::acl::Worker,
                                                    signpost::acl::Agent>("acl",
                                                                          signpost::Stage::guard),
                                 nullptr, "ratelimit"))
