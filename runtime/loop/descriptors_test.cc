#include "loop/descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace signpost {
namespace {

class DescriptorsTest : public testing::Test {
 protected:
  void SetUp() override { getrlimit(RLIMIT_NOFILE, &before_); }
  void TearDown() override { setrlimit(RLIMIT_NOFILE, &before_); }

  void allow(rlim_t most) {
    const rlimit low{most, before_.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  }

  rlimit before_{};
};

TEST_F(DescriptorsTest, TheSoftLimitIsRaisedAsFarAsItMay) {
  allow(std::min<rlim_t>(256, before_.rlim_max));
  EXPECT_EQ(allow_descriptors(), before_.rlim_max);
  EXPECT_EQ(allow_descriptors(), before_.rlim_max);
}

TEST_F(DescriptorsTest, CountsWhatIsOpenAlsoBehindGaps) {
  const uint64_t before = open_descriptors();
  EXPECT_GE(before, 3u);
  const int low = dup(0), high = fcntl(0, F_DUPFD, 200);
  EXPECT_EQ(open_descriptors(), before + 2);
  close(low);
  EXPECT_EQ(open_descriptors(), before + 1);
  close(high);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(DescriptorsTest, SaysHowManyAreMissing) {
  const uint64_t open = open_descriptors();
  allow(open + 10);
  EXPECT_NO_THROW(need_descriptors(10));
  try {
    need_descriptors(11);
    FAIL() << "one is missing";
  } catch (const std::runtime_error& e) {
    EXPECT_EQ(e.what(), "the limit of open files, " + std::to_string(open + 10) +
                            ", is too low: " + std::to_string(open) +
                            " are open, and 11 more are needed; raise it ('ulimit -n', "
                            "LimitNOFILE= of a systemd unit)");
  }
}

}  // namespace
}  // namespace signpost
