#include "check_spec.h"

namespace signpost::health {
namespace {

constexpr const char* kKinds[] = {"http", "https", "tcp"};

}  // namespace

std::string probed_thing(const ProbeSpec& probe) {
  const bool v6 = probe.host.find(':') != std::string::npos;
  std::string text = std::string(kKinds[probe.kind]) + ' ' +
                     (v6 ? '[' + probe.host + ']' : probe.host) + ':' + std::to_string(probe.port);
  if (probe.kind == ProbeSpec::tcp) return text;
  text += probe.path + " host=" + probe.host_header;
  for (const StatusRange& range : probe.statuses)
    text += " status=" + std::to_string(range.low) + '-' + std::to_string(range.high);
  if (probe.kind == ProbeSpec::https)
    text += std::string(" verify=") + (probe.verify_tls ? "on" : "off") +
            " sni=" + (probe.sni ? "on" : "off");
  // Last, because it is the only part that may hold a space.
  if (!probe.expect_body.empty()) text += " expect=" + probe.expect_body;
  return text;
}

std::string timing_text(const Timing& timing) {
  return "interval=" + std::to_string(timing.interval.count()) +
         " timeout=" + std::to_string(timing.timeout.count()) +
         " rise=" + std::to_string(timing.thresholds.rise) +
         " fall=" + std::to_string(timing.thresholds.fall);
}

}  // namespace signpost::health
