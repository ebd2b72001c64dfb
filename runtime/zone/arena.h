// Where a zone's data lies. Filled by one thread, then immutable with its zone. Throws
// std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

#include "signpost/name.h"

namespace signpost {

// Memory that lives as long as its zone: chunks, never freed singly. The first chunks are small,
// for servers of many small zones; large ones are mapped, so that they go back to the system at
// once when a large zone is replaced, whatever the heap looks like.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();
  void* allocate(size_t bytes, size_t alignment);
  template <class T>
  T* array(size_t n) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* first = static_cast<T*>(allocate(n * sizeof(T), alignof(T)));
    for (size_t i = 0; i < n; ++i) new (first + i) T();
    return first;
  }
  NameView copy(NameView name);
  std::string_view copy(std::string_view text);

 private:
  struct Chunk {
    void* memory;
    size_t size;
  };
  std::vector<Chunk> chunks_;
  uint8_t* at_ = nullptr;
  size_t left_ = 0;
  size_t held_ = 0;  // bytes in chunks_
};

}  // namespace signpost
