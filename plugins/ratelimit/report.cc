#include "report.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace signpost::ratelimit {

namespace {

constexpr uint64_t kForgotten = 600'000;  // milliseconds; a lost record must not silence a client

constexpr const char* kAnswers[] = {"answers",   "empty answers", "NXDOMAIN answers",
                                    "referrals", "errors",        "answers of all kinds"};

std::string rate_text(double rate) {
  std::array<char, 32> text;
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), rate, std::chars_format::general, 7);
  return {text.data(), error == std::errc() ? end : text.data()};
}

}  // namespace

// True if this is the first worker to limit the client.
bool Report::begin(const Incident& incident) {
  if (known_.size() >= kMostKnown) known_.clear();
  Limited& limited = known_[{incident.client.text(), incident.category}];
  if (incident.at_ms > limited.last_ms + kForgotten) limited = {};
  limited.last_ms = std::max(limited.last_ms, incident.at_ms);
  return ++limited.workers == 1;
}

// True if no other worker limits the client any more; `incident` gets what all of them did.
bool Report::end(Incident& incident) {
  const auto at = known_.find({incident.client.text(), incident.category});
  if (at == known_.end()) return true;
  Limited& limited = at->second;
  limited.last_ms = std::max(limited.last_ms, incident.at_ms);
  incident.dropped = limited.dropped += incident.dropped;
  incident.truncated = limited.truncated += incident.truncated;
  incident.lasted_ms = limited.lasted_ms = std::max(limited.lasted_ms, incident.lasted_ms);
  if (limited.workers > 1) {
    --limited.workers;
    return false;
  }
  known_.erase(at);
  return true;
}

void Report::format(std::span<const uint8_t> record, std::string& out) {
  Incident incident;
  if (record.size() < sizeof incident) return;
  std::memcpy(&incident, record.data(), sizeof incident);
  if (!(incident.ended ? end(incident) : begin(incident))) return;
  const auto held_back = limit_.admit(incident.at_ms);
  if (!held_back) return;
  const size_t kind = size_t(incident.category);
  const std::string what = std::string(kAnswers[kind]) + " to " + incident.client.text();
  if (!incident.ended) {
    out += "[WARNING] plugin/ratelimit: ";
    out += (report_only_ ? "would limit " : "limiting ") + what + ": more than " +
           rate_text(rates_[kind]) + " a second";
  } else {
    const std::string over = std::to_string(incident.dropped);
    const std::string cut = std::to_string(incident.truncated);
    out += "[INFO] plugin/ratelimit: ";
    out += (report_only_ ? "would no longer limit " : "no longer limiting ") + what + ": ";
    out += over + (report_only_ ? " would have been dropped, " : " were dropped, ");
    out += cut + " truncated in " + std::to_string((incident.lasted_ms + 999) / 1000) + "s";
  }
  if (*held_back != 0) out += " (" + std::to_string(*held_back) + " more lines were held back)";
}

}  // namespace signpost::ratelimit
