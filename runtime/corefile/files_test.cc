#include "corefile/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace signpost::corefile {
namespace {

class DiskTree : public testing::Test {
 protected:
  DiskTree() {
    char name[] = "/tmp/signpost_files_test_XXXXXX";
    root_ = mkdtemp(name);
    std::filesystem::create_directory(root_ + "/d");
    for (const char* file : {"/a.conf", "/b.conf", "/b.conf~", "/.c.conf", "/d/a.conf"})
      std::ofstream(root_ + file) << "text of " << file;
  }
  ~DiskTree() override { std::filesystem::remove_all(root_); }

  std::errc error_of(const std::string& path) const {
    try {
      files_.read(path);
    } catch (const std::system_error& e) {
      return std::errc(e.code().value());
    }
    return std::errc();
  }

  std::string root_;
  DiskFiles files_;
};

TEST_F(DiskTree, ReadsRegularFilesOnly) {
  EXPECT_EQ(files_.read(root_ + "/a.conf"), "text of /a.conf");
  EXPECT_EQ(error_of(root_ + "/none"), std::errc::no_such_file_or_directory);
  EXPECT_EQ(error_of(root_ + "/d"), std::errc::is_a_directory);
  ASSERT_EQ(mkfifo((root_ + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(error_of(root_ + "/fifo"), std::errc::invalid_argument);
}

TEST_F(DiskTree, RefusesHugeFiles) {
  std::filesystem::resize_file(root_ + "/a.conf", (size_t{16} << 20) + 1);
  EXPECT_EQ(error_of(root_ + "/a.conf"), std::errc::file_too_large);
}

TEST_F(DiskTree, AStreamIsReadToItsEndOrItsBound) {
  EXPECT_EQ(read_stream(root_ + "/a.conf", 15), "text of /a.conf");
  EXPECT_THROW(read_stream(root_ + "/a.conf", 14), std::system_error);
  EXPECT_THROW(read_stream("/dev/zero", 1 << 20), std::system_error);
  EXPECT_THROW(read_stream(root_ + "/d", 1 << 20), std::system_error);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "abc", 3), 3);
  close(ends[1]);
  EXPECT_EQ(read_stream(ends[0], 3), "abc");
  close(ends[0]);
}

TEST_F(DiskTree, ListsAndMatches) {
  std::vector<std::string> names = files_.names(root_ + "/d");
  EXPECT_EQ(names, std::vector<std::string>{"a.conf"});
  EXPECT_TRUE(files_.names(root_ + "/none").empty());
  const Matches matches = glob(files_, root_ + "/*");
  EXPECT_EQ(matches.paths, (std::vector{root_ + "/a.conf", root_ + "/b.conf", root_ + "/d"}));
  EXPECT_EQ(matches.skipped, std::vector{root_ + "/b.conf~"});
  EXPECT_EQ(glob(files_, root_ + "/*/a.conf").paths, std::vector{root_ + "/d/a.conf"});
  EXPECT_EQ(glob(disk_files(), root_ + "/.*").paths, std::vector{root_ + "/.c.conf"});
}

TEST(MemoryFiles, BehavesLikeADisk) {
  const MemoryFiles files({{"/a/b", "x"}, {"/a/c/d", "y"}, {"/ab", "z"}});
  EXPECT_EQ(files.read("/a/b"), "x");
  EXPECT_EQ(files.names("/a"), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(files.names("/"), (std::vector<std::string>{"a", "ab"}));
  EXPECT_THROW(files.read("/a"), std::system_error);
  EXPECT_EQ(glob(files, "/a*").paths, (std::vector<std::string>{"/a", "/ab"}));
}

}  // namespace
}  // namespace signpost::corefile
