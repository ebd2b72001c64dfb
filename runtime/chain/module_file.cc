#include "chain/module_file.h"

#include <link.h>

#include <algorithm>
#include <cstring>

namespace signpost {

namespace {

constexpr unsigned char kWordSize = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;

// Where `length` bytes at `start` end; the largest number there is if none can say it.
uint64_t end_of(uint64_t start, uint64_t length) {
  return length <= UINT64_MAX - start ? start + length : UINT64_MAX;
}

template <class T>
bool read_at(std::istream& file, uint64_t at, T& value) {
  return at <= INT64_MAX && file.seekg(std::streamoff(at)) &&
         file.read(reinterpret_cast<char*>(&value), sizeof value);
}

}  // namespace

uint64_t length_by_headers(std::istream& file) {
  ElfW(Ehdr) header;
  unsigned char identity[EI_NIDENT];
  if (!read_at(file, 0, identity) || std::memcmp(identity, ELFMAG, SELFMAG) != 0 ||
      identity[EI_CLASS] != kWordSize)
    return 0;
  if (!read_at(file, 0, header)) return sizeof header;
  uint64_t length = std::max<uint64_t>(
      {sizeof header, end_of(header.e_phoff, uint64_t(header.e_phnum) * header.e_phentsize),
       end_of(header.e_shoff, uint64_t(header.e_shnum) * header.e_shentsize)});
  if (header.e_phentsize != sizeof(ElfW(Phdr))) return length;  // the loader refuses it
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    ElfW(Phdr) segment;
    if (!read_at(file, header.e_phoff + uint64_t(i) * sizeof segment, segment)) break;
    if (segment.p_type == PT_LOAD)
      length = std::max(length, end_of(segment.p_offset, segment.p_filesz));
  }
  return length;
}

}  // namespace signpost
