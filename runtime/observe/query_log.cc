// The parts of signpost/log.h that plugins reach the rings and the formatters through.
#include <cassert>

#include "observe/byte_ring.h"
#include "signpost/log.h"

namespace signpost {

LineFormatter::~LineFormatter() = default;

LineFormatters::~LineFormatters() = default;

RegisteredFormatter LineFormatters::add(std::unique_ptr<LineFormatter> formatter) {
  assert(formatter);
  return RegisteredFormatter(*this, adopt(std::move(formatter)));
}

RegisteredFormatter::~RegisteredFormatter() {
  if (owner_) owner_->retire(id_);
}

RegisteredFormatter& RegisteredFormatter::operator=(RegisteredFormatter&& o) noexcept {
  RegisteredFormatter old(std::move(*this));
  owner_ = std::exchange(o.owner_, nullptr);
  id_ = o.id_;
  return *this;
}

uint8_t* QueryLog::reserve(uint16_t formatter, size_t bytes) noexcept {
  return ring_.reserve(formatter, bytes);
}

void QueryLog::commit() noexcept { ring_.commit(); }

uint64_t QueryLog::dropped() const noexcept { return ring_.dropped(); }

}  // namespace signpost
