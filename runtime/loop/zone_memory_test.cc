// Where the memory of large zones is given back: never on the loop, which is the test's main
// thread.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>

#include "loop/zone_keeper_kit.h"

namespace {
std::atomic<unsigned> on_loop{0}, elsewhere{0};
}  // namespace

// In place of the C library's: all that a large zone consists of is mapped.
extern "C" int munmap(void* memory, size_t size) noexcept {
  static const auto real = reinterpret_cast<int (*)(void*, size_t)>(dlsym(RTLD_NEXT, "munmap"));
  ++(gettid() == getpid() ? on_loop : elsewhere);
  return real(memory, size);
}

namespace signpost {
namespace {

using namespace loop;

class ZoneMemory : public Keeper {
 protected:
  static std::string large(unsigned serial, const std::string& more = "") {
    std::string text = zone_text(serial, more);
    for (unsigned i = 0; i < 600; ++i)
      text += "host-" + std::to_string(i) + " TXT " + std::string(250, 'x') + "\n";
    return text;
  }
  struct Counted {
    unsigned on_loop, elsewhere;
  };
  static Counted counted() { return {::on_loop, ::elsewhere}; }
  void expect_none_on_loop(const Counted& before) {
    keeper_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(on_loop, before.on_loop);
    EXPECT_GT(elsewhere, before.elsewhere) << "the zones are too small to tell";
  }
};

TEST_F(ZoneMemory, OfAZoneThatChangesAndGoes) {
  write("a.test", large(1));
  start();
  const Counted before = counted();
  write("a.test", large(2));
  EXPECT_TRUE(comes([&] { return serial("a.test") == 2; })) << log_;
  remove("a.test");
  EXPECT_TRUE(comes([&] { return zone("a.test") == nullptr; })) << log_;
  expect_none_on_loop(before);
}

TEST_F(ZoneMemory, OfAZoneInError) {
  write("a.test", large(1));
  start();
  const Counted before = counted();
  write("a.test", large(2, "host-1 CNAME ns1\n"));  // good line by line
  EXPECT_TRUE(comes([&] { return logged("zone a.test. is not reloaded"); })) << log_;
  expect_none_on_loop(before);
}

TEST_F(ZoneMemory, OfAZoneThatAliasesForbid) {
  write("a.test", large(1, "target TXT x\n"));
  start([](BlockConfiguration& block) {
    SetSpec set;
    set.owner = name("www.a.test");
    set.type = rr::txt;
    set.where = {"Corefile", 4};
    MemberSpec& member = set.members.emplace_back();
    member.where = set.where;
    member.alias = AliasSpec{name("target.a.test")};
    block.sets.emplace_back(name("a.test"), set);
  });
  const Counted before = counted();
  write("a.test", large(2));
  EXPECT_TRUE(comes([&] { return logged("zone a.test. is not reloaded"); })) << log_;
  expect_none_on_loop(before);
}

TEST_F(ZoneMemory, OfAZoneThatIsReadWhenItsKeeperGoes) {
  for (unsigned turns = 1; turns < 8; ++turns) {
    write("a.test", large(2 * turns));
    start();
    const Counted before = counted();
    write("a.test", large(2 * turns + 1));
    for (unsigned i = 0; i < turns; ++i) uv_run(&loop_, UV_RUN_ONCE);
    expect_none_on_loop(before);
  }
}

}  // namespace
}  // namespace signpost
