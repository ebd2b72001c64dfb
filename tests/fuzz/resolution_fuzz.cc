// Feeds responses to the reader behind the resolver. Input: one byte that picks the type asked for
// (even A, odd AAAA), then the message, whose question must be a.test. to get past the first check.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "resolve/answer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace signpost;
  if (size == 0) return 0;
  static constexpr uint8_t asked[] = {1, 'a', 4, 't', 'e', 's', 't', 0};
  const uint16_t type = data[0] % 2 == 0 ? resolve::type_a : resolve::type_aaaa;
  const Resolution read =
      resolve::read_answer({data + 1, size - 1}, NameView(asked, sizeof asked), type);
  // What every caller relies on.
  if ((read.status == Resolution::answered) == read.addresses.empty()) std::abort();
  if ((read.status == Resolution::failed) == read.error.empty()) std::abort();
  if (read.ttl > INT32_MAX) std::abort();
  return 0;
}
