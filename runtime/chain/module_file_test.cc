#include "chain/module_file.h"

#include <gtest/gtest.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

#include "chain/modules.h"
#include "kit/temporary_folder.h"

namespace signpost {
namespace {

std::string module_bytes() {
  std::ifstream file(SIGNPOST_TEST_MODULES "/good.so", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

uint64_t length_of(const std::string& bytes) {
  std::istringstream file(bytes);
  return length_by_headers(file);
}

ElfW(Ehdr) header_of(const std::string& bytes) {
  ElfW(Ehdr) header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

template <class T>
void put(std::string& bytes, size_t at, const T& value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

TEST(LengthByHeaders, OfAWholeModuleIsItsSize) {
  const std::string bytes = module_bytes();
  ASSERT_GT(bytes.size(), 5000u);
  EXPECT_EQ(length_of(bytes), bytes.size());  // the table of sections is written last
}

TEST(LengthByHeaders, OfAModuleWithoutSectionsIsTheEndOfItsSegments) {
  std::string bytes = module_bytes();
  ElfW(Ehdr) header = header_of(bytes);
  header.e_shoff = 0;
  header.e_shnum = 0;
  put(bytes, 0, header);
  uint64_t end = 0;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    ElfW(Phdr) segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type == PT_LOAD)
      end = std::max<uint64_t>(end, segment.p_offset + segment.p_filesz);
  }
  EXPECT_EQ(length_of(bytes), end);
}

TEST(LengthByHeaders, OfWhatIsNoModuleIsNothing) {
  std::string other = module_bytes();
  other[EI_CLASS] = other[EI_CLASS] == ELFCLASS64 ? ELFCLASS32 : ELFCLASS64;
  for (const std::string& bytes :
       {std::string(), std::string("This is no shared object."), std::string(ELFMAG), other})
    EXPECT_EQ(length_of(bytes), 0u);
}

TEST(LengthByHeaders, OffsetsBehindEveryFileDoNotWrapAround) {
  const std::string whole = module_bytes();
  ElfW(Ehdr) far = header_of(whole);
  far.e_shoff = ElfW(Off)(-1);
  std::string bytes = whole;
  put(bytes, 0, far);
  EXPECT_GT(length_of(bytes), whole.size()) << "table of sections";
  far = header_of(whole);
  far.e_phoff = ElfW(Off)(-16);
  put(bytes, 0, far);
  EXPECT_GT(length_of(bytes), whole.size()) << "table of segments";
  bytes = whole;
  const ElfW(Ehdr) header = header_of(whole);
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    ElfW(Phdr) segment;
    const size_t at = header.e_phoff + i * sizeof segment;
    std::memcpy(&segment, bytes.data() + at, sizeof segment);
    segment.p_offset = 4096;
    segment.p_filesz = ElfW(Off)(-4096);
    put(bytes, at, segment);
  }
  EXPECT_GT(length_of(bytes), whole.size()) << "segment";
}

// Opening any of these as it is ends the process or fails, depending on where it was cut.
TEST(Modules, RefusesAModuleThatWasCutOff) {
  const kit::TemporaryFolder folder;
  const std::string bytes = module_bytes();
  Modules modules({folder.path()});
  for (size_t size = 0; size < bytes.size(); size += size < 128 ? 1 : 997) {
    folder.write("good.so", std::string_view(bytes).substr(0, size));
    try {
      modules.load("good");
      FAIL() << "loaded " << size << " bytes of " << bytes.size();
    } catch (const ModuleError& e) {
      const bool told = std::string_view(e.what()).find("is cut off") != std::string_view::npos;
      ASSERT_EQ(told, size >= EI_NIDENT) << size << ": " << e.what();
    }
  }
  folder.write("good.so", bytes);
  EXPECT_STREQ(modules.load("good")->name, "good");
}

}  // namespace
}  // namespace signpost
