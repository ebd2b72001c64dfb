// Judges an HTTP response as it comes in, and says as early as possible that no more is needed.
// Any thread; one object per response. No sockets, no clock: it is fed lines and bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "probe/body_search.h"
#include "probe/probe.h"

namespace signpost::probe {

inline constexpr size_t max_header_bytes = 16384;  // all field lines with their line ends (H-08)

struct Verdict {
  bool success = false;
  std::string reason;  // as ProbeResult::reason
};

class ResponseJudge {
 public:
  // `spec` must outlive the judge.
  explicit ResponseJudge(const ProbeSpec& spec) : spec_(spec) {}

  // One line of the header with its line end: status line, field, or the empty line. Interim
  // responses (1xx) are read over. Lines after the header (trailers) are not looked at.
  void header_line(std::string_view line);
  // Bytes of the body, after removal of the transfer coding.
  void body(std::string_view bytes);
  // The response is complete, or broke off for the reason given (empty: complete).
  void end(const std::string& broken);

  // The final status line has been read.
  bool has_status() const { return status_ != 0; }
  // Set as soon as nothing that follows can change it; then stop feeding.
  const std::optional<Verdict>& verdict() const { return verdict_; }

 private:
  void status_line(std::string_view line);
  void field(std::string_view line);
  void end_of_header();
  bool accepts(int status) const;
  std::string status_text() const;
  void fail(std::string reason) { verdict_ = Verdict{false, std::move(reason)}; }
  void fail_after_status(std::string_view what);

  const ProbeSpec& spec_;
  int status_ = 0;  // 0 also while reading an interim response
  bool expect_status_line_ = true, in_body_ = false;
  std::string phrase_, content_encoding_;
  size_t header_bytes_ = 0;
  std::optional<BodySearch> search_;
  std::optional<Verdict> verdict_;
};

}  // namespace signpost::probe
