// Collects the steps of a walk for explain, in words and as JSON. One walk, one thread.
#pragma once

#include <string>
#include <vector>

#include "signpost/json.h"
#include "signpost/query.h"

namespace signpost {

class ExplainRecorder final : public Recorder {
 public:
  void note(std::string_view plugin, std::string text) override;
  void proposed(const Query& query) override;
  void judged(const Query& query, MemberMask healthy) override;
  void drawn(const Query& query, std::span<const uint64_t> weights) override;

  const std::string& text() const { return text_; }
  json::Array take_steps() { return std::move(steps_); }

 private:
  std::string text_;
  json::Array steps_;
};

}  // namespace signpost
