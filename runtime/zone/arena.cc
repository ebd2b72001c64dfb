#include "zone/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace signpost {

namespace {

constexpr size_t kSmallestChunk = 1024, kLargestChunk = 1024 * 1024;
constexpr size_t kMapped = 64 * 1024;  // chunks from this size on are mapped

size_t whole_pages(size_t bytes) {
  constexpr size_t kPage = 4096;
  return bytes < kMapped ? bytes : (bytes + kPage - 1) / kPage * kPage;
}

void* mapped(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

}  // namespace

Arena::~Arena() {
  for (const Chunk& chunk : chunks_)
    chunk.size >= kMapped ? void(munmap(chunk.memory, chunk.size))
                          : ::operator delete(chunk.memory);
}

void* Arena::allocate(size_t bytes, size_t alignment) {
  size_t pad = size_t(-reinterpret_cast<uintptr_t>(at_)) & (alignment - 1);
  if (left_ < bytes + pad) {
    // Each chunk is as large as all before it together: at most half of the memory lies idle.
    const size_t chunk =
        whole_pages(std::max(std::clamp(held_, kSmallestChunk, kLargestChunk), bytes + alignment));
    chunks_.reserve(chunks_.size() + 1);  // nothing may fail between taking and keeping
    chunks_.push_back({chunk >= kMapped ? mapped(chunk) : ::operator new(chunk), chunk});
    held_ += chunk;
    at_ = static_cast<uint8_t*>(chunks_.back().memory);
    left_ = chunk;
    pad = size_t(-reinterpret_cast<uintptr_t>(at_)) & (alignment - 1);
  }
  void* result = at_ + pad;
  at_ += bytes + pad;
  left_ -= bytes + pad;
  return result;
}

NameView Arena::copy(NameView name) {
  auto* bytes = static_cast<uint8_t*>(allocate(name.size(), 1));
  std::memcpy(bytes, name.data(), name.size());
  return {bytes, name.size()};
}

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  auto* bytes = static_cast<char*>(allocate(text.size(), 1));
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

}  // namespace signpost
