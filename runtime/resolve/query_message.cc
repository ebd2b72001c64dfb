#include "resolve/query_message.h"

namespace signpost::resolve {

QueryMessage::QueryMessage(uint16_t id, NameView name, uint16_t type) {
  constexpr uint16_t recursion_desired = 0x0100, class_in = 1;
  const auto put = [this](uint16_t word) {
    bytes_[size_++] = uint8_t(word >> 8);
    bytes_[size_++] = uint8_t(word);
  };
  for (uint16_t word :
       {id, recursion_desired, uint16_t(1), uint16_t(0), uint16_t(0), uint16_t(0)}) {
    put(word);
  }
  std::memcpy(bytes_.data() + size_, name.data(), name.size());
  size_ += name.size();
  put(type);
  put(class_in);
}

}  // namespace signpost::resolve
