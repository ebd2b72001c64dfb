// libFuzzer target: whatever parses must also survive being written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "signpost/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace signpost::json;
  Value value;
  try {
    value = parse({reinterpret_cast<const char*>(data), size});
  } catch (const ParseError&) {
    return 0;
  }
  // Room to grow: indentation and escapes make the written text longer than the one read.
  Limits wide{.bytes = size_t{64} << 20, .depth = 64};
  for (Layout layout : {Layout::compact, Layout::pretty})
    if (!(parse(write(value, layout), wide) == value)) abort();
  return 0;
}
