#include "timing_words.h"

#include "signpost/setup.h"

namespace signpost::health {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct Range {
  milliseconds low, high;
};
constexpr Range kIntervals{100ms, 1h};
constexpr Range kTimeouts{10ms, 1min};
constexpr uint32_t kMostResults = 10;

// The first value that is set, or `last`.
uint32_t first_of(std::initializer_list<std::optional<uint32_t>> values, uint32_t last) {
  for (const auto& value : values)
    if (value) return *value;
  return last;
}

}  // namespace

bool TimingWords::take(const Directive& property) {
  const std::string_view word = property.name.text;
  const auto count = [&] { return read_number(property.args[0], 1, kMostResults); };
  if (word != "interval" && word != "timeout" && word != "threshold" && word != "rise" &&
      word != "fall")
    return false;
  expect_args(property, 1, 1, false);
  if (word == "interval")
    interval_ = read_duration(property.args[0], kIntervals.low, kIntervals.high);
  if (word == "timeout") timeout_ = read_duration(property.args[0], kTimeouts.low, kTimeouts.high);
  if (word == "threshold") threshold_ = count();
  if (word == "rise") rise_ = count();
  if (word == "fall") fall_ = count();
  return true;
}

Timing TimingWords::over(const TimingWords& defaults) const {
  Timing timing;
  timing.interval = interval_.value_or(defaults.interval_.value_or(timing.interval));
  timing.timeout = timeout_.value_or(defaults.timeout_.value_or(timing.timeout));
  Thresholds& t = timing.thresholds;
  t.rise = first_of({rise_, threshold_, defaults.rise_, defaults.threshold_}, t.rise);
  t.fall = first_of({fall_, threshold_, defaults.fall_, defaults.threshold_}, t.fall);
  return timing;
}

}  // namespace signpost::health
